package simulator

import (
	"strings"
	"time"
)

// holding is which deployment profile a device has and which it gets. What it
// has is there once the pause since the decision is over.
type holding struct {
	from, to *profile // nil is none
	since    time.Time
	direct   bool // decided for this device alone, not through a group
}

// The words for how a device stands to its profile; the third is misspelt by
// the service.
const (
	standUnknown   = "unknown"
	standInSync    = "assignedInSync"
	standOutOfSync = "assignedOutOfSync"
	standUnsynced  = "assignedUnkownSyncState"
	standNone      = "notAssigned"
	standPending   = "pending"
	standFailed    = "failed"
)

// How long the service takes with a device after a decision or after an edit
// of its profile, on the simulated clock.
const (
	settleLeast  = 20 * time.Second
	settleSpread = 60 * time.Second
)

// settleTime is how long a device takes.
func (w *world) settleTime(n uint64) time.Duration {
	return settleLeast + time.Duration(w.seed.at(kindStanding, n, 0)%uint64(settleSpread)).Truncate(100*time.Nanosecond)
}

// standing is how a device stands to its profile at an instant.
type standing struct {
	status, detail    string
	assigned          time.Time
	current, intended *profile
}

// existing is the profile unless it was deleted.
func (p *profile) existing() *profile {
	if p == nil || p.gone {
		return nil
	}
	return p
}

// standingOf computes how a device stands; the lock is held.
func (w *world) standingOf(c *customer, one *pilot, now time.Time) standing {
	h := one.holding
	pause := w.settleTime(one.number)
	out := standing{status: standNone, detail: "none", intended: h.to.existing()}
	done := h.since.Add(pause)
	switch {
	case out.intended == nil:
		return out
	case now.Before(done):
		out.status, out.current = standPending, h.from.existing()
		return out
	}
	if flaw := h.to.unfit(one); flaw != "" {
		out.status, out.detail = standFailed, flaw
		return out
	}
	out.current, out.assigned = h.to, done
	switch draw := w.seed.at(kindStanding, one.number, 1) % 100; {
	case h.to.edited.After(done) && now.Before(h.to.edited.Add(pause)):
		out.status = standOutOfSync
	case w.enrolment(c, one) == enrolledReset: // it enrolled under another profile
		out.status = standOutOfSync
	case draw < 40:
		out.status = standInSync
	default:
		out.status = standUnsynced
	}
	return out
}

// unfit says why a device cannot carry out a profile, in the service's words;
// empty is that it can.
func (p *profile) unfit(one *pilot) string {
	kind := "windowsPc"
	switch {
	case strings.Contains(one.model, "Surface Hub 2S"):
		kind = "surfaceHub2S"
	case strings.Contains(one.model, "Surface Hub"):
		kind = "surfaceHub2"
	case strings.Contains(one.model, "HoloLens"):
		kind = "holoLens"
	case one.model == "Virtual Machine":
		kind = "virtualMachine"
	}
	virtual := kind == "virtualMachine"
	switch p.device {
	case kind:
		return ""
	case "windowsPc":
		if !virtual {
			return "windowsPcProfileNotSupported"
		}
		if p.oobe.usage == usageShared { // wants a TPM 2.0
			return "hardwareRequirementsNotMet"
		}
		return ""
	case "surfaceHub2":
		return "surfaceHubProfileNotSupported"
	case "surfaceHub2S":
		return "surfaceHub2SProfileNotSupported"
	case "holoLens":
		return "holoLensProfileNotSupported"
	}
	return "windowsPcProfileNotSupported"
}

// decide gives a device, whose traits are t, another profile or none from an
// instant on; the lock is held. One that it has or is to get already changes
// nothing.
func (w *world) decide(c *customer, n uint64, t *traits, to *profile, direct bool, now time.Time) {
	if t.to.existing() == to {
		t.direct = direct && to != nil
		return
	}
	one, _ := w.pilotAt(c, n)
	t.holding = holding{from: w.standingOf(c, &one, now).current, to: to, since: now, direct: direct && to != nil}
}
