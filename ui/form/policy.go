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

// policy makes a policy or replaces one: its name and settings, a yes of its own for
// the licence terms, then what changes and a yes.
type policy struct {
	Host
	edit        bool
	was         model.ConfigurationPolicy // as the service has it; zero for a new one
	id          model.PolicyID
	name, about text
	settings    *checks
}

// NewPolicy returns the form that makes a policy.
func NewPolicy(env *kit.Env) kit.Screen {
	p := &policy{was: model.ConfigurationPolicy{Category: model.CategoryOOBE}}
	p.start(env, p, "new policy", waiting(&p.Host, ""))
	return p
}

// EditPolicy returns the form that changes a policy. What it shows is read anew when
// it opens.
func EditPolicy(env *kit.Env, was model.ConfigurationPolicy) kit.Screen {
	p := &policy{edit: true, id: was.ID}
	p.start(env, p, "edit policy", waiting(&p.Host, "reading "+model.Clean(was.Name)))
	return p
}

// Init implements [kit.Screen].
func (p *policy) Init() kit.Effect {
	if refused := p.refusal(); refused != nil {
		return p.swap(refused)
	}
	if !p.edit {
		return p.swap(p.page())
	}
	return p.read()
}

func (p *policy) read() kit.Effect {
	p.swap(waiting(&p.Host, "reading the policy"))
	return kit.Effect{Cmd: kit.ReadPolicies(p.env, p.ask())}
}

// Update implements [kit.Screen].
func (p *policy) Update(msg tea.Msg) kit.Effect {
	if msg, ok := msg.(kit.PoliciesMsg); ok {
		if msg.Seq != p.seq {
			return kit.Effect{}
		}
		was, failed := theOne(&p.Host, msg, p.id, p.read)
		if failed != nil {
			return p.swap(failed)
		}
		p.was = was
		return p.fill()
	}
	return p.Host.Update(msg)
}

// theOne finds the policy among those that were read, or returns the page that says
// why it is not there.
func theOne(h *Host, msg kit.PoliciesMsg, id model.PolicyID, again func() kit.Effect) (model.ConfigurationPolicy, stage) {
	if msg.Err != nil {
		return model.ConfigurationPolicy{}, newMessage(h, again, func(w int) []string {
			return append(wrap(h.env.Theme.Glyphs.Bad+" the policy could not be read", w), wrap(model.Clean(msg.Err.Error()), w)...)
		})
	}
	for _, have := range msg.Policies {
		if have.ID == id {
			return have, nil
		}
	}
	return model.ConfigurationPolicy{}, newMessage(h, nil, func(w int) []string {
		return wrap("The policy is gone: somebody deleted it since the list was read.", w)
	})
}

// fill shows the form for the policy that was read. One with a setting of which this
// version knows nothing stays as it is: writing it would take the setting away.
func (p *policy) fill() kit.Effect {
	for _, s := range p.was.Settings {
		if !s.Known() {
			word := model.Clean(string(s))
			return p.swap(newMessage(&p.Host, nil, func(w int) []string {
				return wrap("This policy has the setting "+word+", which this version does not know. "+
					"An edit writes the whole policy, so the setting would be lost: change it in Partner Center.", w)
			}))
		}
	}
	return p.swap(p.page())
}

// page is the page with name, description and the six settings.
func (p *policy) page() stage {
	p.name, p.about = newText(p.was.Name), newText(p.was.Description)
	known := model.Settings()
	options := make([]option, len(known))
	for i, s := range known {
		options[i] = option{name: s.Effect(), more: string(s)}
	}
	p.settings = newChecks(p.env, "Settings during setup", slices.Index(known, model.SettingNone), p.checkSettings, options...)
	for i, s := range known {
		p.settings.on[i] = slices.Contains(p.was.Settings, s)
	}
	f := newFields(&p.Host, p.agreed, newLine("Name", &p.name.now, p.checkName), newLine("Description", &p.about.now, anyText), p.settings)
	f.form.Update(nil) // the fields take their texts
	p.name.shown, p.about.shown = p.name.now, p.about.now
	f.head = func(w int) []string {
		if p.edit {
			return wrap(fmt.Sprintf("%s, %s. An edit writes all of it.", model.Clean(p.was.Name), used(p.was)), w)
		}
		return wrap("A new policy for "+model.Clean(p.env.Customer.Name)+". It is on no device until it is assigned.", w)
	}
	f.noteLines = 1
	f.note = func(int) []string {
		return []string{blank + p.env.Theme.Muted.Render("space chooses a setting; a policy works while a device is set up")}
	}
	return f
}

// anyText finds nothing wrong with a text.
func anyText(string) error { return nil }

// want is the policy as the form has it.
func (p *policy) want() model.ConfigurationPolicy {
	want := p.was
	want.Name, want.Description, want.Settings = p.name.value(), p.about.value(), nil
	for i, s := range model.Settings() {
		if p.settings.on[i] {
			want.Settings = append(want.Settings, s)
		}
	}
	return want
}

func (p *policy) checkName(name string) error {
	if p.edit && name == p.name.shown {
		return nil
	}
	return model.ConfigurationPolicy{Name: name, Settings: []model.Setting{model.SettingNone}}.Validate()
}

func (p *policy) checkSettings() error {
	want := p.want()
	want.Name = "x"
	return want.Validate()
}

// agreed asks for the licence terms when the policy begins to accept them.
func (p *policy) agreed() kit.Effect {
	want := p.want()
	if p.edit && p.was.Same(want) {
		return p.show(newMessage(&p.Host, nil, func(w int) []string {
			return wrap("Nothing changed, so nothing is sent. Esc goes back to the form.", w)
		}))
	}
	if err := want.Validate(); err != nil {
		p.failed = kit.Trouble(err)
		return kit.Effect{}
	}
	accepts := func(c model.ConfigurationPolicy) bool { return slices.Contains(c.Settings, model.SettingSkipEULA) }
	if !accepts(want) || accepts(p.was) {
		return p.show(p.confirm(want))
	}
	customer := model.Clean(p.env.Customer.Name)
	return p.show(newQuestion(&p.Host, "Do you have "+customer+"'s authority to accept the licence terms?", func(w int) []string {
		return wrap("The setting "+string(model.SettingSkipEULA)+" skips the licence terms of Windows on every device that gets this policy. "+
			"By using it you state that you accept them for "+customer+" and may do so.", w)
	}, kit.Answer{Key: "y", Text: "yes, I do", Do: func() kit.Effect { return p.show(p.confirm(want)) }}))
}

// confirm is the page that shows what will be made or changed and asks.
func (p *policy) confirm(want model.ConfigurationPolicy) stage {
	name := model.Clean(want.Name)
	if !p.edit {
		return newWrite(&p.Host, model.CreatePolicy, "Create policy "+name+"?", p.creation(want),
			kit.Answer{Key: "y", Text: "create", Do: func() kit.Effect { return p.send(want) }})
	}
	return newWrite(&p.Host, model.EditPolicy, "Replace policy "+name+"?", p.difference(want),
		kit.Answer{Key: "y", Text: "replace", Do: func() kit.Effect { return p.send(want) }})
}

func (p *policy) creation(want model.ConfigurationPolicy) func(w int) []string {
	return func(w int) []string {
		t := p.env.Theme
		out := labelled(t, "customer", model.Clean(p.env.Customer.Name), w)
		out = append(out, labelled(t, "name", model.Clean(want.Name), w)...)
		out = append(out, labelled(t, "about", cmp.Or(model.Clean(want.Description), "(no description)"), w)...)
		out = append(out, p.does(want, w)...)
		return append(out, labelled(t, "requests", "1", w)...)
	}
}

// does says in words what a policy does, a line for each setting.
func (p *policy) does(c model.ConfigurationPolicy, w int) []string {
	var out []string
	for i, s := range c.Settings {
		label := "does"
		if i > 0 {
			label = ""
		}
		out = append(out, labelled(p.env.Theme, label, s.Effect()+" ("+string(s)+")", w)...)
	}
	return out
}

// difference shows what changes, old and new, and that all of the policy is written.
func (p *policy) difference(want model.ConfigurationPolicy) func(w int) []string {
	changes := p.was.Changes(want)
	return func(w int) []string {
		t := p.env.Theme
		out := labelled(t, "customer", model.Clean(p.env.Customer.Name), w)
		for _, c := range changes {
			from, to := cmp.Or(model.Clean(c.Old), "(empty)"), cmp.Or(model.Clean(c.New), "(empty)")
			out = append(out, wrap(t.Label.Render(model.Clean(c.Property))+": "+from+" "+t.Glyphs.Arrow+" "+to, w)...)
		}
		out = append(out, "")
		out = append(out, labelled(t, "writes", "all of it, for the service replaces the policy: name "+model.Clean(want.Name)+", description "+
			cmp.Or(model.Clean(want.Description), "(empty)")+", and these settings and no other: "+strings.Join(settingWords(want), ", "), w)...)
		out = append(out, labelled(t, "devices", used(p.was)+"; it works when a device is set up the next time", w)...)
		return append(out, labelled(t, "requests", "1; refused when somebody else changed the policy meanwhile", w)...)
	}
}

func settingWords(p model.ConfigurationPolicy) []string {
	out := make([]string, len(p.Settings))
	for i, s := range p.Settings {
		out[i] = model.Clean(string(s))
	}
	return out
}

func (p *policy) send(want model.ConfigurationPolicy) kit.Effect {
	env, was := p.env, p.was
	name := model.Clean(want.Name)
	if !p.edit {
		p.written.New = name
		return p.save("new policy "+name, func(re kit.Reply) tea.Cmd { return kit.CreatePolicy(env, re, env.Customer, want) })
	}
	return p.save("change of policy "+name, func(re kit.Reply) tea.Cmd { return kit.EditPolicy(env, re, env.Customer, was, want) })
}
