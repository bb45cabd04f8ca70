package form

import (
	"cmp"
	"fmt"
	"strings"

	"muster/model"
	"muster/model/desk"
	"muster/ui/kit"
)

// preview is the page that shows what was read from a list. Going on without the rows
// that have problems takes an answer of its own; Enter does it for a clean list only.
func (u *upload) preview() stage {
	r := u.list.Report
	bad := r.Rows - r.Good
	var q *question
	switch {
	case r.Good == 0:
		q = newQuestion(&u.Host, "Nothing of this list can be sent", u.judged, u.mends()...)
	case bad > 0:
		answers := append([]kit.Answer{{Key: "y", Text: "go on with the good rows", Do: u.named}}, u.mends()...)
		q = newQuestion(&u.Host, fmt.Sprintf("Go on with the %s and leave out %s?",
			kit.Counted(r.Good, "good row", "good rows"), kit.Counted(bad, "row", "rows")), u.judged,
			append(answers, u.imports()...)...)
	default:
		q = newQuestion(&u.Host, "Go on with "+kit.Counted(r.Good, "row", "rows")+"?", u.judged,
			append([]kit.Answer{{Key: "y", Text: "goes on", Do: u.named}}, u.imports()...)...)
		q.freely()
	}
	return q
}

// shownRemarks bounds the problems, and the repairs, that are listed. Nobody reads
// more of them here; muster upload --check has them all.
const shownRemarks = 500

// counts is the judgement in one line.
func (u *upload) counts() string {
	r := u.list.Report
	return fmt.Sprintf("%s: %s good, %s repaired, %s with problems", kit.Counted(r.Rows, "row", "rows"),
		kit.Count(r.Good), kit.Count(r.Repaired), kit.Count(r.Rows-r.Good))
}

// judged lists what was read: counts, first rows, problems, repairs.
func (u *upload) judged(w int) []string {
	t, r := u.env.Theme, u.list.Report
	out := []string{t.Title.Render(u.source), u.counts()}
	out = append(out, wrap(r.Encoding+", separated by "+r.Separator, w)...)
	if u.mended != "" {
		out = append(out, labelled(t, "to mend", u.mended, w)...)
	}
	out = append(out, u.columns(w)...)
	if u.list.Report.Good > 0 {
		out = append(append(out, ""), u.table(w)...)
	}
	if n := len(r.Problems) + r.More; n > 0 {
		head := kit.Counted(n, "problem", "problems")
		if fixed := len(r.Repairs) + r.MoreRepairs; fixed > 0 {
			head += ", and below " + kit.Counted(fixed, "repair", "repairs") + ": old " + t.Glyphs.Arrow + " new"
		}
		out = append(out, "", t.Header.Render(head))
		for _, p := range r.Problems[:min(len(r.Problems), shownRemarks)] {
			out = append(out, remark(t.Glyphs.Bad, p.Line, p.Column, p.Text, p.What, w)...)
		}
		out = more(out, n-shownRemarks)
	}
	if n := len(r.Repairs) + r.MoreRepairs; n > 0 {
		out = append(out, "", t.Header.Render(kit.Counted(n, "repair", "repairs")))
		for _, p := range r.Repairs[:min(len(r.Repairs), shownRemarks)] {
			change := ""
			if p.Old != "" || p.New != "" {
				change = p.Old + " " + t.Glyphs.Arrow + " " + p.New
			}
			out = append(out, remark(t.Glyphs.Warn, p.Line, p.Column, p.Text, change, w)...)
		}
		out = more(out, n-shownRemarks)
	}
	return out
}

func more(out []string, n int) []string {
	if n > 0 {
		out = append(out, blank+"and "+kit.Count(n)+" more")
	}
	return out
}

// columns says which header was read as what, and which are not known.
func (u *upload) columns(w int) []string {
	t := u.env.Theme
	var read, ignored []string
	for _, c := range u.list.Report.Columns {
		name := cmp.Or(c.Header, fmt.Sprintf("column %d", c.Number))
		if c.Field == desk.Ignored {
			ignored = append(ignored, name)
			continue
		}
		read = append(read, name+" "+t.Glyphs.Arrow+" "+c.Use())
	}
	out := labelled(t, "columns", strings.Join(read, "; "), w)
	if len(ignored) > 0 {
		out = append(out, labelled(t, "ignored", strings.Join(ignored, "; ")+": not known", w)...)
	}
	return out
}

// remark is a problem or a repair: where, what, and what to do about it.
func remark(sign string, line, column int, text, what string, w int) []string {
	where := fmt.Sprintf("line %d", line)
	if column > 0 {
		where += fmt.Sprintf(", column %d", column)
	}
	text = model.Clean(text)
	if what != "" {
		text += "; " + model.Clean(what)
	}
	lines := wrap(where+": "+text, w-4)
	for i := range lines {
		if i == 0 {
			lines[i] = sign + " " + lines[i]
			continue
		}
		lines[i] = "    " + lines[i]
	}
	return lines
}

// table shows the first rows as they will be sent. Maker and model come from the hash
// where there is one; of hash and key it only says that they are there.
func (u *upload) table(w int) []string { return u.rowsUpTo(w, shownRows) }

// rowsUpTo shows the first rows, at most n of them.
func (u *upload) rowsUpTo(w, n int) []string {
	t := u.env.Theme
	wide := (w - 6) / 3
	row := func(line, serial, maker, model, by string) string {
		return cell(t, line, 5) + " " + cell(t, serial, min(wide, 18)) + " " + cell(t, maker, min(wide, 18)) + " " +
			cell(t, model, min(wide, 20)) + " " + by
	}
	out := []string{t.Header.Render(row("line", "serial", "maker", "model", "sent as"))}
	for _, r := range u.list.First[:min(len(u.list.First), n)] {
		out = append(out, row(fmt.Sprint(r.Line), model.Clean(cmp.Or(r.Serial(), "-")),
			model.Clean(cmp.Or(r.Facts.Maker, r.Identity.Maker, "-")), model.Clean(cmp.Or(r.Facts.Model, r.Identity.Model, "-")),
			r.Identity.Combination().String()))
	}
	return more(out, u.list.Report.Good-n)
}
