package kit

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"muster/model"
)

// WatchJobs returns a command that waits for a board newer than the present one. The
// app arms it again after each answer.
func WatchJobs(env *Env) tea.Cmd {
	ctx, journal, from := env.Root, env.Backend.Journal, env.Origin
	var rev uint64
	if env.Jobs != nil {
		rev = env.Jobs.Rev
	}
	return func() tea.Msg {
		board, err := journal.WatchBoard(ctx, rev)
		return JobsMsg{Origin: from, Board: board, Err: err}
	}
}

// FindCustomers returns a command that looks whether there is one customer or more,
// or for the one that the operator named by id or exact name.
func FindCustomers(env *Env, name string) tea.Cmd {
	ctx, reader, epoch := env.Visit, env.Backend.Reader, env.Epoch
	return func() tea.Msg {
		var all []model.Customer
		for page, err := range reader.Customers(ctx) {
			if err != nil {
				return CustomersMsg{Epoch: epoch, Err: Trouble(err)}
			}
			all = append(all, page...)
			if name == "" && len(all) > 1 {
				break
			}
		}
		if name == "" {
			return CustomersMsg{Epoch: epoch, Customers: all[:min(len(all), 2)]}
		}
		c, err := model.FindCustomer(all, name)
		if err != nil {
			return CustomersMsg{Epoch: epoch, Err: Trouble(err)}
		}
		return CustomersMsg{Epoch: epoch, Customers: []model.Customer{c}}
	}
}

// Assign returns a command that writes down the assignment and hands it over.
func Assign(env *Env, re Reply, a model.Assignment) tea.Cmd {
	w := env.Backend.Writer
	return ask(env, re, func(ctx context.Context) (model.OperationID, error) { return w.Assign(ctx, a) })
}

// Upload returns a command that writes down the upload and hands it over.
func Upload(env *Env, re Reply, u model.Upload) tea.Cmd {
	w := env.Backend.Writer
	return ask(env, re, func(ctx context.Context) (model.OperationID, error) { return w.Upload(ctx, u) })
}

// CreateBIOS returns a command that writes down a new BIOS configuration and hands it over.
func CreateBIOS(env *Env, re Reply, c model.Customer, b model.BIOSConfiguration) tea.Cmd {
	w := env.Backend.Writer
	return ask(env, re, func(ctx context.Context) (model.OperationID, error) { return w.CreateBIOS(ctx, c, b) })
}

// EditBIOS returns a command that writes down a change of a BIOS configuration and
// hands it over.
func EditBIOS(env *Env, re Reply, c model.Customer, was model.BIOSConfiguration, p model.BIOSPatch) tea.Cmd {
	w := env.Backend.Writer
	return ask(env, re, func(ctx context.Context) (model.OperationID, error) { return w.EditBIOS(ctx, c, was, p) })
}

// ask runs a write on the program's own context: leaving a customer must not cancel it.
func ask(env *Env, re Reply, do func(context.Context) (model.OperationID, error)) tea.Cmd {
	ctx := env.Root
	return func() tea.Msg {
		id, err := do(ctx)
		return SavedMsg{Reply: re, Operation: id, Err: Trouble(err)}
	}
}

// ReadPolicies returns a command that lists the customer's policies.
func ReadPolicies(env *Env, re Reply) tea.Cmd {
	ctx, reader, id := env.Visit, env.Backend.Reader, env.Customer.ID
	return func() tea.Msg {
		policies, err := reader.Policies(ctx, id)
		return PoliciesMsg{Reply: re, Policies: policies, Err: Trouble(err)}
	}
}

// ReadBatches returns a command that lists the customer's batches.
func ReadBatches(env *Env, re Reply) tea.Cmd {
	ctx, reader, id := env.Visit, env.Backend.Reader, env.Customer.ID
	return func() tea.Msg {
		batches, err := reader.Batches(ctx, id)
		return BatchesMsg{Reply: re, Batches: batches, Err: Trouble(err)}
	}
}

// ReadBIOS returns a command that reads one BIOS configuration with its content.
func ReadBIOS(env *Env, re Reply, bios model.BIOSID) tea.Cmd {
	ctx, w, id := env.Visit, env.Backend.Writer, env.Customer.ID
	return func() tea.Msg {
		b, err := w.ReadBIOS(ctx, id, bios)
		return BIOSMsg{Reply: re, Configuration: b, Err: Trouble(err)}
	}
}

// ReadItem returns a command that reads one object of a customer anew.
func ReadItem(env *Env, re Reply, c model.CustomerID, ref model.ItemRef) tea.Cmd {
	ctx, items := env.Visit, env.Backend.Items
	return func() tea.Msg {
		item, err := items.ReadItem(ctx, c, ref)
		return ItemMsg{Reply: re, Item: item, Err: Trouble(err)}
	}
}

// Resume returns a command that lets a stopped operation go on.
func Resume(env *Env, op model.OperationID) tea.Cmd {
	ctx, journal, from := env.Root, env.Backend.Journal, env.Origin
	return func() tea.Msg {
		return DecidedMsg{Origin: from, Operation: op, What: "continued", Err: Trouble(journal.Resume(ctx, op))}
	}
}

// Drop returns a command that gives up what a stopped operation did not send.
func Drop(env *Env, op model.OperationID) tea.Cmd {
	ctx, journal, from := env.Root, env.Backend.Journal, env.Origin
	return func() tea.Msg {
		return DecidedMsg{Origin: from, Operation: op, What: "dropped what was not sent", Err: Trouble(journal.Drop(ctx, op))}
	}
}

// Retry returns a command that sends the rows of unknown outcome again.
func Retry(env *Env, op model.OperationID) tea.Cmd {
	ctx, journal, from := env.Root, env.Backend.Journal, env.Origin
	return func() tea.Msg {
		n, err := journal.Retry(ctx, op)
		return DecidedMsg{Origin: from, Operation: op, What: "sent again", Rows: n, Err: Trouble(err)}
	}
}

// Mend returns a command that looks for the devices of rows that the service called there
// already, and counts those that it finds as done.
func Mend(env *Env, op model.OperationID) tea.Cmd {
	ctx, mender, from := env.Root, env.Backend.Mend, env.Origin
	return func() tea.Msg {
		n, err := mender.Settle(ctx, op)
		what := "found and counted as done"
		if n == 0 {
			what = "none of the devices was found; nothing changed"
		}
		if err != nil && n > 0 { // some are settled, and not all could be looked for
			what += ", not all could be looked for: " + Trouble(err).Msg
			err = nil
		}
		return DecidedMsg{Origin: from, Operation: op, What: what, Rows: n, Err: Trouble(err)}
	}
}

// Complete returns a command that lists the paths that begin with prefix, at most limit.
func Complete(env *Env, re Reply, prefix string, limit int) tea.Cmd {
	ctx, files := env.Root, env.Backend.Files
	return func() tea.Msg {
		paths, err := files.Complete(ctx, prefix, limit)
		return CompletedMsg{Reply: re, Paths: paths, Err: Trouble(err)}
	}
}
