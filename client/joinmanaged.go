package client

import (
	"context"
	"fmt"
	"strings"

	"muster/client/graph"
	"muster/model"
)

// joinManaged finds the managed device that an Autopilot device became: the one whose
// id it names, else the only one with its serial. It names none (the zero GUID) when it
// enrolled by hand, and a managed device that is gone when it enrolled anew. A blank
// serial, or one that several machines share, joins nothing. What keeps the two apart
// is noted in the detail.
func joinManaged(ctx context.Context, g *graph.Client, d *model.AutopilotDetail) {
	note := byID(ctx, g, d)
	if d.Managed != nil || note != nil && note.Kind != model.NotFound && note.Kind != model.Conflict {
		d.Missing = appendKnown(d.Missing, note)
		return
	}
	found, err := g.FindManaged(ctx, d.Device.Serial)
	switch {
	case err != nil:
		d.Missing = appendKnown(d.Missing, note, asError(err))
	case len(found) == 1:
		d.Managed, d.BySerial = &found[0], true
	case len(found) > 1:
		d.Missing = appendKnown(d.Missing, note, &model.Error{Kind: model.Conflict, Op: "find managed device",
			Msg:  fmt.Sprintf("%d managed devices have the serial %s, so none is taken for this one", len(found), model.Clean(d.Device.Serial)),
			Hint: "look at them in Intune; the one that is not used any more can go"})
	default:
		d.Missing = appendKnown(d.Missing, note)
	}
}

// byID reads the managed device that the Autopilot device names and says why it is
// not taken, nil when it is or when none is named.
func byID(ctx context.Context, g *graph.Client, d *model.AutopilotDetail) *model.Error {
	if !d.Device.Enrolled() {
		return nil
	}
	m, err := g.ManagedDevice(ctx, d.Device.ManagedDevice)
	switch {
	case err == nil && !sameSerial(d.Device.Serial, m.Serial):
		return &model.Error{Kind: model.Conflict, Op: "read managed device",
			Msg:  fmt.Sprintf("the managed device it names has another serial, %s", orNone(m.Serial)),
			Hint: "it is shown without it; look at both in Intune"}
	case err == nil:
		d.Managed = &m
		return nil
	case model.KindOf(err) == model.NotFound:
		e := *asError(err)
		e.Msg = "the managed device it names is gone from Intune"
		return &e
	}
	return asError(err)
}

func appendKnown(to []*model.Error, more ...*model.Error) []*model.Error {
	for _, e := range more {
		if e != nil {
			to = append(to, e)
		}
	}
	return to
}

// sameSerial reports whether two records may speak of one machine. A serial that
// one of them does not know decides nothing.
func sameSerial(a, b string) bool {
	a, b = strings.TrimSpace(a), strings.TrimSpace(b)
	return a == "" || b == "" || strings.EqualFold(a, b)
}
