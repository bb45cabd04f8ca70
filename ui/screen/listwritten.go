package screen

import (
	"muster/model"
	"muster/model/fleet"
	"muster/ui/kit"
)

// coming is an object that an operation makes, until a reading has it.
type coming struct {
	name  string // "" for none
	stood string // key of the row under the cursor when it was asked for
	key   string // of the new row, once a reading has it
}

// expect waits for a new row, so that the cursor goes to it; not when the operator has
// gone on to another row meanwhile.
func (l *list[T]) expect(name string) {
	if name != "" {
		_, at, _ := l.table.Current()
		l.new = coming{name: name, stood: at}
	}
}

// recognise looks for the expected row in a list that takes the place of the present one.
func (l *list[T]) recognise(next *fleet.Index) {
	if l.new.name == "" || l.new.key != "" {
		return
	}
	for row := range next.Len() {
		if next.Cell(row, 0) != l.new.name {
			continue
		}
		if _, old := l.ix.Find(next.Key(row)); !old {
			l.new.key = next.Key(row)
			return
		}
	}
}

// goToNew moves the cursor to the expected row once it is shown.
func (l *list[T]) goToNew() {
	if l.new.key == "" {
		return
	}
	if _, at, _ := l.table.Current(); at == l.new.stood {
		l.table.Select(l.new.key)
	}
	l.new = coming{}
}

// useUp takes the marks off the devices that an operation was asked for. What it left
// out stays marked.
func (s *Devices) useUp(a kit.Written) {
	l := s.list
	if l.marks.Count() == 0 || len(a.Devices)+len(a.Autopilot) == 0 {
		return
	}
	partner := make(map[model.DeviceID]bool, len(a.Devices))
	for _, d := range a.Devices {
		partner[d.ID] = true
	}
	intune := make(map[model.AutopilotID]bool, len(a.Autopilot))
	for _, d := range a.Autopilot {
		intune[d.ID] = true
	}
	var used []uint32
	for _, row := range l.marks.Rows(l.ix).All() {
		r := l.ix.Row(row)
		if d := s.odd.device(r); d.ID != "" && partner[d.ID] {
			used = append(used, uint32(row))
		} else if d := s.odd.autopilotDevice(r); d.ID != "" && intune[d.ID] {
			used = append(used, uint32(row))
		}
	}
	rest := l.marks.Remove(l.ix, fleet.RowsOf(used))
	l.inSight = rest.Among(l.ix, l.rows)
	l.setMarks(rest)
}
