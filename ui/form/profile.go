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

// profileForm makes a deployment profile or changes one.
type profileForm struct {
	Host
	edit              bool
	was               model.DeploymentProfile // as the service has it; what a new one begins with
	id                model.ProfileID
	name, about       text
	template          text
	locale            text
	join, mode, admin int
	kind, language    int
	settings          *checks
}

// NewProfile returns the form that makes a deployment profile.
func NewProfile(env *kit.Env) kit.Screen {
	p := &profileForm{was: model.DeploymentProfile{Locale: model.LocaleOS, DeviceType: model.TypeWindowsPC, ScopeTags: []string{model.DefaultScopeTag},
		OutOfBox: model.OutOfBox{PrivacyHidden: true, UserType: model.UserStandard, Usage: model.UsageSingle, EscapeLinkHidden: true}}}
	p.start(env, p, "new profile", waiting(&p.Host, ""))
	return p
}

// EditProfile returns the form that changes a deployment profile. What it shows is read
// anew when it opens.
func EditProfile(env *kit.Env, was model.DeploymentProfile) kit.Screen {
	p := &profileForm{edit: true, id: was.ID}
	p.start(env, p, "edit profile", waiting(&p.Host, "reading "+model.Clean(was.Name)))
	return p
}

// Init implements [kit.Screen].
func (p *profileForm) Init() kit.Effect {
	if refused := p.refusal(); refused != nil {
		return p.swap(refused)
	}
	if !p.edit {
		return p.swap(p.page())
	}
	return p.read()
}

func (p *profileForm) read() kit.Effect {
	p.swap(waiting(&p.Host, "reading the profile"))
	return kit.Effect{Cmd: kit.ReadProfile(p.env.Visit, p.env, p.ask(), p.id)}
}

// Update implements [kit.Screen].
func (p *profileForm) Update(msg tea.Msg) kit.Effect {
	if msg, ok := msg.(kit.ProfileMsg); ok {
		if msg.Seq != p.seq {
			return kit.Effect{}
		}
		if msg.Err != nil {
			return p.swap(newMessage(&p.Host, p.read, func(w int) []string {
				return wrap(p.env.Theme.Glyphs.Bad+" "+kit.IntuneTrouble("the profile could not be read", msg.Err), w)
			}))
		}
		p.was = msg.Profile
		return p.swap(p.page())
	}
	return p.Host.Update(msg)
}

// The settings of the setup, in the order of the form.
const (
	hidePrivacy = iota
	hideTerms
	skipKeyboard
	hideEscape
	preprovision
	extractHash
)

// page is the first page: what the profile is called and how it works.
func (p *profileForm) page() stage {
	p.name, p.about = newText(p.was.Name), newText(p.was.Description)
	p.join, p.mode, p.admin = number(p.was.Hybrid), number(p.was.OutOfBox.Usage == model.UsageShared), number(p.was.OutOfBox.UserType == model.UserAdmin)
	p.kind = max(slices.Index(model.ProfileDeviceTypes(), p.was.DeviceType), 0)
	f := newFields(&p.Host, func() kit.Effect { return p.show(p.second()) }, newLine("Name", &p.name.now, p.checkName), newLine("Description", &p.about.now, p.checkAbout))
	if !p.edit {
		f = newFields(&p.Host, func() kit.Effect { return p.show(p.second()) }, newLine("Name", &p.name.now, p.checkName), newLine("Description", &p.about.now, p.checkAbout),
			newRow(p.env, "Join", &p.join, option{name: "Entra join"}, option{name: "Entra hybrid join, with Active Directory"}),
			newRow(p.env, "Device type", &p.kind, deviceTypes()...))
	}
	f.form.Update(nil) // the fields take their texts
	p.name.shown, p.about.shown = p.name.now, p.about.now
	f.head = func(w int) []string {
		if p.edit {
			return wrap(model.Clean(p.was.Name)+", "+p.was.Kind()+", "+model.Clean(p.was.DeviceType)+". Only what changes is sent.", w)
		}
		return wrap("A new deployment profile for "+model.Clean(p.env.Customer.Name)+". It reaches no device until it is assigned.", w)
	}
	f.noteLines = 3
	f.note = p.remark("Letters, digits, blanks and : \" ? . @ $ & _ [ ] { } | \\ are taken in a name, a hyphen is not. A profile is made in Intune: " + kit.IntuneTerms + ".")
	return f
}

func number(b bool) int {
	if b {
		return 1
	}
	return 0
}

func deviceTypes() []option {
	var out []option
	for _, t := range model.ProfileDeviceTypes() {
		out = append(out, option{name: t})
	}
	return out
}

// remark is a note that always says the same.
func (p *profileForm) remark(say string) func(w int) []string {
	return func(w int) []string {
		var out []string
		for _, l := range wrap(say, w-2) {
			out = append(out, blank+p.env.Theme.Muted.Render(l))
		}
		return out
	}
}

// second is the page with what happens in Windows setup.
func (p *profileForm) second() stage {
	o := p.was.OutOfBox
	p.template, p.locale = newText(p.was.NameTemplate), newText(p.was.Locale)
	p.settings = newChecks(p.env, "In Windows setup", -1, p.checkAll,
		option{name: "skip the privacy page"}, option{name: "skip the licence terms"}, option{name: "skip the keyboard page", more: "needs a language"},
		option{name: "hide the ways to another account"}, option{name: "allow pre-provisioning"}, option{name: "register all devices as Autopilot", more: "of those that get it"})
	p.settings.on = []bool{o.PrivacyHidden, o.EULAHidden, o.KeyboardSkipped, o.EscapeLinkHidden, p.was.Preprovision, p.was.ExtractHash}
	f := newFields(&p.Host, p.confirm,
		newRow(p.env, "Mode", &p.mode, option{name: "user-driven"}, option{name: "self-deploying, without a user"}),
		newRow(p.env, "User, of user-driven devices", &p.admin, option{name: "standard user"}, option{name: "administrator"}),
		newLine("Language: os-default, empty = the user selects, or such as nb-NO", &p.locale.now, anyText),
		newLine("Device name template, may be empty", &p.template.now, func(s string) error { return invalid(model.CheckNameTemplate(strings.TrimSpace(s), "")) }),
		p.settings)
	f.form.Update(nil)
	p.template.shown, p.locale.shown = p.template.now, p.locale.now
	f.noteLines = 2
	f.note = p.remark("A template has letters, digits, hyphens, %SERIAL% and %RAND:n%; 15 characters at most once they are filled in. space ticks.")
	return f
}

// invalid is what is wrong as an error, nil for nothing.
func invalid(msg string) error {
	if msg == "" {
		return nil
	}
	return &model.Error{Kind: model.Invalid, Op: "check deployment profile", Msg: msg}
}

func (p *profileForm) checkName(s string) error {
	if p.edit && s == p.name.shown {
		return nil
	}
	return invalid(model.CheckProfileName(strings.TrimSpace(s)))
}

func (p *profileForm) checkAbout(s string) error {
	if n := len([]rune(s)); n > model.MaxProfileDescription && s != p.about.shown {
		return invalid(fmt.Sprintf("the description has %d characters; the limit is %d", n, model.MaxProfileDescription))
	}
	return nil
}

// want is the profile as the form has it.
func (p *profileForm) want() model.DeploymentProfile {
	w := p.was
	w.Name, w.Description, w.NameTemplate, w.Locale = p.name.value(), p.about.value(), p.template.value(), p.locale.value()
	if !p.edit {
		w.Hybrid, w.DeviceType = p.join == 1, model.ProfileDeviceTypes()[p.kind]
	}
	on := p.settings.on
	w.Preprovision, w.ExtractHash = on[preprovision], on[extractHash]
	o := &w.OutOfBox
	o.PrivacyHidden, o.EULAHidden, o.KeyboardSkipped, o.EscapeLinkHidden = on[hidePrivacy], on[hideTerms], on[skipKeyboard], on[hideEscape]
	if shared := p.mode == 1; shared != (p.was.OutOfBox.Usage == model.UsageShared) || !p.edit {
		o.Usage = [...]string{model.UsageSingle, model.UsageShared}[p.mode]
	}
	if admin := p.admin == 1; admin != (p.was.OutOfBox.UserType == model.UserAdmin) || !p.edit || o.UserType == "" && o.Usage != model.UsageShared {
		o.UserType = [...]string{model.UserStandard, model.UserAdmin}[p.admin]
	}
	if o.Usage == model.UsageShared {
		o.UserType = p.was.OutOfBox.UserType
		if !p.edit {
			o.UserType = ""
		}
	}
	return w
}

func (p *profileForm) checkAll() error {
	w := p.want()
	if p.edit && w.Name == p.was.Name {
		w.Name = "x" // what the service has may break our rules
	}
	return w.Validate()
}

// confirm shows what will be made or changed and asks.
func (p *profileForm) confirm() kit.Effect {
	want := p.want()
	changes := profileChanges(p.was, want)
	if p.edit && len(changes) == 0 {
		return p.show(newMessage(&p.Host, nil, func(w int) []string {
			return wrap("Nothing changed, so nothing is sent. Esc goes back to the form.", w)
		}))
	}
	name := model.Clean(want.Name)
	kind, title, answer := model.CreateProfile, "Create profile "+name+"?", "create"
	if p.edit {
		kind, title, answer = model.EditProfile, "Change profile "+name+"?", "change"
	}
	lines := func(w int) []string {
		t := p.env.Theme
		out := labelled(t, "customer", model.Clean(p.env.Customer.Name), w)
		if p.edit {
			for _, c := range changes {
				out = append(out, wrap(t.Label.Render(c.Property)+": "+cmp.Or(model.Clean(c.Old), "(empty)")+" "+t.Glyphs.Arrow+" "+cmp.Or(model.Clean(c.New), "(empty)"), w)...)
			}
			out = append(out, labelled(t, "effect", "devices that are not enrolled yet get it; an enrolled one keeps the old settings until it is reset", w)...)
			return append(out, labelled(t, "requests", "2: it is read again, then only what changes is sent", w)...)
		}
		out = append(out, labelled(t, "name", name, w)...)
		out = append(out, labelled(t, "about", cmp.Or(model.Clean(want.Description), "(no description)"), w)...)
		out = append(out, labelled(t, "does", profileEffects(want), w)...)
		out = append(out, labelled(t, "language", localeWords(want.Locale), w)...)
		out = append(out, labelled(t, "for", model.Clean(want.DeviceType), w)...)
		out = append(out, labelled(t, "devices", "none until it is assigned", w)...)
		return append(out, labelled(t, "requests", "1", w)...)
	}
	return p.show(newWrite(&p.Host, kind, title, lines, kit.Answer{Key: "y", Text: answer, Do: func() kit.Effect { return p.send(want) }}))
}

// localeWords says what a profile's language means.
func localeWords(s string) string {
	switch s {
	case model.LocaleOS:
		return "that of the operating system"
	case "":
		return "the user selects"
	}
	return model.Clean(s)
}

// profileChanges are the properties that differ, old and new.
func profileChanges(was, want model.DeploymentProfile) []model.PolicyChange {
	var out []model.PolicyChange
	text := func(name, a, b string) {
		if a != b {
			out = append(out, model.PolicyChange{Property: name, Old: a, New: b})
		}
	}
	flag := func(name string, a, b bool) { text(name, onOff(a), onOff(b)) }
	text("name", was.Name, want.Name)
	text("description", was.Description, want.Description)
	text("mode", was.OutOfBox.Mode(), want.OutOfBox.Mode())
	text("user", was.OutOfBox.UserType, want.OutOfBox.UserType)
	text("language", localeWords(was.Locale), localeWords(want.Locale))
	text("name template", was.NameTemplate, want.NameTemplate)
	a, b := was.OutOfBox, want.OutOfBox
	flag("skip the privacy page", a.PrivacyHidden, b.PrivacyHidden)
	flag("skip the licence terms", a.EULAHidden, b.EULAHidden)
	flag("skip the keyboard page", a.KeyboardSkipped, b.KeyboardSkipped)
	flag("hide the ways to another account", a.EscapeLinkHidden, b.EscapeLinkHidden)
	flag("pre-provisioning", was.Preprovision, want.Preprovision)
	flag("register all devices", was.ExtractHash, want.ExtractHash)
	return out
}

func onOff(b bool) string {
	if b {
		return "on"
	}
	return "off"
}

func (p *profileForm) send(want model.DeploymentProfile) kit.Effect {
	env, was, name := p.env, p.was, model.Clean(want.Name)
	if !p.edit {
		p.written.New = name
		return p.save("new profile "+name, func(re kit.Reply) tea.Cmd { return kit.CreateProfile(env, re, env.Customer, want) })
	}
	return p.save("change of profile "+name, func(re kit.Reply) tea.Cmd { return kit.EditProfile(env, re, env.Customer, was, want) })
}
