package screen

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"muster/model"
	"muster/ui/kit"
)

// Operation shows one operation: how it stands, its failures by reason, and below
// either its rows or its jobs.
type Operation struct {
	env      *kit.Env
	op       model.Operation
	rows     *list[model.Row]
	jobs     *list[model.Job]
	showJobs bool
	missed   bool // news came while the rows were being read
	w, h     int
	top      []string // the lines above the table
	actions  []kit.Action
	facts    []string
}

// NewOperation returns the detail of an operation; Init reads its rows.
func NewOperation(env *kit.Env, o model.Operation) *Operation {
	s := &Operation{env: env, op: o}
	s.rows = newList(env, s, rowListing(env, o.ID))
	s.jobs = newList(env, s, jobListing(env, o.ID))
	k := env.Keys
	s.actions = append([]kit.Action{
		{Name: "open", Key: k.Open, Do: s.open, Help: "All that is known of the row or job under the cursor."},
		{Name: "rows or jobs", Key: k.Pane, Do: s.turn, Help: "Show the jobs with their tracking ids instead of the rows, or the rows again."},
		{Name: "why", Key: k.Why, Quiet: true, Do: s.open, Help: "Code, meaning, class and what to do of the row under the cursor, and the ids that support asks for."},
	}, decisions(env, s, func() (model.Operation, bool) { return s.op, true })...)
	s.actions = append(s.actions, s.looks()...)
	s.actions = append(s.actions, s.moves()...)
	for i := range s.actions { // the list of rows is part of the evidence
		if a := &s.actions[i]; slices.Equal(a.Key, k.Export) {
			a.Name, a.Do, a.Off = "evidence", s.evidence, s.cannotExport
			a.Help = "Write what was asked, every request's ids and every row's outcome to a file: Markdown, CSV or JSON."
		}
	}
	s.describe()
	return s
}

func (s *Operation) cannotExport() string {
	if s.env.Forms.ExportEvidence == nil {
		return "not available here"
	}
	return ""
}

func (s *Operation) evidence() kit.Effect {
	return kit.Effect{Push: s.env.Forms.ExportEvidence(s.env, s.op)}
}

// looks are the looking actions of the list that is shown.
func (s *Operation) looks() []kit.Action { return either(s, s.rows.looks(), s.jobs.looks()) }

func (s *Operation) moves() []kit.Action { return either(s, s.rows.moves(), s.jobs.moves()) }

// either makes actions that act on the list that is shown.
func either(s *Operation, rows, jobs []kit.Action) []kit.Action {
	out := make([]kit.Action, len(rows))
	for i := range rows {
		r, j := rows[i], jobs[i]
		pick := func() kit.Action {
			if s.showJobs {
				return j
			}
			return r
		}
		out[i] = r
		out[i].Do = func() kit.Effect { return pick().Do() }
		out[i].Off = func() string {
			if a := pick(); a.Off != nil {
				return a.Off()
			}
			return ""
		}
	}
	return out
}

// Init implements kit.Screen.
func (s *Operation) Init() kit.Effect {
	return kit.Effect{Cmd: tea.Batch(s.rows.refresh().Cmd, s.jobs.refresh().Cmd)}
}

// Update implements kit.Screen.
func (s *Operation) Update(msg tea.Msg) kit.Effect {
	switch msg := msg.(type) {
	case kit.JobsMsg:
		return s.news()
	case kit.RetryableMsg:
		return askAgain(s.env, msg)
	case kit.ThemeMsg:
		s.rows.update(msg)
		s.jobs.update(msg)
		s.describe()
		return kit.Effect{}
	case kit.ArrangedMsg:
		// Both lists number their questions; the index tells whose it is.
		if msg.Index == s.jobs.ix || slices.Equal(msg.Index.Columns(), jobSchema) {
			return s.jobs.arranged(msg)
		}
		return s.rows.arranged(msg)
	}
	if e, ok := s.jobs.update(msg); ok {
		return e
	}
	if e, ok := s.rows.update(msg); ok {
		s.describe()
		if m, ok := msg.(kit.ListMsg[model.Row]); ok && m.Done && s.missed {
			s.missed = false
			e.Cmd = tea.Batch(e.Cmd, s.Init().Cmd)
		}
		return e
	}
	if s.showJobs {
		return s.jobs.handle(msg, s.actions)
	}
	return s.rows.handle(msg, s.actions)
}

// news takes the newest board and reads the rows again when the operation moved.
func (s *Operation) news() kit.Effect {
	o, ok := s.env.Jobs.Find(s.op.ID)
	if !ok || sameOperation(o, s.op) {
		return kit.Effect{}
	}
	s.op = o
	s.describe()
	if s.rows.reading || s.jobs.reading {
		s.missed = true
		return kit.Effect{}
	}
	return s.Init()
}

func sameOperation(a, b model.Operation) bool {
	return a.Rows == b.Rows && a.State() == b.State() && a.Note == b.Note && slices.Equal(a.Jobs, b.Jobs)
}

func (s *Operation) turn() kit.Effect {
	s.showJobs = !s.showJobs
	return kit.Effect{}
}

func (s *Operation) open() kit.Effect {
	if s.showJobs {
		if j, _, ok := s.jobs.current(); ok {
			return kit.Effect{Push: newJobDetail(s.env, j, s.op)}
		}
		return kit.Effect{}
	}
	if r, _, ok := s.rows.current(); ok {
		return kit.Effect{Push: newRowDetail(s.env, r, s.op)}
	}
	return kit.Effect{}
}

// Shows reports whether this is the detail of that operation.
func (s *Operation) Shows(id model.OperationID) bool { return s.op.ID == id }

// Card implements kit.Screen.
func (s *Operation) Card() kit.Card {
	if s.showJobs {
		c := s.jobs.card("operation", s.actions)
		c.Facts = append(s.facts[:len(s.facts):len(s.facts)], c.Facts...)
		return c
	}
	c := s.rows.card("operation", s.actions)
	c.Facts = append(s.facts[:len(s.facts):len(s.facts)], c.Facts...)
	return c
}

// Resize implements kit.Screen.
func (s *Operation) Resize(w, h int) {
	s.w, s.h = w, h
	s.describe()
}

// View implements kit.Screen.
func (s *Operation) View() string {
	below := s.rows.view()
	if s.showJobs {
		below = s.jobs.view()
	}
	if len(s.top) == 0 {
		return below
	}
	head := strings.Join(s.top, "\n")
	if s.h == len(s.top) {
		return head
	}
	return head + "\n" + below
}

// maxReasons is how many reasons for failures stand above the rows.
const maxReasons = 4

// describe writes the lines above the table and gives the tables what is left.
func (s *Operation) describe() {
	t := s.env.Theme
	s.facts = []string{s.op.State().String()}
	for i := range s.actions { // what explains failures is in the footer where there are some
		if a := &s.actions[i]; slices.Equal(a.Key, s.env.Keys.Why) || slices.Equal(a.Key, s.env.Keys.Export) {
			a.Quiet = s.op.Rows.Failed+s.op.Rows.Unknown == 0
		}
	}
	var out []string
	add := func(line string) { out = append(out, ansi.Truncate(line, s.w, t.Glyphs.Ellipsis)) }
	add(" " + t.Title.Render(model.Clean(s.op.Sum())))
	add(" " + words(s.env, tally(s.env, s.op.Rows), s.pairing()))
	if line := underway(s.env, s.op, s.w); line != "" {
		add(line)
	}
	add(" " + t.Muted.Render(words(s.env, "asked "+s.env.Stamp(s.op.Created), customerOf(s.op), jobsInWords(s.op.Jobs), model.Clean(s.op.Source))))
	if s.op.Waits() && !s.env.Place.ReadOnly {
		add(" " + t.Warn.Render(s.env.Keys.Continue.String()+" continues, "+s.env.Keys.Drop.String()+" drops what was not sent"))
	}
	if s.op.Note != "" {
		add(" " + t.Warn.Render(model.Clean(s.op.Note)))
	}
	out = append(out, s.reasons()...)
	out = append(out, "")
	if room := s.h / 2; len(out) > room {
		out = out[:max(room, 0)]
	}
	s.top = out
	s.rows.resize(s.w, s.h-len(out))
	s.jobs.resize(s.w, s.h-len(out))
}

// pairing says by what rows and their outcomes were brought together, "" while none was.
func (s *Operation) pairing() string {
	var counts [model.ByPosition + 1]int
	ways := 0
	for _, r := range s.rows.items {
		if r.By == model.Unpaired || r.By > model.ByPosition {
			continue
		}
		if counts[r.By] == 0 {
			ways++
		}
		counts[r.By]++
	}
	var parts []string
	for by := model.ByDevice; by <= model.ByPosition; by++ {
		switch n := counts[by]; {
		case n > 0 && ways == 1:
			parts = append(parts, by.String())
		case n > 0:
			parts = append(parts, by.String()+" "+kit.Count(n))
		}
	}
	if ways == 0 {
		return ""
	}
	return "paired by " + strings.Join(parts, ", ")
}

// reasons are the failures by reason, the most frequent first.
func (s *Operation) reasons() []string {
	type reason struct {
		text string
		n    int
	}
	var all []reason
	for text, n := range s.rows.groups {
		if text != "" {
			all = append(all, reason{text, n})
		}
	}
	slices.SortFunc(all, func(a, b reason) int {
		if a.n != b.n {
			return b.n - a.n
		}
		return strings.Compare(a.text, b.text)
	})
	t := s.env.Theme
	var out []string
	for i, r := range all {
		if i == maxReasons {
			out = append(out, " "+t.Muted.Render("and "+kit.Counted(len(all)-i, "more reason", "more reasons")))
			break
		}
		line := fmt.Sprintf(" %s %s: %s", t.Bad.Render(t.Glyphs.Bad), kit.Counted(r.n, "row", "rows"), r.text)
		out = append(out, ansi.Truncate(line, max(s.w, 0), t.Glyphs.Ellipsis))
	}
	return out
}

// jobsInWords counts jobs by the service's word for them: "4 jobs: 1 queued, 3 processing".
func jobsInWords(jobs []model.Job) string {
	var states []string
	count := map[string]int{}
	for _, j := range jobs {
		state := jobState(j)
		if state == "" {
			state = j.Phase.String()
		}
		if count[state] == 0 {
			states = append(states, state)
		}
		count[state]++
	}
	switch len(states) {
	case 0:
		return "no job yet"
	case 1:
		return kit.Counted(len(jobs), "job", "jobs") + " " + states[0]
	}
	for i, s := range states {
		states[i] = kit.Count(count[s]) + " " + s
	}
	return kit.Counted(len(jobs), "job", "jobs") + ": " + strings.Join(states, ", ")
}

// tally writes how many rows are where; states without rows are left out.
func tally(env *kit.Env, t model.Tally) string {
	var parts []string
	for _, c := range []struct {
		n     int
		state model.RowState
	}{
		{t.Queued, model.RowQueued}, {t.InFlight, model.RowInFlight}, {t.Accepted, model.RowAccepted}, {t.Done, model.RowDone},
		{t.Failed, model.RowFailed}, {t.Skipped, model.RowSkipped}, {t.Unknown, model.RowUnknown},
	} {
		if c.n > 0 {
			parts = append(parts, env.Theme.Tone(stateTone(rowState(c.state))).Render(kit.Count(c.n)+" "+rowState(c.state)))
		}
	}
	return words(env, parts...)
}
