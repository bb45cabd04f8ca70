package form

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"charm.land/huh/v2"

	"muster/model"
	"muster/ui/kit"
	"muster/ui/theme"
)

// props is the page with the properties of a BIOS configuration.
type props struct {
	fields
	bios                  *bios
	name, about, fileName text
	format, password      int
	source, firstSource   int
	formats               []model.BIOSFormat
	tags                  *checks // nil when the scope tags could not be read
	otherTags             int     // 1 when they are chosen on a page of their own
	nameless              bool    // the page was to be left without the file name that it needs
}

// text is the value of a text field beside what it stands for. A field cannot hold
// every text that a service has; one that nobody touched stays as it was.
type text struct {
	was   string // raw
	shown string // what the field made of it
	now   string
}

func newText(was string) text { return text{was: was, now: model.Clean(was)} }

func (t *text) value() string {
	if t.now == t.shown {
		return t.was
	}
	return strings.TrimSpace(t.now)
}

func newProps(b *bios) *props {
	p := &props{bios: b, name: newText(b.was.Name), about: newText(b.was.Description), fileName: newText(b.was.FileName),
		formats: model.BIOSFormats()}
	if b.was.PasswordsOff {
		p.password = 1
	}
	file := newLine("File name", &p.fileName.now, p.checkFileName)
	list := []huh.Field{newLine("Name", &p.name.now, p.checkName), newLine("Description", &p.about.now, p.checkAbout), file}
	if !b.edit {
		list = append(list, newRow(b.env, "Format", &p.format, formatOptions(p.formats)...))
	}
	list = append(list,
		newRow(b.env, "BIOS passwords", &p.password, option{name: "on: " + passwords(false)}, option{name: "off: " + passwords(true)}))
	if len(b.tags) > 1 {
		list = append(list, newRow(b.env, "Scope tags", &p.otherTags, option{name: tagNames(b.tags, b.was.ScopeTags)}, option{name: "others, chosen on the next page"}))
		p.tags = newTags(b)
	}
	list = append(list,
		newRow(b.env, "Content", &p.source, p.sources()...))
	p.fields = *newFields(&b.Host, func() kit.Effect {
		if !b.edit && p.from() != fileContent && p.fileName.value() == "" { // no file will give it
			p.nameless = true
			p.blame(file)
			return kit.Effect{}
		}
		return b.tagsOrContents()
	}, list...)
	p.form.Update(nil) // the fields take their texts
	for _, x := range []*text{&p.name, &p.about, &p.fileName} {
		x.shown = x.now
	}
	p.head = p.headline
	p.noteLines = 2
	p.note = p.remarks
	return p
}

func formatOptions(formats []model.BIOSFormat) []option {
	names := map[model.BIOSFormat]string{model.FormatDell: "dell (a .cctk file)", model.FormatSurface: "surface", model.FormatSurfaceDock: "surfaceDock"}
	out := make([]option, len(formats))
	for i, f := range formats {
		out[i] = option{name: names[f]}
	}
	return out
}

// formatRemark says whose file a format is, and what the service has no format for.
func formatRemark(f model.BIOSFormat) string {
	if f == model.FormatDell {
		return "Whose tool reads the file; it cannot be changed later. Intune has no format for HP or Lenovo."
	}
	return "Unverified for Surface: which file Intune expects is not documented. Try it on one device. It cannot be changed later."
}

// newTags is the field with the scope tags; those that it has now are chosen.
func newTags(b *bios) *checks {
	options := make([]option, len(b.tags))
	for i, t := range b.tags {
		options[i] = option{name: model.Clean(t.Name), more: model.Clean(t.Description)}
	}
	var c *checks
	c = newChecks(b.env, "Scope tags", -1, func() error {
		if !slices.Contains(c.on, true) {
			return &model.Error{Kind: model.Invalid, Msg: "choose at least one scope tag; Default is the one that everything has"}
		}
		return nil
	}, options...)
	for i, t := range b.tags {
		c.on[i] = slices.Contains(b.was.ScopeTags, t.ID)
	}
	return c
}

// tagNames names scope tags; those without a known name keep their id.
func tagNames(all []model.ScopeTag, ids []string) string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = "tag " + model.Clean(id)
		for _, t := range all {
			if t.ID == id && t.Name != "" {
				names[i] = model.Clean(t.Name)
			}
		}
	}
	return cmp.Or(strings.Join(names, ", "), "none")
}

func passwords(off bool) string { return model.BIOSConfiguration{PasswordsOff: off}.PasswordEffect() }

// sources are the ways to a content. What is there can be kept, and typed over when
// it is a text that the field shows truthfully.
func (p *props) sources() []option {
	b := p.bios
	if !b.edit {
		p.firstSource = fileContent
		return []option{{name: "from a file"}, {name: "typed here"}}
	}
	out := []option{{name: "keep the " + kit.Counted(len(b.was.Content), "byte", "bytes") + " that are there"}, {name: "from a file"}}
	if _, _, ok := typeable(b.was.Content); ok {
		out = append(out, option{name: "edit it here"})
	}
	return out
}

// from returns where the content comes from.
func (p *props) from() int { return p.source + p.firstSource }

func (p *props) headline(w int) []string {
	b := p.bios
	if !b.edit {
		return wrap("A new BIOS configuration for "+model.Clean(b.env.Customer.Name)+". It reaches no device until it is assigned.", w)
	}
	return wrap(fmt.Sprintf("%s, version %d, format %s (cannot be changed)", model.Clean(b.was.Name), b.was.Version, model.Clean(string(b.was.Format))), w)
}

// remarks says what the field with the focus is about.
func (p *props) remarks(w int) []string {
	var say string
	switch c, _ := p.focused().(*choice); {
	case c == nil && p.bios.edit:
		say = "Only what you change is sent. Another file name, content or password setting raises the version."
	case c == nil:
		say = "The file name may stay empty: then it is that of the file you choose."
	case c.title == "BIOS passwords" && p.password == 0:
		say = "Intune makes a password for each device and keeps it; without it nobody gets into the BIOS."
	case c.title == "BIOS passwords":
		say = "Passwords that Intune made are taken off the devices as they apply this."
	case c.title == "Scope tags":
		say = "Which administrators see it. Other scope tags raise no version."
	case c.title == "Content" && p.bios.edit && len(c.options) < 3:
		say = "What is there is no plain text that could be edited here: keep it, or take another file."
	case c.title == "Content":
		say = kit.Count(model.MaxBIOSContent) + " bytes at most; Enter goes on."
	default:
		say = formatRemark(p.formats[p.format])
	}
	var out []string
	for _, l := range wrap(say, w-2) {
		out = append(out, blank+p.bios.env.Theme.Muted.Render(l))
	}
	return out
}

// fill puts the values of the form into b.
func (p *props) fill(b *model.BIOSConfiguration) {
	b.Name, b.Description, b.FileName = p.name.value(), p.about.value(), p.fileName.value()
	b.PasswordsOff = p.password == 1
	if p.otherTags == 1 {
		b.ScopeTags = nil
		for i, t := range p.bios.tags {
			if p.tags.on[i] {
				b.ScopeTags = append(b.ScopeTags, t.ID)
			}
		}
	}
	if !p.bios.edit {
		b.Format = p.formats[p.format]
	}
}

// probe is a BIOS configuration in which nothing is wrong, to judge one property by.
func probe() model.BIOSConfiguration {
	return model.BIOSConfiguration{Name: "x", FileName: "x", Content: []byte("x"), Format: model.FormatSurface}
}

func (p *props) checkName(s string) error {
	b := probe()
	b.Name = s
	return p.unlessKept(&p.name, s, b.Validate())
}

func (p *props) checkAbout(s string) error {
	b := probe()
	b.Description = s
	return p.unlessKept(&p.about, s, b.Validate())
}

func (p *props) checkFileName(s string) error {
	if strings.TrimSpace(s) == "" && !p.bios.edit && !(p.nameless && p.from() != fileContent) {
		return nil // the file that is chosen gives it
	}
	b := probe()
	b.FileName = s
	return p.unlessKept(&p.fileName, s, b.Validate())
}

// unlessKept lets an edit leave a value of the service that our rules would refuse.
func (p *props) unlessKept(t *text, s string, err error) error {
	if p.bios.edit && s == t.shown {
		return nil
	}
	return err
}

// typeable returns a content as a text of the area field, which has line feeds only.
// It is not ok when the field would not give it back byte for byte, or when a line
// holds what cannot be drawn truthfully.
func typeable(content []byte) (text string, crlf, ok bool) {
	if len(content) > maxTyped || !utf8.Valid(content) {
		return "", false, false
	}
	text = string(content)
	if crlf = strings.Contains(text, "\r\n"); crlf {
		if strings.Count(text, "\n") != strings.Count(text, "\r\n") {
			return "", false, false
		}
		text = strings.ReplaceAll(text, "\r\n", "\n")
	}
	if slices.ContainsFunc(strings.Split(text, "\n"), func(l string) bool { return model.Clean(l) != l || len(l) > model.MaxText }) {
		return "", false, false
	}
	return text, crlf, newArea(nil, "", text, nil).value() == text
}

// meter says how much of the limit a content takes.
func meter(t *theme.Theme, n int) string {
	say := fmt.Sprintf("%s of %s bytes", kit.Count(n), kit.Count(model.MaxBIOSContent))
	switch {
	case n > model.MaxBIOSContent:
		return t.Bad.Render(t.Glyphs.Bad + " " + say + ": too much, unless you override")
	case n > model.BIOSContentWarn:
		return t.Warn.Render(t.Glyphs.Warn + " " + say + ": nearly full")
	}
	return say
}
