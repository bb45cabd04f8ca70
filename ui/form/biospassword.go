package form

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"charm.land/huh/v2"
	"github.com/charmbracelet/x/ansi"

	"muster/model"
	"muster/ui/kit"
)

const (
	// passwordTime is how long a BIOS password stays on the screen.
	passwordTime = 30 * time.Second
	// blotTime is how long signs stand in its place, so that every cell it stood in is
	// written over before anything is erased.
	blotTime = 150 * time.Millisecond
)

// biosPassword shows the BIOS password of one device for a while: which device is
// found out, its serial has to be typed, then it is read and shown. It is kept in
// nothing but the page that shows it.
type biosPassword struct {
	Host
	machine kit.Machine
	device  model.ManagedDevice
	choice  int
	stop    context.CancelFunc // ends what is read; nil when nothing is
	page    *secretPage
}

// BIOSPassword returns the form that shows the BIOS password of a device.
func BIOSPassword(env *kit.Env, m kit.Machine) kit.Screen {
	f := &biosPassword{machine: m}
	f.start(env, f, "BIOS password", waiting(&f.Host, ""))
	f.quiet = true
	f.leave = f.forget
	return f
}

// Init implements [kit.Screen].
func (f *biosPassword) Init() kit.Effect {
	if refused := f.refusal(); refused != nil {
		return f.swap(refused)
	}
	return f.find()
}

// find looks which managed device it is: a result names a device and gives no id.
func (f *biosPassword) find() kit.Effect {
	return kit.Effect{Cmd: kit.FindMachines(f.reading("looking for "+f.name()+" among the managed devices; Esc stops"), f.env, f.ask(), f.machine)}
}

// reading shows that something is read and returns the context that it ends with.
func (f *biosPassword) reading(say string) context.Context {
	ctx, cancel := context.WithCancel(f.env.Visit)
	f.stop = cancel
	page := waiting(&f.Host, say)
	page.stop = f.halt
	f.swap(page)
	return ctx
}

func (f *biosPassword) halt() {
	if f.stop != nil {
		f.stop()
	}
	f.stop = nil
}

// forget lets go of everything when the form closes.
func (f *biosPassword) forget() {
	f.halt()
	if f.page != nil {
		f.page.forget()
	}
}

func (f *biosPassword) name() string {
	return model.Clean(cmp.Or(f.machine.Name, f.machine.Serial, string(f.machine.ID)))
}

// Update implements [kit.Screen].
func (f *biosPassword) Update(msg tea.Msg) kit.Effect {
	switch msg := msg.(type) {
	case kit.MachinesMsg:
		if msg.Seq != f.seq || f.stop == nil {
			return kit.Effect{}
		}
		f.halt()
		return f.found(msg)
	case kit.BIOSPasswordMsg:
		if msg.Seq != f.seq || f.stop == nil {
			return kit.Effect{}
		}
		f.halt()
		return f.got(msg)
	case kit.WakeMsg:
		if f.page == nil || msg.Seq != f.page.seq {
			return kit.Effect{}
		}
		return f.page.next()
	}
	if f.page != nil && f.page.overdue() {
		return f.page.hide()
	}
	return f.Host.Update(msg)
}

func (f *biosPassword) found(msg kit.MachinesMsg) kit.Effect {
	switch {
	case msg.Err != nil:
		return f.swap(newMessage(&f.Host, f.find, func(w int) []string {
			return append(wrap(f.env.Theme.Glyphs.Bad+" the managed device could not be found", w), wrap(model.Clean(msg.Err.Error()), w)...)
		}))
	case len(msg.Found) == 0:
		return f.swap(newMessage(&f.Host, nil, func(w int) []string {
			return wrap("None of the managed devices is "+f.name()+". Intune keeps BIOS passwords by managed device, so none can be asked for.", w)
		}))
	case len(msg.Found) == 1:
		f.device = msg.Found[0]
		return f.swap(f.question())
	}
	options := make([]option, len(msg.Found))
	for i, d := range msg.Found {
		options[i] = option{name: model.Clean(d.Serial), more: model.Clean(d.Model + ", " + d.User + ", last seen " + f.env.Moment(d.LastSync))}
	}
	f.choice = 0
	page := newFields(&f.Host, func() kit.Effect {
		f.device = msg.Found[f.choice]
		return f.show(f.question())
	}, []huh.Field{newChoice(f.env, "Device", &f.choice, options...)}...)
	page.head = func(w int) []string {
		return wrap(fmt.Sprintf("%d managed devices are called %s. Whose password?", len(msg.Found), f.name()), w)
	}
	return f.swap(page)
}

// question asks for the serial, or for the name of a device without one.
func (f *biosPassword) question() stage {
	d := f.device
	word := spellable(model.Clean(strings.TrimSpace(d.Serial)), spellable(model.Clean(d.Name), "password"))
	return newWrite(&f.Host, model.ReadBIOSPassword, "Read the BIOS password of this device?", func(w int) []string {
		t := f.env.Theme
		out := labelled(t, "customer", model.Clean(f.env.Customer.Name), w)
		for _, x := range [][2]string{{"device", d.Name}, {"serial", d.Serial}, {"model", strings.TrimSpace(d.Maker + " " + d.Model)}, {"user", d.User},
			{"last seen", f.env.Stamp(d.LastSync)}, {"id", string(d.ID)}} {
			if x[1] != "" {
				out = append(out, labelled(t, x[0], model.Clean(x[1]), w)...)
			}
		}
		out = append(out, "")
		out = append(out, wrap(fmt.Sprintf("It is shown for %d seconds and kept nowhere. That it was read, by whom and when, is written down on this machine first.", int(passwordTime.Seconds())), w)...)
		return append(out, wrap("The service wants the Intune right to read BIOS passwords for it.", w)...)
	}, kit.Answer{Key: "enter", Text: "read and show it", Do: f.read}).spelt(word)
}

// read reads the password.
func (f *biosPassword) read() kit.Effect {
	ctx := f.reading("reading; Esc stops")
	return kit.Effect{Cmd: kit.ReadBIOSPassword(ctx, f.env, f.ask(), f.device.ID)}
}

func (f *biosPassword) got(msg kit.BIOSPasswordMsg) kit.Effect {
	if msg.Err != nil {
		return f.swap(newMessage(&f.Host, nil, func(w int) []string {
			return append(wrap(f.env.Theme.Glyphs.Bad+" the BIOS password was not read", w), wrap(model.Clean(msg.Err.Error()), w)...)
		}))
	}
	if msg.Password.Current.Empty() {
		return f.swap(newMessage(&f.Host, nil, func(w int) []string {
			return wrap("Intune keeps no BIOS password for this device.", w)
		}))
	}
	f.page = newSecretPage(f, msg.Password)
	f.swap(f.page)
	return f.page.start()
}

// Card implements [kit.Screen]. While the password stands there, quitting asks first:
// the question is drawn over it.
func (f *biosPassword) Card() kit.Card {
	c := f.Host.Card()
	c.Unsent = ""
	if f.page != nil && f.page.phase != hidden {
		c.Unsent = "a BIOS password is on the screen"
	}
	return c
}

// The phases of a secret that is shown.
const (
	shown  = iota
	blots  // signs stand in its place
	hidden // nothing does
)

// secretPage shows a password until its time is over or a key is pressed.
type secretPage struct {
	form    *biosPassword
	secret  model.Secret // empty from blots on
	widths  []int        // of the lines that it stood in
	odd     bool         // it has characters that are not drawn as they are
	length  int
	earlier int
	phase   int
	leaving bool // close the form when it is gone
	until   time.Time
	seq     uint64
	cancel  context.CancelFunc
	w       int
	says    []kit.Action
}

func newSecretPage(f *biosPassword, p model.BIOSPassword) *secretPage {
	text := p.Current.Reveal()
	return &secretPage{form: f, secret: p.Current, odd: model.Clean(text) != text, length: len([]rune(text)), earlier: len(p.Previous), w: f.w,
		says: []kit.Action{hint("esc", "hide and go back"), hint("enter", "hide")}}
}

// start lets the time run.
func (p *secretPage) start() kit.Effect {
	p.until = p.form.env.Now().Add(passwordTime)
	return p.wait(passwordTime)
}

func (p *secretPage) wait(d time.Duration) kit.Effect {
	if p.cancel != nil {
		p.cancel()
	}
	ctx, cancel := context.WithCancel(p.form.env.Root)
	p.cancel = cancel
	re := p.form.ask()
	p.seq = re.Seq
	return kit.Effect{Cmd: kit.Wake(ctx, re, d)}
}

// overdue reports whether the time is over by the clock, for a machine that slept.
func (p *secretPage) overdue() bool { return p.phase == shown && p.form.env.Now().After(p.until) }

// next goes on to the next phase.
func (p *secretPage) next() kit.Effect {
	switch p.phase {
	case shown:
		return p.hide()
	case blots:
		p.phase = hidden
		if p.leaving {
			return p.form.end(kit.Effect{})
		}
	}
	return kit.Effect{}
}

// hide puts signs where the password stood and forgets it.
func (p *secretPage) hide() kit.Effect {
	if p.phase != shown {
		return kit.Effect{}
	}
	p.widths = nil
	for _, l := range p.lines() {
		p.widths = append(p.widths, ansi.StringWidth(l))
	}
	p.phase, p.secret = blots, model.Secret{}
	return p.wait(blotTime)
}

// lines is the password as it is drawn; blanks in it stay.
func (p *secretPage) lines() []string {
	return strings.Split(ansi.Hardwrap(model.Clean(p.secret.Reveal()), max(p.w-2, 1), true), "\n")
}

func (p *secretPage) forget() {
	p.secret, p.phase = model.Secret{}, hidden
	if p.cancel != nil {
		p.cancel()
	}
}

func (p *secretPage) key(msg tea.KeyPressMsg) kit.Effect {
	back := msg.String() == "esc" || msg.String() == "q"
	switch p.phase {
	case shown:
		p.leaving = back
		return p.hide()
	case blots:
		p.leaving = p.leaving || back
	case hidden:
		if back {
			return p.form.back()
		}
	}
	return kit.Effect{}
}

func (p *secretPage) paste(string) {}

// resize keeps the signs where the password stood: a terminal of another size is drawn
// anew anyway.
func (p *secretPage) resize(w, _ int) { p.w = w }

func (p *secretPage) hints() []kit.Action {
	if p.phase == hidden {
		return p.says[:1]
	}
	return p.says
}

func (p *secretPage) draw() []string {
	f, t := p.form, p.form.env.Theme
	out := append(wrap("BIOS password of "+model.Clean(cmp.Or(f.device.Name, f.device.Serial))+", serial "+model.Clean(f.device.Serial), p.w), "")
	switch p.phase {
	case shown:
		for _, l := range p.lines() {
			out = append(out, blank+l)
		}
		out = append(out, "", kit.Counted(p.length, "character", "characters")+"; any key hides it, and the clock does at "+p.until.In(f.env.Zone).Format("15:04:05"))
		if p.odd {
			out = append(out, t.Warn.Render(t.Glyphs.Warn+" it holds characters that cannot be drawn; they stand here as other signs"))
		}
	case blots:
		for _, w := range p.widths {
			out = append(out, blank+strings.Repeat("*", w))
		}
		out = append(out, "", "hiding it")
	default:
		out = append(out, "It is hidden again and kept nowhere. Asking once more is written down once more.")
	}
	if p.earlier > 0 {
		out = append(out, t.Muted.Render(kit.Counted(p.earlier, "former password is", "former passwords are")+" known to Intune and not shown."))
	}
	return out
}
