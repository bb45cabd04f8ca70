package simulator

import (
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// class says which of the published limits an operation counts against.
type class int

const (
	classConfiguration class = iota // device configuration and device enrolment
	classDevices                    // managed devices
	classIdentity                   // groups, devices and users of the directory
	classNone                       // a batch, whose parts are counted
)

// class is the limit of a family.
func (f family) class() class {
	switch {
	case f.service == serviceDevices:
		return classDevices
	case f.service != "":
		return classConfiguration
	case len(f.read) > 0:
		return classIdentity
	}
	return classNone
}

// allowance is a limit of requests in a time.
type allowance struct {
	most int
	in   time.Duration
}

// The published limits of Intune, by class: of writes and of all requests, for
// an application in a tenant and for the tenant.
const intuneWindow = 20 * time.Second

// intuneLimits are per window: writes of an application, writes of the tenant,
// all of an application, all of the tenant; read only.
var intuneLimits = map[class][4]int{
	classConfiguration: {100, 200, 1000, 2000},
	classDevices:       {200, 400, 2000, 4000},
}

// The published limits of the directory and of Graph itself.
const (
	identityRefill = 10 * time.Second // in which the units of a bucket come back
	graphPerSecond = 2000             // requests of an application in all tenants
)

// identityWrites are the directory's limits of writes, of an application and
// of the tenant; read only.
var identityWrites = [2]allowance{{3000, 150 * time.Second}, {18_000, 5 * time.Minute}}

// budget counts requests on the simulated clock. The counters stand in windows
// that begin at fixed instants.
type budget struct {
	windows map[string]*window
	buckets map[string]*bucket
	refused int // since the start
}

type window struct {
	index int64
	count int
	used  time.Time
}

// bucket holds the directory's resource units of an application in a tenant.
type bucket struct {
	units float64
	at    time.Time
}

// maxCounters bounds the counters; when there are more, stale ones go.
const maxCounters = 10_000

func newBudget() budget {
	return budget{windows: map[string]*window{}, buckets: map[string]*bucket{}}
}

// take counts a request and says how long to wait when it is one too many; 0
// is that it fits. A refused request counts too.
func (b *budget) take(key string, a allowance, now time.Time) time.Duration {
	since := now.Sub(epoch())
	index := int64(since / a.in)
	w := b.windows[key]
	if w == nil {
		b.tidy(now)
		w = &window{index: index}
		b.windows[key] = w
	}
	if w.index != index {
		w.index, w.count = index, 0
	}
	w.count++
	w.used = now
	if w.count <= a.most {
		return 0
	}
	return time.Duration(index+1)*a.in - since
}

// tidy forgets counters that nobody has used for long, when there are many.
func (b *budget) tidy(now time.Time) {
	if len(b.windows) < maxCounters {
		return
	}
	for key, w := range b.windows {
		if now.Sub(w.used) > 10*time.Minute {
			delete(b.windows, key)
		}
	}
	if len(b.windows) >= maxCounters {
		clear(b.windows)
	}
}

// spend takes units from a bucket and says how long to wait when they are not
// there, and which part of the bucket has been used.
func (b *budget) spend(key string, size, cost float64, now time.Time) (wait time.Duration, used float64) {
	have := b.buckets[key]
	if have == nil {
		if len(b.buckets) >= maxCounters {
			clear(b.buckets)
		}
		have = &bucket{units: size, at: now}
		b.buckets[key] = have
	}
	rate := size / identityRefill.Seconds()
	have.units = math.Min(size, have.units+now.Sub(have.at).Seconds()*rate)
	have.at = now
	if have.units < cost {
		return time.Duration((cost - have.units) / rate * float64(time.Second)), 1 + (cost-have.units)/size
	}
	have.units -= cost
	return 0, 1 - have.units/size
}

// toll counts a request against the published limits, if they are on; the
// answer is the 429 of one that is too many. The headers are for any answer.
func (c *call) toll(t *route) (headers map[string]string, refused *answer) {
	kind := t.family.class()
	if !c.w.switches.is(switchBudget) {
		return nil, nil
	}
	wait := time.Duration(0)
	app := orDefault(c.who.App, defaultApp)
	tenant := c.customer.id
	c.w.view(c.now, func() {
		b := &c.w.budget
		longer := func(more time.Duration) { wait = max(wait, more) }
		longer(b.take("all "+app, allowance{graphPerSecond, time.Second}, c.now))
		switch kind {
		case classIdentity:
			headers = c.identityToll(b, t, app, tenant, longer)
		case classConfiguration, classDevices:
			l := intuneLimits[kind]
			key := fmt.Sprint(kind, " ", tenant)
			if c.r.Method != http.MethodGet {
				longer(b.take("w "+key+app, allowance{l[0], intuneWindow}, c.now))
				longer(b.take("w "+key, allowance{l[1], intuneWindow}, c.now))
			}
			longer(b.take("a "+key+app, allowance{l[2], intuneWindow}, c.now))
			longer(b.take("a "+key, allowance{l[3], intuneWindow}, c.now))
		}
		if wait > 0 {
			b.refused++
		}
	})
	if wait <= 0 {
		return headers, nil
	}
	a := c.tooMany(kind, wait)
	return headers, &a
}

// identityToll is the directory's: resource units, and writes.
func (c *call) identityToll(b *budget, t *route, app, tenant string, longer func(time.Duration)) map[string]string {
	cost := c.units(t)
	size := 3500.0
	switch users := c.customer.directory.users; {
	case users > 500:
		size = 8000
	case users > 50:
		size = 5000
	}
	wait, used := b.spend(tenant+app, size, float64(cost), c.now)
	longer(wait)
	if c.r.Method != http.MethodGet && !t.family.reading {
		longer(b.take("i "+tenant+app, identityWrites[0], c.now))
		longer(b.take("i "+tenant, identityWrites[1], c.now))
	}
	headers := map[string]string{"x-ms-resource-unit": strconv.Itoa(cost)}
	if used >= 0.8 {
		headers["x-ms-throttle-limit-percentage"] = strconv.FormatFloat(math.Min(used, 1.8), 'f', 1, 64)
	}
	if wait > 0 {
		headers["x-ms-throttle-scope"] = "Tenant_Application/ReadWrite/" + app + "/" + tenant
		headers["x-ms-throttle-information"] = "ResourceUnitLimitExceeded"
	}
	return headers
}

// units is what a request to the directory costs.
func (c *call) units(t *route) int {
	cost := 1
	for _, part := range t.pattern {
		switch strings.ToLower(part) {
		case "members", "transitivemembers", "getbyids":
			cost = 3
		}
	}
	q := c.r.URL.Query()
	if queryValue(q, "$select") != "" {
		cost--
	}
	if queryValue(q, "$expand") != "" {
		cost++
	}
	if n, err := strconv.Atoi(queryValue(q, "$top")); err == nil && n < 20 {
		cost--
	}
	return max(cost, 1)
}

// tooMany is a 429 that says how long to wait, in seconds of the client's
// clock.
func (c *call) tooMany(kind class, wait time.Duration) answer {
	seconds := int(math.Max(math.Ceil(wait.Seconds()/c.s.options.Speed), 1))
	e := graphRefuse(shapeGateway, http.StatusTooManyRequests, "TooManyRequests", "Too many requests.")
	if kind != classIdentity && c.seq%2 == 0 { // the services have two ways of saying it
		e.shape, e.text, e.retry = shapeService, "An error has occurred", &seconds
	}
	return e.answer(c).with("Retry-After", strconv.Itoa(seconds))
}
