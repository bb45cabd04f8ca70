package screen

import (
	"context"
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"muster/model"
	"muster/ui/kit"
	"muster/ui/theme"
)

// SignIn shows a person what to do elsewhere, and closes when that is done. The other
// screens go on below it.
type SignIn struct {
	env     *kit.Env
	trouble *model.Error // why it is asked for, nil at the start
	w, h    int
	actions []kit.Action

	seq    uint64
	cancel context.CancelFunc
	prompt model.Prompt
	ended  *model.Error // how the last attempt ended, nil while one runs
}

// tickMsg counts the seconds of a prompt down.
type tickMsg struct{ kit.Reply }

// NewSignIn returns the screen; trouble says why somebody must sign in.
func NewSignIn(env *kit.Env, trouble *model.Error) *SignIn {
	s := &SignIn{env: env, trouble: trouble}
	s.actions = []kit.Action{
		{Name: "copy the code", Key: env.Keys.Copy, Do: s.copy, Off: s.needPrompt, Help: "Send it to the terminal's clipboard, where that is allowed."},
		{Name: "copy the address", Key: env.Keys.CopyMenu, Do: s.copyAddress, Off: s.needPrompt, Help: "The same with the address."},
		{Name: "new code", Key: env.Keys.New, Do: s.start, Off: s.needEnd, Help: "Begin again."},
		{Name: "cancel", Key: env.Keys.Back, Quiet: true, Do: s.leave, Help: "Stay signed out: what is on screen stays, nothing new is read."},
	}
	return s
}

func (s *SignIn) needPrompt() string {
	if s.prompt.Address == "" || s.ended != nil {
		return "there is no code yet"
	}
	return ""
}

func (s *SignIn) needEnd() string {
	if s.ended == nil {
		return "the present one is still good"
	}
	return ""
}

// Init implements kit.Screen.
func (s *SignIn) Init() kit.Effect { return s.start() }

func (s *SignIn) reply() kit.Reply { return kit.Reply{To: s, Seq: s.seq} }

func (s *SignIn) start() kit.Effect {
	s.stop()
	s.seq++
	ctx, cancel := context.WithCancel(s.env.Root)
	s.cancel, s.prompt, s.ended = cancel, model.Prompt{}, nil
	run, prompt := kit.SignIn(ctx, s.env, s.reply())
	return kit.Effect{Cmd: tea.Batch(run, prompt)}
}

func (s *SignIn) stop() {
	if s.cancel != nil {
		s.cancel()
		s.cancel = nil
	}
}

func (s *SignIn) leave() kit.Effect {
	s.stop()
	return kit.Effect{Pop: true}
}

// copy sends the code, or the address of a browser sign-in, to the terminal.
func (s *SignIn) copy() kit.Effect {
	if s.prompt.Code == "" {
		return s.copyAddress()
	}
	return s.send(s.prompt.Code)
}

func (s *SignIn) copyAddress() kit.Effect { return s.send(s.prompt.Address) }

func (s *SignIn) send(text string) kit.Effect {
	return kit.Effect{Cmd: kit.Copy(s.env, text), Toast: kit.Toast{Text: "sent to the terminal's clipboard: " + ansi.Truncate(text, 40, s.env.Theme.Glyphs.Ellipsis), Tone: theme.PlainTone}}
}

// Update implements kit.Screen.
func (s *SignIn) Update(msg tea.Msg) kit.Effect {
	if answer, ok := msg.(kit.Addressed); ok && answer.Address().Seq != s.seq {
		return kit.Effect{}
	}
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return kit.Dispatch(s.env, msg, s.actions)
	case kit.PromptMsg:
		if msg.Ended {
			return kit.Effect{}
		}
		s.prompt = msg.Prompt
		return kit.Effect{Cmd: s.tick()}
	case tickMsg:
		if s.ended == nil && s.left() > 0 {
			return kit.Effect{Cmd: s.tick()}
		}
	case kit.SignedMsg:
		s.cancel = nil
		if msg.Err != nil {
			s.ended = msg.Err
			return kit.Effect{}
		}
		return kit.Effect{Pop: true, Toast: kit.Toast{Text: "signed in as " + model.Clean(msg.Account.Name), Tone: theme.GoodTone}}
	}
	return kit.Effect{}
}

// tick wakes the screen when the shown time changes.
func (s *SignIn) tick() tea.Cmd {
	re := s.reply()
	return tea.Tick(time.Second, func(time.Time) tea.Msg { return tickMsg{re} })
}

// left is how long the prompt is good, by our estimate.
func (s *SignIn) left() time.Duration {
	return max(s.prompt.Until.Sub(s.env.Now()), 0).Truncate(time.Second)
}

// View implements kit.Screen.
func (s *SignIn) View() string {
	t := s.env.Theme
	inner := min(s.w-4, 74)
	if inner < 10 || s.h < 3 {
		return strings.Repeat("\n", max(s.h-1, 0))
	}
	lines := []string{t.Title.Render("Sign in to " + model.Clean(s.env.Place.Connection)), ""}
	add := func(style lipgloss.Style, text string) {
		for line := range strings.SplitSeq(ansi.Wrap(text, inner, "/?&-"), "\n") {
			lines = append(lines, style.Render(line))
		}
	}
	if s.trouble != nil && s.ended == nil {
		add(t.Warn, model.Clean(s.trouble.Error()))
		lines = append(lines, "")
	}
	switch {
	case s.ended != nil:
		add(t.Bad, model.Clean(s.ended.Error()))
		lines = append(lines, "")
		add(t.Muted, s.env.Keys.New.String()+" begins again, "+s.env.Keys.Back.String()+" stays signed out.")
	case s.prompt.Address == "":
		add(t.Muted, "asking for a code"+t.Glyphs.Ellipsis)
	case s.prompt.Code != "":
		add(t.Header, "On any other machine open")
		add(t.Accent, s.prompt.Address)
		lines = append(lines, "")
		add(t.Header, "and type this code:")
		code := "    " + spread(s.prompt.Code)
		if ansi.StringWidth(code) > inner {
			code = ansi.Truncate(s.prompt.Code, inner, t.Glyphs.Ellipsis)
		}
		lines = append(lines, "", t.Accent.Bold(true).Render(code), "")
	default:
		add(t.Header, "Open this address in your own browser. Where muster runs on another machine, reach its port through ssh -L first:")
		lines = append(lines, "")
		add(t.Accent, s.prompt.Address)
		lines = append(lines, "")
	}
	if s.ended == nil && s.prompt.Address != "" {
		if left := s.left(); left > 0 {
			add(t.Header, fmt.Sprintf("good for about %d:%02d", int(left.Minutes()), int(left.Seconds())%60))
		} else {
			add(t.Warn, "By our clock it has run out; a new one can be had as soon as the service says so, or after Esc.")
		}
		lines = append(lines, "")
		add(t.Muted, "Go on only if you started this sign-in yourself: who types a code lets the other in.")
	}
	lines = lines[:min(len(lines), s.h)]
	for i := range lines {
		lines[i] = "  " + lines[i]
	}
	return strings.Join(lines, "\n") + strings.Repeat("\n", max(s.h-len(lines), 0))
}

// spread writes a code large: a blank between its characters, more in its middle.
func spread(code string) string {
	runes := []rune(code)
	var b strings.Builder
	for i, r := range runes {
		switch {
		case i == 0:
		case i == len(runes)/2 && len(runes)%2 == 0:
			b.WriteString("   ")
		default:
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// Resize implements kit.Screen.
func (s *SignIn) Resize(w, h int) { s.w, s.h = w, h }

// Card implements kit.Screen.
func (s *SignIn) Card() kit.Card {
	return kit.Card{Title: "sign in", Actions: s.actions, Alone: true}
}
