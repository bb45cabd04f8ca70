package form

import (
	"charm.land/huh/v2"

	"muster/ui/kit"
)

// helpKey opens the help where a question mark is a letter like others. The app knows
// it everywhere.
const helpKey = "f1"

// writer is a stage that letters may be typed into.
type writer interface{ writing() bool }

// writes reports whether a letter that is pressed now becomes part of a text.
func writes(s stage) bool {
	w, ok := s.(writer)
	return ok && w.writing()
}

func (f *fields) writing() bool {
	switch field := f.focused().(type) {
	case *choice:
		return field.filtering
	case *checks:
		return false
	}
	return true
}

// An unsettled question drops every key, the one for help as well.
func (q *question) writing() bool { return !q.settled || q.word != "" }

// told keeps what a stage says about its keys together with the key that opens the
// help, so that the footer is drawn anew only when the stage says something else.
type told struct {
	of      *kit.Action
	n       int
	key     string
	actions []kit.Action
}

func (t *told) with(s stage, help string) []kit.Action {
	says := s.hints()
	if len(says) == 0 {
		return nil
	}
	if writes(s) {
		help = helpKey
	}
	if t.of != &says[0] || t.n != len(says) || t.key != help {
		*t = told{of: &says[0], n: len(says), key: help, actions: append(says[:len(says):len(says)], explained(help, "help", "This page."))}
	}
	return t.actions
}

// guide says which keys work on a field of several: Enter, the keys of its kind, the
// way to the others and back.
func guide(field huh.Field, first, last bool) []kit.Action {
	next := explained("enter", "next field", "Go to the next field when nothing is wrong with this one; tab does the same.")
	if last {
		next = explained("enter", "go on", "Leave the page when nothing is wrong on it; tab does the same.")
	}
	var out []kit.Action
	switch field := field.(type) {
	case *area:
		out = append(out, explained("tab", next.Name, "Leave the text; Enter is a line end in it."), explained("enter", "new line", "Begin a line in the text."))
	case *checks:
		out = append(out, next, explained("space", "choose", "Choose what is under the cursor, or take it back."))
	case *groups:
		out = append(out, explained("enter", "choose", "Take the group under the cursor."),
			explained("down", "down", "Go to the next group that was found; up goes back. Letters belong to the search."))
	case *choice:
		out = append(out, next)
		switch {
		case field.row && len(field.options) > 1:
			out = append(out, explained("right", "other choice", "Show the next choice, left the one before; after the last comes the first."))
		case !field.row:
			out = append(out, explained("/", "filter", "Show only choices with the words that are typed."))
		}
	default:
		out = append(out, next)
	}
	if !first {
		out = append(out, explained("shift+tab", "field before", "Go back to the field above; nothing is lost."))
	}
	return append(out, explained("esc", "back", "Go one page back. From the first page it asks before anything that is filled in is lost."))
}

// explained is a hint with a sentence for the help page.
func explained(key, name, help string) kit.Action {
	a := hint(key, name)
	a.Help = help
	return a
}
