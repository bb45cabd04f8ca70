package simulator

import (
	"strconv"
	"strings"
	"time"
)

// runPage is how many results one answer holds at most.
const runPage = 1000

type wireDeviceRun struct {
	ID      string  `json:"id"`
	State   string  `json:"configurationState"`
	Output  string  `json:"configurationOutput"`
	Flaw    string  `json:"configurationError"`
	Device  string  `json:"deviceName"`
	Version string  `json:"osVersion"`
	User    string  `json:"upn"`
	UserID  string  `json:"userId"`
	Edition int     `json:"internalVersion"`
	Updated string  `json:"lastStateUpdateDateTime"`
	Filters *string `json:"assignmentFilterIds"`
}

// deviceRun writes a result; the lock is held.
func (w *world) deviceRun(c *customer, h *hardware, n uint64, r run) wireDeviceRun {
	m := w.managedDevice(c, n)
	out := wireDeviceRun{
		ID: h.id + "_" + m.id, State: r.state, Output: r.output, Flaw: r.flaw, Device: m.name, Version: m.version,
		User: m.user.principal, UserID: m.user.id, Edition: r.version, Updated: sevenDate(r.at),
	}
	if r.filter != "" {
		out.Filters = &r.filter
	}
	if w.fleet.hostile && n%5 == 1 {
		out.Flaw += hostileTexts[n%uint64(len(hostileTexts))]
		out.Device += hostileTexts[(n+1)%uint64(len(hostileTexts))]
	}
	return out
}

// listDeviceRuns is GET …/hardwareConfigurations/{id}/deviceRunStates.
func listDeviceRuns(c *call) (answer, error) {
	q, from, limit, err := c.runQuery()
	if err != nil {
		return answer{}, err
	}
	var out page[wireDeviceRun]
	set := ""
	err = c.hardware(func(h *hardware) {
		set = hardwareSet + "('" + h.id + "')/deviceRunStates"
		for place := from; place < c.customer.count && out.next == ""; place++ {
			n := c.customer.first + place
			r, ok := c.w.runOf(c.customer, h, n, c.now)
			switch {
			case !ok || q.filter != nil && !q.filter.holds(func(t test) bool { return t.compare(r.state) }):
			case len(out.items) == limit:
				out.next = strconv.FormatUint(place, 10)
			default:
				out.items = append(out.items, c.w.deviceRun(c.customer, h, n, r))
			}
		}
	})
	if err != nil {
		return answer{}, err
	}
	return graphList(c, set, q, out)
}

// runQuery reads the options of a list of results: the state is all that can
// be filtered by.
func (c *call) runQuery() (q odata, from uint64, limit int, err error) {
	if q, err = c.odata(); err != nil {
		return q, 0, 0, err
	}
	if q.filter != nil && !q.filter.every(func(string) bool { return true }, func(t test) bool {
		return t.property == "configurationstate" && (t.op == "eq" || t.op == "ne")
	}) {
		return q, 0, 0, serviceFlaw("An error has occurred")
	}
	if from, err = q.offset(); err != nil {
		return q, 0, 0, err
	}
	return q, from, min(orDefault(q.top, runPage), runPage), nil
}

// getDeviceRun is GET …/hardwareConfigurations/{id}/deviceRunStates/{state}.
func getDeviceRun(c *call) (answer, error) {
	q, err := c.odata()
	if err != nil {
		return answer{}, err
	}
	var out *wireDeviceRun
	set := ""
	err = c.hardware(func(h *hardware) {
		set = hardwareSet + "('" + h.id + "')/deviceRunStates"
		n, ok := c.w.managedNumber(c.customer, h.part(c.params[1]))
		if !ok {
			return
		}
		if r, ok := c.w.runOf(c.customer, h, n, c.now); ok {
			out = ptr(c.w.deviceRun(c.customer, h, n, r))
		}
	})
	switch {
	case err != nil:
		return answer{}, err
	case out == nil:
		return answer{}, notFound()
	}
	return graphItem(c, set, q, *out)
}

// part is what follows the configuration's own id in a composite one.
func (h *hardware) part(id string) string {
	first, second, _ := strings.Cut(id, "_")
	if !strings.EqualFold(first, h.id) {
		return ""
	}
	return second
}

// tally counts results by state.
type tally struct{ pending, success, flawed, failed, notApplicable, unknown int }

func (t *tally) add(state string) {
	switch state {
	case runPending:
		t.pending++
	case runSuccess:
		t.success++
	case runScriptError:
		t.flawed++
	case runFail:
		t.failed++
	case runNotApplicable:
		t.notApplicable++
	default:
		t.unknown++
	}
}

// worst is the state that a person is counted under who has several devices.
func (t *tally) worst() string {
	switch {
	case t.failed > 0:
		return runFail
	case t.flawed > 0:
		return runScriptError
	case t.unknown > 0:
		return runUnknown
	case t.pending > 0:
		return runPending
	case t.success > 0:
		return runSuccess
	}
	return runNotApplicable
}

type wireSummary struct {
	ID                string  `json:"id"`
	PendingDevices    int     `json:"pendingDeviceCount"`
	SuccessfulDevices int     `json:"successfulDeviceCount"`
	ErrorDevices      int     `json:"errorDeviceCount"`
	FailedDevices     int     `json:"failedDeviceCount"`
	OtherDevices      int     `json:"notApplicableDeviceCount"`
	UnknownDevices    int     `json:"unknownDeviceCount"`
	PendingUsers      int     `json:"pendingUserCount"`
	SuccessfulUsers   int     `json:"successfulUserCount"`
	ErrorUsers        int     `json:"errorUserCount"`
	FailedUsers       int     `json:"failedUserCount"`
	OtherUsers        int     `json:"notApplicableUserCount"`
	UnknownUsers      int     `json:"unknownUserCount"`
	LastRun           *string `json:"lastRunDateTime"`
}

// runSummary is GET …/hardwareConfigurations/{id}/runSummary: the states
// themselves, counted.
func runSummary(c *call) (answer, error) {
	q, err := c.odata()
	if err != nil {
		return answer{}, err
	}
	var out wireSummary
	set := ""
	err = c.hardware(func(h *hardware) {
		set = hardwareSet + "('" + h.id + "')/runSummary"
		var devices, users tally
		var last time.Time
		c.w.walkUserRuns(c.customer, h, 0, c.now, func(_ uint64, all []run) bool {
			var own tally
			for _, r := range all {
				devices.add(r.state)
				own.add(r.state)
				if r.state != runPending && r.at.After(last) {
					last = r.at
				}
			}
			users.add(own.worst())
			return true
		})
		out = wireSummary{
			h.id, devices.pending, devices.success, devices.flawed, devices.failed, devices.notApplicable, devices.unknown,
			users.pending, users.success, users.flawed, users.failed, users.notApplicable, users.unknown, nil,
		}
		if !last.IsZero() {
			out.LastRun = ptr(sevenDate(last))
		}
	})
	if err != nil {
		return answer{}, err
	}
	return graphItem(c, set, q, out)
}

// walkUserRuns visits the people from a number on who have devices with a
// result, with these; the lock is held.
func (w *world) walkUserRuns(c *customer, h *hardware, from uint64, now time.Time, visit func(uint64, []run) bool) {
	if len(h.targets) == 0 {
		return
	}
	var all []run
	for i := from; i < min(c.directory.users, c.count); i++ {
		all = all[:0]
		for n := c.first + i; n < c.first+c.count; n += c.directory.users {
			if r, ok := w.runOf(c, h, n, now); ok {
				all = append(all, r)
			}
		}
		if len(all) > 0 && !visit(i, all) {
			return
		}
	}
}

type wireUserRun struct {
	ID            string `json:"id"`
	Name          string `json:"userName"`
	Mail          string `json:"userEmail"`
	Principal     string `json:"upn"`
	Success       int    `json:"successfulDeviceCount"`
	Failed        int    `json:"failedDeviceCount"`
	Flawed        int    `json:"errorDeviceCount"`
	Pending       int    `json:"pendingDeviceCount"`
	NotApplicable int    `json:"notApplicableDeviceCount"`
	Unknown       int    `json:"unknownDeviceCount"`
	Updated       string `json:"lastStateUpdateDateTime"`
}

func (w *world) userRun(c *customer, h *hardware, i uint64, all []run) wireUserRun {
	u := w.user(c, i)
	var t tally
	var last time.Time
	for _, r := range all {
		t.add(r.state)
		if r.at.After(last) {
			last = r.at
		}
	}
	return wireUserRun{h.id + "_" + u.id, u.name, u.principal, u.principal, t.success, t.failed, t.flawed, t.pending, t.notApplicable, t.unknown, sevenDate(last)}
}

// listUserRuns is GET …/hardwareConfigurations/{id}/userRunStates.
func listUserRuns(c *call) (answer, error) {
	q, from, limit, err := c.runQuery()
	if err == nil && q.filter != nil {
		err = serviceFlaw("An error has occurred")
	}
	if err != nil {
		return answer{}, err
	}
	var out page[wireUserRun]
	set := ""
	err = c.hardware(func(h *hardware) {
		set = hardwareSet + "('" + h.id + "')/userRunStates"
		c.w.walkUserRuns(c.customer, h, from, c.now, func(i uint64, all []run) bool {
			if len(out.items) == limit {
				out.next = strconv.FormatUint(i, 10)
				return false
			}
			out.items = append(out.items, c.w.userRun(c.customer, h, i, all))
			return true
		})
	})
	if err != nil {
		return answer{}, err
	}
	return graphList(c, set, q, out)
}

// getUserRun is GET …/hardwareConfigurations/{id}/userRunStates/{state}.
func getUserRun(c *call) (answer, error) {
	q, err := c.odata()
	if err != nil {
		return answer{}, err
	}
	var out *wireUserRun
	set := ""
	err = c.hardware(func(h *hardware) {
		set = hardwareSet + "('" + h.id + "')/userRunStates"
		u, ok := c.w.userByID(c.customer, h.part(c.params[1]))
		if !ok {
			return
		}
		c.w.walkUserRuns(c.customer, h, u.number, c.now, func(i uint64, all []run) bool {
			if i == u.number {
				out = ptr(c.w.userRun(c.customer, h, i, all))
			}
			return false
		})
	})
	switch {
	case err != nil:
		return answer{}, err
	case out == nil:
		return answer{}, notFound()
	}
	return graphItem(c, set, q, *out)
}

// seedTargets assigns some of a customer's first configurations, so that there
// are results to look at; the lock is held.
func (w *world) seedTargets(c *customer) {
	named := func(name string) *group {
		for _, g := range c.directory.groups {
			if strings.HasPrefix(g.name, name) { // a hostile one has more
				return g
			}
		}
		return nil
	}
	var dynamic *group // that has the devices of one batch
	for _, g := range c.directory.groups {
		if g.rule != nil && g.rule.tag != "" && (dynamic == nil || g.number < dynamic.number) {
			dynamic = g
		}
	}
	sets := [][]target{
		{{to: named("FrontDesk-Clinic"), mode: filterNone}, {to: named("Deployment Wave 2"), mode: filterNone}},
		{{to: named("Autopilot All Devices"), filter: assignmentFilters[1].id, mode: filterInclude}, {to: named("BIOS Exclusions"), exclude: true, mode: filterNone}},
		{{to: dynamic, mode: filterNone}},
	}
	for i, targets := range sets {
		if i >= len(c.hardware) {
			return
		}
		h := c.hardware[i]
		for _, t := range targets {
			if t.to == nil {
				continue
			}
			t.group, t.since = t.to.id, h.created.Add(time.Hour)
			if i == len(sets)-1 {
				t.since = epoch().Add(-5 * time.Minute) // its results are still coming in
			}
			h.targets = append(h.targets, t)
		}
	}
}

// publishFirst gives a configuration of the seed the editions that it has had.
func (h *hardware) publishFirst() {
	last := h.version
	for h.version = 1; h.version <= last; h.version++ {
		part := time.Duration(h.version-1) * h.modified.Sub(h.created)
		h.publish(h.created.Add(part / time.Duration(max(last-1, 1))))
	}
	h.version = last
}
