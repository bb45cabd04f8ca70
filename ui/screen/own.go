package screen

import (
	"slices"

	"muster/model"
	"muster/ui/kit"
	"muster/ui/theme"
)

// own follows what operations do to the one object of a page. The page compares with
// what it shows when it changes or deletes the object, so after each of them it has to
// show what stands there now. Boards are compared, not times: the clock of the service
// is another one.
type own struct {
	env   *kit.Env
	id    string
	gone  model.OperationKind // the kind that deletes it
	board *model.Board        // the newest that was looked at
	again bool                // an operation on it ended, and it was not read since
}

func owning(env *kit.Env, id string, gone model.OperationKind) own {
	return own{env: env, id: id, gone: gone, board: env.Jobs}
}

// news looks at the board: after the deletion of the object its page closes, after any
// other operation on it reread has it read anew.
func (o *own) news(reread func() kit.Effect) kit.Effect {
	ended := o.env.Jobs.Finished(o.board)
	o.board = o.env.Jobs
	ended = slices.DeleteFunc(ended, func(op model.Operation) bool { return op.Customer != o.env.Customer.ID || op.Target != o.id })
	for _, op := range ended {
		if op.Kind == o.gone && op.State() == model.OperationDone {
			return kit.Effect{Pop: true, Toast: kit.Toast{Text: model.Clean(op.Sum()) + "; its page is closed", Tone: theme.GoodTone}}
		}
	}
	if len(ended) == 0 {
		return kit.Effect{}
	}
	o.again = true
	return reread()
}

// guard keeps changes back until the object was read again.
func (o *own) guard(actions []kit.Action) []kit.Action {
	for i, a := range actions {
		if !a.Hurt {
			continue
		}
		actions[i].Off = func() string {
			if o.again {
				return "it was changed and is not read again yet; " + o.env.Keys.Refresh.String() + " reads it"
			}
			if a.Off == nil {
				return ""
			}
			return a.Off()
		}
	}
	return actions
}
