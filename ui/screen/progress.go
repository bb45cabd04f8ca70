package screen

import (
	"strings"
	"time"

	"muster/model"
	"muster/ui/kit"
)

// widestBar is how wide a bar of progress is drawn at most, in cells.
const widestBar = 30

// underway is a line on how far a running operation has come and how long it will take:
// drawn anew with news of it only. "" for one that does not run.
func underway(env *kit.Env, o model.Operation, w int) string {
	total, ended := o.Rows.Total(), o.Rows.Ended()
	if o.State() != model.OperationRunning || total == 0 {
		return ""
	}
	t := env.Theme
	room := max(min(widestBar, w-50), 0)
	full := ended * room / total
	if full == 0 && ended > 0 && room > 0 {
		full = 1
	}
	text := kit.Count(ended*100/total) + " %"
	if left, ok := o.Left(env.Now()); ok {
		text += " " + t.Glyphs.Separator + " " + span(left) + " left"
	}
	return " " + t.Accent.Render(strings.Repeat(t.Glyphs.Full, full)) + t.Muted.Render(strings.Repeat(t.Glyphs.Empty, room-full)) + " " + text
}

// span writes a time to come as exactly as it is worth.
func span(d time.Duration) string {
	switch {
	case d < time.Minute:
		return "less than a minute"
	case d < 2*time.Hour:
		return "about " + kit.Counted(int(d.Round(time.Minute)/time.Minute), "minute", "minutes")
	case d < 48*time.Hour:
		return "about " + kit.Counted(int(d.Round(time.Hour)/time.Hour), "hour", "hours")
	}
	return "about " + kit.Counted(int(d.Round(24*time.Hour)/(24*time.Hour)), "day", "days")
}
