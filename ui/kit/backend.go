package kit

import (
	"context"
	"io"
	"iter"

	"muster/model"
)

// Reader reads what exists. Every method may be called from any goroutine, ends
// soon after its context does and returns errors that are (or wrap) *model.Error.
type Reader interface {
	// Customers yields the partner's customers page by page, as they come. An
	// error ends the walk; what was yielded before it stays valid but is not all.
	Customers(ctx context.Context) iter.Seq2[[]model.Customer, error]
	// Batches lists the customer's batches. With an error of kind Incomplete those
	// beside it are valid, but not all.
	Batches(ctx context.Context, c model.CustomerID) ([]model.DeviceBatch, error)
	// Devices walks all batches of the customer. A page of kind Incomplete in the
	// error says that a batch could not be read to its end; the walk may go on
	// with the next one, so the consumer goes on too until the sequence ends.
	Devices(ctx context.Context, c model.CustomerID) iter.Seq2[model.DevicePage, error]
	// Policies lists the customer's configuration policies.
	Policies(ctx context.Context, c model.CustomerID) ([]model.ConfigurationPolicy, error)
	// BIOSConfigurations yields the customer's BIOS configurations page by page.
	BIOSConfigurations(ctx context.Context, c model.CustomerID) iter.Seq2[[]model.BIOSConfiguration, error]
}

// BatchReader reads of one batch what a walk through all of them would waste. The
// promises of [Reader] hold.
type BatchReader interface {
	// BatchDevices yields the devices of a batch, named as the service spells it, page
	// by page. An error ends the walk; what was yielded before it is not all.
	BatchDevices(ctx context.Context, c model.CustomerID, b model.BatchID) iter.Seq2[[]model.Device, error]
	// Device reads one device of a batch as it is now. It is of kind NotFound when the
	// batch was read to its end without it.
	Device(ctx context.Context, c model.CustomerID, b model.BatchID, id model.DeviceID) (model.Device, error)
}

// Walker reads the devices of both services from where a former walk ended. The
// promises of [Reader] hold.
type Walker interface {
	// DevicesFrom is [Reader.Devices] from these places on, or from the beginning
	// without any. Its first step is the plan.
	DevicesFrom(ctx context.Context, c model.CustomerID, from []model.Place) iter.Seq2[model.DevicePage, error]
	// AutopilotFrom is [Autopilot.AutopilotDevices] from a page on, "" for the first.
	AutopilotFrom(ctx context.Context, c model.CustomerID, from string) iter.Seq2[model.AutopilotPage, error]
}

// Writer changes the tenant. Each method returns when the intent is durable on
// this machine, before anything is sent; what becomes of it is on the board.
// An error means that nothing was written down and nothing will be sent. A
// read-only backend answers every call with kind Refused.
type Writer interface {
	Assign(ctx context.Context, a model.Assignment) (model.OperationID, error)
	Upload(ctx context.Context, u model.Upload) (model.OperationID, error)
	CreateBIOS(ctx context.Context, c model.Customer, b model.BIOSConfiguration) (model.OperationID, error)
	EditBIOS(ctx context.Context, c model.Customer, was model.BIOSConfiguration, p model.BIOSPatch) (model.OperationID, error)
	// ReadBIOS reads one BIOS configuration with its content, for the form.
	ReadBIOS(ctx context.Context, c model.CustomerID, id model.BIOSID) (model.BIOSConfiguration, error)
}

// Journal shows what was asked for and lets the operator decide about it.
type Journal interface {
	// WatchBoard returns the board as soon as it is newer than rev. rev 0 returns
	// at once. The error is only ever the end of ctx or of the journal.
	WatchBoard(ctx context.Context, rev uint64) (*model.Board, error)
	// Rows reads the rows of one operation, by number.
	Rows(ctx context.Context, id model.OperationID) ([]model.Row, error)
	// Resume sends what was not sent yet. It is the operator's yes.
	Resume(ctx context.Context, id model.OperationID) error
	// Drop gives up what was not sent yet; its rows become skipped.
	Drop(ctx context.Context, id model.OperationID) error
	// Retry sends again what can be: chunks whose outcome is unknown with the request
	// ids they had, and failed rows of a class that may pass as a new attempt. It
	// returns how many rows that is.
	Retry(ctx context.Context, id model.OperationID) (int, error)
}

// Policies changes configuration policies. Its methods promise what those of
// [Writer] do.
type Policies interface {
	CreatePolicy(ctx context.Context, c model.Customer, p model.ConfigurationPolicy) (model.OperationID, error)
	// EditPolicy replaces all of was by want; a change by somebody else refuses it.
	EditPolicy(ctx context.Context, c model.Customer, was, want model.ConfigurationPolicy) (model.OperationID, error)
	// DeletePolicy cannot be undone; devices that use the policy fall back to none.
	DeletePolicy(ctx context.Context, c model.Customer, p model.ConfigurationPolicy) (model.OperationID, error)
}

// Devices changes single devices. Its methods promise what those of [Writer] do.
type Devices interface {
	// RemoveDevices takes devices out of their batches, one call each. It cannot be
	// undone.
	RemoveDevices(ctx context.Context, c model.Customer, devices []model.Device) (model.OperationID, error)
	// Unassign takes the policy off devices. The service documents no way to do it:
	// what was tried is verified by reading the devices back.
	Unassign(ctx context.Context, c model.Customer, devices []model.Device) (model.OperationID, error)
}

// Past works with what was done before.
type Past interface {
	// PlanUndo reads what the service has now and decides what of a policy assignment
	// can be put back. Nothing is sent.
	PlanUndo(ctx context.Context, id model.OperationID) (model.UndoPlan, error)
	// Undo writes down and sends a plan as an operation of its own.
	Undo(ctx context.Context, p model.UndoPlan) (model.OperationID, error)
	// Adopt follows a job that was started elsewhere.
	Adopt(ctx context.Context, c model.Customer, job model.JobID) (model.OperationID, error)
	// Events reads the record of one operation, oldest first.
	Events(ctx context.Context, id model.OperationID) ([]model.Event, error)
}

// Items reads single objects as a service has them.
type Items interface {
	// ReadItem reads one with every property that the service sends, secrets aside.
	ReadItem(ctx context.Context, c model.CustomerID, ref model.ItemRef) (model.Item, error)
}

// RequestLog keeps the latest requests to the services, in memory only.
type RequestLog interface {
	// Requests returns them, newest first. It is quick, and may be called from any
	// goroutine.
	Requests() []model.Request
}

// Mender settles what an ended operation left open.
type Mender interface {
	// Settle looks for the devices of an upload that the service called there already
	// ([model.AlreadyThere]) and counts the rows whose device it finds as done. It
	// returns how many; an error of kind Incomplete beside them says that not all
	// devices could be read.
	Settle(ctx context.Context, id model.OperationID) (int, error)
	// RetryList sends failed rows again whose hash or product key is erased, out of the
	// list that they came from ([model.Relist]). It returns how many rows were queued,
	// also beside an error.
	RetryList(ctx context.Context, id model.OperationID, list model.UploadRows) (int, error)
}

// Files reads what lies on this machine's disk.
type Files interface {
	// Open opens a regular file for reading and says how large it is. Anything
	// else than a regular file, and one above limit bytes, is refused.
	Open(ctx context.Context, path string, limit int64) (f io.ReadCloser, size int64, err error)
	// Complete lists the paths that begin with prefix, folders with a slash at
	// their end, at most limit of them. "~" stands for the home folder.
	Complete(ctx context.Context, prefix string, limit int) ([]string, error)
}

// Backend is everything outside of the process, as the screens see it.
type Backend struct {
	Identity Identity // nil for a simulator
	Reader   Reader
	Batch    BatchReader
	Walker   Walker // nil where a list is always read from its beginning
	Writer   Writer
	Journal  Journal
	Files    Files

	Policies Policies
	Devices  Devices
	Past     Past
	Mend     Mender
	Requests RequestLog // nil where none is kept
	Memory   Memory     // nil where nothing is remembered between starts
	Items    Items      // nil where nothing more is known than lists tell
	Fleets   Fleets     // nil where no list is kept

	Autopilot       Autopilot
	AutopilotWriter AutopilotWriter
	Profiles        Profiles
	ProfileWriter   ProfileWriter
	BIOS            BIOS
	BIOSWriter      BIOSWriter
	Directory       Directory
}

// Place says where the operator is working. It is shown on every screen.
type Place struct {
	Connection string // name of the connection, or of the simulator's address
	Simulated  bool   // the word SIMULATED stands in the header
	Forgotten  bool   // the ledger is temporary: "forgotten on exit"
	ReadOnly   bool   // the word READ-ONLY stands in the header
	Custom     bool   // the word CUSTOM stands in the header: the addresses are nobody's but the file's
	Word       string // of the connection's own, for the header; "" = none
	Chunk      int    // devices a job of Partner Center; 0 = [model.ChunkDevices]
	Colour     string // of that word, see [model.Colours]; "" = the theme's
}
