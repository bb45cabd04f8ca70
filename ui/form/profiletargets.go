package form

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"muster/model"
	"muster/ui/kit"
)

// profileTargets chooses the groups that get a deployment profile or are left out. Each
// is a request of its own: there is no writing of the whole set.
type profileTargets struct {
	Host
	profile model.DeploymentProfile
	was     []model.ProfileTarget
	names   kit.Targeted
	list    *targetList
	group   model.Group
	kind    int
}

// TargetProfile returns the form that assigns a profile to groups. The present groups
// are read when it opens.
func TargetProfile(env *kit.Env, p model.DeploymentProfile) kit.Screen {
	f := &profileTargets{profile: p}
	f.start(env, f, "assign to groups", waiting(&f.Host, "reading whom "+model.Clean(p.Name)+" is assigned to"))
	return f
}

// Init implements [kit.Screen].
func (f *profileTargets) Init() kit.Effect {
	if refused := f.refusal(); refused != nil {
		return f.swap(refused)
	}
	return f.read()
}

func (f *profileTargets) read() kit.Effect {
	f.swap(waiting(&f.Host, "reading whom "+model.Clean(f.profile.Name)+" is assigned to"))
	return kit.Effect{Cmd: kit.ReadProfileTargets(f.env.Visit, f.env, f.ask(), f.profile.ID)}
}

// Update implements [kit.Screen].
func (f *profileTargets) Update(msg tea.Msg) kit.Effect {
	if msg, ok := msg.(kit.ProfileTargetsMsg); ok {
		if msg.Seq != f.seq {
			return kit.Effect{}
		}
		if msg.Err != nil {
			return f.swap(newMessage(&f.Host, f.read, func(w int) []string {
				return wrap(f.env.Theme.Glyphs.Bad+" "+kit.IntuneTrouble("the assignments could not be read", msg.Err), w)
			}))
		}
		f.was, f.names = msg.Targets, msg.Names
		rows := make([]targetRow, len(f.was))
		for i, to := range f.was {
			rows[i] = targetRow{target: to.Target, had: true, fixed: to.Source == policySets}
		}
		f.list = newTargetList(&f.Host, f, model.Clean(f.profile.Name), &f.names, rows)
		return f.swap(f.list)
	}
	return f.Host.Update(msg)
}

// policySets is the source of assignments that belong to a policy set and stay.
const policySets = "policySets"

// another is the page on which one more group is chosen.
func (f *profileTargets) another() kit.Effect {
	f.group, f.kind = model.Group{}, 0
	page := newFields(&f.Host, f.add,
		newRow(f.env, "What about the group", &f.kind, option{name: "its devices get the profile"}, option{name: "its devices are left out"}),
		newGroups(&f.Host, "Group", &f.group, f.judge))
	page.head = func(w int) []string { return wrap("Another group for "+model.Clean(f.profile.Name), w) }
	return f.show(page)
}

func (f *profileTargets) chosenKind() model.TargetKind {
	return [...]model.TargetKind{model.TargetGroup, model.TargetExclude}[f.kind]
}

// judge says why a group cannot be added, "" when it can.
func (f *profileTargets) judge(g model.Group) string {
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

func (f *profileTargets) add() kit.Effect {
	if f.names.Groups == nil {
		f.names.Groups = map[model.GroupID]model.Group{}
	}
	f.names.Groups[f.group.ID] = f.group
	f.list.take(model.Target{Kind: f.chosenKind(), Group: f.group.ID})
	f.filled = true
	return f.back()
}

func (f *profileTargets) whom(to model.Target) string {
	say := f.names.Whom(to)
	if only := f.names.Narrowed(to); only != "" {
		say += ", " + only
	}
	return say
}

// review goes on to the question when something changes.
func (f *profileTargets) review() kit.Effect {
	added, removed := f.list.changes()
	n := len(added) + len(removed)
	if n == 0 {
		return f.show(newMessage(&f.Host, nil, func(w int) []string {
			return wrap("Nothing changed, so nothing is sent. Esc goes back to the groups.", w)
		}))
	}
	var gone []model.ProfileTarget
	for _, have := range f.was {
		for _, r := range removed {
			if have.Target == r {
				gone = append(gone, have)
				break
			}
		}
	}
	title := fmt.Sprintf("Change %s of profile %s?", kit.Counted(n, "assignment", "assignments"), model.Clean(f.profile.Name))
	lines := func(w int) []string {
		t := f.env.Theme
		out := labelled(t, "customer", model.Clean(f.env.Customer.Name), w)
		for _, to := range added {
			out = append(out, labelled(t, "+ added", to.Kind.Words()+": "+f.whom(to), w)...)
		}
		for _, to := range removed {
			out = append(out, labelled(t, "- removed", to.Kind.Words()+": "+f.whom(to), w)...)
		}
		out = append(out, labelled(t, "stays", kit.Counted(len(f.list.want())-len(added), "assignment", "assignments"), w)...)
		out = append(out, labelled(t, "effect", "the profile follows the groups, which takes the service some minutes; where several profiles reach a device, the oldest one wins as a rule", w)...)
		return append(out, labelled(t, "requests", requestsFor(n), w)...)
	}
	return f.show(newWrite(&f.Host, model.TargetProfile, title, lines, kit.Answer{Key: "y", Text: "change", Do: func() kit.Effect { return f.send(added, gone) }}))
}

// requestsFor says how many requests n groups take.
func requestsFor(n int) string {
	if n == 1 {
		return "1"
	}
	return kit.Count(n) + ", one for each group"
}

func (f *profileTargets) send(add []model.Target, remove []model.ProfileTarget) kit.Effect {
	p := f.profile
	return f.save("groups of profile "+model.Clean(p.Name), func(re kit.Reply) tea.Cmd {
		return kit.TargetProfile(f.env, re, f.env.Customer, p, add, remove)
	})
}
