package export

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"time"

	"muster/model"
)

// page is a Markdown page under way. bufio keeps the first error for the end.
type page struct {
	out  *bufio.Writer
	zone *time.Location
}

func (e Evidence) markdown(w io.Writer) error {
	p := page{out: bufio.NewWriterSize(w, 64<<10), zone: e.Zone}
	if p.zone == nil {
		p.zone = time.UTC
	}
	p.line("# Evidence: " + inline(e.Operation.Title))
	p.facts(e)
	p.jobs(e.Operation.Jobs)
	p.reasons(e.Rows)
	p.support(e)
	p.rows(e)
	p.attempts(e)
	p.events(e.Events)
	return p.out.Flush()
}

func (p page) line(text string) { _, _ = p.out.WriteString(text + "\n") }

// table begins a table; its rows follow.
func (p page) table(title string, head ...string) {
	p.line("\n## " + title + "\n")
	p.row(head...)
	p.line("|" + strings.Repeat(" --- |", len(head)))
}

// row writes texts from anywhere as one row.
func (p page) row(cells ...string) {
	for _, c := range cells {
		_, _ = p.out.WriteString("| " + inline(c) + " ")
	}
	_, _ = p.out.WriteString("|\n")
}

// moment shows a time to a person, with its zone.
func (p page) moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(p.zone).Format("2006-01-02 15:04:05 MST")
}

func (p page) facts(e Evidence) {
	o, t := e.Operation, e.Operation.Rows
	place := e.Place
	if e.Simulated {
		place += ", SIMULATED"
	}
	by := e.By
	if by == "" {
		by = "not recorded"
	}
	p.table("What was asked", "", "")
	for _, f := range [][2]string{
		{"operation", string(o.ID)}, {"what", o.Title}, {"kind", e.kind()},
		{"customer", strings.TrimSpace(o.CustomerName + " " + string(o.Customer))}, {"target", o.Target}, {"rows from", o.Source},
		{"at", place}, {"asked", p.moment(o.Created)}, {"by", by}, {"ended", p.moment(o.Ended)}, {"state", o.State().String()},
		{"rows", fmt.Sprintf("%d: %d queued, %d in flight, %d accepted, %d done, %d failed, %d skipped, %d unknown",
			t.Total(), t.Queued, t.InFlight, t.Accepted, t.Done, t.Failed, t.Skipped, t.Unknown)},
		{"written", p.moment(e.Written)},
	} {
		if f[1] != "" {
			p.row(f[0], f[1])
		}
	}
}

func (p page) jobs(jobs []model.Job) {
	if len(jobs) == 0 {
		return
	}
	p.table("Requests", "job", "rows", "state", "request id", "correlation id", "tracking id", "sent", "accepted", "ended", "problem")
	for _, j := range jobs {
		p.row(above(j.Chunk), fmt.Sprint(j.Rows), state(j), j.RequestID, j.Correlation, string(j.ID), p.moment(j.Sent), p.moment(j.Accepted), p.moment(j.Ended), j.Problem)
	}
}

func (p page) reasons(rows []model.Row) {
	reasons := model.Failures(rows)
	if len(reasons) == 0 {
		return
	}
	p.table("Why rows failed", "rows", "code", "name", "class", "why", "what to do")
	for _, f := range reasons {
		word := ""
		if f.Code != "" || f.Name != "" {
			word = model.ClassOf(f.Code, f.Name).String()
		}
		p.row(fmt.Sprint(f.Rows), f.Code, f.Name, word, f.Text, f.What)
	}
}

// support is what Microsoft's support or a vendor needs to release devices from
// another tenant, ready to be copied.
func (p page) support(e Evidence) {
	jobs := e.jobs()
	begun := false
	for _, r := range e.Rows {
		if !elsewhere(r) {
			continue
		}
		if !begun {
			begun = true
			p.table("For a support request: devices that are registered to another tenant", "serial", "tracking id", "correlation id")
		}
		j := jobs[r.Chunk]
		p.row(r.Label(), string(j.ID), j.Correlation)
	}
}

func (p page) rows(e Evidence) {
	head := []string{"row", "line", "device", "device id", "batch", "state", "code", "class", "why", "attempt", "job"}
	if e.Digests {
		head = append(head, "hash digest", "key digest")
	}
	p.table("Rows", head...)
	for _, r := range e.Rows {
		cells := []string{above(r.Number), above(r.Line), r.Label(), string(r.Device), string(r.Batch), r.State.String(),
			strings.TrimSpace(r.Code + " " + r.CodeName), class(r), r.Text, above(r.Attempt), above(r.Chunk)}
		if e.Digests {
			cells = append(cells, r.HashSum, r.KeySum)
		}
		p.row(cells...)
	}
}

// attempts lists what became of rows before they were sent again.
func (p page) attempts(e Evidence) {
	begun := false
	jobs := e.jobs()
	for _, r := range e.Rows {
		for _, a := range r.Past {
			if !begun {
				begun = true
				p.table("Earlier attempts", "row", "device", "attempt", "state", "code", "why", "job", "tracking id", "correlation id", "ended")
			}
			p.row(above(r.Number), r.Label(), above(a.Attempt), a.State.String(), strings.TrimSpace(a.Code+" "+a.CodeName), a.Text,
				above(a.Chunk), string(a.Job), jobs[a.Chunk].Correlation, p.moment(a.At))
		}
	}
}

func (p page) events(events []model.Event) {
	if len(events) == 0 {
		return
	}
	p.table("Record", "at", "job", "what", "detail")
	for _, v := range events {
		p.row(p.moment(v.At), above(v.Chunk), v.What, v.Detail)
	}
}
