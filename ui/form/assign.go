package form

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"muster/model"
	"muster/ui/kit"
)

// assign puts one policy on devices: choose the policy, look at what changes, say yes.
type assign struct {
	Host
	devices  []model.Device
	policies []model.ConfigurationPolicy
	chosen   int
}

// Assign returns the form that puts a policy on these devices, as the operator saw
// them. The customer's policies are read when it opens.
func Assign(env *kit.Env, devices []model.Device) kit.Screen {
	a := &assign{devices: slices.Clone(devices)}
	a.start(env, a, "assign policy", waiting(&a.Host, "reading the policies of %s", model.Clean(env.Customer.Name)))
	return a
}

// Init implements [kit.Screen].
func (a *assign) Init() kit.Effect {
	if refused := a.refusal(); refused != nil {
		return a.swap(refused)
	}
	if len(a.devices) == 0 {
		return a.swap(waiting(&a.Host, "no device was chosen: mark devices first, space marks one"))
	}
	return a.read()
}

func (a *assign) read() kit.Effect {
	a.swap(waiting(&a.Host, "reading the policies of %s", model.Clean(a.env.Customer.Name)))
	return kit.Effect{Cmd: kit.ReadPolicies(a.env, a.ask())}
}

// Update implements [kit.Screen].
func (a *assign) Update(msg tea.Msg) kit.Effect {
	if msg, ok := msg.(kit.PoliciesMsg); ok {
		if msg.Seq != a.seq {
			return kit.Effect{}
		}
		return a.got(msg)
	}
	return a.Host.Update(msg)
}

func (a *assign) got(msg kit.PoliciesMsg) kit.Effect {
	switch {
	case msg.Err != nil:
		return a.swap(newMessage(&a.Host, a.read, func(w int) []string {
			return append(wrap(a.env.Theme.Glyphs.Bad+" the policies could not be read", w), wrap(model.Clean(msg.Err.Error()), w)...)
		}))
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
	return a.swap(a.choose())
}

// choose is the page with the policies. Below them stands what the one under the
// cursor does, in words.
func (a *assign) choose() stage {
	options := make([]option, len(a.policies))
	for i, p := range a.policies {
		options[i] = option{name: cmp.Or(model.Clean(p.Name), "(no name)"), more: used(p)}
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
		return a.describe(a.policies[n], w)
	}
	page.says = []kit.Action{hint("enter", "choose"), hint("/", "filter"), hint("j", "down"), hint("k", "up"), hint("esc", "back")}
	return page
}

func (a *assign) target() string { return kit.Counted(len(a.devices), "device", "devices") }

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
	p := a.policies[a.chosen]
	name := model.Clean(p.Name)
	locked := a.locked()
	lines := func(w int) []string {
		t := a.env.Theme
		out := labelled(t, "policy", name+": "+effects(p), w)
		out = append(out, labelled(t, "customer", model.Clean(a.env.Customer.Name), w)...)
		for i, b := range a.before(p) {
			label := "now"
			if i > 0 {
				label = ""
			}
			out = append(out, labelled(t, label, b, w)...)
		}
		if locked > 0 {
			out = append(out, labelled(t, "warning", kit.Counted(locked, "device does", "devices do")+" not take a change, says the service", w)...)
		}
		out = append(out, labelled(t, "requests", jobs(len(a.devices)), w)...)
		return append(append(out, ""), a.first(w)...)
	}
	title := fmt.Sprintf("Assign %s to %s?", name, a.target())
	return a.show(newQuestion(&a.Host, title, lines, kit.Answer{Key: "y", Text: "assign", Do: a.send}))
}

func (a *assign) send() kit.Effect {
	p := a.policies[a.chosen]
	c := a.env.Customer
	wanted := model.Assignment{Customer: c.ID, CustomerName: c.Name, Policy: p, Devices: a.devices}
	if err := wanted.Validate(); err != nil {
		a.failed = kit.Trouble(err)
		return a.shown()
	}
	return a.save(fmt.Sprintf("policy %s on %s", model.Clean(p.Name), a.target()), func(re kit.Reply) tea.Cmd {
		return kit.Assign(a.env, re, wanted)
	})
}

// shownFormer is how many different former policies are named, shownRows how many rows.
const (
	shownFormer = 4
	shownRows   = 5
)

// before counts what the devices have now, most frequent first.
func (a *assign) before(p model.ConfigurationPolicy) []string {
	counts := map[string]int{}
	none, same := 0, 0
	for _, d := range a.devices {
		switch {
		case d.Policy.None():
			none++
		case d.Policy.Value == string(p.ID):
			same++
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
	becomes := " " + a.env.Theme.Glyphs.Arrow + " " + model.Clean(p.Name)
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

// locked counts the devices of which the service says that they take no change. Of
// most it says nothing.
func (a *assign) locked() int {
	n := 0
	for _, d := range a.devices {
		patch := func(op string) bool { return strings.EqualFold(op, "PATCH") }
		if len(d.Allowed) > 0 && !slices.ContainsFunc(d.Allowed, patch) {
			n++
		}
	}
	return n
}

// first shows the first devices with what they have now, a line each.
func (a *assign) first(w int) []string {
	t := a.env.Theme
	wide := max((w-6)/3, 8)
	row := func(serial, model, now string) string {
		return cell(t, serial, min(wide, 20)) + " " + cell(t, model, min(wide, 26)) + " " + now
	}
	out := []string{t.Header.Render(row("serial", "model", "policy now"))}
	for _, d := range a.devices[:min(len(a.devices), shownRows)] {
		now := "none"
		if !d.Policy.None() {
			now = model.Clean(d.Policy.Name(a.policies))
		}
		out = append(out, row(cmp.Or(model.Clean(d.Serial), model.Clean(string(d.ID))), model.Clean(d.Model), now))
	}
	return more(out, len(a.devices)-shownRows)
}

// jobs says how many requests rows take.
func jobs(rows int) string {
	n := (rows + model.ChunkDevices - 1) / model.ChunkDevices
	if n == 1 {
		return "1 job"
	}
	return fmt.Sprintf("%s jobs of up to %d devices", kit.Count(n), model.ChunkDevices)
}
