package form

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"muster/model"
	"muster/ui/kit"
	"muster/ui/theme"
)

// maxShownChanges bounds the lines of a difference that a question shows.
const maxShownChanges = 500

// contentDifference shows what differs between the content that the service has and
// the one that will be sent: by setting when both are .cctk files, then by line. The
// values of passwords are hidden.
func contentDifference(t *theme.Theme, was, now []byte, w int) []string {
	if !isText(was) || !isText(now) {
		return wrap("The contents are no plain text, so their difference is not shown.", w)
	}
	var out []string
	if model.IsCCTK(was) && model.IsCCTK(now) {
		out = append(out, settingDifference(t, was, now, w)...)
	}
	return append(out, lineDifference(t, was, now, w)...)
}

func isText(content []byte) bool {
	return model.IsCCTK(content) || utf8.Valid(content) && !slices.Contains(content, 0)
}

func settingDifference(t *theme.Theme, was, now []byte, w int) []string {
	changes := model.CCTKChanges(was, now)
	out := []string{t.Title.Render("Settings") + ": " + kit.Counted(len(changes), "differs", "differ")}
	if len(changes) == 0 {
		out[0] = t.Title.Render("Settings") + ": none differs"
	}
	for i, c := range changes {
		if i == maxShownChanges {
			return more(out, len(changes)-maxShownChanges)
		}
		sign, style := "~", t.Warn
		switch {
		case c.Was == nil:
			sign, style = "+", t.Good
		case c.Now == nil:
			sign, style = "-", t.Bad
		}
		say := c.Name + ": "
		switch {
		case c.Was == nil:
			say += strings.Join(c.Now, " and ")
		case c.Now == nil:
			say += strings.Join(c.Was, " and ") + ", no longer set"
		default:
			say += strings.Join(c.Was, " and ") + " " + t.Glyphs.Arrow + " " + strings.Join(c.Now, " and ")
		}
		for _, l := range wrap(sign+" "+say, w-2) {
			out = append(out, blank+style.Render(l))
		}
	}
	return append(out, "")
}

func lineDifference(t *theme.Theme, was, now []byte, w int) []string {
	head := t.Title.Render("Lines")
	var out []string
	added, removed := 0, 0
	for _, c := range model.ChangedLines(was, now) {
		if c.Change == model.LineKept {
			continue
		}
		sign, style, number := "+", t.Good, c.Now
		if c.Change == model.LineRemoved {
			sign, style, number = "-", t.Bad, c.Was
			removed++
		} else {
			added++
		}
		if added+removed <= maxShownChanges {
			out = append(out, style.Render(cut(t, fmt.Sprintf("%s %4d  %s", sign, number, shownLine(c.Text)), w)))
		}
	}
	if added+removed == 0 {
		return []string{head + ": all are alike; line ends or a byte order mark differ"}
	}
	out = append([]string{head + fmt.Sprintf(": %s added, %s removed", kit.Count(added), kit.Count(removed))}, out...)
	return more(out, added+removed-maxShownChanges)
}

// shownLine is a line of a content, safe to draw and without a password.
func shownLine(text string) string {
	for l := range model.CCTKLines([]byte(text)) {
		return l.Shown()
	}
	return ""
}
