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
	profile := model.ProfileID(o.Target)
	jobs := jobsOf(o)
	var out []ledger.Result
	for _, row := range rows {
		d, has, err := v.under(ctx, profile, row.Autopilot)
		if err != nil {
			return out, err
		}
		fresh := newlySent(jobs[row.Chunk], p.c.o.Now(), p.c.o.ReadBack)
		if r, ok := standing(row, d, has, fresh); ok {
			out = append(out, r)
		}
	}
	return out, nil
}

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

// standing says what the state of a device means for its row. has reports whether
// the profile that it stands to is the wanted one. A failure that was there before
// is not believed while it is fresh.
func standing(row model.Row, d model.AutopilotDevice, has, fresh bool) (ledger.Result, bool) {
	r := ledger.Result{Number: row.Number}
	switch {
	case d.ID == "":
		r.State, r.Text, r.What = model.RowFailed, "the device is not registered any more", "read the list again"
	case has && d.Assignment.Assigned():
		r.State, r.Text = model.RowDone, d.Assignment.Words()
	case d.Assignment == model.AssignmentFailed && fresh && readStood(row).Status == model.AssignmentFailed:
		return r, false
	case d.Assignment == model.AssignmentFailed:
		r.State, r.Code = model.RowFailed, d.AssignmentDetail
		r.Text, r.What = model.AssignmentProblem(d.AssignmentDetail)
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
func (v *view) under(ctx context.Context, profile model.ProfileID, id model.AutopilotID) (d model.AutopilotDevice, has bool, err error) {
	g, err := v.graph()
	if err != nil {
		return d, false, err
	}
	if v.want <= v.c.listPages(v.customer) {
		detail, err := g.AutopilotDevice(ctx, id)
		if err != nil && model.KindOf(err) == model.NotFound {
			return d, false, nil
		}
		if err != nil {
			return d, false, err
		}
		return detail.Device, detail.Profile != nil && detail.Profile.ID == profile, nil
	}
	have, err := v.profileDevices(ctx, profile)
	if err != nil {
		return d, false, err
	}
	if d, has = have[id]; has && d.Assignment.Assigned() {
		return d, true, nil
	}
	d, _, err = v.device(ctx, id)
	return d, has, err
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
