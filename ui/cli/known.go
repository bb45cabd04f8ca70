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
	where string
}

// inventory collects the devices that have a serial of a list, as they are seen. Only
// what is asked for is kept in memory.
type inventory struct {
	listed machines
	have   map[string][]model.Machine // by serial in capitals; at most two
	where  map[string]string          // where the first of them is
}

func (i *inventory) see(m model.Machine, where string) {
	k := strings.ToUpper(m.Serial)
	if len(i.listed[k]) == 0 || len(i.have[k]) == 2 {
		return
	}
	if len(i.have[k]) == 0 {
		i.where[k] = where
	}
	i.have[k] = append(i.have[k], m)
}

// known are the rows whose devices were seen, in the order of the list: by serial, and
// by maker and model where both sides name them. A serial that several devices have
// decides nothing.
func (i *inventory) known() []knownRow {
	var list []knownRow
	for k, hits := range i.have {
		for _, r := range i.listed[k] {
			if len(hits) == 1 && r.machine.Same(hits[0]) {
				list = append(list, knownRow{r, i.where[k]})
			}
		}
	}
	slices.SortFunc(list, func(a, b knownRow) int { return a.line - b.line })
	return list
}

// known finds the rows whose devices the customer has already, in its batches or in
// Intune, which shows what others registered, too. It reads all devices; whole says
// whether it could. A connection without Intune has none to read.
func (s *session) known(ctx context.Context, c model.CustomerID, listed machines) (list []knownRow, whole bool, err error) {
	seen := &inventory{listed: listed, have: map[string][]model.Machine{}, where: map[string]string{}}
	whole = true
	for page, err := range s.Reader.Devices(ctx, c) {
		whole = whole && err == nil
		for _, d := range page.Devices {
			seen.see(d.Machine(), "in batch "+model.Clean(string(d.Batch)))
		}
	}
	list = seen.known()
	if s.Autopilot == nil || ctx.Err() != nil {
		return list, whole, ctx.Err()
	}
	lines := make(map[int]bool, len(list))
	for _, k := range list {
		lines[k.line] = true
	}
	beside := &inventory{listed: listed, have: map[string][]model.Machine{}, where: map[string]string{}}
	for page, err := range s.Autopilot.AutopilotDevices(ctx, c) {
		if err != nil && model.KindOf(err) != model.NoBackend {
			whole = false
			s.say("Intune could not be read: %s", describe(err))
		}
		for _, d := range page {
			beside.see(model.Machine{Serial: d.Serial, Maker: d.Maker, Model: d.Model}, "in Intune")
		}
	}
	for _, k := range beside.known() {
		if !lines[k.line] {
			list = append(list, k)
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
		s.say("line %d: %s is there already, %s", k.line, model.Clean(k.machine.Serial), k.where)
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
