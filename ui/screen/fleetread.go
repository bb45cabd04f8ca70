package screen

import (
	"context"
	"iter"
	"maps"
	"sync"
	"time"

	"muster/model"
	"muster/model/fleet"
	"muster/ui/kit"
)

// fleetReader reads the devices of both services at the same time and joins them. One
// side that fails or is slow does not keep the other one from the screen.
type fleetReader struct {
	ctx       context.Context
	reader    kit.Reader
	autopilot kit.Autopilot // nil without a way to Intune
	customer  model.CustomerID
	day       momentFunc
	odd       *oddities
	crashed   func(what any, stack []byte)
	// The list that is shown, when it is whole, and as of when it is; without one, what
	// was kept stands in.
	before   *fleet.Index
	beforeAt time.Time
	fleets   kit.Fleets // nil where nothing is kept
	zone     string     // in which the dates of the rows are written

	walker kit.Walker // nil where a reading can only begin anew
	from   *stopped   // the reading that this one goes on with; nil for a new one
	halted *stopped   // after a reading that ended early and that can be gone on with
}

// noItem stands behind the rows of a list whose rows hold all that is kept.
type noItem = struct{}

// step is a page of one side, or the end of it.
type step struct {
	partner *model.DevicePage
	intune  []model.AutopilotDevice
	next    string // where Intune goes on
	ended   side
	err     error
}

type side uint8

const (
	neither side = iota
	partnerSide
	intuneSide
)

// read fills the list until both sides have come to their end.
func (r *fleetReader) read(m kit.ListMsg[noItem], publish func(kit.ListMsg[noItem])) {
	j, t := r.begin(&m, publish), &trail{}
	if r.from != nil {
		t.next = r.from.next
	}
	base := m.Progress
	partner := false // has come to its end
	for st := range r.steps() {
		if st.err != nil && st.ended != intuneSide && m.Err == nil {
			m.Err = r.trouble(st.err)
		}
		switch {
		case st.partner != nil:
			j.partner(st.partner.Devices)
			t.partner(st.partner, st.err)
			m.Progress = progressOf(st.partner, base, m.Progress, r.from != nil)
		case st.ended == partnerSide:
			partner = true
			if r.from != nil && len(r.from.partner) == 0 {
				t.plan = []model.Place{} // it was whole before
			}
		case st.ended == intuneSide:
			j.sides.Whole, j.sides.Err = st.err == nil, r.trouble(st.err)
		default:
			j.autopilot(st.intune)
			t.next, t.brought = st.next, t.brought+len(st.intune)
		}
		if partner && (m.Err == nil || r.walker == nil || j.main.len() == 0 && m.Err.Kind != model.Cancelled) {
			j.flush(m.Err == nil) // a side that brought nothing keeps nobody waiting for the other
		}
		publish(j.message(m, false))
	}
	if !partner && m.Err == nil { // nobody said that it is all
		m.Err = &model.Error{Kind: model.Unexpected, Op: "list devices", Msg: "the reading broke off"}
	}
	if j.sides.Whole {
		j.missing()
	}
	if m.Err != nil || !j.sides.Whole {
		r.halted = r.stop(j, t, m)
	}
	m.Further = r.halted != nil
	last := j.message(m, true)
	whole := last.Err == nil && j.sides.Whole
	if whole && r.before != nil {
		last.Since = deviceSince(r.before, r.beforeAt, last.Index)
	}
	publish(last)
	if whole {
		r.keep(last)
	}
}

// trouble is why a side is not whole; a reading that was stopped has no other reason.
func (r *fleetReader) trouble(err error) *model.Error {
	if err != nil && r.ctx.Err() != nil {
		return &model.Error{Kind: model.Cancelled, Op: "list devices", Msg: "reading was stopped"}
	}
	return kit.Trouble(err)
}

// begin returns what the reading adds to: nothing yet, while a kept list stands in, or
// what a former one had.
func (r *fleetReader) begin(m *kit.ListMsg[noItem], publish func(kit.ListMsg[noItem])) *joiner {
	if f := r.from; f != nil {
		m.Began, m.Progress, m.Note, m.Onward = f.began, f.progress, f.note, true
		if f.intune {
			f.j.sides.Err = nil
		}
		publish(f.j.message(*m, false))
		return f.j
	}
	if r.before == nil {
		if m.Kept = r.kept(); m.Kept != nil {
			r.before, r.beforeAt = m.Kept.Index, m.Kept.Began
			publish(*m)
		}
	}
	j := newJoiner(r.day)
	j.odd = r.odd
	policies, err := r.reader.Policies(r.ctx, r.customer)
	if err != nil {
		m.Note = "policies by id: their names could not be read"
	}
	j.names = make(map[string]string, len(policies))
	for _, p := range policies {
		j.names[string(p.ID)] = model.Clean(p.Name)
	}
	return j
}

// progressOf says how far a reading has come by a step, which counts from where the
// reading was taken up.
func progressOf(p *model.DevicePage, base, last kit.Progress, onward bool) kit.Progress {
	switch {
	case onward && p.Batch != "":
		left := p.Of - p.Batches
		return kit.Progress{Pages: base.Pages + p.Page, Batches: max(base.Of-left, 0), Of: base.Of, Total: base.Total}
	case onward, p.Page == 0 && p.Of == 0:
		return last
	}
	return kit.Progress{Pages: p.Page, Batches: p.Batches, Of: p.Of, Total: max(p.Total, 0)}
}

// message is the list as far as it has come.
func (j *joiner) message(m kit.ListMsg[noItem], done bool) kit.ListMsg[noItem] {
	m.Index, m.Groups, m.Sides, m.Done = j.snapshot(done), maps.Clone(j.groups), j.sides, done
	if done && m.Err != nil {
		m.Index, m.Sides.Intune = j.withLeft(m.Index, m.Sides.Intune)
	}
	if !done {
		m.Err = nil
	}
	return m
}

// besides says how far Intune's devices are there, "" when nothing is to be said.
func besides(s kit.Sides, reading, further bool) string {
	switch {
	case s.Err != nil && s.Err.Kind == model.NoBackend:
		return "without Intune: not reachable here"
	case s.Err != nil && s.Read == 0:
		return "without Intune: not read"
	case s.Err != nil && further:
		return "Intune stopped at " + kit.Count(s.Read) + ", r reads on"
	case s.Err != nil:
		return "Intune stopped at " + kit.Count(s.Read)
	case reading && !s.Whole && s.Read > 0:
		return "Intune " + kit.Count(s.Read)
	}
	return ""
}

// steps yields what either side brings, as it comes. It reads on until both have ended,
// so that nobody is left who reads for nothing.
func (r *fleetReader) steps() iter.Seq[step] {
	return func(yield func(step) bool) {
		ctx, cancel := context.WithCancel(r.ctx)
		defer cancel()
		out := make(chan step)
		var both sync.WaitGroup
		both.Go(func() { model.Guard(r.crashed, func() { r.partnerSteps(ctx, out) }) })
		both.Go(func() { model.Guard(r.crashed, func() { r.intuneSteps(ctx, out) }) })
		go func() {
			both.Wait()
			close(out)
		}()
		more := true
		for st := range out {
			if more = more && yield(st); !more {
				cancel()
			}
		}
	}
}

// intuneBeta stands where a list of Intune has nothing to show yet.
const intuneBeta = "These are beta APIs of Microsoft Graph; they need an Intune licence and an Intune role."
