package form

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/huh/v2"

	"muster/model"
	"muster/ui/kit"
)

// maxAnchors is how many devices that have a profile are offered to assign it through.
const maxAnchors = 50

// assignProfile puts a deployment profile on Autopilot devices: choose the profile, the
// way to it, look at what changes, say yes. What becomes of it is what the service says
// of each device afterwards.
type assignProfile struct {
	Host
	devices  []model.AutopilotDevice
	profiles []model.DeploymentProfile
	chosen   int

	awaited int // answers that are to come before the ways can be shown
	anchors []model.AutopilotDevice
	groups  []model.Group // static ones that have the profile
	partial string        // what of that could not be read
	way     int
	anchor  int // 0 = one is looked for
	group   int // 0 = none
}

// AssignProfile returns the form that puts a profile on these devices, as the operator
// saw them. The customer's profiles are read when it opens.
func AssignProfile(env *kit.Env, devices []model.AutopilotDevice) kit.Screen {
	a := &assignProfile{devices: slices.Clone(devices)}
	a.start(env, a, "assign profile", waiting(&a.Host, "no device that Intune knows was chosen"))
	return a
}

// Init implements [kit.Screen].
func (a *assignProfile) Init() kit.Effect {
	if refused := a.refusal(); refused != nil {
		return a.swap(refused)
	}
	if len(a.devices) == 0 {
		return a.shown()
	}
	return a.read()
}

func (a *assignProfile) read() kit.Effect {
	a.swap(waiting(&a.Host, "reading the profiles of "+model.Clean(a.env.Customer.Name)))
	return kit.Effect{Cmd: kit.ReadProfiles(a.env.Visit, a.env, a.ask())}
}

// Update implements [kit.Screen].
func (a *assignProfile) Update(msg tea.Msg) kit.Effect {
	switch msg := msg.(type) {
	case kit.ProfilesMsg:
		if msg.Seq != a.seq {
			return kit.Effect{}
		}
		return a.got(msg)
	case kit.ProfileDevicesMsg:
		return a.told(msg.Reply, msg.Err, func() { a.anchors = msg.Devices })
	case kit.ProfileTargetsMsg:
		return a.told(msg.Reply, msg.Err, func() { a.groups = staticGroups(msg) })
	}
	return a.Host.Update(msg)
}

func (a *assignProfile) got(msg kit.ProfilesMsg) kit.Effect {
	switch {
	case msg.Err != nil:
		return a.swap(newMessage(&a.Host, a.read, func(w int) []string {
			return wrap(a.env.Theme.Glyphs.Bad+" "+kit.IntuneTrouble("the profiles could not be read", msg.Err), w)
		}))
	case len(msg.Profiles) == 0:
		return a.swap(newMessage(&a.Host, a.read, func(w int) []string {
			return wrap(model.Clean(a.env.Customer.Name)+" has no deployment profile yet. Make one in the profiles view, then come back.", w)
		}))
	}
	a.profiles = slices.Clone(msg.Profiles)
	slices.SortStableFunc(a.profiles, func(x, y model.DeploymentProfile) int {
		return cmp.Compare(strings.ToLower(x.Name), strings.ToLower(y.Name))
	})
	a.chosen = min(a.chosen, len(a.profiles)-1)
	options := make([]option, len(a.profiles))
	for i, p := range a.profiles {
		options[i] = option{name: cmp.Or(model.Clean(p.Name), "(no name)"), more: p.OutOfBox.Mode() + ", " + p.Kind()}
	}
	list := newChoice(a.env, "Profile", &a.chosen, options...)
	page := newFields(&a.Host, a.look, list)
	page.head = func(w int) []string { return wrap("Which profile goes on "+a.target()+"?", w) }
	page.noteLines = 4
	page.note = func(w int) []string {
		n, ok := list.under()
		if !ok {
			return nil
		}
		return labelled(a.env.Theme, "does", profileEffects(a.profiles[n]), w)
	}
	page.says = []kit.Action{hint("enter", "choose"), hint("/", "filter"), hint("j", "down"), hint("k", "up"), hint("esc", "back")}
	return a.swap(page)
}

func (a *assignProfile) target() string {
	return kit.Counted(len(a.devices), "Autopilot device", "Autopilot devices")
}

func (a *assignProfile) profile() model.DeploymentProfile { return a.profiles[a.chosen] }

// look reads through whom the profile can be assigned.
func (a *assignProfile) look() kit.Effect {
	p := a.profile()
	a.show(waiting(&a.Host, "reading who has "+model.Clean(p.Name)+" already"))
	a.awaited, a.anchors, a.groups, a.partial = 2, nil, nil, ""
	re := a.ask()
	return kit.Effect{Cmd: tea.Batch(kit.ReadProfileDevices(a.env.Visit, a.env, re, p.ID, maxAnchors), kit.ReadProfileTargets(a.env.Visit, a.env, re, p.ID))}
}

func (a *assignProfile) told(re kit.Reply, err *model.Error, take func()) kit.Effect {
	if re.Seq != a.seq || a.awaited == 0 {
		return kit.Effect{}
	}
	take()
	if err != nil {
		a.partial = kit.IntuneTrouble("not all of it could be read", err)
	}
	if a.awaited--; a.awaited > 0 {
		return kit.Effect{}
	}
	return a.swap(a.ways())
}

// staticGroups are the included groups that devices can be added to.
func staticGroups(msg kit.ProfileTargetsMsg) []model.Group {
	var out []model.Group
	for _, t := range msg.Targets {
		if g, known := msg.Names.Groups[t.Target.Group]; known && t.Target.Kind == model.TargetGroup && !g.Dynamic {
			out = append(out, g)
		}
	}
	return out
}

var profileWays = [...]model.AssignWay{model.WayAuto, model.WayDirect, model.WayDevice, model.WayGroup}

// ways is the page on which the way is chosen.
func (a *assignProfile) ways() stage {
	list := []huh.Field{newRow(a.env, "Way", &a.way,
		option{name: "direct, else through a device, else through the group below"},
		option{name: "direct: each device is posted to the profile"},
		option{name: "through a device that has the profile"},
		option{name: "through a group that has the profile"})}
	anchors := []option{{name: "one that has the profile, whichever is found"}}
	for _, d := range a.anchors {
		anchors = append(anchors, option{name: cmp.Or(model.Clean(d.Serial), model.Clean(string(d.ID))) + ", " + model.Clean(d.Model)})
	}
	groups := []option{{name: "none: the group way is not taken"}}
	for _, g := range a.groups {
		groups = append(groups, option{name: groupName(g) + ", " + groupKind(g)})
	}
	a.anchor, a.group = 0, min(len(a.groups), 1)
	list = append(list, newRow(a.env, "Device to go through", &a.anchor, anchors...), newRow(a.env, "Group to add them to", &a.group, groups...))
	f := newFields(&a.Host, a.confirm, list...)
	f.head = func(w int) []string {
		return wrap("How does "+model.Clean(a.profile().Name)+" come to "+a.target()+"?", w)
	}
	f.noteLines = 6
	f.note = func(w int) []string {
		var out []string
		say := wayProof(profileWays[a.way])
		if profileWays[a.way] == model.WayGroup && len(a.groups) == 0 {
			say = "The profile is assigned to no group with assigned members; assign it to one in the profiles view first."
		}
		if a.partial != "" {
			say += " " + a.partial
		}
		for _, l := range wrap(say, w-2) {
			out = append(out, blank+a.env.Theme.Muted.Render(l))
		}
		return out
	}
	return f
}

// wayProof says how certain a way is.
func wayProof(w model.AssignWay) string {
	switch w {
	case model.WayDirect:
		return "Documented in the service's metadata; nobody was found who uses it against a real tenant. If there is no such route, the rows fail and say so."
	case model.WayDevice:
		return "The documented call through a device that has the profile already; its page contradicts itself and nobody was found who uses it against a real tenant."
	case model.WayGroup:
		return "The proven way: the devices become members of the group, and the profile follows, after minutes. It needs the right to change members of groups."
	}
	return "The first two ways are documented but unproven; a way that the tenant turns out not to have is passed over. The group way is the proven one."
}

// confirm shows what changes and asks.
func (a *assignProfile) confirm() kit.Effect {
	if profileWays[a.way] == model.WayGroup && a.group == 0 {
		return a.show(newMessage(&a.Host, nil, func(w int) []string {
			return wrap("The group way needs a group with assigned members that has the profile. Esc goes back to the ways.", w)
		}))
	}
	title := fmt.Sprintf("Assign profile %s to %s?", model.Clean(a.profile().Name), a.target())
	return a.show(newWrite(&a.Host, model.AssignProfile, title, a.lines, kit.Answer{Key: "y", Text: "assign", Do: a.send}))
}

func (a *assignProfile) lines(w int) []string {
	t, p := a.env.Theme, a.profile()
	out := labelled(t, "customer", model.Clean(a.env.Customer.Name), w)
	out = append(out, labelled(t, "profile", model.Clean(p.Name)+": "+profileEffects(p), w)...)
	counts := map[string]int{}
	enrolled := 0
	for _, d := range a.devices {
		counts[d.Assignment.Words()]++
		if d.Enrolled() {
			enrolled++
		}
	}
	words := make([]string, 0, len(counts))
	for s := range counts {
		words = append(words, s)
	}
	slices.SortFunc(words, func(x, y string) int { return cmp.Or(counts[y]-counts[x], strings.Compare(x, y)) })
	for i, s := range words {
		out = append(out, labelled(t, first(i, "now"), kit.Count(counts[s])+" "+cmp.Or(s, "unknown")+" "+t.Glyphs.Arrow+" "+model.Clean(p.Name), w)...)
	}
	out = append(out, labelled(t, "way", a.wayWords(), w)...)
	if enrolled > 0 {
		out = append(out, labelled(t, "warning", kit.Counted(enrolled, "device is", "devices are")+" enrolled: a profile works at the next reset", w)...)
	}
	out = append(out, labelled(t, "done", "a device counts as done when the service says of it that the profile is assigned, not when it took the request; after 20 minutes without, the row is unknown", w)...)
	return append(append(out, ""), firstAutopilot(t, a.devices, "profile now", func(d model.AutopilotDevice) string { return d.Assignment.Words() }, w)...)
}

func (a *assignProfile) wayWords() string {
	say := map[model.AssignWay]string{model.WayAuto: "direct, else through a device", model.WayDirect: "direct", model.WayDevice: "through a device",
		model.WayGroup: "through a group"}[profileWays[a.way]]
	if way := profileWays[a.way]; (way == model.WayAuto || way == model.WayDevice) && a.anchor > 0 {
		say += ", " + model.Clean(a.anchors[a.anchor-1].Serial)
	}
	if way := profileWays[a.way]; (way == model.WayAuto || way == model.WayGroup) && a.group > 0 {
		if way == model.WayAuto {
			say += ", else through the group"
		}
		say += " " + groupName(a.groups[a.group-1])
	}
	return say
}

func (a *assignProfile) send() kit.Effect {
	way := profileWays[a.way]
	wanted := model.ProfileAssignment{Customer: a.env.Customer, Profile: a.profile(), Devices: a.devices, Way: way}
	if a.anchor > 0 && (way == model.WayAuto || way == model.WayDevice) {
		wanted.Anchor = a.anchors[a.anchor-1].ID
	}
	if a.group > 0 && (way == model.WayAuto || way == model.WayGroup) {
		wanted.Group = a.groups[a.group-1].ID
	}
	if err := wanted.Validate(); err != nil {
		a.failed = kit.Trouble(err)
		return a.shown()
	}
	a.written.Autopilot = a.devices
	return a.save(fmt.Sprintf("profile %s on %s", model.Clean(a.profile().Name), a.target()), func(re kit.Reply) tea.Cmd {
		return kit.AssignProfile(a.env, re, wanted)
	})
}

// profileEffects says in words what a profile does.
func profileEffects(p model.DeploymentProfile) string {
	words := append([]string{p.OutOfBox.Mode(), p.Kind()}, p.OutOfBox.Effects()...)
	if p.NameTemplate != "" {
		words = append(words, "names "+model.Clean(p.NameTemplate))
	}
	return strings.Join(words, "; ")
}
