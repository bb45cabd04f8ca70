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

// assign puts one policy on devices, or takes theirs away: choose the policy, look at
// what changes, say yes.
type assign struct {
	Host
	devices  []model.Device
	batch    *model.DeviceBatch // whose devices they are; nil when they were marked
	lacking  string             // why these are not all devices of the batch, "" when they are
	stop     context.CancelFunc // ends the reading of a batch; nil when none is read
	policies []model.ConfigurationPolicy
	chosen   int // after the policies comes a profile, if there may be one, then none
	// autopilot are those of the devices that Intune knows, when a profile can be chosen.
	autopilot []model.AutopilotDevice

	reading bool // nothing to choose from is drawn yet
	held    []tea.KeyPressMsg
}

// maxHeld bounds the keys that wait for the choice to be drawn.
const maxHeld = 64

// Assign returns the form that puts a policy on these devices, as the operator saw
// them. The customer's policies are read when it opens.
func Assign(env *kit.Env, devices []model.Device) kit.Screen {
	a := &assign{devices: slices.Clone(devices)}
	a.start(env, a, "assign policy", waiting(&a.Host, "reading the policies of "+model.Clean(env.Customer.Name)))
	return a
}

// AssignBatch returns the form that puts a policy on all devices of a batch. The
// devices are looked up, or read when not all are known, as it opens.
func AssignBatch(env *kit.Env, batch model.DeviceBatch) kit.Screen {
	a := &assign{batch: &batch}
	a.start(env, a, "assign policy", waiting(&a.Host, "reading the devices of batch "+model.Clean(string(batch.ID))))
	a.leave = func() {
		if a.stop != nil {
			a.stop()
		}
	}
	return a
}

// Init implements [kit.Screen].
func (a *assign) Init() kit.Effect {
	if refused := a.refusal(); refused != nil {
		return a.swap(refused)
	}
	a.reading = true
	if a.batch != nil {
		var ctx context.Context
		ctx, a.stop = context.WithCancel(a.env.Visit)
		return kit.Effect{Cmd: kit.BatchDevices(ctx, a.env, a.ask(), a.batch.ID)}
	}
	return a.found()
}

// found goes on when the devices are known.
func (a *assign) found() kit.Effect {
	if len(a.devices) == 0 {
		a.drop()
		if a.batch != nil {
			return a.swap(waiting(&a.Host, "batch "+model.Clean(string(a.batch.ID))+" shows no device; one that was just uploaded may come later"))
		}
		return a.swap(waiting(&a.Host, "no device was chosen: mark devices first, space marks one"))
	}
	return a.read()
}

func (a *assign) read() kit.Effect {
	a.reading = true
	a.swap(waiting(&a.Host, "reading the policies of "+model.Clean(a.env.Customer.Name)))
	return kit.Effect{Cmd: kit.ReadPolicies(a.env, a.ask())}
}

// drop forgets the keys that waited: what they were meant for is not there.
func (a *assign) drop() { a.reading, a.held = false, nil }

// Update implements [kit.Screen]. Keys that come while there is nothing to choose from
// wait for it; the question that follows drops them, as it drops all that is typed
// ahead of it.
func (a *assign) Update(msg tea.Msg) kit.Effect {
	switch msg := msg.(type) {
	case kit.DevicesMsg:
		if msg.Seq != a.seq || a.stop == nil {
			return kit.Effect{}
		}
		a.stop()
		a.stop, a.devices = nil, msg.Devices
		if msg.Err != nil {
			a.lacking = model.Clean(msg.Err.Error())
		}
		return a.found()
	case kit.PoliciesMsg:
		if msg.Seq != a.seq {
			return kit.Effect{}
		}
		return a.got(msg)
	case tea.KeyPressMsg:
		if key := msg.String(); a.reading && key != "esc" && key != "q" && key != "ctrl+c" {
			if len(a.held) < maxHeld {
				a.held = append(a.held, msg)
			}
			return kit.Effect{}
		}
	}
	return a.Host.Update(msg)
}

func (a *assign) got(msg kit.PoliciesMsg) kit.Effect {
	held := a.held
	a.drop()
	switch {
	case msg.Err != nil:
		return a.swap(newMessage(&a.Host, a.read, func(w int) []string {
			return append(wrap(a.env.Theme.Glyphs.Bad+" the policies could not be read", w), wrap(model.Clean(msg.Err.Error()), w)...)
		}))
	case len(msg.Policies) == 0 && len(a.autopilot) > 0:
		return a.toProfiles()
	case len(msg.Policies) == 0:
		return a.swap(newMessage(&a.Host, a.read, func(w int) []string {
			return wrap(model.Clean(a.env.Customer.Name)+" has no policy yet. Make one in the policies view or in Partner Center, then come back.", w)
		}))
	}
	a.policies = slices.Clone(msg.Policies)
	slices.SortStableFunc(a.policies, func(x, y model.ConfigurationPolicy) int {
		return cmp.Compare(strings.ToLower(x.Name), strings.ToLower(y.Name))
	})
	a.chosen = min(a.chosen, len(a.policies)-1)
	e := a.swap(a.choose())
	e.Keys = held
	return e
}

// choose is the page with the policies. Below them stands what the one under the
// cursor does, in words.
func (a *assign) choose() stage {
	options := make([]option, len(a.policies))
	for i, p := range a.policies {
		options[i] = option{name: cmp.Or(model.Clean(p.Name), "(no name)"), more: used(p)}
	}
	if len(a.autopilot) > 0 {
		options = append(options, a.aProfile())
	}
	if a.env.Backend.Devices != nil {
		options = append(options, option{name: noPolicy, more: "experimental: verified by reading the devices back"})
	}
	list := newChoice(a.env, "Policy", &a.chosen, options...)
	page := newFields(&a.Host, a.confirm, list)
	page.head = func(w int) []string {
		return wrap("Which policy goes on "+a.target()+"?", w)
	}
	page.noteLines = 5
	page.note = func(w int) []string {
		n, ok := list.under()
		if !ok {
			return nil
		}
		if a.isProfile(n) {
			return labelled(a.env.Theme, "does", "leads on to the Autopilot deployment profiles; "+kit.IntuneTerms, w)
		}
		if n >= len(a.policies) {
			return labelled(a.env.Theme, "does", undocumented, w)
		}
		return a.describe(a.policies[n], w)
	}
	page.says = []kit.Action{hint("enter", "choose"), hint("/", "filter"), hint("j", "down"), hint("k", "up"), hint("esc", "back")}
	return page
}

func (a *assign) target() string {
	devices := kit.Counted(len(a.devices), "device", "devices")
	if a.batch != nil {
		devices += " of batch " + model.Clean(string(a.batch.ID))
	}
	return devices
}

// used says on how many devices a policy is, as the service counts.
func used(p model.ConfigurationPolicy) string {
	if p.Assigned == model.CountUnknown {
		return "devices not counted"
	}
	return "on " + kit.Counted(p.Assigned, "device", "devices")
}

func (a *assign) describe(p model.ConfigurationPolicy, w int) []string {
	t := a.env.Theme
	var out []string
	if p.Description != "" {
		about := labelled(t, "about", model.Clean(p.Description), w)
		out = append(out, about[:min(len(about), 1)]...)
	}
	return append(out, labelled(t, "does", effects(p), w)...)
}

// effects says in words what a policy does.
func effects(p model.ConfigurationPolicy) string {
	if len(p.Settings) == 0 {
		return "no setting was reported"
	}
	words := make([]string, len(p.Settings))
	for i, s := range p.Settings {
		words[i] = model.Clean(s.Effect())
	}
	return strings.Join(words, "; ")
}

// confirm is the page that shows what changes and asks.
func (a *assign) confirm() kit.Effect {
	if a.isProfile(a.chosen) {
		return a.toProfiles()
	}
	if a.chosen >= len(a.policies) {
		return a.confirmNone()
	}
	p := a.policies[a.chosen]
	name := model.Clean(p.Name)
	lines := func(w int) []string {
		out := labelled(a.env.Theme, "policy", name+": "+effects(p), w)
		return append(out, a.changes(string(p.ID), name, w)...)
	}
	title := fmt.Sprintf("Assign %s to %s?", name, a.target())
	return a.show(newWrite(&a.Host, model.AssignPolicy, title, lines, kit.Answer{Key: "y", Text: "assign", Do: a.send}))
}

// changes shows whom it concerns, old and new, what may go wrong, and the first rows.
// value and name are the new policy's.
func (a *assign) changes(value, name string, w int) []string {
	t := a.env.Theme
	out := labelled(t, "customer", model.Clean(a.env.Customer.Name), w)
	for i, b := range a.before(value, name) {
		label := "now"
		if i > 0 {
			label = ""
		}
		out = append(out, labelled(t, label, b, w)...)
	}
	if locked := withoutRight(a.devices, "PATCH"); locked > 0 {
		out = append(out, labelled(t, "warning", kit.Counted(locked, "device does", "devices do")+" not take a change, says the service", w)...)
	}
	if part := a.partial(); part != "" {
		out = append(out, labelled(t, "warning", part, w)...)
	}
	out = append(out, labelled(t, "requests", jobs(a.env, len(a.devices)), w)...)
	return append(append(out, ""), firstDevices(t, a.devices, "policy now", a.now, w)...)
}

// now is the name of the policy that a device has.
func (a *assign) now(d model.Device) string {
	if d.Policy.None() {
		return "none"
	}
	return model.Clean(d.Policy.Name(a.policies))
}

// partial says that these may not be all devices that were meant, "" when they are.
func (a *assign) partial() string {
	if a.batch != nil {
		if a.lacking == "" {
			return ""
		}
		return "not all devices could be read: " + a.lacking
	}
	return partial(a.env, len(a.devices))
}

func (a *assign) send() kit.Effect {
	p := a.policies[a.chosen]
	c := a.env.Customer
	wanted := model.Assignment{Customer: c.ID, CustomerName: c.Name, Policy: p, Devices: a.devices}
	if err := wanted.Validate(); err != nil {
		a.failed = kit.Trouble(err)
		return a.shown()
	}
	a.written.Devices = a.devices
	return a.save(fmt.Sprintf("policy %s on %s", model.Clean(p.Name), a.target()), func(re kit.Reply) tea.Cmd {
		return kit.Assign(a.env, re, wanted)
	})
}

// shownFormer is how many different former policies are named.
const shownFormer = 4

// before counts what the devices have now, most frequent first, and what it becomes.
func (a *assign) before(value, name string) []string {
	counts := map[string]int{}
	none, same := 0, 0
	for _, d := range a.devices {
		switch {
		case d.Policy.Value == value:
			same++
		case d.Policy.None():
			none++
		default:
			counts[d.Policy.Value]++
		}
	}
	values := make([]string, 0, len(counts))
	for v := range counts {
		values = append(values, v)
	}
	slices.SortFunc(values, func(x, y string) int {
		return cmp.Or(cmp.Compare(counts[y], counts[x]), cmp.Compare(x, y))
	})
	becomes := " " + a.env.Theme.Glyphs.Arrow + " " + name
	var out []string
	if none > 0 {
		out = append(out, kit.Count(none)+" without a policy"+becomes)
	}
	rest := 0
	for i, v := range values {
		if i >= shownFormer && len(values) > shownFormer+1 {
			rest += counts[v]
			continue
		}
		out = append(out, kit.Count(counts[v])+" with "+model.Clean(model.PolicyRef{Value: v}.Name(a.policies))+becomes)
	}
	if rest > 0 {
		out = append(out, fmt.Sprintf("%s with one of %d others", kit.Count(rest), len(values)-shownFormer)+becomes)
	}
	if same > 0 {
		out = append(out, kit.Count(same)+" that have it already and keep it")
	}
	return out
}
