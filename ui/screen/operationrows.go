package screen

import (
	"cmp"
	"iter"
	"slices"
	"strconv"
	"time"

	"muster/model"
	"muster/model/fleet"
	"muster/ui/kit"
	"muster/ui/table"
)

var rowSchema = fleet.Schema{
	{Name: "row", Title: "DEVICE"}, {Name: "state", Title: "STATE", Kind: fleet.Count}, {Name: "code", Title: "CODE"}, {Name: "reason", Title: "REASON"},
	{Name: "todo", Title: "WHAT TO DO"}, {Name: "number", Title: "ROW", Kind: fleet.Count}, {Name: "line", Title: "LINE", Kind: fleet.Count},
	{Name: "class", Title: "CLASS"}, {Name: "try", Title: "TRY", Kind: fleet.Count}, {Name: "by", Title: "PAIRED BY"},
}

var rowCols = []table.Col{
	{Name: "row", Min: 12, Max: 30, Priority: 9}, {Name: "state", Min: 9, Priority: 8, Tone: stateTone},
	{Name: "code", Min: 4, Max: 8, Priority: 7}, {Name: "reason", Min: 22, Max: 50, Priority: 6},
	{Name: "class", Min: 13, Priority: 5}, {Name: "try", Min: 3, Right: true, Priority: 5},
	{Name: "todo", Min: 20, Max: 60, Priority: 3}, {Name: "number", Min: 5, Right: true, Priority: 2}, {Name: "line", Min: 5, Right: true, Priority: 1},
	{Name: "by", Min: 11, Priority: 1},
}

func rowListing(env *kit.Env, id model.OperationID) listing[model.Row] {
	return listing[model.Row]{
		one: "row", many: "rows", schema: rowSchema, cols: rowCols, order: "state", live: true,
		none: []string{"This operation has no rows."},
		pages: func() iter.Seq2[kit.Page[model.Row], error] {
			ctx, journal, board, clock := env.Root, env.Backend.Journal, env.Jobs, env.Clock
			return func(yield func(kit.Page[model.Row], error) bool) {
				o, _ := board.Find(id)
				rows, err := journal.Rows(ctx, id)
				page := rowsOf(rows, func(r model.Row) fleet.Row { return operationRowOf(r, since(o, r, clock)) })
				page.Groups = make([]string, len(rows))
				for i, r := range rows {
					page.Groups[i] = reasonOf(r)
				}
				yield(page, err)
			}
		},
	}
}

// reasonOf is what failed and unknown rows are grouped by, "" for all others.
func reasonOf(r model.Row) string {
	if r.State != model.RowFailed && r.State != model.RowUnknown {
		return ""
	}
	s := model.Clean(r.Text)
	if s == "" {
		s = model.Clean(r.CodeName)
	}
	if s == "" {
		s = r.State.String()
	}
	if r.Code != "" {
		s = model.Clean(r.Code) + " " + s
	}
	if r.What != "" {
		s += "; " + model.Clean(r.What)
	}
	return s
}

// since says from when on Intune has been at work on a row, and by when that showed: its
// requests have no state of their own, so this is all that tells how long it takes. It
// is "" for other rows. The times stand still, unlike an age.
func since(o model.Operation, r model.Row, clock func(time.Time) string) string {
	i := slices.IndexFunc(o.Jobs, func(j model.Job) bool { return j.Chunk == r.Chunk })
	switch {
	case o.Kind.HasJobs() || i < 0 || o.Jobs[i].Accepted.IsZero():
		return ""
	case r.State == model.RowAccepted:
		return "since " + clock(o.Jobs[i].Accepted)
	case r.State == model.RowDone && o.Kind == model.AssignProfile && !o.Jobs[i].Ended.IsZero():
		return "by " + clock(o.Jobs[i].Ended)
	}
	return ""
}

// operationRowOf is a row as the list shows it, with what [since] says of it.
func operationRowOf(r model.Row, since string) fleet.Row {
	line := ""
	if r.Line > 0 {
		line = kit.Count(r.Line)
	}
	text := model.Clean(r.Text)
	if text == "" {
		text = model.Clean(r.CodeName)
	}
	if since != "" {
		text = cmp.Or(text, "taken") + " " + since
	}
	return fleet.Row{
		Key: strconv.Itoa(r.Number),
		Cells: []string{model.Clean(r.Label()), rowState(r.State), model.Clean(r.Code), text, model.Clean(r.What), kit.Count(r.Number), line,
			classOf(r), tryOf(r), pairedBy(r)},
		Sort: []int64{1: urgency(r.State), 5: int64(r.Number), 6: int64(r.Line), 8: int64(r.Attempt)},
	}
}

// tryOf is the number of the attempt that a row was sent in, "" for one that was not.
func tryOf(r model.Row) string {
	if r.Attempt < 1 || r.Attempt == 1 && (r.State == model.RowSkipped || r.State == model.RowQueued) {
		return ""
	}
	return kit.Count(r.Attempt)
}

// classOf says what can be done about a row that failed, "" for all others.
func classOf(r model.Row) string {
	if r.State != model.RowFailed || r.Code == "" && r.CodeName == "" {
		return ""
	}
	return model.ClassOf(r.Code, r.CodeName).String()
}

// pairedBy says by what a row and its outcome were brought together.
func pairedBy(r model.Row) string {
	if r.By == model.Unpaired {
		return ""
	}
	return r.By.String()
}

// urgency orders states by how much they need a hand: what failed comes first, what
// is done last.
func urgency(s model.RowState) int64 {
	order := [...]model.RowState{model.RowFailed, model.RowUnknown, model.RowInFlight, model.RowAccepted, model.RowQueued, model.RowSkipped}
	if i := slices.Index(order[:], s); i >= 0 {
		return int64(i)
	}
	return int64(len(order))
}

var jobSchema = fleet.Schema{
	{Name: "job", Title: "JOB", Kind: fleet.Count}, {Name: "rows", Title: "ROWS", Kind: fleet.Count}, {Name: "sending", Title: "SENDING"},
	{Name: "state", Title: "STATE"}, {Name: "tracking", Title: "TRACKING ID"}, {Name: "accepted", Title: "ACCEPTED", Kind: fleet.Time},
	{Name: "problem", Title: "PROBLEM"},
}

var jobCols = []table.Col{
	{Name: "job", Min: 4, Priority: 9}, {Name: "rows", Min: 5, Right: true, Priority: 6}, {Name: "sending", Min: 11, Priority: 4, Tone: stateTone},
	{Name: "state", Min: 20, Priority: 7, Tone: stateTone}, {Name: "tracking", Min: 36, Priority: 8}, {Name: "accepted", Min: 16, Priority: 3},
	{Name: "problem", Min: 20, Max: 40, Priority: 5},
}

// jobListing lists the jobs of an operation as the newest board has them.
func jobListing(env *kit.Env, id model.OperationID) listing[model.Job] {
	return listing[model.Job]{
		one: "job", many: "jobs", schema: jobSchema, cols: jobCols, live: true,
		none: []string{"Nothing was sent yet."},
		pages: func() iter.Seq2[kit.Page[model.Job], error] {
			board, moment := env.Jobs, env.Moment
			return func(yield func(kit.Page[model.Job], error) bool) {
				o, _ := board.Find(id)
				yield(rowsOf(o.Jobs, func(j model.Job) fleet.Row { return jobRow(j, moment) }), nil)
			}
		},
	}
}

func jobRow(j model.Job, moment momentFunc) fleet.Row {
	return fleet.Row{
		Key: strconv.Itoa(j.Chunk),
		// Intune has no word for a job: what became of the sending is all there is to say.
		Cells: []string{kit.Count(j.Chunk), kit.Count(j.Rows), j.Phase.String(), cmp.Or(jobState(j), j.Phase.String()), model.Clean(string(j.ID)),
			moment(j.Accepted), model.Clean(j.Problem)},
		Sort: []int64{int64(j.Chunk), int64(j.Rows), 5: sortTime(j.Accepted)},
	}
}

// jobState is the service's state of a job, its own word when we do not know it, ""
// before it was accepted.
func jobState(j model.Job) string {
	switch {
	case j.State != model.JobUnknown:
		return j.State.String()
	case j.Raw != "":
		return model.Clean(j.Raw)
	}
	return ""
}
