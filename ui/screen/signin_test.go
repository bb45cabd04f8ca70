package screen

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"muster/model"
	"muster/ui/kit"
	"muster/ui/uitest"
)

// person is a sign-in of which a test says how it ends.
type person struct {
	life    time.Duration // of a code
	prompts int
	ends    chan error
	ctx     context.Context
}

func (p *person) WatchSignIn(ctx context.Context, _ uint64) (model.SignInState, uint64, error) {
	<-ctx.Done()
	return model.SignInState{}, 0, ctx.Err()
}

func (p *person) SignIn(ctx context.Context, show func(model.Prompt)) (model.Account, error) {
	p.ctx = ctx
	p.prompts++
	show(model.Prompt{Way: model.SignInDevice, Code: fmt.Sprintf("FXK7CJL%d", p.prompts), Address: "https://microsoft.com/devicelogin",
		Until: uitest.Noon().Add(p.life)})
	select {
	case err := <-p.ends:
		return model.Account{Name: "agent@contoso.example"}, err
	case <-ctx.Done():
		return model.Account{}, &model.Error{Kind: model.Cancelled, Op: "sign in", Msg: "the sign-in was cancelled"}
	}
}

func (p *person) SignOut() {}

// asking returns the screen with its prompt shown, and what brings the end of the attempt.
func asking(t *testing.T) (*SignIn, *person, *kit.Env, func() tea.Msg) {
	t.Helper()
	env := newEnv(t, &uitest.Still{})
	p := &person{ends: make(chan error, 1), life: 14*time.Minute + 59*time.Second}
	env.Backend.Identity = p
	env.Place.Connection = "contoso"
	s := NewSignIn(env, nil)
	s.Resize(80, 20)
	// begin runs both halves of an attempt: the prompt is taken, the end is returned.
	end := make(chan tea.Msg, 4)
	begin := func(e kit.Effect) tea.Msg {
		for _, cmd := range e.Cmd().(tea.BatchMsg) {
			go func() { end <- cmd() }()
		}
		for msg := range end {
			if _, ok := msg.(kit.PromptMsg); ok {
				return msg
			}
		}
		return nil
	}
	s.Update(begin(s.Init()))
	return s, p, env, func() tea.Msg {
		for msg := range end {
			if _, ok := msg.(kit.SignedMsg); ok {
				return msg
			}
		}
		return nil
	}
}

func TestTheCodeIsShownAndCopied(t *testing.T) {
	s, _, env, _ := asking(t)
	v := ansi.Strip(s.View())
	for _, want := range []string{"https://microsoft.com/devicelogin", "F X K 7   C J L 1", "14:59"} {
		if !strings.Contains(v, want) {
			t.Errorf("the screen lacks %q:\n%s", want, v)
		}
	}
	for key, want := range map[string]string{"y": "FXK7CJL1", "Y": "https://microsoft.com/devicelogin"} {
		e := s.Update(uitest.Key(key))
		if e.Cmd == nil || fmt.Sprint(e.Cmd()) != fmt.Sprint(tea.SetClipboard(want)()) {
			t.Errorf("%s does not send %q to the clipboard", key, want)
		}
		if !strings.Contains(e.Toast.Text, "sent to the terminal's clipboard") {
			t.Errorf("%s says %q", key, e.Toast.Text)
		}
	}
	env.Now = func() time.Time { return uitest.Noon().Add(10 * time.Minute) }
	if e := s.Update(tickMsg{s.reply()}); e.Cmd == nil || !strings.Contains(s.View(), "4:59") {
		t.Errorf("ten minutes later the screen is\n%s", s.View())
	}
	env.Now = func() time.Time { return uitest.Noon().Add(15 * time.Minute) }
	if e := s.Update(tickMsg{s.reply()}); e.Cmd != nil || !strings.Contains(s.View(), "has run out") {
		t.Errorf("when it has run out the screen is\n%s", s.View())
	}
}

func TestHowASignInEnds(t *testing.T) {
	for name, c := range map[string]struct{ err *model.Error }{
		"expired":  {&model.Error{Kind: model.Cancelled, Op: "sign in", Msg: "the code ran out before anybody signed in", Hint: "start again for a new one"}},
		"declined": {&model.Error{Kind: model.Refused, Op: "sign in", Msg: "the sign-in was declined"}},
		"other": {&model.Error{Kind: model.Refused, Op: "sign in", Msg: "eve@contoso.example signed in, but this connection belongs to agent@contoso.example",
			Hint: "nothing of it was kept; sign in as the right person"}},
	} {
		t.Run(name, func(t *testing.T) {
			s, p, _, ended := asking(t)
			p.ends <- c.err
			if e := s.Update(ended()); e.Pop {
				t.Error("the screen closed as if somebody had signed in")
			}
			v := strings.Join(strings.Fields(ansi.Strip(s.View())), " ")
			if !strings.Contains(v, c.err.Msg) || !strings.Contains(v, "n begins again") || strings.Contains(v, "F X K 7") {
				t.Errorf("the screen is\n%s", s.View())
			}
			if e := s.Update(uitest.Key("y")); e.Cmd != nil {
				t.Error("a code that is worth nothing can still be copied")
			}
			if e := s.Update(uitest.Key("n")); e.Cmd == nil {
				t.Error("n does not begin again")
			}
		})
	}
}

func TestCancellingASignIn(t *testing.T) {
	s, p, _, ended := asking(t)
	if e := s.Update(uitest.Esc); !e.Pop {
		t.Error("Esc does not close the screen")
	}
	<-p.ctx.Done()
	if msg := ended().(kit.SignedMsg); msg.Err == nil || msg.Err.Kind != model.Cancelled {
		t.Errorf("the attempt ended with %v", msg.Err)
	}
}
