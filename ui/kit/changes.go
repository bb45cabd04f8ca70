package kit

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"muster/model"
)

// CreatePolicy returns a command that writes down a new policy and hands it over.
func CreatePolicy(env *Env, re Reply, c model.Customer, p model.ConfigurationPolicy) tea.Cmd {
	w := env.Backend.Policies
	return ask(env, re, func(ctx context.Context) (model.OperationID, error) { return w.CreatePolicy(ctx, c, p) })
}

// EditPolicy returns a command that writes down the replacement of a policy and hands
// it over.
func EditPolicy(env *Env, re Reply, c model.Customer, was, want model.ConfigurationPolicy) tea.Cmd {
	w := env.Backend.Policies
	return ask(env, re, func(ctx context.Context) (model.OperationID, error) { return w.EditPolicy(ctx, c, was, want) })
}

// DeletePolicy returns a command that writes down the deletion of a policy and hands
// it over.
func DeletePolicy(env *Env, re Reply, c model.Customer, p model.ConfigurationPolicy) tea.Cmd {
	w := env.Backend.Policies
	return ask(env, re, func(ctx context.Context) (model.OperationID, error) { return w.DeletePolicy(ctx, c, p) })
}

// RemoveDevices returns a command that writes down the removal of devices and hands it
// over.
func RemoveDevices(env *Env, re Reply, c model.Customer, devices []model.Device) tea.Cmd {
	w := env.Backend.Devices
	return ask(env, re, func(ctx context.Context) (model.OperationID, error) { return w.RemoveDevices(ctx, c, devices) })
}

// Unassign returns a command that writes down that devices lose their policy and hands
// it over.
func Unassign(env *Env, re Reply, c model.Customer, devices []model.Device) tea.Cmd {
	w := env.Backend.Devices
	return ask(env, re, func(ctx context.Context) (model.OperationID, error) { return w.Unassign(ctx, c, devices) })
}

// Undo returns a command that writes down an undo plan and hands it over.
func Undo(env *Env, re Reply, p model.UndoPlan) tea.Cmd {
	w := env.Backend.Past
	return ask(env, re, func(ctx context.Context) (model.OperationID, error) { return w.Undo(ctx, p) })
}

// Adopt returns a command that takes up a job of the customer which was started
// elsewhere: it is written down and followed, nothing is sent.
func Adopt(env *Env, re Reply, c model.Customer, job model.JobID) tea.Cmd {
	w := env.Backend.Past
	return ask(env, re, func(ctx context.Context) (model.OperationID, error) { return w.Adopt(ctx, c, job) })
}

// PlanMsg answers [PlanUndo].
type PlanMsg struct {
	Reply
	Plan model.UndoPlan
	Err  *model.Error
}

// PlanUndo returns a command that reads what the service has now and decides what of
// an assignment can be put back. It ends early with ctx.
func PlanUndo(ctx context.Context, env *Env, re Reply, op model.OperationID) tea.Cmd {
	past := env.Backend.Past
	return func() tea.Msg {
		p, err := past.PlanUndo(ctx, op)
		return PlanMsg{Reply: re, Plan: p, Err: Trouble(err)}
	}
}

// RetryableMsg answers [Retryable].
type RetryableMsg struct {
	Reply
	Operation model.Operation
	Rows      []model.Row // what a retry would send again
	Failed    []model.Row // failed and unknown rows, those among them
	Err       *model.Error
}

// Retryable returns a command that reads the rows of an operation and finds those that
// a retry would send again.
func Retryable(env *Env, re Reply, o model.Operation) tea.Cmd {
	ctx, journal := env.Root, env.Backend.Journal
	return func() tea.Msg {
		rows, err := journal.Rows(ctx, o.ID)
		msg := RetryableMsg{Reply: re, Operation: o, Rows: model.Retryable(o, rows), Err: Trouble(err)}
		for _, r := range rows {
			if r.State == model.RowFailed || r.State == model.RowUnknown {
				msg.Failed = append(msg.Failed, r)
			}
		}
		return msg
	}
}
