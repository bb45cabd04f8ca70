package kit

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"muster/model"
)

// SignInMsg is news of how the sign-in stands.
type SignInMsg struct {
	Origin
	State model.SignInState
	Rev   uint64
	Err   error // only ever the end of the program
}

// PromptMsg brings what a person needs to sign in elsewhere.
type PromptMsg struct {
	Reply
	Prompt model.Prompt
	Ended  bool // no prompt will come any more
}

// SignedMsg says how an attempt to sign in ended.
type SignedMsg struct {
	Reply
	Account model.Account
	Err     *model.Error
}

// WatchSignIn returns a command that waits for news of the sign-in newer than rev. The
// app arms it again after each answer. Without anybody to sign in it is nil.
func WatchSignIn(env *Env, rev uint64) tea.Cmd {
	if env.Backend.Identity == nil {
		return nil
	}
	ctx, identity, from := env.Root, env.Backend.Identity, env.Origin
	return func() tea.Msg {
		state, now, err := identity.WatchSignIn(ctx, rev)
		return SignInMsg{Origin: from, State: state, Rev: now, Err: err}
	}
}

// SignIn returns the two halves of an attempt to sign in: one runs until it ends, which
// ctx can bring about, the other waits for what is to be shown meanwhile.
func SignIn(ctx context.Context, env *Env, re Reply) (run, prompt tea.Cmd) {
	identity := env.Backend.Identity
	prompts := make(chan model.Prompt, 1) // one a sign-in: show never waits
	run = func() tea.Msg {
		defer close(prompts)
		who, err := identity.SignIn(ctx, func(p model.Prompt) {
			select {
			case prompts <- p:
			default:
			}
		})
		return SignedMsg{Reply: re, Account: who, Err: Trouble(err)}
	}
	prompt = func() tea.Msg {
		p, ok := <-prompts
		return PromptMsg{Reply: re, Prompt: p, Ended: !ok}
	}
	return run, prompt
}

// AgainMsg tells every screen that what could not be read before can be tried again.
type AgainMsg struct{}
