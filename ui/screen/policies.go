package screen

import (
	"iter"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"muster/model"
	"muster/model/fleet"
	"muster/ui/kit"
	"muster/ui/table"
)

var policySchema = fleet.Schema{
	{Name: "policy", Title: "POLICY"}, {Name: "devices", Title: "DEVICES", Kind: fleet.Count}, {Name: "settings", Title: "SETTINGS"},
	{Name: "changed", Title: "CHANGED", Kind: fleet.Time}, {Name: "id", Title: "ID"},
}

var policyCols = []table.Col{
	{Name: "policy", Min: 12, Max: 36, Priority: 9}, {Name: "devices", Min: 7, Right: true, Priority: 8},
	{Name: "changed", Min: 16, Max: 16, Priority: 5}, {Name: "settings", Min: 10, Max: 60, Priority: 6}, {Name: "id", Min: 36, Max: 36, Priority: 1},
}

// Policies lists the customer's configuration policies.
type Policies struct {
	env     *kit.Env
	list    *list[model.ConfigurationPolicy]
	actions []kit.Action
}

// NewPolicies returns the list, still empty; Init begins to read it.
func NewPolicies(env *kit.Env) *Policies {
	s := &Policies{env: env}
	s.list = newList(env, s, listing[model.ConfigurationPolicy]{
		one: "policy", many: "policies", schema: policySchema, cols: policyCols,
		none:  []string{"This customer has no configuration policies yet.", "n makes the first one."},
		kinds: policyKinds(),
		pages: func() iter.Seq2[kit.Page[model.ConfigurationPolicy], error] {
			ctx, reader, id := env.Visit, env.Backend.Reader, env.Customer.ID
			return atOnce(func() ([]model.ConfigurationPolicy, error) { return reader.Policies(ctx, id) }, policyRow(env.Moment))
		},
	})
	k := env.Keys
	s.actions = append([]kit.Action{
		{Name: "open", Key: k.Open, Do: s.open, Off: s.list.needRow, Help: "All that is known of the policy under the cursor."},
		{Name: "new", Key: k.New, Hurt: true, Off: s.cannotCreate, Help: "Make a policy.",
			Do: func() kit.Effect { return kit.Effect{Push: env.Forms.NewPolicy(env)} }},
	}, slices.Concat(policyChanges(env, s.policy), policyLooks(env, s.policy), s.list.looks(), s.list.moves())...)
	return s
}

// policyKinds are the operations that change what policies are or on how many devices.
func policyKinds() []model.OperationKind {
	return []model.OperationKind{model.AssignPolicy, model.UnassignPolicy, model.UndoAssignment,
		model.CreatePolicy, model.EditPolicy, model.DeletePolicy, model.RemoveDevices}
}

// policyChanges are the actions that change a policy; which says which one, if any.
func policyChanges(env *kit.Env, which func() (model.ConfigurationPolicy, bool)) []kit.Action {
	off := func(form func(*kit.Env, model.ConfigurationPolicy) kit.Screen) func() string {
		return func() string {
			if form == nil || env.Backend.Policies == nil {
				return "not available here"
			}
			if _, ok := which(); !ok {
				return "there is no policy here"
			}
			return ""
		}
	}
	do := func(form func(*kit.Env, model.ConfigurationPolicy) kit.Screen) func() kit.Effect {
		return func() kit.Effect {
			p, _ := which()
			return kit.Effect{Push: form(env, p)}
		}
	}
	edit, remove := env.Forms.EditPolicy, env.Forms.DeletePolicy
	return []kit.Action{
		{Name: "edit", Key: env.Keys.Edit, Hurt: true, Do: do(edit), Off: off(edit), Help: "Change name, description or settings; what changes is shown first."},
		{Name: "delete", Key: env.Keys.Remove, Hurt: true, Do: do(remove), Off: off(remove), Help: "Its name has to be typed. It cannot be undone."},
	}
}

// policy is the one under the cursor.
func (s *Policies) policy() (model.ConfigurationPolicy, bool) {
	p, _, ok := s.list.current()
	return p, ok
}

func (s *Policies) cannotCreate() string {
	if s.env.Forms.NewPolicy == nil || s.env.Backend.Policies == nil {
		return "not available here"
	}
	return ""
}

func policyRow(moment momentFunc) func(model.ConfigurationPolicy) fleet.Row {
	return func(p model.ConfigurationPolicy) fleet.Row {
		assigned, n := countCell(p.Assigned)
		words := make([]string, len(p.Settings))
		for i, s := range p.Settings {
			words[i] = string(s)
		}
		return fleet.Row{
			Key: string(p.ID),
			Cells: []string{model.Clean(p.Name), assigned, model.Clean(strings.Join(words, " ")),
				moment(p.Modified), model.Clean(string(p.ID))},
			Sort: []int64{1: n, 3: sortTime(p.Modified)},
		}
	}
}

// Init implements kit.Screen.
func (s *Policies) Init() kit.Effect { return s.list.refresh() }

// Update implements kit.Screen.
func (s *Policies) Update(msg tea.Msg) kit.Effect { return s.list.handle(msg, s.actions) }

// View implements kit.Screen.
func (s *Policies) View() string { return s.list.view() }

// Resize implements kit.Screen.
func (s *Policies) Resize(w, h int) { s.list.resize(w, h) }

// Card implements kit.Screen.
func (s *Policies) Card() kit.Card { return s.list.card("policies", s.actions) }

func (s *Policies) open() kit.Effect {
	p, _, ok := s.list.current()
	if !ok {
		return kit.Effect{}
	}
	d := NewPolicy(s.env, p, s.list.began)
	d.follow(source{began: s.list.began, kinds: s.list.kinds, read: s.list.refresh})
	return kit.Effect{Push: d}
}

// Policy shows one configuration policy as its list has it.
type Policy struct {
	detail
	own    own
	seq    uint64 // of the reading of the policy as its list has it
	policy model.ConfigurationPolicy
}

// NewPolicy returns the detail of a policy, read at asOf.
func NewPolicy(env *kit.Env, p model.ConfigurationPolicy, asOf time.Time) *Policy {
	s := &Policy{policy: p, own: owning(env, string(p.ID), model.DeletePolicy)}
	s.detail = detail{env: env, name: model.Clean(p.Name), facts: []string{env.AsOf(asOf)}, write: s.fill}
	s.actions = append([]kit.Action{
		{Name: "devices", Key: env.Keys.Open, Do: s.devices, Help: "The devices that have this policy."},
	}, slices.Concat(s.own.guard(policyChanges(env, s.shown)), policyLooks(env, s.shown), s.moves(env))...)
	s.anew(s, env.Customer.ID, policyRefOf(p))
	for i, a := range s.actions {
		if a.Name == "refresh" { // which says what somebody else changed, when we did not
			s.actions[i].Do = func() kit.Effect {
				if s.own.again {
					return s.reread()
				}
				return a.Do()
			}
		}
	}
	return s
}

// shown is the policy as it stands on the screen.
func (s *Policy) shown() (model.ConfigurationPolicy, bool) { return s.policy, true }

// policyRefOf names a policy to the service.
func policyRefOf(p model.ConfigurationPolicy) model.ItemRef {
	return model.ItemRef{Kind: model.PolicyItem, ID: string(p.ID)}
}

// policyLooks are the actions that look at a policy as the service has it.
func policyLooks(env *kit.Env, which func() (model.ConfigurationPolicy, bool)) []kit.Action {
	return []kit.Action{
		differenceAction(env, "policy", which, NewPolicyDifference),
		rawAction(env, func() (model.CustomerID, model.ItemRef, string, bool) {
			p, ok := which()
			return env.Customer.ID, policyRefOf(p), p.Name, ok
		}),
	}
}

// Init implements kit.Screen.
func (s *Policy) Init() kit.Effect { return s.readItem() }

// Update implements kit.Screen.
func (s *Policy) Update(msg tea.Msg) kit.Effect {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return kit.Dispatch(s.env, msg, s.actions)
	case kit.ThemeMsg:
		s.redraw()
	case kit.JobsMsg:
		s.age()
		return s.own.news(s.reread)
	case kit.PoliciesMsg:
		s.relisted(msg)
	case kit.ItemMsg:
		s.takeItem(msg)
	}
	return kit.Effect{}
}

// reread reads the policy again, also as its list has it: that is what a change of it is
// compared with.
func (s *Policy) reread() kit.Effect {
	s.seq++
	return kit.Effect{Cmd: tea.Batch(s.readItem().Cmd, kit.ReadPolicies(s.env, kit.Reply{To: s, Seq: s.seq}))}
}

// relisted takes the policy from its list, read again.
func (s *Policy) relisted(msg kit.PoliciesMsg) {
	if msg.Seq != s.seq || msg.Err != nil {
		return
	}
	if i := slices.IndexFunc(msg.Policies, func(p model.ConfigurationPolicy) bool { return p.ID == s.policy.ID }); i >= 0 {
		s.policy, s.name, s.own.again = msg.Policies[i], model.Clean(msg.Policies[i].Name), false
		s.redraw()
	}
}

func (s *Policy) devices() kit.Effect {
	return kit.Effect{Open: kit.Open{View: kit.DevicesView, Filter: cellFilter("policy", s.policy.Name), Above: true}}
}

func (s *Policy) fill() {
	p := s.policy
	s.title("Policy")
	s.field("name", p.Name)
	s.field("description", p.Description)
	s.field("policy id", string(p.ID))
	assigned, _ := countCell(p.Assigned)
	s.field("devices", assigned)
	s.field("created", s.env.Stamp(p.Created))
	s.field("changed", s.env.Stamp(p.Modified))
	if now, read := s.now(); read && !p.Same(now) {
		s.text(1, s.env.Theme.Glyphs.Warn+" The service has another version by now: "+s.env.Keys.Difference.String()+" shows the difference.", s.env.Theme.Warn)
	}
	s.title("Settings during setup")
	have := map[model.Setting]bool{}
	for _, set := range p.Settings {
		have[set] = true
	}
	g := s.env.Theme.Glyphs
	for _, set := range model.Settings() {
		if set == model.SettingNone && !have[set] {
			continue
		}
		sign, word := " ", "no "
		if have[set] {
			sign, word = g.Good, "yes"
		}
		delete(have, set)
		s.add("  " + sign + " " + word + "  " + set.Effect())
	}
	for _, set := range p.Settings {
		if have[set] {
			s.add("  " + g.Good + " yes  " + model.Clean(string(set)))
		}
	}
	s.others("id", "name", "description", "devicesAssignedCount", "devicesAssigned", "createdDate", "lastModifiedDate", "policySettings")
}

// now is the policy as the service had it when it was read by itself.
func (s *Policy) now() (p model.ConfigurationPolicy, read bool) {
	item := s.fresh.item
	if item.Read.IsZero() {
		return p, false
	}
	p.Name, p.Description = item.Fact("name"), item.Fact("description")
	for word := range strings.SplitSeq(item.Fact("policySettings"), ", ") {
		if word != "" {
			p.Settings = append(p.Settings, model.Setting(word))
		}
	}
	return p, true
}
