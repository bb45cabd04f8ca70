package form

import (
	"context"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/huh/v2"

	"muster/model"
	"muster/ui/export"
	"muster/ui/kit"
	"muster/ui/theme"
)

// exports writes a list, or the evidence of an operation, to a new file.
type exports struct {
	Host
	what    string // for the head and the toast
	sheet   kit.Sheet
	op      *model.Operation // whose evidence it is; nil for a list
	parts   []kit.Part
	part    int
	classes []model.Class // why rows of op failed may be
	class   int           // 0 = all of the evidence, else of classes, from 1
	formats []export.Format
	format  int
	path    string
	err     *model.Error
	stop    context.CancelFunc // ends the writing; nil when nothing is written
}

// ExportList returns the form that writes a list to a file.
func ExportList(env *kit.Env, s kit.Sheet) kit.Screen {
	x := &exports{what: s.What, sheet: s, formats: export.ListFormats()}
	if s.Marks.Count() > 0 {
		x.parts = append(x.parts, kit.MarkedRows)
	}
	if s.Shown.Len() < s.Index.Len() {
		x.parts = append(x.parts, kit.ShownRows)
	}
	x.parts = append(x.parts, kit.AllRows)
	return x.begin(env)
}

// ExportEvidence returns the form that writes the evidence of an operation to a file.
func ExportEvidence(env *kit.Env, o model.Operation) kit.Screen {
	x := &exports{what: "evidence of " + model.Clean(o.Title), op: &o, formats: export.EvidenceFormats()}
	if o.Rows.Failed > 0 {
		x.classes = model.Classes()
	}
	return x.begin(env)
}

func (x *exports) begin(env *kit.Env) kit.Screen {
	x.env, x.quiet, x.leave = env, true, x.halt
	x.start(env, x, "export", x.page())
	return x
}

func (x *exports) page() stage {
	var list []huh.Field
	if len(x.parts) > 1 {
		list = append(list, newRow(x.env, "Rows", &x.part, x.partOptions()...))
	}
	if len(x.classes) > 0 {
		list = append(list, newRow(x.env, "Rows", &x.class, x.classOptions()...))
	}
	formats := make([]option, len(x.formats))
	for i, f := range x.formats {
		formats[i] = option{name: formatWord(f)}
	}
	list = append(list, newRow(x.env, "Format", &x.format, formats...),
		newLine("File or folder", &x.path, func(string) error { return nil }))
	f := newFields(&x.Host, x.write, list...)
	f.head = func(w int) []string {
		return wrap("Write "+x.what+" to a new file. It changes nothing at the service.", w)
	}
	f.noteLines = 4
	f.note = x.remarks
	f.changed = func() { x.err = nil }
	f.says = []kit.Action{hint("tab", "next field"), hint("right", "other choice"), hint("enter", "next"), hint("esc", "back")}
	return f
}

func formatWord(f export.Format) string {
	switch f {
	case export.CSV:
		return "CSV, for a spreadsheet"
	case export.JSON:
		return "JSON, one array"
	case export.NDJSON:
		return "NDJSON, an object a line"
	}
	return "Markdown, for people"
}

func (x *exports) partOptions() []option {
	out := make([]option, len(x.parts))
	for i, p := range x.parts {
		switch p {
		case kit.MarkedRows:
			out[i] = option{name: "the " + kit.Count(x.sheet.Marks.Count()) + " that are marked"}
		case kit.ShownRows:
			out[i] = option{name: "the " + kit.Count(x.sheet.Shown.Len()) + " that the filter shows"}
		default:
			out[i] = option{name: "all " + kit.Count(x.sheet.Index.Len())}
		}
	}
	return out
}

func (x *exports) classOptions() []option {
	out := []option{{name: "all, with the record of what happened"}}
	for _, c := range x.classes {
		out = append(out, option{name: "only those that failed as " + c.String(), more: "serials and correlation ids, to be handed on"})
	}
	return out
}

// name is what the file is called when only a folder is given.
func (x *exports) name() string {
	what, whose := x.sheet.What, x.sheet.Whose
	if x.op != nil {
		what, whose = "evidence", string(x.op.ID)
		if x.class > 0 {
			what = x.classes[x.class-1].String()
		}
	}
	return export.Name(what, whose, x.env.Now(), x.formats[x.format])
}

func (x *exports) remarks(w int) []string {
	t := x.env.Theme
	if x.err != nil {
		var out []string
		for _, line := range wrap(t.Glyphs.Bad+" "+model.Clean(x.err.Error()), w-2) {
			out = append(out, blank+t.Bad.Render(line))
		}
		return out
	}
	say := "Left empty, the folder in which muster was started gets " + x.name() + ". What exists is never overwritten."
	if x.op != nil {
		say += " It holds request ids and outcomes, no hardware hash and no product key."
	}
	var out []string
	for _, line := range wrap(say, w-2) {
		out = append(out, blank+t.Muted.Render(line))
	}
	return out
}

func (x *exports) write() kit.Effect {
	ctx, cancel := context.WithCancel(x.env.Root)
	x.stop = cancel
	page := waiting(&x.Host, "writing "+x.what+"; Esc stops")
	page.stop = x.halt
	x.show(page)
	format, path := x.formats[x.format], strings.TrimSpace(x.path)
	if x.class > 0 {
		return kit.Effect{Cmd: kit.ExportClass(ctx, x.env, x.ask(), *x.op, x.classes[x.class-1], format, path, x.name())}
	}
	if x.op != nil {
		return kit.Effect{Cmd: kit.ExportEvidence(ctx, x.env, x.ask(), *x.op, format, path, x.name())}
	}
	return kit.Effect{Cmd: kit.ExportSheet(ctx, x.ask(), x.sheet, x.parts[x.part], format, path, x.name())}
}

func (x *exports) halt() {
	if x.stop != nil {
		x.stop()
	}
	x.stop = nil
}

// Update implements [kit.Screen].
func (x *exports) Update(msg tea.Msg) kit.Effect {
	if msg, ok := msg.(kit.ExportedMsg); ok {
		if msg.Seq != x.seq || x.stop == nil {
			return kit.Effect{}
		}
		x.halt()
		if msg.Err != nil {
			e := x.back()
			x.err = msg.Err
			return e
		}
		return x.end(kit.Effect{Toast: kit.Toast{Text: fmt.Sprintf("%s of %s in %s", kit.Counted(msg.Rows, "row", "rows"), x.what, msg.Path), Tone: theme.GoodTone}})
	}
	return x.Host.Update(msg)
}
