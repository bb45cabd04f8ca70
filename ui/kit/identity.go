package kit

import (
	"context"

	"muster/model"
)

// Identity is the sign-in of a real tenant. A simulator has none.
type Identity interface {
	// WatchSignIn returns how the sign-in stands as soon as that is newer than rev; rev
	// 0 returns at once. The error is only ever the end of ctx.
	WatchSignIn(ctx context.Context, rev uint64) (model.SignInState, uint64, error)
	// SignIn lets a person sign in. show is given what the person needs elsewhere and
	// must return at once. Ending ctx cancels; what was paused goes on afterwards.
	SignIn(ctx context.Context, show func(model.Prompt)) (model.Account, error)
	// SignOut forgets the sign-in on this machine.
	SignOut()
}
