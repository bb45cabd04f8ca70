package screen

import (
	"io"
	"time"

	"muster/model/fleet"
	"muster/ui/kit"
)

// keptList names the list of devices among those that are kept. The dates in its rows
// are written in a zone, so each zone has its own.
func (r *fleetReader) keptList() string { return "devices " + r.zone }

// kept returns the list that was kept, nil when there is none. What is damaged or of
// another version is none: the list is read anyhow, and the next whole one replaces it.
func (r *fleetReader) kept() *kit.Kept {
	if r.fleets == nil {
		return nil
	}
	content, taken, err := r.fleets.Load(r.customer, r.keptList())
	if err != nil || len(content) == 0 {
		return nil
	}
	ix, err := fleet.Decode(deviceSchema, content)
	if err != nil {
		return nil
	}
	return &kit.Kept{Index: ix, Groups: policyGroups(ix), Sides: sidesOf(ix), Began: taken}
}

// keep writes a whole list down for the next start. In place of one with texts that its
// rows do not hold as they came, or with policies without their names, an empty file is
// kept, which is no list: requests could not be made from it, or it would say less than
// the reading did.
func (r *fleetReader) keep(m kit.ListMsg[noItem]) {
	if r.fleets == nil || r.ctx.Err() != nil {
		return
	}
	write := m.Index.Encode
	if m.Note != "" || !r.odd.none() {
		write = func(io.Writer) error { return nil }
	}
	// What cannot be kept costs the next start its head start and nothing else.
	_ = r.fleets.Save(r.customer, r.keptList(), m.Began, write)
}

// policyGroups counts the devices that Partner Center knows by policy, as a reading does.
func policyGroups(ix *fleet.Index) map[string]int {
	groups := map[string]int{}
	counts, _ := ix.Counts(devicePolicy)
	for _, c := range counts {
		switch c.Value {
		case "": // known in Intune alone
		case noPolicy:
			kit.CountGroup(groups, "", c.Rows)
		default:
			kit.CountGroup(groups, c.Value, c.Rows)
		}
	}
	return groups
}

// sidesOf counts where the devices of a whole list are known.
func sidesOf(ix *fleet.Index) kit.Sides {
	s := kit.Sides{Whole: true}
	known, _ := ix.Counts(deviceKnown)
	for _, c := range known {
		switch c.Value {
		case knownPartner:
			s.Partner = c.Rows
		case knownIntune:
			s.Intune = c.Rows
		case knownBoth:
			s.Both = c.Rows
		}
	}
	differs, _ := ix.Counts(deviceDiffers)
	for _, c := range differs {
		if c.Value == differsTag {
			s.Differ = c.Rows
		}
	}
	s.Read = s.Intune + s.Both
	return s
}

// deviceSince says which devices came and went. One that Intune knew and that Partner
// Center has got to know is listed under another id, and has neither come nor gone.
func deviceSince(old *fleet.Index, at time.Time, now *fleet.Index) kit.Since {
	fresh, gone := now.Since(old)
	s := kit.Since{At: at, Fresh: fresh.Len(), Gone: gone.Len()}
	same := map[string]bool{}
	if fresh.Len() > 0 {
		for _, row := range gone.All() {
			if id := old.Cell(row, deviceAutopilot); id != "" {
				same[id] = false
			}
		}
	}
	for _, row := range fresh.All() {
		id := now.Cell(row, deviceAutopilot)
		if _, ok := same[id]; ok {
			same[id] = true
			s.Fresh, s.Gone = s.Fresh-1, s.Gone-1
		} else if len(s.FreshRows) < kit.MaxSince {
			s.FreshRows = append(s.FreshRows, now.Row(row))
		}
	}
	for _, row := range gone.All() {
		if len(s.GoneRows) == kit.MaxSince {
			break
		}
		if !same[old.Cell(row, deviceAutopilot)] {
			s.GoneRows = append(s.GoneRows, old.Row(row))
		}
	}
	return s
}
