package form

import (
	"muster/model"
	"muster/ui/kit"
)

// roomy is how many lines a page needs for all that an upload says about itself.
const roomy = 15

// sending is what the last question of an upload says. Where it has no room for all
// of it, the batch and the first row come first.
func (u *upload) sending(target string) func(w int) []string {
	return func(w int) []string {
		t := u.env.Theme
		about := labelled(t, "list", u.source+": "+u.counts(), w)
		about = append(about, labelled(t, "customer", model.Clean(u.env.Customer.Name), w)...)
		batch := labelled(t, "batch", target, w)
		rest := labelled(t, "requests", jobs(u.env, u.list.Report.Good), w)
		if n := u.list.Report.Rows - u.list.Report.Good; n > 0 {
			rest = append(rest, labelled(t, "left out", kit.Counted(n, "row", "rows")+" with problems", w)...)
		}
		if u.h >= roomy {
			return append(append(append(append(about, batch...), rest...), ""), u.table(w)...)
		}
		return append(append(append(batch, u.rowsUpTo(w, 1)...), about...), rest...)
	}
}
