package screen

import (
	"context"
	"slices"
	"time"

	"muster/model"
	"muster/ui/kit"
)

// stopped is a reading that ended early: what it has, and where it can go on.
type stopped struct {
	j        *joiner
	began    time.Time
	progress kit.Progress
	note     string
	partner  []model.Place // of Partner Center; empty when it was read whole
	intune   bool          // Intune is to be read on
	next     string        // from there
}

// trail notes how far a walk through both services has come.
type trail struct {
	plan    []model.Place
	batches int // of the plan that were walked, with or without success
	at      model.Place
	failed  []model.Place
	lost    bool // Partner Center can only be read from its beginning
	next    string
	brought int // devices
}

// partner follows a step at Partner Center.
func (t *trail) partner(p *model.DevicePage, err error) {
	t.brought += len(p.Devices)
	switch {
	case p.Plan != nil:
		t.plan = p.Plan
	case err == nil && p.Batch != "":
		t.at = model.Place{Batch: p.Batch, Next: p.Next}
	case err == nil:
	case p.Batch != "":
		t.failed = append(t.failed, model.Place{Batch: p.Batch, Next: p.Next})
	default:
		t.lost = t.lost || model.KindOf(err) != model.Cancelled
	}
	t.batches = max(t.batches, p.Batches)
}

// left is what Partner Center still has to be asked for.
func (t *trail) left() []model.Place {
	left := slices.Clone(t.failed)
	for _, p := range t.plan[min(t.batches, len(t.plan)):] {
		switch {
		case slices.ContainsFunc(t.failed, func(f model.Place) bool { return f.Batch == p.Batch }):
			continue
		case p.Batch == t.at.Batch && t.at.Next != "":
			p = t.at
		}
		left = append(left, p)
	}
	return left
}

// stop keeps what a reading that ended early has to go on with, nil when it has to begin
// anew: when what ended it will not pass by itself, when going on brought nothing, when
// it does not know where it stood, or when it showed devices as Intune's alone before
// Partner Center could say whether it knows them.
func (r *fleetReader) stop(j *joiner, t *trail, m kit.ListMsg[noItem]) *stopped {
	partner := t.left()
	switch {
	case r.walker == nil, t.lost, t.plan == nil, len(partner) > 0 && j.flushed > 0:
		return nil
	case !passing(m.Err), !passing(j.sides.Err), r.from != nil && t.brought == 0:
		return nil
	}
	return &stopped{j: j, began: m.Began, progress: m.Progress, note: m.Note, partner: partner,
		intune: !j.sides.Whole, next: t.next}
}

// passing reports whether what ended a reading may be gone at the next try; nothing did.
func passing(e *model.Error) bool {
	if e == nil {
		return true
	}
	if inner := model.AsError(e.Err); e.Kind == model.Incomplete && inner != nil {
		e = inner
	}
	switch e.Kind {
	case model.Cancelled, model.Offline, model.Throttled, model.Service, model.SignedOut:
		return true
	}
	return false
}

func (r *fleetReader) partnerSteps(ctx context.Context, out chan<- step) {
	switch {
	case r.from != nil && len(r.from.partner) == 0:
	case r.from != nil:
		for page, err := range r.walker.DevicesFrom(ctx, r.customer, r.from.partner) {
			out <- step{partner: &page, err: err}
		}
	case r.walker != nil:
		for page, err := range r.walker.DevicesFrom(ctx, r.customer, nil) {
			out <- step{partner: &page, err: err}
		}
	default:
		for page, err := range r.reader.Devices(ctx, r.customer) {
			out <- step{partner: &page, err: err}
		}
	}
	out <- step{ended: partnerSide, err: ctx.Err()}
}

func (r *fleetReader) intuneSteps(ctx context.Context, out chan<- step) {
	var failed error
	switch {
	case r.from != nil && !r.from.intune:
		out <- step{ended: intuneSide, err: r.from.j.intuneErr()}
		return
	case r.autopilot == nil:
		failed = kit.Unreachable("list Autopilot devices")
	case r.walker != nil:
		next := ""
		if r.from != nil {
			next = r.from.next
		}
		for page, err := range r.walker.AutopilotFrom(ctx, r.customer, next) {
			if err != nil && failed == nil {
				failed = err
			}
			out <- step{intune: page.Devices, next: page.Next}
		}
	default:
		for page, err := range r.autopilot.AutopilotDevices(ctx, r.customer) {
			if err != nil && failed == nil {
				failed = err
			}
			if len(page) > 0 {
				out <- step{intune: page}
			}
		}
	}
	if failed == nil {
		failed = ctx.Err()
	}
	out <- step{ended: intuneSide, err: failed}
}

// intuneErr is why Intune's devices are not all there, as an error that may be none.
func (j *joiner) intuneErr() error {
	if j.sides.Err == nil {
		return nil
	}
	return j.sides.Err
}
