package client

import (
	"context"

	"muster/client/ledger"
	"muster/client/tracker"
	"muster/model"
)

// Adopt follows a job that was started elsewhere: by the portal, by a script, or
// by a muster whose ledger is gone. The service must know it now.
func (c *Client) Adopt(ctx context.Context, to model.Customer, job model.JobID) (model.OperationID, error) {
	const op = "adopt job"
	switch {
	case !to.ID.Valid():
		return "", &model.Error{Kind: model.Invalid, Op: op, Msg: "the customer id is not a GUID"}
	case !model.IsGUID(string(job)):
		return "", &model.Error{Kind: model.Invalid, Op: op, Msg: "the tracking id is not a GUID",
			Hint: "it is the last part of the address that the service answered with"}
	}
	book, err := c.writable(ctx, op)
	if err != nil {
		return "", err
	}
	if _, err := c.o.Partner.JobStatus(ctx, to.ID, job); err != nil {
		return "", err
	}
	return book.RecordJob(ctx, ledger.Intent{Kind: model.AdoptJob, Customer: to.ID, CustomerName: to.Name,
		Title: "job " + string(job), Target: string(job), Source: "started elsewhere",
		Rows: []ledger.IntentRow{{Row: model.Row{Name: "job " + string(job)}}}}, job)
}

// adopted is the sender of what was sent by somebody else: it has nothing to send
// and nothing to look for.
type adopted struct{}

func (adopted) method(context.Context, *runner, []ledger.Chunk, ledger.Chunk) (string, step, error) {
	return "", step{}, &model.Error{Kind: model.Invalid, Op: "send", Msg: "this job was started elsewhere"}
}

func (adopted) send(context.Context, *runner, ledger.Chunk, string) (receipt, error) {
	return receipt{}, &model.Error{Kind: model.Invalid, Op: "send", Msg: "this job was started elsewhere"}
}

func (adopted) find(context.Context, model.Operation, []model.Row, [][]byte) ([]ledger.Result, error) {
	return nil, nil
}

// settleAdopted makes a row of every device that the job reported on.
func (c *Client) settleAdopted(ctx context.Context, book *ledger.Ledger, o model.Operation, report model.BatchUpload, patience bool) tracker.Verdict {
	rows := make([]model.Row, 0, len(report.Devices))
	for i, d := range report.Devices {
		if !d.State.Ended() && !d.Failed() && patience {
			return tracker.Verdict{News: true}
		}
		r := resultOf(i+1, d, model.ByPosition)
		if !d.State.Ended() && !d.Failed() {
			r.State, r.Text = model.RowUnknown, "the job ended without an outcome for this device"
		}
		rows = append(rows, model.Row{Serial: d.Serial, Device: d.ID, KeySum: d.KeySum, State: r.State, Code: r.Code, CodeName: r.CodeName,
			Text: r.Text, What: r.What, By: r.By})
	}
	if len(rows) == 0 {
		r := model.Row{State: model.RowDone, Text: "the job finished; the service gave no details"}
		if report.State != model.JobFinished {
			r = model.Row{State: model.RowUnknown, Text: "the job ended with errors; the service gave no details"}
		}
		rows = append(rows, r)
	}
	err := book.Expand(ctx, o.ID, rows)
	return tracker.Verdict{Done: err == nil || ledger.Stale(err)}
}
