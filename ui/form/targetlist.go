package form

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"muster/model"
	"muster/ui/kit"
)

// targetList is the page with the set of targets: a row each, a sign before what is
// added or removed.
type targetList struct {
	host  *Host
	form  targeting
	name  string // of what is assigned, clean
	names *kit.Targeted
	rows  []targetRow
	at    int
	top   int
	w, h  int
	says  []kit.Action
}

// targeting is a form that chooses targets.
type targeting interface {
	review() kit.Effect          // goes on with the set
	another() kit.Effect         // asks for one more group
	whom(to model.Target) string // names a target
}

func newTargetList(h *Host, f targeting, name string, names *kit.Targeted, was []targetRow) *targetList {
	l := &targetList{host: h, form: f, name: name, names: names, rows: was}
	l.says = []kit.Action{
		explained("enter", "go on", "See what changes before it is asked about."),
		explained("n", "add a group", "Search a group that gets the configuration or is left out."),
		explained("x", "take out", "Take the group under the cursor out of the set; again puts it back."),
		explained("esc", "back", "Leave; nothing is sent."),
	}
	return l
}

// take adds a target; one that was taken out comes back.
func (l *targetList) take(to model.Target) {
	i := slices.IndexFunc(l.rows, func(r targetRow) bool { return r.target == to })
	if i < 0 {
		i = len(l.rows)
		l.rows = append(l.rows, targetRow{target: to})
	}
	l.rows[i].gone = false
	l.at = i
}

// changes returns what the set gains and what it loses.
func (l *targetList) changes() (added, removed []model.Target) {
	for _, r := range l.rows {
		switch {
		case r.had && r.gone:
			removed = append(removed, r.target)
		case !r.had && !r.gone:
			added = append(added, r.target)
		}
	}
	return added, removed
}

// want is the whole set as it will be.
func (l *targetList) want() []model.Target {
	want := []model.Target{}
	for _, r := range l.rows {
		if !r.gone {
			want = append(want, r.target)
		}
	}
	return want
}

func (l *targetList) key(msg tea.KeyPressMsg) kit.Effect {
	switch msg.String() {
	case "esc", "q":
		return l.host.back()
	case "enter", "tab":
		return l.form.review()
	case "n":
		return l.form.another()
	case "x", "space":
		l.toggle()
	case "up", "k":
		l.at--
	case "down", "j":
		l.at++
	case "pgup":
		l.at -= l.room()
	case "pgdown":
		l.at += l.room()
	case "home", "g":
		l.at = 0
	case "end", "G":
		l.at = len(l.rows)
	}
	l.follow()
	return kit.Effect{}
}

// toggle takes the target under the cursor out or puts it back. One that was never at
// the service just goes.
func (l *targetList) toggle() {
	if l.at >= len(l.rows) {
		return
	}
	r := &l.rows[l.at]
	if r.fixed {
		return
	}
	if !r.had {
		l.rows = slices.Delete(l.rows, l.at, l.at+1)
	} else if r.gone = !r.gone; !r.gone { // the group may stand in another row by now
		for i := range l.rows {
			if i != l.at && !l.rows[i].gone && l.rows[i].target.Group == r.target.Group && r.target.Group != "" {
				r.gone = true
			}
		}
	}
	added, removed := l.changes()
	l.host.filled = len(added)+len(removed) > 0
}

func (l *targetList) paste(string) {}

func (l *targetList) resize(w, h int) {
	l.w, l.h = w, h
	l.follow()
}

func (l *targetList) hints() []kit.Action { return l.says }

// headLines is what stands above the rows, footLines what stands below.
const (
	headLines = 2
	footLines = 3
)

func (l *targetList) room() int { return max(l.h-headLines-footLines, 1) }

func (l *targetList) follow() {
	l.at = max(min(l.at, len(l.rows)-1), 0)
	l.top = max(min(l.top, l.at), l.at-l.room()+1, 0)
}

func (l *targetList) draw() []string {
	t := l.host.env.Theme
	out := []string{cut(t, "Whom is "+l.name+" assigned to?", l.w), ""}
	if len(l.rows) == 0 {
		out = append(out, t.Muted.Render("nobody: n adds a group"))
	}
	for i := l.top; i < min(l.top+l.room(), len(l.rows)); i++ {
		out = append(out, l.row(i))
	}
	for len(out) < headLines+l.room() && len(out) < l.h-footLines {
		out = append(out, "")
	}
	added, removed := l.changes()
	say := fmt.Sprintf("%d added, %d removed, %s in the set", len(added), len(removed), kit.Count(len(l.want())))
	out = append(out, "", t.Accent.Render(say))
	if fault := l.names.Err; fault != nil {
		out = append(out, t.Warn.Render(t.Glyphs.Warn+" not all names could be read: "+model.Clean(fault.Error())))
	} else {
		out = append(out, t.Muted.Render("Groups can be added and taken out; what else there is stays."))
	}
	return out
}

func (l *targetList) row(i int) string {
	t, r := l.host.env.Theme, l.rows[i]
	sign, style := " ", t.Tone(0)
	switch {
	case r.had && r.gone:
		sign, style = "-", t.Bad
	case !r.had:
		sign, style = "+", t.Good
	}
	cursor := blank
	if i == l.at {
		cursor = t.Cursor.Render("> ")
	}
	kind := r.target.Kind.Words()
	text := l.form.whom(r.target)
	if strings.HasPrefix(text, kind) && !r.gone {
		text = strings.TrimPrefix(strings.TrimPrefix(text, kind), ", ")
	}
	if r.had && r.gone {
		kind = "taken out"
	}
	if r.fixed {
		text += ", by a policy set: it stays"
	}
	return cursor + style.Render(sign+" "+cell(t, kind, 12)+" "+text)
}
