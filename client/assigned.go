package client

import (
	"context"
	"time"

	"muster/client/ledger"
	"muster/model"
)

// look reads how the devices stand to the profile. Only that decides: the answer to
// the assignment says nothing.
func (p profileAssignments) look(ctx context.Context, v *view, o model.Operation, rows []model.Row) ([]ledger.Result, error) {
	profile := model.OneCase(model.ProfileID(o.Target))
	jobs := jobsOf(o)
	var out []ledger.Result
	for _, row := range rows {
		d, b, err := v.under(ctx, profile, model.OneCase(row.Autopilot))
		if err != nil {
			return out, err
		}
		j := jobs[row.Chunk]
		fresh := newlySent(j, p.c.o.Now(), p.c.o.ReadBack)
		if r, ok := standing(row, d, b, fresh, j.Phase == model.ChunkLost); ok {
			out = append(out, r)
		}
	}
	return out, nil
}

// bond is how a device stands to the wanted profile.
type bond uint8

const (
	bondUntold bond = iota // the service does not say which profile the device is to get
	bondOther              // it is to get another one
	bondComing             // it is to get the wanted one
	bondHas                // it has the wanted one
)

// newlySent reports whether a chunk was accepted less than so long ago; one whose
// answer was lost counts from its sending.
func newlySent(j model.Job, now time.Time, within time.Duration) bool {
	since := j.Accepted
	if since.IsZero() {
		since = j.Sent
	}
	return now.Sub(since) < within
}

func (profileAssignments) late() (text, what string) {
	return "still pending, Intune gives no deadline", "look at the device later; with the group way the next sync may bring it"
}

// standing says what the state of a device means for its row. A failure that was there
// before is not believed while the request is fresh. When the answer to it was lost, what
// was there before proves nothing at all: neither a failure, nor that a profile is on its
// way, unless it is the wanted one.
func standing(row model.Row, d model.AutopilotDevice, b bond, fresh, lost bool) (ledger.Result, bool) {
	r := ledger.Result{Number: row.Number}
	was := readStood(row).Status == d.Assignment
	switch {
	case d.ID == "":
		r.State, r.Text, r.What = model.RowFailed, "the device is not registered any more", "read the list again"
	case b == bondHas && d.Assignment.Assigned():
		r.State, r.Text = model.RowDone, d.Assignment.Words()
	case d.Assignment == model.AssignmentFailed && was && (fresh || lost):
		return r, false
	case d.Assignment == model.AssignmentFailed:
		r.State, r.Code = model.RowFailed, d.AssignmentDetail
		r.Text, r.What = model.AssignmentProblem(d.AssignmentDetail)
	case d.Assignment == model.AssignmentPending && lost && (b == bondOther || b == bondUntold && was):
		return r, false
	case d.Assignment == model.AssignmentPending:
		r.Text = d.Assignment.Words()
	default:
		return r, false
	}
	return r, true
}

// under reads how a device stands to a profile: by itself, or from the lists of the
// profile's devices and of all devices when many rows wait. A device that is gone
// has no id.
func (v *view) under(ctx context.Context, profile model.ProfileID, id model.AutopilotID) (model.AutopilotDevice, bond, error) {
	if v.want <= v.c.listPages(v.customer) {
		return v.underAlone(ctx, profile, id)
	}
	have, err := v.profileDevices(ctx, profile)
	if err != nil {
		return model.AutopilotDevice{}, bondUntold, err
	}
	d, in := have[id]
	if in && d.Assignment.Assigned() {
		return d, bondHas, nil
	}
	d, _, err = v.device(ctx, id)
	switch {
	case in && d.Assignment.Assigned(): // it came while the lists were read
		return d, bondHas, err
	case in:
		return d, bondComing, err
	}
	return d, bondUntold, err
}

// underAlone reads one device with its two profiles.
func (v *view) underAlone(ctx context.Context, profile model.ProfileID, id model.AutopilotID) (model.AutopilotDevice, bond, error) {
	g, err := v.graph()
	if err != nil {
		return model.AutopilotDevice{}, bondUntold, err
	}
	d, err := g.AutopilotDevice(ctx, id)
	switch {
	case err != nil && model.KindOf(err) == model.NotFound:
		return model.AutopilotDevice{}, bondUntold, nil
	case err != nil:
		return model.AutopilotDevice{}, bondUntold, err
	case d.Profile != nil && d.Profile.ID == profile:
		return d.Device, bondHas, nil
	case d.Intended == nil:
		return d.Device, bondUntold, nil
	case d.Intended.ID == profile:
		return d.Device, bondComing, nil
	}
	return d.Device, bondOther, nil
}

// profileDevices reads the devices of a profile.
func (v *view) profileDevices(ctx context.Context, profile model.ProfileID) (map[model.AutopilotID]model.AutopilotDevice, error) {
	if have, ok := v.profiles[profile]; ok {
		return have, nil
	}
	g, err := v.graph()
	if err != nil {
		return nil, err
	}
	have := map[model.AutopilotID]model.AutopilotDevice{}
	for page, err := range g.ProfileDevices(ctx, profile) {
		if err != nil {
			return nil, err
		}
		for _, d := range page {
			have[d.ID] = d
		}
	}
	if v.profiles == nil {
		v.profiles = map[model.ProfileID]map[model.AutopilotID]model.AutopilotDevice{}
	}
	v.profiles[profile] = have
	return have, nil
}
