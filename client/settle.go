package client

import (
	"context"
	"strings"
	"time"

	"muster/client/ledger"
	"muster/model"
)

// Settle looks for the devices of an upload of which the service said that they are
// there already (see [model.AlreadyThere]) among all the customer's devices, by
// equality, and counts the rows whose device it finds as done: in the batches first,
// then in Intune, which also knows devices that somebody else registered. It returns
// how many those are. With an error of kind Incomplete not all devices could be read:
// those that were found are counted, the others stay failed.
func (c *Client) Settle(ctx context.Context, id model.OperationID) (int, error) {
	const op = "settle"
	book, err := c.writable(ctx, op)
	if err != nil {
		return 0, err
	}
	o, err := book.Operation(ctx, id)
	if err != nil {
		return 0, err
	}
	rows, err := book.Rows(ctx, id)
	if err != nil {
		return 0, err
	}
	rows = model.AlreadyThere(o, rows)
	if len(rows) == 0 {
		return 0, &model.Error{Kind: model.Invalid, Op: op, Msg: "no row of this operation failed because its device is there already"}
	}
	look := newSearch(rows, c.o.Now())
	short := c.lookFor(ctx, o.Customer, look)
	if ctx.Err() != nil {
		return 0, ended(op, ctx.Err())
	}
	if len(look.found) > 0 {
		if err := book.Found(ctx, id, look.found); err != nil {
			return 0, err
		}
	}
	return len(look.found), short
}

// lookFor lets a search see all devices of the customer. The error, of kind
// Incomplete, says why that may not have been all; it is nil once every row is found.
func (c *Client) lookFor(ctx context.Context, customer model.CustomerID, look *search) error {
	var short error
	for page, err := range c.Devices(ctx, customer) {
		if err != nil {
			short = err
		}
		for _, d := range page.Devices {
			look.see(d.Machine(), d.ProductKey, "batch "+model.Clean(string(d.Batch)), string(d.ID))
		}
	}
	if look.over() {
		return nil
	}
	for page, err := range c.AutopilotDevices(ctx, customer) {
		if err != nil && model.KindOf(err) != model.NoBackend && short == nil { // without an address Intune is no part of this connection
			e := *asError(err)
			e.Kind, e.Msg = model.Incomplete, "Intune could not be read: "+e.Msg
			short = &e
		}
		for _, d := range page {
			look.see(model.Machine{Serial: d.Serial, Maker: d.Maker, Model: d.Model}, d.ProductKey, "Intune", "")
		}
	}
	if look.over() {
		return nil
	}
	return short
}

// search finds rows' devices among those that it sees.
type search struct {
	serials map[string][]model.Row // by serial in capitals
	keys    map[string][]model.Row // by the digest of the product key
	left    map[int]bool           // rows that are not found yet
	at      string
	found   []ledger.Result
}

func newSearch(rows []model.Row, now time.Time) *search {
	s := &search{serials: map[string][]model.Row{}, keys: map[string][]model.Row{}, left: map[int]bool{},
		at: now.UTC().Format("2006-01-02 15:04 MST")}
	for _, r := range rows {
		s.left[r.Number] = true
		if k := strings.ToUpper(r.Serial); k != "" {
			s.serials[k] = append(s.serials[k], r)
		}
		if r.KeySum != "" {
			s.keys[r.KeySum] = append(s.keys[r.KeySum], r)
		}
	}
	return s
}

func (s *search) over() bool { return len(s.left) == 0 }

// see compares a device with the rows.
func (s *search) see(m model.Machine, key model.Secret, where, id string) {
	for _, r := range s.serials[strings.ToUpper(m.Serial)] {
		if r.Machine().Same(m) {
			s.note(r, where, id)
		}
	}
	if key.Empty() {
		return
	}
	for _, r := range s.keys[key.Digest()] {
		s.note(r, where, id)
	}
}

func (s *search) note(r model.Row, where, id string) {
	if s.left[r.Number] {
		delete(s.left, r.Number)
		s.found = append(s.found, ledger.Result{Number: r.Number, State: model.RowDone, Object: id, Text: "already there, in " + where + "; checked " + s.at})
	}
}
