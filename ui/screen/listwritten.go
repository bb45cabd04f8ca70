package screen

import (
	tea "charm.land/bubbletea/v2"

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
func (s *Devices) useUp(a kit.Written) kit.Effect {
	l := s.list
	if l.marks.Count() == 0 || len(a.Devices)+len(a.Autopilot) == 0 {
		return kit.Effect{}
	}
	marks, ix, shown := l.marks, l.ix, l.rows
	count := func(re kit.Reply) kit.MarkedMsg {
		rest := marks.Remove(ix, usedRows(ix, marks, a))
		return kit.MarkedMsg{Reply: re, Marks: rest, Shown: rest.Among(ix, shown)}
	}
	if marks.Count() <= few && shown.Len() <= few {
		msg := count(kit.Reply{})
		l.inSight = msg.Shown
		l.setMarks(msg.Marks)
		return kit.Effect{}
	}
	l.wait()
	re := kit.Reply{To: s, Seq: l.askSeq}
	return kit.Effect{Cmd: func() tea.Msg { return count(re) }}
}

// usedRows returns the marked rows whose devices are among those written down.
func usedRows(ix *fleet.Index, marks fleet.Marks, a kit.Written) fleet.Rows {
	partner := make(map[string]bool, len(a.Devices))
	for _, d := range a.Devices {
		partner[string(d.ID)] = true
	}
	intune := make(map[string]bool, len(a.Autopilot))
	for _, d := range a.Autopilot {
		intune[model.Clean(string(d.ID))] = true
	}
	var used []uint32
	for _, row := range marks.Rows(ix).All() {
		known := ix.Cell(row, deviceKnown)
		if known != knownIntune && partner[ix.Key(row)] || known != knownPartner && intune[ix.Cell(row, deviceAutopilot)] {
			used = append(used, uint32(row))
		}
	}
	return fleet.RowsOf(used)
}
