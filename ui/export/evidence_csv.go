package export

import (
	"io"
	"slices"
	"strconv"

	"muster/model"
)

// evidenceColumns are those of the one sheet that evidence is as CSV. The first
// says what a line is about: operation, event, job, row, or an earlier attempt of
// the row below it. Everything belongs to the columns that have a meaning for it; the
// others are empty.
var evidenceColumns = [...]string{"Record", "At (UTC)", "Row", "Line", "Serial", "Device id", "Batch", "Name", "State", "Code", "Code name",
	"Class", "Text", "What to do", "Attempt", "Paired by", "Policy before", "Job", "Request id", "Correlation id", "Tracking id"}

// digestColumns stand behind the others when they are asked for.
var digestColumns = [...]string{"Hash digest", "Key digest"}

// sheetLine is one line of the sheet.
type sheetLine struct {
	record, at, row, line, serial, device, batch, name, state, code, codeName, class, text, what, attempt, by, before string
	job, request, correlation, tracking                                                                               string
	hash, key                                                                                                         string
}

func (l sheetLine) cells() []string {
	return []string{l.record, l.at, l.row, l.line, l.serial, l.device, l.batch, l.name, l.state, l.code, l.codeName, l.class,
		l.text, l.what, l.attempt, l.by, l.before, l.job, l.request, l.correlation, l.tracking, l.hash, l.key}
}

func (e Evidence) csv(w io.Writer) error {
	columns := evidenceColumns[:]
	if e.Digests {
		columns = append(slices.Clone(columns), digestColumns[:]...)
	}
	_, err := WriteList(w, CSV, columns, func(yield func([]string) bool) {
		if !yield(e.operationLine().cells()) {
			return
		}
		for _, v := range e.Events {
			if !yield(sheetLine{record: "event", at: utc(v.At), job: above(v.Chunk), name: v.What, text: v.Detail}.cells()) {
				return
			}
		}
		for _, j := range e.Operation.Jobs {
			l := sheetLine{record: "job", at: utc(j.Sent), state: state(j), text: j.Problem}
			if !yield(l.of(j).cells()) {
				return
			}
		}
		jobs := e.jobs()
		for _, r := range e.Rows {
			for _, p := range r.Past {
				if !yield(pastLine(r, p).of(jobs[p.Chunk]).cells()) {
					return
				}
			}
			if !yield(rowLine(r).of(jobs[r.Chunk]).cells()) {
				return
			}
		}
	})
	return err
}

func (e Evidence) operationLine() sheetLine {
	o := e.Operation
	text := "customer " + o.CustomerName + " " + string(o.Customer) + "; asked at " + e.Place
	if e.Simulated {
		text += ", SIMULATED"
	}
	if e.By != "" {
		text += " by " + e.By
	}
	if o.Source != "" {
		text += "; rows from " + o.Source
	}
	return sheetLine{record: "operation", at: utc(o.Created), name: o.Title, state: o.State().String(), code: string(o.ID), codeName: e.kind(), text: text}
}

// of adds the ids of the request that carried a row.
func (l sheetLine) of(j model.Job) sheetLine {
	l.job, l.request, l.correlation, l.tracking = above(j.Chunk), j.RequestID, j.Correlation, string(j.ID)
	return l
}

func rowLine(r model.Row) sheetLine {
	l := sheetLine{record: "row", row: above(r.Number), line: above(r.Line), serial: r.Serial, device: string(r.Device), batch: string(r.Batch),
		name: r.Name, state: r.State.String(), code: r.Code, codeName: r.CodeName, class: class(r), text: r.Text, what: r.What,
		attempt: above(r.Attempt), before: r.Previous, hash: r.HashSum, key: r.KeySum}
	if r.Serial == "" && r.Name == "" && r.Device == "" {
		l.name = r.Label()
	}
	if r.By != model.Unpaired {
		l.by = r.By.String()
	}
	return l
}

// pastLine is an earlier attempt of a row.
func pastLine(r model.Row, p model.PastAttempt) sheetLine {
	was := r
	was.State, was.Code, was.CodeName, was.Text, was.What, was.Attempt, was.By = p.State, p.Code, p.CodeName, p.Text, "", p.Attempt, model.Unpaired
	l := rowLine(was)
	l.record, l.at = "attempt", utc(p.At)
	return l
}

// above is a number that counts from 1, "" for none.
func above(n int) string {
	if n <= 0 {
		return ""
	}
	return strconv.Itoa(n)
}
