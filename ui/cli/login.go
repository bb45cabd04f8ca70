package cli

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"muster/model"
)

const loginHelp = `Signs in to a connection and says who that is. A connection with remember = true keeps
the sign-in for later starts: encrypted in a file, its key in the kernel's keyring, where it
is lost with the machine's restart. Otherwise tokens stay in this process's memory, and a
login of its own is good for trying a connection out; the dashboard and every verb that
needs one ask by themselves when they run in a terminal.

Only type a code that you asked for yourself: who types one lets the other in.`

// login tries a connection's sign-in.
func (p *program) login() *cobra.Command {
	return &cobra.Command{
		Use: "login", Short: "sign in to a connection", Long: loginHelp, Args: noArgs, Example: "  muster login --connection contoso     # asks on a terminal; exit 4 elsewhere",
		RunE: p.on(func(ctx context.Context, s *session, _ []string) error {
			if s.Identity == nil {
				s.out.line("a simulator needs no sign-in")
				return nil
			}
			state, _, err := s.Identity.WatchSignIn(ctx, 0)
			if err != nil {
				return err
			}
			if state.Account.Name == "" {
				s.out.line("%s signs in by itself (%s)", s.place.Connection, state.Way)
				return nil
			}
			s.out.line("signed in to %s as %s", s.place.Connection, state.Account.Name)
			return nil
		}),
	}
}

// signIn asks a person to sign in, where one is needed and there. Scripts get the
// exit code of a missing sign-in.
func (s *session) signIn(ctx context.Context) error {
	if s.Identity == nil || s.local {
		return nil
	}
	state, _, err := s.Identity.WatchSignIn(ctx, 0)
	if err != nil || state.Valid || !state.Way.Person() {
		return err
	}
	if !s.o.InTerminal {
		return &model.Error{Kind: model.SignedOut, Op: "sign in", Msg: "connection " + s.place.Connection + " wants a person to sign in, and this is not a terminal",
			Hint: "run it in one, or use a connection that signs in with a certificate"}
	}
	who, err := s.Identity.SignIn(ctx, func(p model.Prompt) {
		if p.Code != "" {
			s.say("open %s on any machine and type the code %s (good until about %s)", p.Address, p.Code, p.Until.In(s.out.zone).Format(time.TimeOnly))
		} else {
			s.say("open this address in your browser, through ssh -L where muster runs elsewhere:\n%s", p.Address)
		}
		s.say("go on only if you started this sign-in yourself; ctrl+c cancels it")
	})
	if err != nil {
		return err
	}
	s.say("signed in as %s", who.Name)
	if state, _, err := s.Identity.WatchSignIn(ctx, 0); err == nil && state.Notice != "" {
		s.say("%s", state.Notice)
	}
	return nil
}
