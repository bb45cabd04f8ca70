package kit

import (
	"muster/model"
	"muster/ui/theme"
)

// Reply is part of every answer to one screen: which asked (To), and which of its
// questions this is (Seq). The app brings it there whatever is on top; when the
// screen is gone, the answer is dropped.
type Reply struct {
	To  Screen
	Seq uint64
}

// Address returns the reply, so that the app can tell an answer from news.
func (r Reply) Address() Reply { return r }

// Addressed is what every answer to a screen is.
type Addressed interface{ Address() Reply }

// Origin numbers the connections that a program works with one after the other. It is
// part of all news: that of a former connection is dropped.
type Origin struct{ Link uint64 }

// From returns the origin, so that the app can tell whose news it is.
func (o Origin) From() Origin { return o }

// JobsMsg answers [WatchJobs]: a newer board, or the end of the watch.
type JobsMsg struct {
	Origin
	Board *model.Board
	Err   error
}

// CustomersMsg answers [FindCustomers].
type CustomersMsg struct {
	Epoch     uint64
	Customers []model.Customer // at most two: the app needs to know whether there is one
	Err       *model.Error
}

// SavedMsg answers every command that changes the tenant, such as [Assign] and
// [Upload]: the intent is on disk and on its way, or nothing was written down.
type SavedMsg struct {
	Reply
	Operation model.OperationID
	Err       *model.Error
}

// PoliciesMsg answers [ReadPolicies].
type PoliciesMsg struct {
	Reply
	Policies []model.ConfigurationPolicy
	Err      *model.Error
}

// BatchesMsg answers [ReadBatches].
type BatchesMsg struct {
	Reply
	Batches []model.DeviceBatch
	Err     *model.Error
}

// BIOSMsg answers [ReadBIOS].
type BIOSMsg struct {
	Reply
	Configuration model.BIOSConfiguration
	Err           *model.Error
}

// ItemMsg answers [ReadItem].
type ItemMsg struct {
	Reply
	Item model.Item
	Err  *model.Error
}

// DecidedMsg answers [Resume], [Drop] and [Retry].
type DecidedMsg struct {
	Origin
	Operation model.OperationID
	What      string // what was decided, for the toast: "continued"
	Rows      int    // how many rows that was, 0 when not said
	Err       *model.Error
}

// CompletedMsg answers [Complete].
type CompletedMsg struct {
	Reply
	Paths []string
	Err   *model.Error
}

// ThemeMsg tells every screen that Env.Theme is another one.
type ThemeMsg struct{}

// Trouble returns err as the one error type, nil for nil.
func Trouble(err error) *model.Error {
	if err == nil {
		return nil
	}
	if e := model.AsError(err); e != nil {
		return e
	}
	return &model.Error{Kind: model.Unexpected, Msg: model.Clean(err.Error()), Err: err}
}

// Failed returns the toast for an error: what happened, what to do, the id.
func Failed(err *model.Error) Toast {
	return Toast{Text: model.Clean(err.Error()), Tone: theme.BadTone}
}
