package screen

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"muster/model"
	"muster/ui/kit"
	"muster/ui/theme"
)

// moves are the actions that move the cursor.
func (l *list[T]) moves() []kit.Action {
	k, t := l.env.Keys, l.table
	still := func(do func()) func() kit.Effect {
		return func() kit.Effect { do(); return kit.Effect{} }
	}
	return []kit.Action{
		{Name: "up", Key: k.Up, Quiet: true, Help: "One row up.", Do: still(func() { t.Move(-1) })},
		{Name: "down", Key: k.Down, Quiet: true, Help: "One row down.", Do: still(func() { t.Move(1) })},
		{Name: "page up", Key: k.PageUp, Quiet: true, Help: "As many rows up as are in sight.", Do: still(func() { t.Page(-1) })},
		{Name: "page down", Key: k.PageDown, Quiet: true, Help: "As many rows down as are in sight.", Do: still(func() { t.Page(1) })},
		{Name: "half page up", Key: k.HalfUp, Quiet: true, Help: "Half of what is in sight up.", Do: still(func() { t.Half(-1) })},
		{Name: "half page down", Key: k.HalfDown, Quiet: true, Help: "Half of what is in sight down.", Do: still(func() { t.Half(1) })},
		{Name: "first row", Key: k.Top, Quiet: true, Help: "To the first row.", Do: still(t.Top)},
		{Name: "last row", Key: k.Bottom, Quiet: true, Help: "To the last row.", Do: still(t.Bottom)},
	}
}

// filterWords is the grammar of [fleet.Parse] in a line; ages come early because nobody
// guesses them.
const filterWords = `Words match anywhere; column:word, column:>30d, !word and "whole cell" narrow; dates as >=2026-08.`

// filterHelp is what F1 says in the filter: the grammar and the names of the columns, in
// the three lines that help has for it.
func (l *list[T]) filterHelp() string {
	names := make([]string, 0, len(l.schema))
	for _, c := range l.schema {
		names = append(names, c.Name)
	}
	return `column:word, column:>30d, >=2026-08, !word, "whole cell". Columns: ` + strings.Join(names, ", ") + "."
}

// looks are the actions that change what is shown of the list.
func (l *list[T]) looks() []kit.Action {
	k := l.env.Keys
	looks := []kit.Action{
		{Name: "filter", Key: k.Filter, Do: l.startFilter,
			Help: filterWords + ` Enter keeps, Esc clears, up takes the former one back.`},
		{Name: "sort", Key: k.Sort, Quiet: true, Do: l.sort, Help: "By the next column; after the last one in the order of arrival."},
		{Name: "reverse", Key: k.Reverse, Quiet: true, Do: l.reverse, Off: l.unsorted, Help: "Turn the order round."},
		{Name: "refresh", Key: k.Refresh, Do: l.refresh, Off: l.busy, Help: "Read the list again. It changes nothing."},
		{Name: "export", Key: k.Export, Quiet: true, Do: l.export, Off: l.cannotExport,
			Help: "Write what is marked, what the filter shows or all to a file: CSV, JSON or NDJSON."},
	}
	if l.fill != nil {
		looks = append(looks, kit.Action{Name: "stop reading", Key: k.Halt, Quiet: true, Do: l.stopReading, Off: l.notReading, Help: "What was read stays; refresh goes on from there."})
	}
	return append(looks, copying(l.env, l.copies)...)
}

// notReading is why a reading cannot be stopped.
func (l *list[T]) notReading() string {
	if !l.reading || l.halt == nil {
		return "nothing is being read"
	}
	return ""
}

func (l *list[T]) stopReading() kit.Effect {
	l.halt()
	return kit.Effect{Toast: kit.Toast{Text: "reading stops; " + l.env.Keys.Refresh.String() + " reads on"}}
}

func (l *list[T]) cannotExport() string {
	if l.env.Forms.ExportList == nil {
		return "not available here"
	}
	return l.needAny()
}

func (l *list[T]) export() kit.Effect {
	whose := l.whose
	if whose == "" {
		whose = model.Clean(l.env.Customer.Name)
	}
	return kit.Effect{Push: l.env.Forms.ExportList(l.env, kit.Sheet{What: l.many, Whose: whose, Key: l.idName,
		Index: l.ix, Shown: l.rows, Marks: l.marks})}
}

// key takes a key press for the list and the actions of its screen.
func (l *list[T]) key(msg tea.KeyPressMsg, actions []kit.Action) kit.Effect {
	if l.typing {
		return l.typed(msg)
	}
	if l.hold || l.early() {
		if len(l.held) < maxHeld {
			l.held = append(l.held, msg)
		}
		return kit.Effect{}
	}
	if l.premature(msg, actions) {
		return kit.Effect{Toast: kit.Toast{Text: "still reading the " + l.many + ": what is typed before they are there is dropped", Tone: theme.WarnTone}}
	}
	if l.env.Keys.Back.Matches(msg) && l.anchor != "" {
		l.endRange()
		return kit.Effect{}
	}
	if l.env.Keys.Back.Matches(msg) && (!l.query.Empty() || l.bad != "") {
		return l.open("")
	}
	e := kit.Dispatch(l.env, msg, actions)
	if l.anchor != "" { // the cursor may have moved
		l.describe()
	}
	return e
}

// premature reports whether a key is dropped because nothing is there yet that it could
// act on. With it goes all that follows until rows are there, for it was meant for
// what nobody has seen; after Esc keys count again.
func (l *list[T]) premature(msg tea.KeyPressMsg, actions []kit.Action) bool {
	if l.live || l.read || l.ix.Len() > 0 || l.env.Keys.Back.Matches(msg) {
		l.deaf = false
		return false
	}
	for i := range actions {
		if why := actions[i].Why(l.env); actions[i].Key.Matches(msg) && (why == l.needRow() || why == l.needAny()) && why != "" {
			l.deaf = true
		}
	}
	return l.deaf
}

// needAny is why an action on the whole list cannot be done while it is empty.
func (l *list[T]) needAny() string {
	if l.ix.Len() == 0 {
		return "there is no " + l.one + " here"
	}
	return ""
}

func (l *list[T]) startFilter() kit.Effect {
	l.typing = true
	l.line.set("")
	return kit.Effect{}
}

// typed takes a key of the filter. What it shows follows every letter; keys after
// Enter wait until what they act on is on the screen.
func (l *list[T]) typed(msg tea.KeyPressMsg) kit.Effect {
	switch k := l.env.Keys; {
	case k.Back.Matches(msg):
		return l.open("")
	case k.Open.Matches(msg) && l.bad != "":
		return kit.Effect{}
	case k.Up.Matches(msg) && msg.Text == "" && l.line.String() == "": // the former filter, to go on with it
		l.line.set(l.query.String())
		return kit.Effect{}
	case k.Up.Matches(msg) && msg.Text == "":
		l.table.Move(-1)
		return kit.Effect{}
	case k.Down.Matches(msg) && msg.Text == "":
		l.table.Move(1)
		return kit.Effect{}
	case k.Open.Matches(msg) && l.query.Unread(l.ix.Columns()) != "": // it would match everything
		l.bad = l.query.Unread(l.ix.Columns())
		return kit.Effect{}
	case k.Open.Matches(msg):
		l.typing = false
		l.hold = l.asking
		return kit.Effect{}
	}
	if l.line.key(msg) {
		e := l.filter(true)
		l.hold = false
		return e
	}
	return kit.Effect{}
}

// paste takes pasted text into the filter; elsewhere it is ignored.
func (l *list[T]) paste(msg tea.PasteMsg) kit.Effect {
	if l.typing && l.line.paste(msg.Content) {
		e := l.filter(true)
		l.hold = false
		return e
	}
	return kit.Effect{}
}

func (l *list[T]) sort() kit.Effect {
	l.order, l.desc = l.order+1, false
	if l.order >= len(l.cols) {
		l.order = -1
	}
	return l.reorder()
}

func (l *list[T]) reverse() kit.Effect {
	l.desc = !l.desc
	return l.reorder()
}

func (l *list[T]) reorder() kit.Effect {
	name := ""
	if l.order >= 0 {
		name = l.cols[l.order].Name
	}
	l.table.SetOrder(name, l.desc)
	return l.arrange(true)
}

func (l *list[T]) unsorted() string {
	if l.order < 0 {
		return "sort by a column first: " + l.env.Keys.Sort.String()
	}
	return ""
}

func (l *list[T]) busy() string {
	if l.reading {
		return "still reading"
	}
	return ""
}

// needRow is why an action on rows cannot be done while there are none.
func (l *list[T]) needRow() string {
	if l.rows.Len() == 0 {
		return "there is no " + l.one + " here"
	}
	return ""
}

// input is the line that is being typed, for the app to draw.
func (l *list[T]) input() string {
	switch {
	case l.typing && l.bad != "":
		return "/" + l.line.view() + "  " + l.bad
	case l.typing:
		return "/" + l.line.view()
	}
	return ""
}

// card is what the list says about itself under this title.
func (l *list[T]) card(title string, actions []kit.Action) kit.Card {
	if l.typing {
		actions = l.whileTyping
	}
	return kit.Card{Title: title, Filter: l.query.String(), Facts: l.facts, Actions: actions, Typing: l.typing, Input: l.input()}
}

// handle is the whole Update of a screen that is nothing but a list.
func (l *list[T]) handle(msg tea.Msg, actions []kit.Action) kit.Effect {
	if e, ok := l.update(msg); ok {
		return e
	}
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return l.key(msg, actions)
	case tea.PasteMsg:
		return l.paste(msg)
	}
	return kit.Effect{}
}
