package cli

import (
	"fmt"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"muster/model"
)

// Sizes of a bar of progress, in cells. Below the narrowest the numbers stand alone.
const (
	widestBar   = 30
	narrowest   = 8
	defaultLine = 80
)

// bar is a line on a terminal that shows how far operations have come. It is drawn anew
// with news of them only, in ASCII, and gives way to whatever else is said.
type bar struct {
	p     *program
	order []model.OperationID
	at    map[model.OperationID]model.Operation
	drawn bool
	shown string
}

// newBar returns a bar, nil where lines are wanted: in a log, on a terminal that cannot
// go back in a line, for a screen reader.
func (p *program) newBar() *bar {
	if !p.o.ErrTerminal || p.plain() || p.o.Getenv("TERM") == "dumb" {
		return nil
	}
	return &bar{p: p, at: map[model.OperationID]model.Operation{}}
}

// plain reports whether output is meant to be read aloud, line by line.
func (p *program) plain() bool {
	v := p.o.Getenv(envAccessible)
	return v != "" && v != "0" && !strings.EqualFold(v, "false")
}

// see takes how an operation stands.
func (b *bar) see(o model.Operation) {
	if _, ok := b.at[o.ID]; !ok {
		b.order = append(b.order, o.ID)
	}
	b.at[o.ID] = o
}

// draw shows what was seen, when that is news.
func (b *bar) draw() {
	line := b.line(b.p.width())
	if len(b.order) == 0 || b.drawn && line == b.shown {
		return
	}
	_, _ = fmt.Fprint(b.p.o.Err, "\r"+line+ansi.EraseLineRight)
	b.drawn, b.shown = true, line
}

// clear takes the bar off the terminal; what is said next begins a line.
func (b *bar) clear() {
	if b.drawn {
		_, _ = fmt.Fprint(b.p.o.Err, "\r"+ansi.EraseEntireLine)
		b.drawn = false
	}
}

// width is how many cells a line of the terminal has.
func (p *program) width() int {
	if p.o.ErrWidth != nil {
		if w := p.o.ErrWidth(); w > 0 {
			return w
		}
	}
	return defaultLine
}

// line is the bar with count, rate and time left, shorter than the terminal is wide: one
// that fills it would go on in the next line.
func (b *bar) line(width int) string {
	ended, total, failed := 0, 0, 0
	var left time.Duration
	open, paced := 0, false
	for _, id := range b.order {
		o := b.at[id]
		ended, total, failed = ended+o.Rows.Ended(), total+o.Rows.Total(), failed+o.Rows.Failed+o.Rows.Unknown
		if l, ok := o.Left(b.p.o.Now()); ok {
			left, open, paced = max(left, l), open+o.Rows.Open(), true
		}
	}
	facts := fmt.Sprintf("%s of %s", number(ended), number(total))
	if failed > 0 {
		facts += fmt.Sprintf(", %s failed", number(failed))
	}
	if paced {
		facts += "  " + rate(float64(open)/left.Seconds()) + "  " + spanWords(left) + " left"
	}
	name := count(len(b.order), "operation")
	if len(b.order) == 1 {
		name = title(b.at[b.order[0]])
	}
	room := width - 1
	cells := min(widestBar, room-len(facts)-4-min(ansi.StringWidth(name), room/3))
	if cells >= narrowest {
		full := 0
		if total > 0 {
			full = ended * cells / total
		}
		facts = "[" + strings.Repeat("#", full) + strings.Repeat("-", cells-full) + "] " + facts
	}
	name = ansi.Truncate(name, max(room-ansi.StringWidth(facts)-2, 0), "~")
	if name != "" {
		facts = name + "  " + facts
	}
	return ansi.Truncate(facts, max(room, 0), "")
}

// rate writes how many rows come to their end in a second, or in a minute when that is
// a number somebody can picture.
func rate(perSecond float64) string {
	if perSecond >= 1 {
		return number(int(perSecond+0.5)) + "/s"
	}
	return number(max(int(perSecond*60+0.5), 1)) + "/min"
}

// spanWords writes a time to come as exactly as it is worth.
func spanWords(d time.Duration) string {
	switch {
	case d < time.Minute:
		return "less than a minute"
	case d < 2*time.Hour:
		return "about " + count(int(d.Round(time.Minute)/time.Minute), "minute")
	}
	return "about " + count(int(d.Round(time.Hour)/time.Hour), "hour")
}
