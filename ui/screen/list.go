package screen

import (
	"cmp"
	"context"
	"iter"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"muster/model"
	"muster/model/fleet"
	"muster/ui/kit"
	"muster/ui/table"
)

// few is up to how many rows a screen handles at once on the event loop. Above it a
// command does the work and keys wait for its answer.
const few = 2000

// maxHeld bounds the keys that wait for an answer.
const maxHeld = 64

// listing is what tells one list from another.
type listing[T any] struct {
	one, many string // "device", "devices"
	schema    fleet.Schema
	cols      []table.Col
	order     string // the column that sorts from the start, "" for the order of arrival
	desc      bool
	none      []string // stands in the table when there is nothing
	intune    bool     // it comes from Intune, and an error says what that needs
	// kinds are the operations that change the list: one that ends after the list was
	// read makes it old.
	kinds []model.OperationKind
	// live is set for lists that follow the board by themselves: they have no age.
	live bool
	// idName names the column with the keys of the rows in exports, "" to leave them out;
	// whose list it is stands in their names, "" for the customer.
	idName, whose string
	// step is what a reading goes through one by one, "" for batches.
	step string
	// pages reads the list. It is called on the loop and captures what it needs; the
	// sequence runs off the loop.
	pages func() iter.Seq2[kit.Page[T], error]
	// fill reads the list in a way of its own, in the place of pages; see [kit.Feed].
	// It ends soon after its context does.
	fill func(ctx context.Context) func(kit.ListMsg[T], func(kit.ListMsg[T]))
}

// list is the part that all lists share: reading, filter, order, marks, cursor. It is
// owned by one screen and never shared.
type list[T any] struct {
	listing[T]
	env   *kit.Env
	self  kit.Screen // whom answers are for
	table *table.Model
	w, h  int

	ix     *fleet.Index
	items  []T
	groups map[string]int
	note   string // what the rows lack
	sides  kit.Sides
	// How the list was read: the present one, and what the reading under way reached.
	began    time.Time
	read     bool // at least one reading ended
	kept     bool // the rows are of an earlier start
	since    kit.Since
	further  bool               // reading can go on where it stopped
	halt     context.CancelFunc // ends the reading under way; nil when it cannot be ended
	complete bool               // the rows are all that there was when they were read
	reading  bool
	reach    int // rows that the reading under way has
	progress kit.Progress
	err      *model.Error
	readSeq  uint64
	old      bool // an operation of ours ended since

	// What is shown of it.
	typing  bool
	line    line
	query   fleet.Query
	bad     string // why the filter cannot be used
	order   int    // position in cols, -1 for the order of arrival
	desc    bool
	rows    fleet.Rows
	marks   fleet.Marks
	inSight int    // marked rows among rows
	anchor  string // key of the row where a range begins, "" for none
	new     coming

	// The question about rows that is under way, and the keys that wait for it.
	askSeq uint64
	asking bool // an answer is to come
	hold   bool // keys wait for it
	anew   bool // the list grew meanwhile: ask again
	cancel context.CancelFunc
	held   []tea.KeyPressMsg
	deaf   bool // keys are dropped until there are rows

	facts       []string
	whileTyping []kit.Action // what the footer says while the filter is typed
}

func newList[T any](env *kit.Env, self kit.Screen, what listing[T]) *list[T] {
	l := &list[T]{listing: what, env: env, self: self, table: table.New(env.Theme, what.cols), ix: fleet.New(what.schema), order: -1}
	for i, c := range what.cols {
		if what.order != "" && c.Name == what.order {
			l.order, l.desc = i, what.desc
			l.table.SetOrder(c.Name, l.desc)
		}
	}
	l.whileTyping = []kit.Action{{Name: "keep the filter", Key: env.Keys.Open, Help: l.filterHelp()},
		{Name: "show all", Key: env.Keys.Back, Help: "Drop the filter."}}
	l.describe()
	return l
}

func (l *list[T]) resize(w, h int) {
	l.w, l.h = w, h
	l.table.Resize(w, h)
}

func (l *list[T]) view() string { return l.table.View() }

// refresh reads the list again. While the first reading runs, rows appear as they
// come; a later one replaces the list when it is whole.
func (l *list[T]) refresh() kit.Effect {
	if l.reading {
		return kit.Effect{}
	}
	l.readSeq++
	l.reading, l.reach, l.progress, l.further = true, 0, kit.Progress{}, false
	l.describe()
	re := kit.Reply{To: l.self, Seq: l.readSeq}
	if l.fill != nil {
		ctx, cancel := context.WithCancel(l.env.Visit)
		l.halt = cancel
		return kit.Effect{Cmd: kit.Feed(l.env.Visit, l.env.Now, re, l.schema, l.fill(ctx))}
	}
	return kit.Effect{Cmd: kit.ReadList(l.env.Visit, l.env.Now, re, l.schema, l.pages())}
}

// oneRead is how many rows a list may have to be read again by itself when an
// operation has changed it: about one request. A longer one says that it is old.
const oneRead = 100

// update takes the answers that are the list's and reports whether this was one.
func (l *list[T]) update(msg tea.Msg) (kit.Effect, bool) {
	switch msg := msg.(type) {
	case kit.ListMsg[T]:
		if msg.Seq != l.readSeq || !l.reading {
			return kit.Effect{}, true
		}
		return l.take(msg), true
	case kit.ArrangedMsg:
		return l.arranged(msg), true
	case kit.MarkedMsg:
		return l.marked(msg), true
	case kit.AgainMsg:
		if l.err == nil || l.reading {
			return kit.Effect{}, true
		}
		return l.refresh(), true
	case kit.JobsMsg:
		if l.age(); l.old && l.whole() && l.ix.Len() <= oneRead {
			return l.refresh(), true
		}
		return kit.Effect{}, false
	case kit.WrittenMsg:
		l.expect(msg.New)
		return kit.Effect{}, true
	case kit.ThemeMsg:
		l.table.SetTheme(l.env.Theme)
		return kit.Effect{}, true
	}
	return kit.Effect{}, false
}

// take brings in what a reading has so far.
func (l *list[T]) take(msg kit.ListMsg[T]) kit.Effect {
	if msg.Kept != nil && !l.read && !l.kept && l.ix.Len() == 0 {
		l.stand(msg.Kept)
	}
	l.reach, l.progress = msg.Index.Len()-msg.Sides.Intune, msg.Progress
	early := l.early()
	first := !l.read && !l.kept || l.ix.Len() == 0 || msg.Onward && !l.kept && !l.complete
	stood := l.kept && l.rows.Len() == 0 // and its rows are still to be shown
	if msg.Done {
		l.reading, l.err, l.further = false, msg.Err, msg.Further
		if l.halt != nil {
			l.halt()
			l.halt = nil
		}
	}
	// A second reading that failed leaves the whole list that we have alone, unless
	// it found more.
	if first || msg.Done && (msg.Err == nil || msg.Index.Len() >= l.ix.Len()) {
		if msg.Done {
			l.recognise(msg.Index)
		}
		l.ix, l.items, l.groups, l.note, l.sides, l.began = msg.Index, msg.Items, msg.Groups, msg.Note, msg.Sides, msg.Began
		l.read = l.read || msg.Done
		l.complete = msg.Done && msg.Err == nil
		l.kept, l.since = false, msg.Since
		l.age()
		e := l.arrange(early && msg.Done)
		l.describe()
		return kit.Effect{Cmd: tea.Batch(msg.Next, e.Cmd), Keys: e.Keys}
	}
	if stood {
		e := l.arrange(false)
		l.describe()
		return kit.Effect{Cmd: tea.Batch(msg.Next, e.Cmd), Keys: e.Keys}
	}
	l.describe()
	return kit.Effect{Cmd: msg.Next}
}

// stand brings in a list of an earlier start, in which one can look around while the one
// of today is read. It does not count as whole: nobody knows what it lacks by now.
func (l *list[T]) stand(k *kit.Kept) {
	l.ix, l.groups, l.sides, l.began = k.Index, k.Groups, k.Sides, k.Began
	l.kept = true
	l.age()
}

// early reports whether keys have to wait for the first rows: only where they come from
// this machine and so are as good as there.
func (l *list[T]) early() bool { return l.live && !l.read }

// age notes whether an operation that changes the list ended since it was read.
func (l *list[T]) age() {
	was := l.old
	l.old = changedSince(l.env, l.began, l.kinds)
	if l.old != was {
		l.describe()
	}
}

// whole reports whether the list is all that there is.
func (l *list[T]) whole() bool { return l.read && l.err == nil && !l.reading }

// arrange has the rows to show found: at once when that is for free, else by a
// command. The newest question wins. hold makes keys wait for the answer, for when
// the operator changed what is shown and may already act on it.
func (l *list[T]) arrange(hold bool) kit.Effect {
	if l.query.Empty() && l.order < 0 && l.marks.Count() == 0 {
		l.stop()
		l.show(l.ix.All(), 0)
		if l.early() {
			return kit.Effect{}
		}
		return l.release()
	}
	if l.asking && !hold {
		l.anew = true
		return kit.Effect{}
	}
	l.stop()
	ctx, cancel := context.WithCancel(l.env.Visit)
	l.askSeq++
	l.asking, l.hold, l.cancel = true, hold, cancel
	col, desc := -1, l.desc
	if l.order >= 0 {
		col = l.schema.Find(l.cols[l.order].Name)
	}
	return kit.Effect{Cmd: kit.Arrange(ctx, kit.Reply{To: l.self, Seq: l.askSeq}, l.ix, l.query, col, desc, l.marks)}
}

// stop gives up the question under way.
func (l *list[T]) stop() {
	if l.cancel != nil {
		l.cancel()
	}
	l.askSeq++
	l.asking, l.hold, l.anew, l.cancel = false, false, false, nil
}

func (l *list[T]) arranged(msg kit.ArrangedMsg) kit.Effect {
	if msg.Seq != l.askSeq || !l.asking {
		return kit.Effect{}
	}
	again := l.anew
	l.stop()
	if msg.Err == nil && msg.Index == l.ix {
		if !again && msg.Marks.Count() > 0 { // with again, the marks may have changed since
			l.marks = msg.Marks
			l.table.SetMarks(l.marks)
		}
		l.show(msg.Rows, msg.Marked)
	}
	e := l.release()
	if again || msg.Index != l.ix {
		e.Cmd = tea.Batch(e.Cmd, l.arrange(false).Cmd)
	}
	return e
}

// release lets the keys go that waited.
func (l *list[T]) release() kit.Effect {
	held := l.held
	l.held = nil
	return kit.Effect{Keys: held}
}

func (l *list[T]) show(rows fleet.Rows, marked int) {
	l.rows, l.inSight = rows, marked
	l.table.SetRows(l.ix, rows)
	l.goToNew()
	l.describe()
}

// open puts a filter in place as if it had been typed and kept.
func (l *list[T]) open(filter string) kit.Effect {
	l.typing = false
	l.line.set(filter)
	return l.filter(true)
}

// filter uses what stands in the line.
func (l *list[T]) filter(hold bool) kit.Effect {
	q, err := fleet.Parse(l.line.String())
	if l.bad = ""; err != nil {
		l.bad = err.Error()
		l.describe()
		return kit.Effect{}
	}
	l.query = q.At(l.env.Now().In(l.env.Zone))
	e := l.arrange(hold)
	l.describe()
	return e
}

// current returns what stands behind the row under the cursor.
func (l *list[T]) current() (item T, key string, ok bool) {
	row, key, ok := l.table.Current()
	if !ok || row >= len(l.items) {
		return item, "", false
	}
	return l.items[row], key, true
}

// describe writes down the facts of the header and what an empty table says.
func (l *list[T]) describe() {
	l.facts = l.facts[:0:0]
	n := l.ix.Len()
	switch {
	case !l.query.Empty():
		l.facts = append(l.facts, kit.Count(l.rows.Len())+" of "+kit.Counted(n, l.one, l.many))
	case n > 0 || l.whole():
		l.facts = append(l.facts, kit.Counted(n, l.one, l.many))
	}
	if m := l.marks.Count(); m > 0 {
		fact := kit.Count(m) + " marked"
		if out := m - l.inSight; out > 0 && !l.asking {
			fact += " (" + kit.Count(out) + " out of sight)"
		}
		l.facts = append(l.facts, fact)
	}
	if from, to, ok := l.bounds(); ok {
		l.facts = append(l.facts, "range of "+kit.Counted(to-from+1, "row", "rows")+", "+l.env.Keys.Range.String()+" marks")
	}
	l.facts = append(l.facts, l.state()...)
	l.empty()
}

// state says how the list was read: how far, how old, how whole.
func (l *list[T]) state() []string {
	var out []string
	if l.live {
		return nil
	}
	if l.err != nil && l.ix.Len() == 0 && !l.kept && !l.reading {
		return []string{"not read, r tries again"}
	}
	if l.kept { // first, since a narrow screen cuts the rest
		out = append(out, "kept "+l.env.AsOf(l.began))
	}
	switch p := l.progress; {
	case l.reading:
		fact := "reading"
		if p.Total > 0 {
			fact += " " + kit.Count(l.reach) + " of " + kit.Count(max(p.Total, l.reach))
		} else if l.reach > 0 {
			fact += " " + kit.Count(l.reach)
		}
		switch {
		case l.step == "" && p.Pages > 0 && l.reach > 0 && p.Total > l.reach:
			fact += " " + l.env.Theme.Glyphs.Separator + " page " + kit.Count(p.Pages) + " of about " + kit.Count(p.Pages*p.Total/l.reach)
		case p.Of > 0:
			fact += " " + l.env.Theme.Glyphs.Separator + " " + cmp.Or(l.step, "batch") + " " + kit.Count(min(p.Batches+1, p.Of)) + " of " + kit.Count(p.Of)
		}
		out = append(out, fact)
	case l.err != nil:
		fact := "stopped"
		if p.Total > l.reach {
			fact += " at " + kit.Count(l.reach) + " of " + kit.Count(p.Total)
		} else if p.Pages > 0 {
			fact += " at page " + kit.Count(p.Pages)
		}
		if l.further {
			out = append(out, fact+", r reads on")
		} else {
			out = append(out, fact+", r reads again")
		}
	}
	if l.note != "" {
		out = append(out, l.note)
	}
	if !l.began.IsZero() && l.read && !l.kept {
		fact := l.env.AsOf(l.began)
		if l.old && !l.reading {
			fact += ", changed since: r"
		}
		out = append(out, fact)
	}
	if s := l.since; s.Any() {
		out = append(out, kit.Count(s.Fresh)+" new, "+kit.Count(s.Gone)+" gone since "+l.env.When(s.At))
	}
	if say := besides(l.sides, l.reading, l.further && l.err == nil); say != "" {
		out = append(out, say)
	}
	return out
}

// empty says why there is no row: not read yet, could not be read, all hidden, none.
func (l *list[T]) empty() {
	switch {
	case l.ix.Len() > 0 && l.query.Empty():
		l.table.SetEmpty()
	case l.ix.Len() > 0:
		l.table.SetEmpty("The filter "+strings.TrimSpace(l.query.String())+" hides all "+kit.Count(l.ix.Len())+" "+l.many+".", "Esc shows them.")
	case l.reading || !l.read:
		l.table.SetEmpty("Reading " + l.many + l.env.Theme.Glyphs.Ellipsis)
	case l.err != nil:
		lines := []string{"The " + l.many + " could not be read: " + l.err.Msg + "."}
		hint := l.err.Hint
		if l.intune {
			hint = cmp.Or(hint, kit.NeedsIntune(l.err.Kind))
		}
		if hint != "" {
			lines = append(lines, hint)
		}
		if l.err.Ref != "" {
			lines = append(lines, "Id for support: "+l.err.Ref)
		}
		l.table.SetEmpty(append(lines, "r tries again.")...)
	default:
		l.table.SetEmpty(l.none...)
	}
}
