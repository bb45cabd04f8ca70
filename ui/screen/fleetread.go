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
	// The list that is shown, when it is whole, and as of when it is; without one, what
	// was kept stands in.
	before   *fleet.Index
	beforeAt time.Time
	fleets   kit.Fleets // nil where nothing is kept
	zone     string     // in which the dates of the rows are written
}

// noItem stands behind the rows of a list whose rows hold all that is kept.
type noItem = struct{}

// step is a page of one side, or the end of it.
type step struct {
	partner *model.DevicePage
	intune  []model.AutopilotDevice
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
	if r.before == nil {
		if m.Kept = r.kept(); m.Kept != nil {
			r.before, r.beforeAt = m.Kept.Index, m.Kept.Began
			publish(m)
		}
	}
	j := newJoiner(r.day)
	j.odd = r.odd
	policies, err := r.reader.Policies(r.ctx, r.customer)
	note := ""
	if err != nil {
		note = "policies by id: their names could not be read"
	}
	j.names = make(map[string]string, len(policies))
	for _, p := range policies {
		j.names[string(p.ID)] = model.Clean(p.Name)
	}
	partner := false // has come to its end
	for st := range r.steps() {
		if st.err != nil && st.ended != intuneSide && m.Err == nil {
			m.Err = kit.Trouble(st.err)
		}
		switch {
		case st.partner != nil:
			j.partner(st.partner.Devices)
			if p := st.partner; p.Page > 0 || p.Of > 0 {
				m.Progress = kit.Progress{Pages: p.Page, Batches: p.Batches, Of: p.Of, Total: max(p.Total, 0)}
			}
		case st.ended == partnerSide:
			partner = true
		case st.ended == intuneSide:
			j.sides.Whole, j.sides.Err = st.err == nil, kit.Trouble(st.err)
		default:
			j.autopilot(st.intune)
		}
		if partner {
			j.flush(m.Err == nil)
		}
		publish(j.message(m, note, false))
	}
	if j.sides.Whole {
		j.missing()
	}
	last := j.message(m, note, true)
	whole := last.Err == nil && j.sides.Whole
	if whole && r.before != nil {
		last.Since = deviceSince(r.before, r.beforeAt, last.Index)
	}
	publish(last)
	if whole {
		r.keep(last)
	}
}

// message is the list as far as it has come.
func (j *joiner) message(m kit.ListMsg[noItem], note string, done bool) kit.ListMsg[noItem] {
	m.Index, m.Groups, m.Sides, m.Done = j.snapshot(done), maps.Clone(j.groups), j.sides, done
	m.Note = note
	if !done {
		m.Err = nil
	}
	return m
}

// besides says how far Intune's devices are there, "" when nothing is to be said.
func besides(s kit.Sides, reading bool) string {
	switch {
	case s.Err != nil && s.Err.Kind == model.NoBackend:
		return "without Intune: not reachable here"
	case s.Err != nil && s.Read == 0:
		return "without Intune: not read"
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
		both.Go(func() { r.partnerSteps(ctx, out) })
		both.Go(func() { r.intuneSteps(ctx, out) })
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

func (r *fleetReader) partnerSteps(ctx context.Context, out chan<- step) {
	for page, err := range r.reader.Devices(ctx, r.customer) {
		out <- step{partner: &page, err: err}
	}
	out <- step{ended: partnerSide, err: ctx.Err()}
}

func (r *fleetReader) intuneSteps(ctx context.Context, out chan<- step) {
	if r.autopilot == nil {
		out <- step{ended: intuneSide, err: kit.Unreachable("list Autopilot devices")}
		return
	}
	var failed error
	for page, err := range r.autopilot.AutopilotDevices(ctx, r.customer) {
		if err != nil && failed == nil {
			failed = err
		}
		if len(page) > 0 {
			out <- step{intune: page}
		}
	}
	if failed == nil {
		failed = ctx.Err()
	}
	out <- step{ended: intuneSide, err: failed}
}

// intuneBeta stands where a list of Intune has nothing to show yet.
const intuneBeta = "These are beta APIs of Microsoft Graph; they need an Intune licence and an Intune role."
