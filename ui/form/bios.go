package form

import (
	"bytes"
	"context"
	"fmt"
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
	tags  []model.ScopeTag // nil when they could not be read: then they stay as they are
	owed  int              // answers that are to come before there is a form
	file  *pathPage
	text  *textPage
	stop  context.CancelFunc // ends the reading of a file; nil when none is read

	content  []byte // the new content; nil keeps what is there
	fromFile string // base name of the file that content came from, raw
	keepMark bool   // the operator wants the byte order mark of that content
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
	b.start(env, b, "edit BIOS configuration", waiting(&b.Host, "reading "+model.Clean(was.Name)+" with its content"))
	b.leave = b.forget
	return b
}

// Init implements [kit.Screen].
func (b *bios) Init() kit.Effect {
	if refused := b.refusal(); refused != nil {
		return b.swap(refused)
	}
	return b.read()
}

// read reads what the form needs: the configuration when one is changed, and what the
// scope tags are called.
func (b *bios) read() kit.Effect {
	var cmds []tea.Cmd
	re := b.ask()
	if b.env.Backend.Directory != nil {
		b.swap(waiting(&b.Host, "reading the scope tags"))
		cmds = append(cmds, kit.ReadScopeTags(b.env, re))
	}
	if b.edit {
		b.swap(waiting(&b.Host, "reading the BIOS configuration with its content"))
		cmds = append(cmds, kit.ReadBIOS(b.env, re, b.id))
	}
	if b.owed = len(cmds); b.owed == 0 {
		return b.fill()
	}
	return kit.Effect{Cmd: tea.Batch(cmds...)}
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
	case kit.ScopeTagsMsg:
		e = b.gotTags(msg)
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
	return b.paid()
}

// gotTags takes the scope tags; without the right to read them they stay as they are.
func (b *bios) gotTags(msg kit.ScopeTagsMsg) kit.Effect {
	if msg.Seq != b.seq {
		return kit.Effect{}
	}
	if msg.Err == nil {
		b.tags = msg.Tags
	}
	return b.paid()
}

// paid shows the form when the last answer has come.
func (b *bios) paid() kit.Effect {
	if b.owed--; b.owed != 0 {
		return kit.Effect{}
	}
	return b.fill()
}

// tagsOrContents goes on from the properties to the scope tags when others are wanted,
// else to the content.
func (b *bios) tagsOrContents() kit.Effect {
	if b.props.otherTags == 0 {
		return b.contents()
	}
	page := newFields(&b.Host, b.contents, b.props.tags)
	page.head = func(w int) []string {
		return wrap("Who among the administrators sees "+model.Clean(b.want().Name)+"? Those who have one of these scope tags, and those who have all.", w)
	}
	return b.show(page)
}

// contents goes on to where the content comes from.
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
	page := waiting(&b.Host, "reading "+model.Clean(b.fromFile)+"; Esc stops")
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
	b.content, b.keepMark = msg.Content, false
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
	if b.content != nil && want.Format == model.FormatDell && model.HasBOM(b.content) && !b.keepMark {
		return b.show(b.markOff())
	}
	problems := b.judged(want, patch).Problems()
	at := func(level model.BIOSLevel) (out []model.BIOSProblem) {
		for _, p := range problems {
			if p.Level == level {
				out = append(out, p)
			}
		}
		return out
	}
	if hard := at(model.BIOSError); len(hard) > 0 {
		b.failed = refusedFor(hard)
		return kit.Effect{}
	}
	ask := func() kit.Effect { return b.show(b.confirm(want, patch, at(model.BIOSWarning))) }
	if soft := at(model.BIOSOverridden); len(soft) > 0 {
		return b.show(b.override(soft, ask))
	}
	return ask()
}

// refusedFor is the error for what nobody can override: the first problem in full, and
// where the others are.
func refusedFor(problems []model.BIOSProblem) *model.Error {
	msg := problems[0].String()
	if more := len(problems) - 1; more > 0 {
		msg += "; " + kit.Counted(more, "error", "errors") + " more"
		for i, p := range problems[1:] {
			if p.Line > 0 && i < shownRemarks {
				msg += fmt.Sprintf(", line %d", p.Line)
			}
		}
	}
	return &model.Error{Kind: model.Invalid, Op: "check BIOS configuration", Msg: msg}
}

// markOff offers to take the byte order mark off a .cctk file.
func (b *bios) markOff() stage {
	q := newQuestion(&b.Host, "Take the byte order mark off?", func(w int) []string {
		return wrap("The file begins with three bytes, a UTF-8 byte order mark, as some editors write it. Dell's tool takes them for part of the line [cctk] and then finds no section.", w)
	}, kit.Answer{Key: "y", Text: "take it off", Do: func() kit.Effect {
		b.content = model.StripBOM(b.content)
		b.back()
		return b.finish()
	}}, kit.Answer{Key: "s", Text: "send it as it is", Do: func() kit.Effect {
		b.keepMark = true
		b.back()
		return b.finish()
	}})
	return q
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
	if !slices.Contains(model.BIOSFormats(), want.Format) {
		want.Format = ours.Format
	}
	if patch.Content == nil {
		want.Content = []byte("[cctk]\nx=1")
	}
	if patch.FileName == nil {
		want.FileName = ours.FileName
		if want.Format == model.FormatDell {
			want.FileName += ".cctk"
		}
	}
	return want
}

// override asks whether what the rules refuse is meant.
func (b *bios) override(problems []model.BIOSProblem, yes func() kit.Effect) stage {
	q := newQuestion(&b.Host, "Send it all the same?", func(w int) []string {
		out := b.remarks(problems, w)
		return append(append(out, ""), wrap("The reference of the service allows 5 120 bytes and the portal's guide 2 MiB; a password in the file "+
			"works against those that Intune manages. The service may refuse it.", w)...)
	}, kit.Answer{Key: "enter", Text: "override", Do: yes})
	return q.spelt("override")
}

// remarks lists problems, each with its line.
func (b *bios) remarks(problems []model.BIOSProblem, w int) []string {
	t := b.env.Theme
	var out []string
	for _, p := range problems {
		for _, line := range wrap(t.Glyphs.Warn+" "+model.Clean(p.String()), w) {
			out = append(out, t.Warn.Render(line))
		}
	}
	return out
}

func (b *bios) send(want model.BIOSConfiguration, patch model.BIOSPatch) kit.Effect {
	env, was := b.env, b.was
	name := model.Clean(want.Name)
	if !b.edit {
		b.written.New = name
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
		b.content, b.fromFile, b.keepMark = p.content(crlf), "", false
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
