package form

import (
	"cmp"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"muster/model"
	"muster/ui/kit"
)

// deletion deletes a policy, after its name was typed.
type deletion struct {
	Host
	policy model.ConfigurationPolicy
}

// DeletePolicy returns the form that deletes a policy. How many devices use it is read
// anew when it opens.
func DeletePolicy(env *kit.Env, p model.ConfigurationPolicy) kit.Screen {
	d := &deletion{policy: p}
	d.start(env, d, "delete policy", waiting(&d.Host, "reading "+model.Clean(p.Name)))
	return d
}

// Init implements [kit.Screen].
func (d *deletion) Init() kit.Effect {
	if refused := d.refusal(); refused != nil {
		return d.swap(refused)
	}
	return d.read()
}

func (d *deletion) read() kit.Effect {
	d.swap(waiting(&d.Host, "reading which devices use "+model.Clean(d.policy.Name)))
	return kit.Effect{Cmd: kit.ReadPolicies(d.env, d.ask())}
}

// Update implements [kit.Screen].
func (d *deletion) Update(msg tea.Msg) kit.Effect {
	if msg, ok := msg.(kit.PoliciesMsg); ok {
		if msg.Seq != d.seq {
			return kit.Effect{}
		}
		now, failed := theOne(&d.Host, msg, d.policy.ID, d.read)
		if failed != nil {
			return d.swap(failed)
		}
		d.policy = now
		return d.swap(d.question())
	}
	return d.Host.Update(msg)
}

func (d *deletion) question() stage {
	name := model.Clean(d.policy.Name)
	return newWrite(&d.Host, model.DeletePolicy, fmt.Sprintf("Delete policy %s?", name), d.lines,
		kit.Answer{Key: "enter", Text: "delete", Do: d.send}).spelt(cmp.Or(name, "delete"))
}

func (d *deletion) lines(w int) []string {
	t, p := d.env.Theme, d.policy
	out := labelled(t, "customer", model.Clean(d.env.Customer.Name), w)
	out = append(out, labelled(t, "devices", used(p)+", says the service", w)...)
	if known := d.known(); known != "" {
		out = append(out, labelled(t, "", known, w)...)
	}
	out = append(out, labelled(t, "effect", "devices that use it are left without a policy", w)...)
	out = append(out, labelled(t, "does", effects(p), w)...)
	return append(out, labelled(t, "requests", "1; refused when somebody else changed the policy meanwhile", w)...)
}

// known says on how many devices of the list the policy is, "" while there is no list.
func (d *deletion) known() string {
	f := d.env.Fleet
	if f.Began.IsZero() {
		return ""
	}
	say := kit.Counted(f.Groups[model.Clean(d.policy.Name)], "device", "devices") + " in the device list, " + d.env.AsOf(f.Began)
	if !f.Whole {
		say += ", which is not whole"
	}
	return say
}

func (d *deletion) send() kit.Effect {
	p := d.policy
	return d.save("deletion of policy "+model.Clean(p.Name), func(re kit.Reply) tea.Cmd {
		return kit.DeletePolicy(d.env, re, d.env.Customer, p)
	})
}
