package form

import (
	"bytes"
	"context"
	"path"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"muster/model"
	"muster/ui/kit"
)

// Where the content of a BIOS configuration comes from, in the order of the choice. A
// new one has nothing to keep, so its choice begins one later.
const (
	keepContent = iota
	fileContent
	typedContent
)

// bios makes or changes a BIOS configuration: its properties, its content from a file
// or typed, then what changes and a yes.
type bios struct {
	Host
	edit  bool
	was   model.BIOSConfiguration // as the service has it; zero for a new one
	id    model.BIOSID
	props *props
	file  *pathPage
	text  *textPage
	stop  context.CancelFunc // ends the reading of a file; nil when none is read

	content  []byte // the new content; nil keeps what is there
	fromFile string // base name of the file that content came from, raw
}

// NewBIOS returns the form that makes a BIOS configuration.
func NewBIOS(env *kit.Env) kit.Screen {
	b := &bios{was: model.BIOSConfiguration{Format: model.FormatDell, PasswordsOff: true, ScopeTags: []string{model.DefaultScopeTag}}}
	b.env = env
	b.start(env, b, "new BIOS configuration", waiting(&b.Host, ""))
	b.leave = b.forget
	return b
}

// EditBIOS returns the form that changes a BIOS configuration. What it shows is read
// anew when it opens, content included.
func EditBIOS(env *kit.Env, was model.BIOSConfiguration) kit.Screen {
	b := &bios{edit: true, id: was.ID}
	b.env = env
	b.start(env, b, "edit BIOS configuration", waiting(&b.Host, "reading %s with its content", model.Clean(was.Name)))
	b.leave = b.forget
	return b
}

// Init implements [kit.Screen].
func (b *bios) Init() kit.Effect {
	if refused := b.refusal(); refused != nil {
		return b.swap(refused)
	}
	if !b.edit {
		return b.fill()
	}
	return b.read()
}

func (b *bios) read() kit.Effect {
	b.swap(waiting(&b.Host, "reading the BIOS configuration with its content"))
	return kit.Effect{Cmd: kit.ReadBIOS(b.env, b.ask(), b.id)}
}

func (b *bios) fill() kit.Effect {
	b.props = newProps(b)
	return b.swap(b.props)
}

// forget drops the content, which may hold secrets.
func (b *bios) forget() {
	if b.stop != nil {
		b.stop()
	}
	b.stop, b.content, b.was.Content, b.text = nil, nil, nil, nil
}

// Update implements [kit.Screen].
func (b *bios) Update(msg tea.Msg) kit.Effect {
	var e kit.Effect
	switch msg := msg.(type) {
	case kit.BIOSMsg:
		e = b.got(msg)
	case kit.CompletedMsg:
		if b.file != nil {
			b.file.completed(msg)
		}
	case kit.ContentMsg:
		e = b.gotContent(msg)
	default:
		return b.Host.Update(msg)
	}
	b.layout()
	return e
}

func (b *bios) got(msg kit.BIOSMsg) kit.Effect {
	switch {
	case msg.Seq != b.seq:
		return kit.Effect{}
	case msg.Err != nil:
		return b.swap(newMessage(&b.Host, b.read, func(w int) []string {
			return append(wrap(b.env.Theme.Glyphs.Bad+" the BIOS configuration could not be read", w), wrap(model.Clean(msg.Err.Error()), w)...)
		}))
	}
	b.was = msg.Configuration
	return b.fill()
}

// contents goes on from the properties to where the content comes from.
func (b *bios) contents() kit.Effect {
	switch b.props.from() {
	case fileContent:
		if b.file == nil {
			b.file = newPathPage(&b.Host, "File with the content", "A .cctk file for Dell, or the file that the maker's tool exports. "+
				"It is read as it is, at most 5 120 bytes unless you override.", b.open)
		}
		return b.show(b.file)
	case typedContent:
		if b.text == nil {
			b.text = newTextPage(b)
		}
		return b.show(b.text)
	}
	b.content = nil
	return b.finish()
}

func (b *bios) open(file string) kit.Effect {
	ctx, cancel := context.WithCancel(b.env.Visit)
	b.stop = cancel
	b.fromFile = path.Base(strings.ReplaceAll(file, `\`, "/"))
	page := waiting(&b.Host, "reading %s; Esc stops", model.Clean(b.fromFile))
	page.stop = cancel
	b.show(page)
	return kit.Effect{Cmd: kit.ReadContent(ctx, b.env, b.ask(), file, model.MaxBIOSOverride)}
}

func (b *bios) gotContent(msg kit.ContentMsg) kit.Effect {
	if msg.Seq != b.seq || b.stop == nil {
		return kit.Effect{}
	}
	b.stop()
	b.stop = nil
	e := b.back() // from waiting to the page that named the file
	if msg.Err != nil {
		b.file.err = msg.Err
		return e
	}
	b.content = msg.Content
	return b.finish()
}

// want is the BIOS configuration as the form has it.
func (b *bios) want() model.BIOSConfiguration {
	want := b.was
	b.props.fill(&want)
	if b.content != nil {
		want.Content = b.content
	}
	if want.FileName == "" && b.props.from() == fileContent {
		want.FileName = b.fromFile
	}
	return want
}

// finish judges the form as a whole and goes on to the question.
func (b *bios) finish() kit.Effect {
	want := b.want()
	patch := b.was.Patch(want)
	if b.edit && patch.Empty() {
		return b.show(newMessage(&b.Host, nil, func(w int) []string {
			return wrap("Nothing changed, so nothing is sent. Esc goes back to the form.", w)
		}))
	}
	judged := b.judged(want, patch)
	err := judged.Validate()
	if err == nil {
		return b.show(b.confirm(want, patch))
	}
	if hard := judged.ValidateOverride(); hard != nil {
		b.failed = kit.Trouble(hard)
		return kit.Effect{}
	}
	return b.show(b.override(err, func() kit.Effect { return b.show(b.confirm(want, patch)) }))
}

// judged is what model has to judge. What an edit leaves as it is at the service must
// not stand in the way of what it changes: an oversized content, an unknown format, a
// text longer than we would send.
func (b *bios) judged(want model.BIOSConfiguration, patch model.BIOSPatch) model.BIOSConfiguration {
	if !b.edit {
		return want
	}
	ours := probe()
	if patch.Name == nil {
		want.Name = ours.Name
	}
	if patch.Description == nil {
		want.Description = ours.Description
	}
	if patch.FileName == nil {
		want.FileName = ours.FileName
	}
	if !slices.Contains(model.BIOSFormats(), want.Format) {
		want.Format = ours.Format
	}
	if patch.Content == nil {
		want.Format, want.Content = ours.Format, ours.Content
	}
	return want
}

// override asks whether a content that the rules refuse is meant.
func (b *bios) override(err error, yes func() kit.Effect) stage {
	q := newQuestion(&b.Host, "Send it all the same?", func(w int) []string {
		t := b.env.Theme
		var out []string
		for _, line := range wrap(t.Glyphs.Warn+" "+model.Clean(kit.Trouble(err).Msg), w) {
			out = append(out, t.Warn.Render(line))
		}
		return append(append(out, ""), wrap("The reference of the service allows 5 120 bytes and the portal's guide 2 MiB; a password in the file "+
			"works against those that Intune manages. The service may refuse it.", w)...)
	}, kit.Answer{Key: "enter", Text: "override", Do: yes})
	return q.spelt("override")
}

func (b *bios) send(want model.BIOSConfiguration, patch model.BIOSPatch) kit.Effect {
	env, was := b.env, b.was
	name := model.Clean(want.Name)
	if !b.edit {
		return b.save("new BIOS configuration "+name, func(re kit.Reply) tea.Cmd { return kit.CreateBIOS(env, re, env.Customer, want) })
	}
	return b.save("BIOS configuration "+name+" ("+strings.Join(patch.Changed(), ", ")+")", func(re kit.Reply) tea.Cmd {
		return kit.EditBIOS(env, re, env.Customer, was, patch)
	})
}

// textPage is the page on which the content is typed.
type textPage struct {
	fields
	area *area
}

// maxTyped bounds a text that is typed or pasted, in bytes; a larger one comes from a file.
const maxTyped = 64 << 10

func newTextPage(b *bios) *textPage {
	text, crlf, _ := typeable(b.was.Content)
	p := &textPage{}
	bytesNow := func() int {
		n := len(p.area.value())
		if crlf {
			n += strings.Count(p.area.value(), "\n")
		}
		return n
	}
	p.area = newArea(b.env, "Content", text, func(s string) error {
		if strings.TrimSpace(s) == "" {
			return &model.Error{Kind: model.Invalid, Msg: "the content is empty"}
		}
		return nil
	})
	p.fields = *newFields(&b.Host, func() kit.Effect {
		b.content, b.fromFile = p.content(crlf), ""
		return b.finish()
	}, p.area)
	p.head = func(w int) []string { return []string{meter(b.env.Theme, bytesNow())} }
	p.noteLines = 1
	p.note = func(int) []string {
		return []string{blank + b.env.Theme.Muted.Render("Enter is a line end; tab goes on")}
	}
	p.says = []kit.Action{hint("tab", "go on"), hint("esc", "back")}
	return p
}

// content is the text in the line ends that the file had.
func (p *textPage) content(crlf bool) []byte {
	text := []byte(p.area.value())
	if crlf {
		text = bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n"))
	}
	return text
}

func (p *textPage) paste(text string) {
	if len(text)+len(p.area.value()) > maxTyped {
		p.area.err = &model.Error{Kind: model.Invalid, Msg: "that is more than can be typed here; take it from a file"}
		return
	}
	p.fields.paste(text)
}

func (p *textPage) key(msg tea.KeyPressMsg) kit.Effect {
	if msg.Text != "" && len(p.area.value()) >= maxTyped {
		return kit.Effect{}
	}
	return p.fields.key(msg)
}
