package cli

import (
	"context"
	"fmt"
	"strings"

	"muster/model"
)

// knownRow is a row of a list whose device the customer has already.
type knownRow struct {
	at     int // index among the rows
	device model.Device
}

// known finds the rows whose devices the customer has already: by serial, and by
// maker and model where both sides name them. A serial that several devices have
// decides nothing. It reads all devices; whole says whether it could. Only what is
// asked for is kept in memory.
func (s *session) known(ctx context.Context, c model.CustomerID, rows []model.UploadRow) (list []knownRow, whole bool, err error) {
	have := make(map[string][]model.Device, len(rows)) // by serial in capitals; at most two
	for _, r := range rows {
		if serial := r.Serial(); serial != "" {
			have[strings.ToUpper(serial)] = nil
		}
	}
	whole = true
	for page, err := range s.Reader.Devices(ctx, c) {
		if err != nil {
			whole = false
		}
		for _, d := range page.Devices {
			k := strings.ToUpper(d.Serial)
			if list, wanted := have[k]; wanted && len(list) < 2 {
				have[k] = append(list, d)
			}
		}
	}
	for i, r := range rows {
		if hits := have[strings.ToUpper(r.Serial())]; len(hits) == 1 && r.Machine().Same(hits[0].Machine()) {
			list = append(list, knownRow{i, hits[0]})
		}
	}
	return list, whole, ctx.Err()
}

// lookUp says which rows the customer has already and leaves them out if that is
// wanted. The rows that are left are those to send.
func (s *session) lookUp(ctx context.Context, u uploading, c model.CustomerID, rows []model.UploadRow, p *plan) ([]model.UploadRow, error) {
	list, whole, err := s.known(ctx, c, rows)
	if err != nil {
		return nil, err
	}
	if !whole {
		const part = "the list of the customer's devices is incomplete: some rows may be there already"
		s.say("%s", part)
		p.notes = append(p.notes, part)
	}
	if len(list) == 0 {
		return rows, nil
	}
	for i, k := range list {
		if i == sample {
			s.say("… and %s more", count(len(list)-i, "device"))
			break
		}
		r := rows[k.at]
		s.say("line %d: %s is there already, in batch %s", r.Line, model.Clean(r.Serial()), model.Clean(string(k.device.Batch)))
	}
	text := fmt.Sprintf("%s of %s there already", number(len(list)), count(len(rows), "device"))
	if !u.skipKnown {
		p.notes = append(p.notes, text+"; they are sent all the same, --skip-known leaves them out")
		return rows, nil
	}
	p.LeftOut = append(p.LeftOut, leftRecord{"the customer has the device already", len(list)})
	s.say("%s, left out", text)
	left := make([]model.UploadRow, 0, len(rows)-len(list))
	for i, r := range rows {
		if len(list) > 0 && list[0].at == i {
			list = list[1:]
			continue
		}
		left = append(left, r)
	}
	return left, nil
}
