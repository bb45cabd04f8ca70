package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"muster/model"
)

// listedRow is a row of a list by what tells its device apart.
type listedRow struct {
	line    int
	machine model.Machine
}

// machines are the rows of a list by their serials in capitals. It holds no secret.
type machines map[string][]listedRow

func (m machines) add(r model.UploadRow) {
	if machine := r.Machine(); machine.Serial != "" {
		k := strings.ToUpper(machine.Serial)
		m[k] = append(m[k], listedRow{r.Line, machine})
	}
}

// knownRow is a row of a list whose device the customer has already.
type knownRow struct {
	listedRow
	device model.Device
}

// known finds the rows whose devices the customer has already, in the order of the
// list: by serial, and by maker and model where both sides name them. A serial that
// several devices have decides nothing. It reads all devices; whole says whether it
// could. Only what is asked for is kept in memory.
func (s *session) known(ctx context.Context, c model.CustomerID, listed machines) (list []knownRow, whole bool, err error) {
	have := make(map[string][]model.Device) // by serial in capitals; at most two
	whole = true
	for page, err := range s.Reader.Devices(ctx, c) {
		if err != nil {
			whole = false
		}
		for _, d := range page.Devices {
			k := strings.ToUpper(d.Serial)
			if len(listed[k]) > 0 && len(have[k]) < 2 {
				have[k] = append(have[k], d)
			}
		}
	}
	for k, hits := range have {
		for _, r := range listed[k] {
			if len(hits) == 1 && r.machine.Same(hits[0].Machine()) {
				list = append(list, knownRow{r, hits[0]})
			}
		}
	}
	slices.SortFunc(list, func(a, b knownRow) int { return a.line - b.line })
	return list, whole, ctx.Err()
}

// lookUp says which of the list's rows, so many in all, the customer has already. It
// returns the lines of those that are left out because that is wanted.
func (s *session) lookUp(ctx context.Context, u uploading, c model.CustomerID, listed machines, rows int, p *plan) (left map[int]bool, err error) {
	list, whole, err := s.known(ctx, c, listed)
	if err != nil {
		return nil, err
	}
	if !whole {
		const part = "the list of the customer's devices is incomplete: some rows may be there already"
		s.say("%s", part)
		p.notes = append(p.notes, part)
	}
	for i, k := range list {
		if i == sample {
			s.say("… and %s more", count(len(list)-i, "device"))
			break
		}
		s.say("line %d: %s is there already, in batch %s", k.line, model.Clean(k.machine.Serial), model.Clean(string(k.device.Batch)))
	}
	if len(list) == 0 {
		return nil, nil
	}
	text := fmt.Sprintf("%s of %s there already", number(len(list)), count(rows, "device"))
	if !u.skipKnown {
		p.notes = append(p.notes, text+"; they are sent all the same, --skip-known leaves them out")
		return nil, nil
	}
	p.LeftOut = append(p.LeftOut, leftRecord{"the customer has the device already", len(list)})
	s.say("%s, left out", text)
	left = make(map[int]bool, len(list))
	for _, k := range list {
		left[k.line] = true
	}
	return left, nil
}
