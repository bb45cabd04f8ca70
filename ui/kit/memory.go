package kit

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"muster/model"
)

// Memory keeps an operator's seat between starts, one for each connection. It may be
// called from any goroutine.
type Memory interface {
	// ChangeSeat reads the seat, lets change do its work, keeps what comes of it and
	// returns that. What cannot be kept is returned beside the error.
	ChangeSeat(ctx context.Context, change func(model.Seat) model.Seat) (model.Seat, error)
}

// SeatMsg answers [ChangeSeat].
type SeatMsg struct {
	Origin
	Seat model.Seat
	Err  *model.Error
}

// ChangeSeat returns a command that changes what is remembered of the operator, nil where
// nothing is. The change is made on what is on disk, which another process may have
// changed since.
func ChangeSeat(env *Env, change func(model.Seat) model.Seat) tea.Cmd {
	memory := env.Backend.Memory
	if memory == nil {
		return nil
	}
	ctx, from := env.Root, env.Origin
	return func() tea.Msg {
		seat, err := memory.ChangeSeat(ctx, change)
		return SeatMsg{Origin: from, Seat: seat, Err: Trouble(err)}
	}
}
