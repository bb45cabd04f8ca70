package form

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"muster/model"
	"muster/ui/kit"
)

// profileDelete deletes a deployment profile, its assignments first, after its name was
// typed.
type profileDelete struct {
	Host
	profile model.DeploymentProfile
	awaited int
	targets kit.ProfileTargetsMsg
	devices kit.ProfileDevicesMsg
}

// countedDevices is up to how many devices of a profile are counted before it is
// deleted: about one request.
const countedDevices = 1000

// DeleteProfile returns the form that deletes a deployment profile. Whom it reaches is
// read when it opens.
func DeleteProfile(env *kit.Env, p model.DeploymentProfile) kit.Screen {
	d := &profileDelete{profile: p}
	d.start(env, d, "delete profile", waiting(&d.Host, "reading whom "+model.Clean(p.Name)+" reaches"))
	return d
}

// Init implements [kit.Screen].
func (d *profileDelete) Init() kit.Effect {
	if refused := d.refusal(); refused != nil {
		return d.swap(refused)
	}
	d.awaited = 2
	re := d.ask()
	return kit.Effect{Cmd: tea.Batch(kit.ReadProfileTargets(d.env.Visit, d.env, re, d.profile.ID),
		kit.ReadProfileDevices(d.env.Visit, d.env, re, d.profile.ID, countedDevices))}
}

// Update implements [kit.Screen].
func (d *profileDelete) Update(msg tea.Msg) kit.Effect {
	switch msg := msg.(type) {
	case kit.ProfileTargetsMsg:
		return d.told(msg.Reply, func() { d.targets = msg })
	case kit.ProfileDevicesMsg:
		return d.told(msg.Reply, func() { d.devices = msg })
	}
	return d.Host.Update(msg)
}

func (d *profileDelete) told(re kit.Reply, take func()) kit.Effect {
	if re.Seq != d.seq || d.awaited == 0 {
		return kit.Effect{}
	}
	take()
	if d.awaited--; d.awaited > 0 {
		return kit.Effect{}
	}
	name := model.Clean(d.profile.Name)
	for _, to := range d.targets.Targets {
		if to.Source == policySets {
			return d.swap(newMessage(&d.Host, nil, func(w int) []string {
				return wrap("Profile "+name+" belongs to a policy set, whose assignments cannot be removed here: take it out of the policy set in the portal first.", w)
			}))
		}
	}
	return d.swap(newWrite(&d.Host, model.DeleteProfile, fmt.Sprintf("Delete profile %s?", name), d.lines,
		kit.Answer{Key: "enter", Text: "delete", Do: d.send}).spelt(spellable(name, "delete")))
}

func (d *profileDelete) lines(w int) []string {
	t := d.env.Theme
	out := labelled(t, "customer", model.Clean(d.env.Customer.Name), w)
	switch {
	case d.targets.Err != nil:
		out = append(out, labelled(t, "assigned", "not known: "+model.Clean(d.targets.Err.Error()), w)...)
	case len(d.targets.Targets) == 0:
		out = append(out, labelled(t, "assigned", "to no group", w)...)
	}
	for i, to := range d.targets.Targets {
		out = append(out, labelled(t, first(i, "assigned"), to.Target.Kind.Words()+": "+d.targets.Names.Whom(to.Target), w)...)
	}
	n := len(d.devices.Devices)
	have := kit.Counted(n, "device has", "devices have") + " it"
	switch {
	case d.devices.Err != nil:
		have = "not known: " + model.Clean(d.devices.Err.Error())
	case d.devices.More:
		have = "more than " + kit.Count(n) + " devices have it"
	}
	out = append(out, labelled(t, "devices", have, w)...)
	out = append(out, labelled(t, "effect", "devices that are not enrolled yet are left without it, or get another one that reaches them; enrolled ones keep their settings", w)...)
	return append(out, labelled(t, "requests", fmt.Sprintf("%d: each assignment first, then the profile", len(d.targets.Targets)+1), w)...)
}

func (d *profileDelete) send() kit.Effect {
	p := d.profile
	return d.save("deletion of profile "+model.Clean(p.Name), func(re kit.Reply) tea.Cmd {
		return kit.DeleteProfile(d.env, re, d.env.Customer, p)
	})
}
