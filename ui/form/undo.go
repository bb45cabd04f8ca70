package form

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"muster/model"
	"muster/ui/kit"
)

// undo gives devices back the policies that they had before an assignment, or what
// Autopilot devices had before a change: read what
// they have now, look at what goes back and what cannot, say yes.
type undo struct {
	Host
	op   model.Operation
	plan model.UndoPlan
	stop context.CancelFunc // ends the reading; nil when nothing is read
}

// Undo returns the form that undoes a policy assignment or a change of Autopilot devices.
func Undo(env *kit.Env, o model.Operation) kit.Screen {
	u := &undo{op: o}
	u.start(env, u, "undo", waiting(&u.Host, ""))
	u.quiet = true
	u.leave = u.halt
	return u
}

// Init implements [kit.Screen].
func (u *undo) Init() kit.Effect {
	if refused := u.refusal(); refused != nil {
		return u.swap(refused)
	}
	return u.read()
}

func (u *undo) read() kit.Effect {
	var ctx context.Context
	ctx, u.stop = context.WithCancel(u.env.Visit)
	u.swap(waiting(&u.Host, "reading what the devices of "+customerName(u.op)+" have now; Esc stops"))
	return kit.Effect{Cmd: kit.PlanUndo(ctx, u.env, u.ask(), u.op.ID)}
}

func customerName(o model.Operation) string {
	return model.Clean(cmp.Or(o.CustomerName, string(o.Customer)))
}

// halt ends the reading that is under way.
func (u *undo) halt() {
	if u.stop != nil {
		u.stop()
	}
	u.stop = nil
}

// Update implements [kit.Screen].
func (u *undo) Update(msg tea.Msg) kit.Effect {
	if msg, ok := msg.(kit.PlanMsg); ok {
		if msg.Seq != u.seq || u.stop == nil {
			return kit.Effect{}
		}
		u.halt()
		return u.planned(msg)
	}
	return u.Host.Update(msg)
}

func (u *undo) planned(msg kit.PlanMsg) kit.Effect {
	if msg.Err != nil {
		return u.swap(newMessage(&u.Host, u.read, func(w int) []string {
			return append(wrap(u.env.Theme.Glyphs.Bad+" what could be undone is not known", w), wrap(model.Clean(msg.Err.Error()), w)...)
		}))
	}
	u.plan = msg.Plan
	if u.plan.Rows() == 0 {
		return u.swap(newMessage(&u.Host, nil, func(w int) []string {
			return append(wrap("Nothing of "+model.Clean(u.op.Title)+" can be undone.", w), u.kept(w)...)
		}))
	}
	kind, former := model.UndoAssignment, "policy"
	if len(u.plan.Changes) > 0 {
		kind, former = model.UndoAutopilot, "values"
	}
	title := fmt.Sprintf("Give %s their former %s back?", u.target(), former)
	return u.swap(newWrite(&u.Host, kind, title, u.lines, kit.Answer{Key: "y", Text: "undo", Do: u.send}))
}

func (u *undo) target() string { return kit.Counted(u.plan.Rows(), "device", "devices") }

func (u *undo) lines(w int) []string {
	t := u.env.Theme
	out := labelled(t, "undo", model.Clean(u.op.Title)+", asked "+u.env.Stamp(u.op.Created), w)
	out = append(out, labelled(t, "customer", customerName(u.op), w)...)
	for i, line := range u.goesBack() {
		label := "goes back"
		if i > 0 {
			label = ""
		}
		out = append(out, labelled(t, label, line, w)...)
	}
	out = append(out, u.kept(w)...)
	out = append(out, labelled(t, "requests", u.requests(), w)...)
	devices, gets := u.first()
	out = append(append(out, ""), firstDevices(t, devices, "gets back", func(d model.Device) string { return gets[d.ID] }, w)...)
	return more(out, u.plan.Rows()-shownRows)
}

// requests says how many it takes: a job gives one policy, so that devices which get
// different ones back never share a job.
func (u *undo) requests() string {
	if len(u.plan.Changes) > 0 {
		return "one for each device, in batches"
	}
	counts := map[model.PolicyID]int{}
	for _, d := range u.plan.Devices {
		counts[d.Policy]++
	}
	n := 0
	for _, rows := range counts {
		n += jobCount(u.env, rows)
	}
	if n == 1 || len(counts) == 1 {
		return jobs(u.env, len(u.plan.Devices))
	}
	return fmt.Sprintf("%s jobs, one policy each", kit.Count(n))
}

// first returns the first devices and what each gets back.
func (u *undo) first() (devices []model.Device, gets map[model.DeviceID]string) {
	gets = map[model.DeviceID]string{}
	for _, d := range u.plan.Devices[:min(len(u.plan.Devices), shownRows)] {
		devices = append(devices, d.Device)
		gets[d.Device.ID] = model.Clean(d.Name)
	}
	for _, c := range u.plan.Changes[:min(len(u.plan.Changes), shownRows)] {
		d := model.Device{ID: model.DeviceID(c.Device.ID), Serial: c.Device.Serial, Model: c.Device.Model}
		devices = append(devices, d)
		gets[d.ID] = c.Back.Words()
	}
	return devices, gets
}

// goesBack counts the devices by what they get back, most frequent first.
func (u *undo) goesBack() []string {
	counts := map[string]int{}
	for _, d := range u.plan.Devices {
		counts[d.Name]++
	}
	for _, c := range u.plan.Changes {
		counts[c.Back.Words()]++
	}
	var names []string
	for name := range counts {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(cmp.Compare(counts[b], counts[a]), strings.Compare(a, b)) })
	var out []string
	for i, name := range names {
		if i == shownFormer {
			out = append(out, kit.Counted(len(names)-i, "more value", "more values"))
			break
		}
		out = append(out, kit.Count(counts[name])+" "+u.env.Theme.Glyphs.Arrow+" "+model.Clean(name))
	}
	return out
}

// kept says what cannot be undone and why.
func (u *undo) kept(w int) []string {
	var out []string
	for i, l := range u.plan.LeftOut {
		label := "stays"
		if i > 0 {
			label = ""
		}
		out = append(out, labelled(u.env.Theme, label, kit.Counted(l.Rows, "row", "rows")+": "+model.Clean(l.Why), w)...)
	}
	return out
}

func (u *undo) send() kit.Effect {
	plan := u.plan
	return u.save("undo on "+u.target(), func(re kit.Reply) tea.Cmd { return kit.Undo(u.env, re, plan) })
}
