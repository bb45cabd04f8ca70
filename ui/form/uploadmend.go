package form

import (
	"context"
	"errors"
	"io/fs"

	"muster/model"
	"muster/model/desk"
	"muster/ui/kit"
	"muster/ui/theme"
)

// mending is how rows with problems are written to a file, to be mended and uploaded
// again.
type mending struct {
	page *fields
	path string
	err  *model.Error
}

// mends returns the answer that writes the rows with problems to a file.
func (u *upload) mends() []kit.Answer {
	if u.list.Report.Good == u.list.Report.Rows {
		return nil
	}
	return []kit.Answer{{Key: u.env.Keys.Export.String(), Text: "bad rows to a file", Do: u.mendWhere}}
}

func (u *upload) bad() string {
	return kit.Counted(u.list.Report.Rows-u.list.Report.Good, "row", "rows")
}

// mendWhere asks for the file: beside the list, unless told.
func (u *upload) mendWhere() kit.Effect {
	u.looked = u.top()
	u.mend = mending{path: desk.ToMend(u.path)}
	f := newFields(&u.Host, func() kit.Effect { return u.writeMend(false) },
		newLine("File or folder", &u.mend.path, func(string) error { return nil }))
	f.head = func(w int) []string {
		return wrap("Write "+u.bad()+" with problems to which file? Each row has its problems in front; mend it and upload the file. Nothing is sent.", w)
	}
	f.noteLines = 5
	f.note = u.mendNote
	f.changed = func() { u.mend.err = nil }
	f.says = []kit.Action{hint("enter", "write it"), hint("esc", "back")}
	u.mend.page = f
	return u.show(f)
}

func (u *upload) mendNote(w int) []string {
	t := u.env.Theme
	text, style := "The file holds hashes and product keys in clear; only you can read it. What exists is not overwritten unasked.", t.Muted
	if u.mend.err != nil {
		text, style = t.Glyphs.Bad+" "+model.Clean(u.mend.err.Error()), t.Bad
	}
	var out []string
	for _, line := range wrap(text, w-2) {
		out = append(out, blank+style.Render(line))
	}
	return out
}

func (u *upload) writeMend(replace bool) kit.Effect {
	ctx, cancel := context.WithCancel(u.env.Visit)
	u.stop = cancel
	u.backTo(u.mend.page)
	page := waiting(&u.Host, "writing "+u.bad()+"; Esc stops")
	page.stop = u.halt
	u.show(page)
	name := desk.ToMend(u.source)
	return kit.Effect{Cmd: kit.MendList(ctx, u.ask(), u.list, cleanPath(u.mend.path), name, replace)}
}

// wrote takes what became of the file. One that exists is replaced only after a yes.
func (u *upload) wrote(msg kit.ExportedMsg) kit.Effect {
	if msg.Seq != u.seq || u.stop == nil {
		return kit.Effect{}
	}
	u.halt()
	switch {
	case msg.Err == nil:
		text := kit.Counted(msg.Rows, "row", "rows") + " to mend written to " + msg.Path
		u.backTo(u.looked)
		u.mended = text
		e := u.swap(u.preview())
		e.Toast = kit.Toast{Text: text, Tone: theme.GoodTone}
		return e
	case errors.Is(msg.Err, fs.ErrExist):
		return u.swap(newQuestion(&u.Host, "Replace what is there?", func(w int) []string {
			return wrap(model.Clean(msg.Err.Msg)+". A new file takes its place; the old one is gone then.", w)
		}, kit.Answer{Key: "y", Text: "replace it", Do: func() kit.Effect { return u.writeMend(true) }}))
	}
	e := u.back()
	u.mend.err = msg.Err
	return e
}
