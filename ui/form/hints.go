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
		*t = told{of: &says[0], n: len(says), key: help, actions: append(says[:len(says):len(says)], hint(help, "help"))}
	}
	return t.actions
}

// guide says which keys work on a field of several: Enter, the keys of its kind, the
// way to the others and back.
func guide(field huh.Field, first, last bool) []kit.Action {
	next := "next field"
	if last {
		next = "go on"
	}
	var out []kit.Action
	switch field := field.(type) {
	case *area:
		out = append(out, hint("tab", next), hint("enter", "new line"))
	case *checks:
		out = append(out, hint("enter", next), hint("space", "choose"))
	case *choice:
		out = append(out, hint("enter", next))
		switch {
		case field.row && len(field.options) > 1:
			out = append(out, hint("right", "other choice"))
		case !field.row:
			out = append(out, hint("/", "filter"))
		}
	default:
		out = append(out, hint("enter", next))
	}
	if !first {
		out = append(out, hint("shift+tab", "field before"))
	}
	return append(out, hint("esc", "back"))
}
