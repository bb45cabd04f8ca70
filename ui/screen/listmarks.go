package screen

import (
	"muster/model/fleet"
	"muster/ui/kit"
)

// markings are the actions that choose rows for what comes next.
func (l *list[T]) markings() []kit.Action {
	k := l.env.Keys
	return []kit.Action{
		{Name: "mark", Key: k.Mark, Do: l.mark, Off: l.needRow, Help: "Mark the row and step down. Marks survive filter, sort and refresh; an operation takes those off that it was asked for."},
		{Name: "mark all", Key: k.MarkAll, Do: l.markAll, Off: l.needRow, Help: "Mark all that the filter shows."},
		{Name: "range", Key: k.Range, Quiet: true, Do: l.markRange, Off: l.needRow, Help: "Begin a range at the cursor; again marks all up to the cursor, Esc ends it."},
		{Name: "mark same", Key: k.Same, Quiet: true, Do: l.markSame, Off: l.needRow,
			Help: "Mark all shown rows with the same value in the sorted column, without one in the first."},
		{Name: "unmark", Key: k.Unmark, Quiet: true, Do: l.unmark, Help: "Forget all marks."},
	}
}

func (l *list[T]) mark() kit.Effect {
	_, key, ok := l.table.Current()
	if !ok {
		return kit.Effect{}
	}
	l.inSight++
	if l.marks.Has(key) {
		l.inSight -= 2
	}
	l.setMarks(l.marks.Toggle(key))
	l.table.Move(1)
	return kit.Effect{}
}

func (l *list[T]) markAll() kit.Effect { return l.choose(kit.Choice{Shown: l.rows, Among: l.rows}) }

// markSame marks what has the cursor's value in the column that sorts the list.
func (l *list[T]) markSame() kit.Effect {
	row, _, ok := l.table.Current()
	if !ok {
		return kit.Effect{}
	}
	col := l.schema.Find(l.cols[max(l.order, 0)].Name)
	return l.choose(kit.Choice{Shown: l.rows, Among: l.rows, Same: true, Col: col, Cell: l.ix.Cell(row, col)})
}

// markRange begins a range, or marks the one that was begun.
func (l *list[T]) markRange() kit.Effect {
	if rows, ok := l.ranged(); ok {
		l.endRange()
		return l.choose(kit.Choice{Shown: l.rows, Among: rows})
	}
	_, l.anchor, _ = l.table.Current()
	l.describe()
	return kit.Effect{Toast: kit.Toast{Text: "a range begins here: move to its other end, " + l.env.Keys.Range.String() + " marks it, Esc ends it"}}
}

func (l *list[T]) endRange() {
	l.anchor = ""
	l.describe()
}

// bounds returns the first and last position of the range that was begun. It is not ok
// without one, and when the row where it began is no longer shown.
func (l *list[T]) bounds() (from, to int, ok bool) {
	row, found := l.ix.Find(l.anchor)
	if l.anchor == "" || !found {
		return 0, 0, false
	}
	from, to = l.rows.Position(row), l.table.Position()
	return min(from, to), max(from, to), from >= 0
}

// ranged returns the rows of the range.
func (l *list[T]) ranged() (fleet.Rows, bool) {
	from, to, ok := l.bounds()
	if !ok {
		return fleet.Rows{}, false
	}
	list := make([]uint32, 0, to-from+1)
	for at := from; at <= to; at++ {
		list = append(list, uint32(l.rows.At(at)))
	}
	return fleet.RowsOf(list), true
}

// choose marks rows: at once when they are few, else by a command.
func (l *list[T]) choose(c kit.Choice) kit.Effect {
	if c.Shown.Len() <= few {
		msg := kit.Mark(kit.Reply{}, l.marks, l.ix, c)
		l.inSight = msg.Shown
		l.setMarks(msg.Marks)
		return kit.Effect{}
	}
	l.wait()
	return kit.Effect{Cmd: kit.MarkRows(kit.Reply{To: l.self, Seq: l.askSeq}, l.marks, l.ix, c)}
}

// markKeys marks the rows with these keys, shown or not.
func (l *list[T]) markKeys(keys []string) kit.Effect {
	l.setMarks(l.marks.Add(l.ix, kit.RowsWithKeys(l.ix, keys)))
	return l.arrange(true)
}

// wait makes keys wait for an answer about the marks. A question about rows that it
// takes the place of is asked again afterwards.
func (l *list[T]) wait() {
	again := l.asking
	l.stop()
	l.asking, l.hold, l.anew = true, true, again
}

func (l *list[T]) marked(msg kit.MarkedMsg) kit.Effect {
	if msg.Seq != l.askSeq {
		return kit.Effect{}
	}
	again := l.anew
	l.stop()
	l.inSight = msg.Shown
	l.setMarks(msg.Marks)
	e := l.release()
	if again {
		e.Cmd = l.arrange(false).Cmd
	}
	return e
}

func (l *list[T]) unmark() kit.Effect {
	l.inSight = 0
	l.setMarks(fleet.Marks{})
	return kit.Effect{}
}

func (l *list[T]) setMarks(m fleet.Marks) {
	l.marks = m
	l.anew = l.anew || l.asking // the answer under way counts the former marks
	l.table.SetMarks(m)
	l.describe()
}
