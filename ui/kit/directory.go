package kit

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"muster/model"
)

// NoIntune is what stands where the connection has no way to Intune.
const NoIntune = "Intune is not reachable on this connection"

// Unreachable is the answer of every command that wants a part of Intune which the
// connection does not have.
func Unreachable(op string) *model.Error {
	return &model.Error{Kind: model.NoBackend, Op: op, Msg: NoIntune}
}

// GroupsMsg answers [SearchGroups].
type GroupsMsg struct {
	Reply
	Query  string
	Groups []model.Group
	Err    *model.Error
}

// SearchGroups returns a command that waits a moment, so that a search which is still
// being typed asks nothing, and then looks for groups, at most limit. It answers
// nothing when ctx ends first.
func SearchGroups(ctx context.Context, env *Env, re Reply, query string, limit int, moment time.Duration) tea.Cmd {
	dir, id := env.Backend.Directory, env.Customer.ID
	return func() tea.Msg {
		if dir == nil {
			return GroupsMsg{Reply: re, Query: query, Err: Unreachable("search groups")}
		}
		pause := time.NewTimer(moment)
		defer pause.Stop()
		select {
		case <-pause.C:
		case <-ctx.Done():
			return nil
		}
		groups, err := dir.Groups(ctx, id, query, limit)
		if ctx.Err() != nil {
			return nil
		}
		return GroupsMsg{Reply: re, Query: query, Groups: groups, Err: Trouble(err)}
	}
}

// NamesMsg answers [NameGroups].
type NamesMsg struct {
	Reply
	Names map[model.GroupID]model.Group // a group that is gone is missing
	Err   *model.Error
}

// NameGroups returns a command that finds out what groups are called.
func NameGroups(ctx context.Context, env *Env, re Reply, ids []model.GroupID) tea.Cmd {
	dir, id := env.Backend.Directory, env.Customer.ID
	return func() tea.Msg {
		if dir == nil {
			return NamesMsg{Reply: re, Err: Unreachable("name groups")}
		}
		names, err := dir.GroupNames(ctx, id, ids)
		return NamesMsg{Reply: re, Names: names, Err: Trouble(err)}
	}
}
