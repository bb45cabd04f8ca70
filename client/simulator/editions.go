package simulator

import (
	"bytes"
	"slices"
	"strings"
	"time"
)

// edition is one version of a configuration, as far as devices are concerned.
type edition struct {
	version    int
	since      time.Time
	noPassword bool
	settings   int               // in the file
	flaw       string            // why the agent cannot read the file; empty is that it can
	lacking    map[string]string // by model, the first setting that it does not know
}

// maxEditions bounds the versions that are remembered; the oldest go first.
const maxEditions = 32

// publish makes what a configuration now holds its present edition.
func (h *hardware) publish(now time.Time) {
	names, flaw := readSettings(h.content)
	e := edition{version: h.version, since: now, noPassword: h.noPassword, settings: len(names), flaw: flaw, lacking: map[string]string{}}
	for _, one := range lackingSettings {
		for _, name := range names {
			if slices.ContainsFunc(one.settings, func(s string) bool { return strings.EqualFold(s, name) }) {
				e.lacking[one.model] = name
				break
			}
		}
	}
	if h.format != "dell" {
		e.flaw, e.lacking = "", map[string]string{} // in a format of their own
	}
	h.editions = append(slices.Clone(h.editions), e)
	h.editions = h.editions[max(len(h.editions)-maxEditions, 0):]
}

// lackingSettings are the settings that some models do not have; read only.
var lackingSettings = []struct {
	model    string
	settings []string
}{
	{"OptiPlex Micro 7020", []string{"Camera", "ThunderboltSecLvl", "BluetoothDevice"}},
	{"Precision 3680", []string{"ThunderboltSecLvl", "Camera"}},
	{"Latitude 7350 Detachable", []string{"AutoOn", "UsbWake"}},
}

// readSettings reads a .cctk file as the agent on a device would: the names
// of its settings, or what is wrong with it.
func readSettings(content []byte) (names []string, flaw string) {
	if bytes.IndexByte(content, 0) >= 0 || bytes.HasPrefix(content, []byte("\xff\xfe")) || bytes.HasPrefix(content, []byte("\xfe\xff")) {
		return nil, "The configuration file is not plain text"
	}
	section := false
	for line := range strings.Lines(string(content)) {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || line[0] == ';':
		case strings.EqualFold(line, "[cctk]"):
			section = true
		case !section:
			return nil, "The configuration file does not begin with [cctk]"
		default:
			if name, _, ok := strings.Cut(line, "="); ok {
				names = append(names, strings.TrimSpace(name))
			}
		}
	}
	return names, ""
}

// The states of a run, as the service spells them.
const (
	runUnknown       = "unknown"
	runSuccess       = "success"
	runFail          = "fail"
	runScriptError   = "scriptError"
	runPending       = "pending"
	runNotApplicable = "notApplicable"
)

// outcome is what becomes of an edition on a device, always for a reason in
// the data: who made the device, what its model knows, whether the agent is
// there. The lock is held.
func (w *world) outcome(c *customer, h *hardware, e *edition, n uint64) (state, output, flaw string) {
	d := w.machine(c, n)
	switch h.format {
	case "dell":
		if d.maker != "Dell Inc." {
			return runNotApplicable, "", ""
		}
	default:
		if d.maker != "Microsoft Corporation" || !strings.HasPrefix(d.model, "Surface") {
			return runNotApplicable, "", ""
		}
		return runSuccess, "The package was applied", ""
	}
	switch draw := w.seed.at(kindRun, n, 0); {
	case draw%40 == 3:
		return runScriptError, "", "Dell Command | Endpoint Configure for Microsoft Intune is not installed"
	case draw%60 == 7:
		return runUnknown, "", ""
	case e.flaw != "":
		return runScriptError, "", e.flaw
	case e.lacking[d.model] != "":
		return runFail, "", "Setting " + e.lacking[d.model] + " is not supported on this model"
	}
	return runSuccess, digits(uint64(e.settings), 1) + " settings applied", ""
}

// run is the result of a configuration on a device.
type run struct {
	state, output, flaw string
	version             int
	at                  time.Time
	filter              string
}

// How soon a device that is switched on hears of a configuration, and how late
// at most: at its next check-in.
const (
	runLeast  = 2 * time.Minute
	runSpread = 13 * time.Minute
	runLatest = 8 * time.Hour
)

// hears is when a device takes an edition that reached it at a moment; false
// is that it lies in a drawer. The lock is held.
func (w *world) hears(c *customer, h *hardware, e *edition, n uint64, from time.Time) (time.Time, bool) {
	draw := w.seed.at(kindRun, n, h.number+uint64(e.version)+1)
	wait := runLeast + time.Duration(draw%uint64(runSpread))
	if draw%10 < 3 {
		wait = runLeast + runSpread + time.Duration(draw%uint64(runLatest-runLeast-runSpread))
	}
	at := from.Add(wait).Truncate(100 * time.Nanosecond)
	if told, ok := c.directory.synced[n]; ok && !told.Before(from) && told.Before(at) {
		at = told
	}
	return at, w.reachable(c, n) || !at.After(w.lastContact(c, n))
}

// runOf is what a device reports of a configuration; ok is false when it is
// none of its targets or not managed. The lock is held.
func (w *world) runOf(c *customer, h *hardware, n uint64, now time.Time) (run, bool) {
	if !w.managed(c, n) {
		return run{}, false
	}
	hit, ok := w.aim(c, h.targets, n)
	if !ok {
		return run{}, false
	}
	out := run{state: runPending, version: h.version, at: hit.since, filter: hit.filter}
	w.heard(c, h, n, hit, now, func(e *edition, at time.Time) bool {
		out.version, out.at = e.version, at
		out.state, out.output, out.flaw = w.outcome(c, h, e, n)
		return false
	})
	return out, true
}

// heard visits the editions that a device has taken, the latest first, until
// the visitor has enough; the lock is held.
func (w *world) heard(c *customer, h *hardware, n uint64, hit aimed, now time.Time, visit func(*edition, time.Time) bool) {
	if !hit.until.IsZero() && hit.until.Before(now) {
		now = hit.until
	}
	if at := w.enrolledAt(c, n); hit.since.Before(at) {
		hit.since = at
	}
	for k := len(h.editions) - 1; k >= 0; k-- {
		e := &h.editions[k]
		from := e.since
		if from.Before(hit.since) {
			from = hit.since
		}
		at, ok := w.hears(c, h, e, n, from)
		overtaken := k+1 < len(h.editions) && !at.Before(h.editions[k+1].since)
		if ok && !overtaken && !at.After(now) && !visit(e, at) {
			return
		}
	}
}
