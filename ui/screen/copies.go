package screen

import (
	"iter"
	"slices"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"muster/model"
	"muster/model/fleet"
	"muster/ui/export"
	"muster/ui/kit"
	"muster/ui/table"
	"muster/ui/theme"
)

// copied is one text that can be sent to the terminal's clipboard. One that is too long
// has file set: it opens the form that writes it to a file instead.
type copied struct {
	what string
	text string
	file func() kit.Effect
}

// send asks the terminal to take the text. Whether it does, no terminal says.
func (c copied) send(env *kit.Env) kit.Effect {
	if c.file != nil {
		return c.file()
	}
	if c.text == "" {
		return kit.Effect{Toast: kit.Toast{Text: "copy: there is no " + c.what + " here", Tone: theme.WarnTone}}
	}
	shown := c.text
	if first, rest, more := strings.Cut(strings.TrimSpace(c.text), "\n"); more {
		shown = first + " and " + kit.Counted(strings.Count(rest, "\n")+1, "more line", "more lines")
	}
	return kit.Effect{Cmd: kit.Copy(env, c.text), Toast: kit.Toast{Text: c.what + " sent to the terminal: " + model.Clean(shown), Tone: theme.GoodTone}}
}

// copying are the keys that take texts away: the first of them at once, or one out of a
// menu of all.
func copying(env *kit.Env, all func() []copied) []kit.Action {
	off := func() string {
		if len(all()) == 0 {
			return "there is nothing here to copy"
		}
		return ""
	}
	return []kit.Action{
		{Name: "copy", Key: env.Keys.Copy, Quiet: true, Off: off, Help: "Send what names the marked rows, else the row under the cursor, to the terminal's clipboard.",
			Do: func() kit.Effect { return all()[0].send(env) }},
		{Name: "copy menu", Key: env.Keys.CopyMenu, Quiet: true, Off: off, Help: "Ids, single cells, the rows as CSV or JSON: choose what is sent to the terminal's clipboard.",
			Do: func() kit.Effect { return kit.Effect{Push: NewCopies(env, all())} }},
	}
}

// copies are the texts of the marked rows, else of the row under the cursor.
func (l *list[T]) copies() []copied {
	sheet := kit.Sheet{What: l.many, Whose: l.whose, Key: l.idName, Index: l.ix, Shown: l.rows, Marks: l.marks}
	part, rows := kit.MarkedRows, fleet.Rows{}
	switch row, key, ok := l.table.Current(); {
	case l.marks.Count() > few:
		return []copied{{what: kit.Count(l.marks.Count()) + " " + l.many, file: l.tooLong}}
	case l.marks.Count() > 0:
		rows = l.marks.Rows(l.ix)
	case ok:
		rows = fleet.RowsOf([]uint32{uint32(row)})
		sheet.Marks = fleet.Marks{}.Toggle(key)
	}
	if rows.Len() == 0 {
		return nil
	}
	var out []copied
	add := func(name string, cell func(row int) string) {
		var b strings.Builder
		for _, row := range rows.All() {
			if b.Len() > 0 {
				b.WriteByte('\n')
			}
			b.WriteString(cell(row))
		}
		c := copied{what: name, text: b.String()}
		if b.Len() > kit.MaxCopy {
			c.text, c.file = "", l.tooLong
		}
		if rows.Len() > 1 {
			c.what += " of " + kit.Counted(rows.Len(), l.one, l.many)
		}
		if strings.TrimSpace(c.text) != "" || c.file != nil {
			out = append(out, c)
		}
	}
	for col, c := range l.ix.Columns() {
		add(c.Name, func(row int) string { return l.ix.Cell(row, col) })
		if col == 0 && l.idName != "" {
			add(l.idName, l.ix.Key)
		}
	}
	for _, f := range []export.Format{export.CSV, export.NDJSON} {
		text, ok := sheet.Text(part, f)
		c := copied{what: kit.Counted(rows.Len(), "row", "rows") + " as " + strings.ToUpper(string(f)), text: text}
		if !ok {
			c.file = l.tooLong
		}
		out = append(out, c)
	}
	return out
}

// tooLong offers a file for what no clipboard of a terminal takes.
func (l *list[T]) tooLong() kit.Effect {
	say := kit.Toast{Text: "a terminal takes " + kit.Count(kit.MaxCopy) + " bytes; this is longer, a file takes it", Tone: theme.WarnTone}
	if l.env.Forms.ExportList == nil {
		return kit.Effect{Toast: say}
	}
	e := l.export()
	e.Toast = say
	return e
}

// naming are the fields that name what a detail shows, the first that it has counts.
var naming = [...]string{"serial", "MS-RequestId", "client id", "tracking id", "device id", "policy id", "id", "name"}

// copies are the fields of a detail: the one that names it, then all in its order.
func (d *detail) copies() []copied {
	var out []copied
	for _, f := range d.fields {
		out = append(out, copied{what: f.Name, text: f.Value})
	}
	for _, name := range naming {
		if i := slices.IndexFunc(out, func(c copied) bool { return c.what == name }); i >= 0 {
			first := out[i]
			return slices.Insert(slices.Delete(out, i, i+1), 0, first)
		}
	}
	return out
}

var copySchema = fleet.Schema{{Name: "what", Title: "WHAT"}, {Name: "text", Title: "TEXT"}}

var copyCols = []table.Col{{Name: "what", Min: 14, Max: 34, Priority: 9}, {Name: "text", Min: 20, Priority: 8}}

// Copies is the menu of texts that can be sent to the terminal's clipboard. The texts
// stand beside their names, for terminals that take none.
type Copies struct {
	env     *kit.Env
	list    *list[copied]
	actions []kit.Action
}

// NewCopies returns the menu of these texts.
func NewCopies(env *kit.Env, all []copied) *Copies {
	s := &Copies{env: env}
	s.list = newList(env, s, listing[copied]{one: "text", many: "texts", schema: copySchema, cols: copyCols, live: true,
		pages: func() iter.Seq2[kit.Page[copied], error] {
			return func(yield func(kit.Page[copied], error) bool) {
				page := kit.Page[copied]{Items: all}
				for i, c := range all {
					text := c.text
					if c.file != nil {
						text = "(more than " + kit.Count(kit.MaxCopy) + " bytes: to a file)"
					}
					page.Rows = append(page.Rows, fleet.Row{Key: strconv.Itoa(i), Cells: []string{c.what, model.Clean(text)}})
				}
				yield(page, nil)
			}
		}})
	s.actions = append([]kit.Action{{Name: "send to the terminal", Key: env.Keys.Open, Do: s.send, Off: s.list.needRow}, {Name: "close", Key: env.Keys.CopyMenu, Quiet: true,
		Do: func() kit.Effect { return kit.Effect{Pop: true} }}}, append(s.list.looks()[:1:1], s.list.moves()...)...)
	return s
}

func (s *Copies) send() kit.Effect {
	c, _, ok := s.list.current()
	if !ok {
		return kit.Effect{}
	}
	e := c.send(s.env)
	e.Pop = true
	return e
}

// Init implements kit.Screen.
func (s *Copies) Init() kit.Effect { return s.list.refresh() }

// Update implements kit.Screen.
func (s *Copies) Update(msg tea.Msg) kit.Effect { return s.list.handle(msg, s.actions) }

// View implements kit.Screen.
func (s *Copies) View() string { return s.list.view() }

// Resize implements kit.Screen.
func (s *Copies) Resize(w, h int) { s.list.resize(w, h) }

// Card implements kit.Screen.
func (s *Copies) Card() kit.Card {
	c := s.list.card("copy", s.actions)
	c.Alone = true
	return c
}
