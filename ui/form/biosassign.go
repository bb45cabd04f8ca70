package form

import (
	"fmt"
	"slices"

	tea "charm.land/bubbletea/v2"
	"charm.land/huh/v2"

	"muster/model"
	"muster/ui/kit"
)

// biosAssign chooses whom a BIOS configuration is assigned to: the set that the service
// has is read, groups are added and taken out of it, and the whole set is written.
type biosAssign struct {
	Host
	bios  model.BIOSConfiguration
	was   []model.Target
	names kit.Targeted
	list  *targetList

	awaited int // answers that are to come before there is a list
	fault   *model.Error
	summary *model.RunSummary // nil when it could not be read
	filters []model.AssignmentFilter

	group  model.Group // what the page for another group has chosen
	kind   int
	filter int
}

// targetRow is a target of the set as it will be written, or one that will no longer
// be in it.
type targetRow struct {
	target model.Target
	had    bool // the service has it
	gone   bool // it is taken out
	fixed  bool // it cannot be taken out here
}

// AssignBIOS returns the form that chooses whom a BIOS configuration is assigned to.
// The present set is read anew when it opens.
func AssignBIOS(env *kit.Env, b model.BIOSConfiguration) kit.Screen {
	f := &biosAssign{bios: b}
	f.start(env, f, "assign BIOS configuration", waiting(&f.Host, "reading whom "+model.Clean(b.Name)+" is assigned to"))
	return f
}

// Init implements [kit.Screen].
func (f *biosAssign) Init() kit.Effect {
	if refused := f.refusal(); refused != nil {
		return f.swap(refused)
	}
	return f.read()
}

func (f *biosAssign) read() kit.Effect {
	f.swap(waiting(&f.Host, "reading whom "+model.Clean(f.bios.Name)+" is assigned to"))
	f.awaited, f.fault, f.summary = 3, nil, nil
	re := f.ask()
	return kit.Effect{Cmd: tea.Batch(kit.ReadBIOSTargets(f.env.Visit, f.env, re, f.bios.ID), kit.ReadFilters(f.env.Visit, f.env, re),
		kit.ReadBIOSSummary(f.env.Visit, f.env, re, f.bios.ID))}
}

// Update implements [kit.Screen].
func (f *biosAssign) Update(msg tea.Msg) kit.Effect {
	switch msg := msg.(type) {
	case kit.BIOSTargetsMsg:
		return f.told(msg.Reply, func() { f.was, f.names, f.fault = msg.Targets, msg.Names, msg.Err })
	case kit.FiltersMsg: // without them groups are assigned whole
		return f.told(msg.Reply, func() { f.filters = msg.Filters })
	case kit.BIOSSummaryMsg:
		return f.told(msg.Reply, func() {
			if msg.Err == nil {
				f.summary = &msg.Summary
			}
		})
	}
	return f.Host.Update(msg)
}

// told takes an answer and shows the set when all have come.
func (f *biosAssign) told(re kit.Reply, take func()) kit.Effect {
	if re.Seq != f.seq || f.awaited == 0 {
		return kit.Effect{}
	}
	take()
	if f.awaited--; f.awaited > 0 {
		return kit.Effect{}
	}
	if f.fault != nil {
		fault := f.fault
		return f.swap(newMessage(&f.Host, f.read, func(w int) []string {
			return append(wrap(f.env.Theme.Glyphs.Bad+" the assignments could not be read", w), wrap(model.Clean(fault.Error()), w)...)
		}))
	}
	rows := make([]targetRow, len(f.was))
	for i, to := range f.was {
		rows[i] = targetRow{target: to, had: true}
	}
	f.list = newTargetList(&f.Host, f, model.Clean(f.bios.Name), &f.names, rows)
	return f.swap(f.list)
}

// another is the page on which one more group is chosen.
func (f *biosAssign) another() kit.Effect {
	f.group, f.kind, f.filter = model.Group{}, 0, 0
	list := []huh.Field{
		newRow(f.env, "What about the group", &f.kind, option{name: "it gets the configuration"}, option{name: "it is left out"}),
		newGroups(&f.Host, "Group", &f.group, f.judge),
	}
	if len(f.filters) > 0 {
		list = append(list, newRow(f.env, "Filter", &f.filter, f.filterOptions()...))
	}
	page := newFields(&f.Host, f.add, list...)
	page.head = func(w int) []string { return wrap("Another group for "+model.Clean(f.bios.Name), w) }
	return f.show(page)
}

// filterOptions are no filter, then each as one that includes and one that excludes.
func (f *biosAssign) filterOptions() []option {
	out := []option{{name: "none: all its devices"}}
	for _, x := range f.filters {
		name := model.Clean(x.Name)
		out = append(out, option{name: "only those of " + name}, option{name: "without those of " + name})
	}
	return out
}

// judge says why a group cannot be added. The service refuses one that is included and
// excluded at once.
func (f *biosAssign) judge(g model.Group) string {
	for _, r := range f.list.rows {
		if r.gone || r.target.Group != g.ID || g.ID == "" {
			continue
		}
		if r.target.Kind == f.chosenKind() {
			return "it is " + r.target.Kind.Words() + " already"
		}
		return "it is " + r.target.Kind.Words() + " already, and cannot be both"
	}
	return ""
}

func (f *biosAssign) chosenKind() model.TargetKind {
	if f.kind == 1 {
		return model.TargetExclude
	}
	return model.TargetGroup
}

// add takes the chosen group into the set and goes back to it.
func (f *biosAssign) add() kit.Effect {
	to := model.Target{Kind: f.chosenKind(), Group: f.group.ID}
	if f.filter > 0 && f.filter <= 2*len(f.filters) {
		to.Filter, to.FilterType = f.filters[(f.filter-1)/2].ID, "include"
		if f.filter%2 == 0 {
			to.FilterType = "exclude"
		}
	}
	if f.names.Groups == nil {
		f.names.Groups = map[model.GroupID]model.Group{}
	}
	f.names.Groups[f.group.ID] = f.group
	if f.names.Filters == nil {
		f.names.Filters = map[string]model.AssignmentFilter{}
	}
	for _, x := range f.filters {
		f.names.Filters[x.ID] = x
	}
	f.list.take(to)
	f.filled = true
	return f.back()
}

// review goes on to the question when something changes.
func (f *biosAssign) review() kit.Effect {
	added, removed := f.list.changes()
	if len(added)+len(removed) == 0 {
		return f.show(newMessage(&f.Host, nil, func(w int) []string {
			return wrap("Nothing changed, so nothing is sent. Esc goes back to the groups.", w)
		}))
	}
	name, want := model.Clean(f.bios.Name), f.list.want()
	title := fmt.Sprintf("Assign %s to %s? The whole set is replaced.", name, kit.Counted(len(want), "target", "targets"))
	if len(want) == 0 {
		title = fmt.Sprintf("Take %s off everybody?", name)
	}
	q := newWrite(&f.Host, model.AssignBIOS, title, f.lines(added, removed, want), kit.Answer{Key: "enter", Text: "assign", Do: func() kit.Effect { return f.send(want) }})
	return f.show(q.spelt(spellable(name, "assign")))
}

// spellable is what has to be typed: a name when it is one that can be typed.
func spellable(name, otherwise string) string {
	if name == "" || len(name) > maxSpelt {
		return otherwise
	}
	for _, r := range name {
		if r < ' ' || r > '~' {
			return otherwise
		}
	}
	return name
}

// maxSpelt is the longest name that has to be typed in full.
const maxSpelt = 60

func (f *biosAssign) lines(added, removed, want []model.Target) func(w int) []string {
	return func(w int) []string {
		t := f.env.Theme
		out := labelled(t, "customer", model.Clean(f.env.Customer.Name), w)
		name := func(label string, list []model.Target) {
			for _, to := range list {
				out = append(out, labelled(t, label, to.Kind.Words()+": "+f.whom(to), w)...)
			}
		}
		name("+ added", added)
		name("- removed", removed)
		var stay []model.Target
		for _, to := range want {
			if !slices.Contains(added, to) {
				stay = append(stay, to)
			}
		}
		name("stays", stay)
		out = append(out, labelled(t, "effect", "devices of added groups apply the file after their next check-in; removing a group puts no setting back", w)...)
		if warn := passwordsStay(f.bios, f.summary, len(removed) > 0); warn != "" {
			for _, l := range wrap(t.Glyphs.Warn+" "+warn, w) {
				out = append(out, t.Warn.Render(l))
			}
		}
		return append(out, labelled(t, "requests", "2: the set is read again and then written whole; refused when somebody else changed it meanwhile", w)...)
	}
}

// whom names a target with its filter.
func (f *biosAssign) whom(to model.Target) string {
	say := f.names.Whom(to)
	if only := f.names.Narrowed(to); only != "" {
		say += ", " + only
	}
	return say
}

// passwordsStay warns that BIOS passwords which Intune made stay on devices that lose
// the configuration, "" when there are none.
func passwordsStay(b model.BIOSConfiguration, sum *model.RunSummary, loses bool) string {
	if b.PasswordsOff || !loses {
		return ""
	}
	how := "devices may have"
	if sum != nil {
		n := sum.Devices[model.RunSuccess]
		if n == 0 {
			return ""
		}
		how = kit.Counted(n, "device", "devices") + " succeeded and so " + oneHas(n)
	}
	return how + " a BIOS password of Intune's, which stays. To take it off, first turn BIOS passwords off in this configuration and wait until the devices have applied that."
}

func oneHas(n int) string {
	if n == 1 {
		return "has"
	}
	return "have"
}

func (f *biosAssign) send(want []model.Target) kit.Effect {
	b, was := f.bios, f.was
	return f.save("assignment of BIOS configuration "+model.Clean(b.Name), func(re kit.Reply) tea.Cmd {
		return kit.AssignBIOS(f.env, re, b, was, want)
	})
}
