package simulator

import (
	"cmp"
	"math"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// syncing is how far a customer's Intune has come with comparing notes with the
// Autopilot service. What waits for it takes effect at the next sync: deleted
// identities, devices that a partner registered or took away, and what group
// assignments mean for devices.
type syncing struct {
	last     time.Time            // when the latest one ended
	manual   time.Time            // when somebody last asked for one
	until    time.Time            // when the one that somebody asked for ends; the past when none runs
	leaving  map[uint64]time.Time // identities that go with the next sync, and since when, by number
	arriving map[uint64]arrival
}

// arrival is an identity that comes with the next sync.
type arrival struct {
	one *pilot
	at  time.Time
}

// The pace of syncs on the simulated clock. The service syncs by itself as
// well; how often nobody has published.
const (
	syncTakes = 20 * time.Second
	syncPause = 10 * time.Minute
	syncEvery = time.Hour
)

// catchUp lets the syncs happen that the service has done by itself: the first
// that was due, which found what waits, and the latest. Nothing waits for a
// customer whose Intune nobody has looked at. The lock is held.
func (w *world) catchUp(c *customer, now time.Time) {
	if !c.directory.furnished {
		return
	}
	w.letGo(c)
	if first := c.autopilot.last.Add(syncEvery); !first.After(now) {
		w.sync(c, first)
	}
	if more := now.Sub(c.autopilot.last) / syncEvery; more > 0 {
		w.sync(c, c.autopilot.last.Add(more*syncEvery))
	}
}

// sync lets take effect what has waited for it; the lock is held.
func (w *world) sync(c *customer, at time.Time) {
	a := &c.autopilot
	a.last = at
	for n, since := range a.leaving {
		if since.After(at) {
			continue
		}
		w.deregister(c, n)
		a.remove(n)
		delete(a.leaving, n)
	}
	var now []*pilot
	for n, one := range a.arriving {
		if !one.at.After(at) {
			now = append(now, one.one)
			delete(a.arriving, n)
		}
	}
	slices.SortFunc(now, func(a, b *pilot) int { return cmp.Compare(a.number, b.number) })
	c.insert(now)
	w.reassign(c, at)
}

// reassign gives devices the profiles that their groups say; the lock is held.
// Those that nobody touched follow by themselves.
func (w *world) reassign(c *customer, at time.Time) {
	a := &c.autopilot
	c.place(at)
	latest := a.placements[len(a.placements)-1]
	for n, t := range a.changed {
		w.follow(c, latest, n, t, at)
	}
	for _, one := range a.later {
		w.follow(c, latest, one.number, &one.traits, at)
	}
}

// follow gives a device what a placement says, unless somebody has decided about
// it alone.
func (w *world) follow(c *customer, latest placement, n uint64, t *traits, at time.Time) {
	if t.direct && t.to.existing() != nil {
		return
	}
	w.decide(c, n, t, w.reaches(c, latest, n), false, at)
}

// leave queues the end of an identity; the lock is held.
func (w *world) leave(c *customer, n uint64, at time.Time) {
	if _, ok := c.autopilot.leaving[n]; !ok {
		c.autopilot.leaving[n] = at
	}
}

// deregister ends a device's registration, at Partner Center too, where lists go
// on showing it; the lock is held.
func (w *world) deregister(c *customer, n uint64) {
	if n < w.fleet.whole {
		c.removed[n] = true
		return
	}
	one := c.autopilot.byNum[n]
	switch {
	case one == nil:
	case one.device == nil:
		w.registered.drop(one.identity())
	case c.added[one.device.id] == one.device:
		delete(c.added, one.device.id)
		w.registered.drop(one.device.identity())
	}
}

// arrive registers a device that a partner uploaded: its identity comes with
// the first sync after it. The lock is held.
func (w *world) arrive(c *customer, d *device, tag string, at time.Time) {
	w.furnish(c)
	one := &pilot{number: w.nextNumber(), serial: d.serial, key: d.key, maker: d.maker, model: d.model, device: d, traits: traits{tag: tag}}
	d.number = one.number
	c.autopilot.arriving[one.number] = arrival{one, at}
}

// depart follows a device that its partner took away; the lock is held.
func (w *world) depart(c *customer, n uint64, at time.Time) {
	w.furnish(c)
	if _, ok := c.autopilot.arriving[n]; ok {
		delete(c.autopilot.arriving, n)
		return
	}
	w.leave(c, n, at)
}

// nextNumber is a number for a device that came later; the lock is held.
func (w *world) nextNumber() uint64 {
	w.laterCount++
	return w.fleet.whole + w.laterCount - 1
}

func syncRoutes() []route {
	f := familyAutopilot().onlyBeta()
	return []route{
		f.route("deviceManagement/windowsAutopilotSettings", map[string]handler{http.MethodGet: getSettings}),
		f.route("deviceManagement/windowsAutopilotSettings/sync", map[string]handler{http.MethodPost: startSync}),
	}
}

type wireSettings struct {
	ID     string `json:"id"`
	Last   string `json:"lastSyncDateTime"`
	Manual string `json:"lastManualSyncTriggerDateTime"`
	Status string `json:"syncStatus"`
}

// getSettings is GET /deviceManagement/windowsAutopilotSettings.
func getSettings(c *call) (answer, error) {
	q, err := c.odata()
	if err != nil {
		return answer{}, err
	}
	out := wireSettings{Status: "completed"}
	c.w.view(c.now, func() {
		a := &c.customer.autopilot
		draw := c.w.seed.text(c.customer.id)
		out.ID, out.Last, out.Manual = guid(draw.at(kindProfile, 0, 1), draw.at(kindProfile, 0, 2)), graphDate(a.last), graphDate(a.manual)
		if c.now.Before(a.until) {
			out.Status = "inProgress"
		}
	})
	return graphItem(c, "deviceManagement/windowsAutopilotSettings", q, out)
}

// startSync is POST /deviceManagement/windowsAutopilotSettings/sync. A body is
// not looked at. What was queued until its end takes effect.
func startSync(c *call) (answer, error) {
	var refused error
	wait := time.Duration(0)
	c.w.view(c.now, func() {
		customer := c.customer
		a := &customer.autopilot
		switch {
		case c.now.Before(a.until):
			refused = graphRefuse(shapeService, http.StatusConflict, "Conflict", "An error has occurred")
		case c.now.Before(a.manual.Add(syncPause)):
			wait = a.manual.Add(syncPause).Sub(c.now)
		default:
			a.manual, a.until = c.now, c.now.Add(syncTakes)
			end := a.until
			c.w.later(end, func() { c.w.sync(customer, end) })
		}
	})
	switch {
	case refused != nil:
		return answer{}, refused
	case wait > 0: // which passes faster for the client than for the service
		seconds := int(math.Ceil(wait.Seconds() / c.s.options.Speed))
		e := graphRefuse(shapeService, http.StatusTooManyRequests, "TooManyRequests", "An error has occurred")
		e.retry = &seconds
		return e.answer(c).with("Retry-After", strconv.Itoa(seconds)), nil
	}
	return answer{status: http.StatusNoContent}, nil
}
