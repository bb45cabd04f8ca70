package simulator

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// profileAssignment gives a deployment profile to a group, or keeps it from
// one. It means something to devices from the next sync on.
type profileAssignment struct {
	id         string
	kind       string // one of the target kinds
	group      string // id of the group; for all devices the one that stands for them
	filter     string // id of an assignment filter, empty is none
	filterKind string
	source     string // direct, or policySets
	sourceID   string
}

// What a profile can have as a target besides groups, and the group that stands
// for it in ids.
const (
	targetAll       = "#microsoft.graph.allDevicesAssignmentTarget"
	allDevicesGroup = "adadadad-808e-44e2-905a-0b7873a8a531"

	sourceDirect    = "direct"
	sourcePolicySet = "policySets"
)

type wireProfileAssignment struct {
	Context  string          `json:"@odata.context,omitempty"`
	ID       string          `json:"id"`
	Source   string          `json:"source"`
	SourceID string          `json:"sourceId"`
	Target   wireGroupTarget `json:"target"`
}

type wireGroupTarget struct {
	Type       string  `json:"@odata.type"`
	FilterID   *string `json:"deviceAndAppManagementAssignmentFilterId"`
	FilterKind string  `json:"deviceAndAppManagementAssignmentFilterType"`
	Group      string  `json:"groupId,omitempty"`
}

func (a *profileAssignment) wire() wireProfileAssignment {
	out := wireProfileAssignment{ID: a.id, Source: a.source, SourceID: a.sourceID, Target: wireGroupTarget{Type: a.kind, FilterKind: a.filterKind, Group: a.group}}
	if a.filter != "" {
		out.Target.FilterID = &a.filter
	}
	if a.kind == targetAll {
		out.Target.Group = ""
	}
	return out
}

func (p *profile) wireAssignments() []wireProfileAssignment {
	out := []wireProfileAssignment{}
	for _, a := range p.assignments {
		out = append(out, a.wire())
	}
	return out
}

func assignmentSet(profile string) string { return profileSet + "('" + profile + "')/assignments" }

// listProfileAssignments is GET …/{id}/assignments, below a profile.
func listProfileAssignments(c *call) (answer, error) {
	return c.assignmentsOf(func() *profile { return c.customer.profileByID(c.params[0]) })
}

// listPilotAssignments is GET …/deploymentProfile/assignments, below an identity.
func listPilotAssignments(c *call) (answer, error) {
	return c.assignmentsOf(func() *profile {
		one, ok := c.w.pilotByID(c.customer, c.params[0])
		if !ok {
			return nil
		}
		return c.w.standingOf(c.customer, &one, c.now).current
	})
}

func (c *call) assignmentsOf(find func() *profile) (answer, error) {
	q, err := c.odata()
	if err != nil {
		return answer{}, err
	}
	from, err := q.offset()
	if err != nil {
		return answer{}, err
	}
	var of *profile
	var out page[wireProfileAssignment]
	c.w.view(c.now, func() {
		if of = find(); of == nil {
			return
		}
		all := of.wireAssignments()
		begin := min(int(from), len(all))
		end := min(begin+min(orDefault(q.top, profilePage), profilePage), len(all))
		out.items = all[begin:end]
		if end < len(all) {
			out.next = strconv.Itoa(end)
		}
	})
	if of == nil {
		return answer{}, notFound()
	}
	return graphList(c, assignmentSet(of.id), q, out)
}

// getProfileAssignment is GET …/{id}/assignments/{assignment}.
func getProfileAssignment(c *call) (answer, error) {
	q, err := c.odata()
	if err != nil {
		return answer{}, err
	}
	var out *wireProfileAssignment
	c.w.view(c.now, func() {
		if _, a := c.assignment(); a != nil {
			one := a.wire()
			out = &one
		}
	})
	if out == nil {
		return answer{}, notFound()
	}
	return graphItem(c, assignmentSet(c.params[0]), q, *out)
}

// assignment finds the assignment that the path names; the lock is held.
func (c *call) assignment() (*profile, *profileAssignment) {
	p := c.customer.profileByID(c.params[0])
	if p == nil {
		return nil, nil
	}
	for _, a := range p.assignments {
		if strings.EqualFold(a.id, c.params[1]) {
			return p, a
		}
	}
	return p, nil
}

// addAssignment is POST …/{id}/assignments, one target at a time.
func addAssignment(c *call) (answer, error) {
	body, err := decode[struct {
		Target *struct {
			Type       *string `json:"@odata.type"`
			Group      *string `json:"groupId"`
			FilterID   *string `json:"deviceAndAppManagementAssignmentFilterId"`
			FilterKind *string `json:"deviceAndAppManagementAssignmentFilterType"`
		} `json:"target"`
	}](c.body)
	if err != nil {
		return answer{}, badJSON()
	}
	if body.Target == nil || body.Target.Type == nil {
		return answer{}, missing("target")
	}
	t := body.Target
	a := &profileAssignment{kind: "#" + strings.TrimPrefix(*t.Type, "#"), group: strings.ToLower(deref(t.Group)), source: sourceDirect, filterKind: orDefault(deref(t.FilterKind), filterNone)}
	if id := deref(t.FilterID); id != "" && id != zeroGUID {
		a.filter = strings.ToLower(id)
	}
	if !slices.Contains([]string{filterNone, filterInclude, filterExclude}, a.filterKind) || (a.filter == "") != (a.filterKind == filterNone) || a.filter != "" && filterByID(a.filter) == nil {
		return answer{}, flawed()
	}
	var out wireProfileAssignment
	var refused error
	c.w.view(c.now, func() {
		p := c.customer.profileByID(c.params[0])
		if p == nil {
			refused = notFound()
			return
		}
		if refused = c.customer.admitAssignment(p, a); refused != nil {
			return
		}
		a.id, a.sourceID = p.id+"_"+a.group+"_0", p.id
		p.assignments = append(p.assignments, a)
		out = a.wire()
	})
	if refused != nil {
		return answer{}, refused
	}
	out.Context = c.context("/$metadata#" + assignmentSet(c.params[0]) + "/$entity")
	return graphGood(http.StatusCreated, out)
}

// admitAssignment checks a target; the world's lock is held. All devices can
// have one profile only, and no group is there twice.
func (c *customer) admitAssignment(p *profile, a *profileAssignment) error {
	switch a.kind {
	case targetGroup, targetExclude:
		if c.directory.groupByID(a.group) == nil {
			return flawed()
		}
	case targetAll:
		a.group = allDevicesGroup
		for _, q := range c.autopilot.profiles {
			if q != p && slices.ContainsFunc(q.assignments, func(b *profileAssignment) bool { return b.kind == targetAll }) {
				return serviceFlaw("Another Profile %s is already assigned to All Devices.", q.id)
			}
		}
	default:
		return flawed()
	}
	if slices.ContainsFunc(p.assignments, func(b *profileAssignment) bool { return b.group == a.group }) {
		return flawed()
	}
	return nil
}

// removeAssignment is DELETE …/{id}/assignments/{assignment}. One that belongs
// to a policy set cannot be removed here.
func removeAssignment(c *call) (answer, error) {
	var refused error
	c.w.view(c.now, func() {
		switch p, a := c.assignment(); {
		case a == nil:
			refused = notFound()
		case a.source != sourceDirect:
			refused = flawed()
		default:
			p.assignments = slices.DeleteFunc(p.assignments, func(b *profileAssignment) bool { return b == a })
		}
	})
	if refused != nil {
		return answer{}, refused
	}
	return answer{status: http.StatusNoContent}, nil
}

// placement is what the assignments of all profiles were at a sync. Which
// profile an unchanged device has follows from the placements so far.
type placement struct {
	at    time.Time
	rules []placementRule
}

// placementRule is one assignment; group is nil for all devices, and for a
// group that has gone together with none.
type placementRule struct {
	profile *profile
	group   *group
	all     bool
	exclude bool
	filter  string
	mode    string // of the filter
}

// placementsMost bounds how many are kept; the oldest are forgotten first, and
// with them when exactly a device got what it has.
const placementsMost = 50

// rules are the assignments as of now, profiles in the order in which they were
// made; the lock is held.
func (c *customer) rules() []placementRule {
	var out []placementRule
	for _, p := range c.autopilot.profiles {
		for _, a := range p.assignments {
			r := placementRule{profile: p, all: a.kind == targetAll, exclude: a.kind == targetExclude, filter: a.filter, mode: a.filterKind}
			if !r.all {
				if r.group = c.directory.groupByID(a.group); r.group == nil {
					continue
				}
			}
			out = append(out, r)
		}
	}
	return out
}

// place notes the assignments at a sync, if they are not as they were; the lock
// is held.
func (c *customer) place(at time.Time) {
	a := &c.autopilot
	rules := c.rules()
	if n := len(a.placements); n > 0 && slices.Equal(a.placements[n-1].rules, rules) {
		return
	}
	a.placements = append(a.placements, placement{at, rules})
	if extra := len(a.placements) - placementsMost; extra > 0 {
		a.placements = slices.Delete(a.placements, 1, 1+extra)
	}
}

// reaches is the profile that a placement gives a device: of those that reach it
// through a group the oldest. The lock is held.
func (w *world) reaches(c *customer, pl placement, n uint64) *profile {
	known, registered := w.registration(c, n)
	for i := 0; i < len(pl.rules); {
		p := pl.rules[i].profile
		in, out := false, false
		for ; i < len(pl.rules) && pl.rules[i].profile == p; i++ {
			r := pl.rules[i]
			if r.exclude && out || !r.exclude && in {
				continue
			}
			member := r.all
			switch {
			case r.all:
			case r.group.rule != nil:
				member = registered && r.group.rule.takes(known)
			default:
				_, member = w.inGroup(c, r.group, n)
			}
			if member && r.filter != "" {
				member = w.admits(c, &target{filter: r.filter, mode: r.mode}, n)
			}
			in, out = in || member && !r.exclude, out || member && r.exclude
		}
		if in && !out {
			return p
		}
	}
	return nil
}

// startHolding is what the placements so far have given a device that nobody
// has touched.
func (w *world) startHolding(c *customer, one *pilot) holding {
	ago := w.seed.at(kindStanding, one.number, 2) % uint64(20*24*time.Hour)
	h := holding{since: epoch().Add(-time.Hour - time.Duration(ago)).Truncate(100 * time.Nanosecond)}
	for i, pl := range c.autopilot.placements {
		to := w.reaches(c, pl, one.number)
		switch {
		case i == 0:
			h.to = to
		case to != h.to.existing():
			was := *one
			was.holding = h
			h = holding{from: w.standingOf(c, &was, pl.at).current, to: to, since: pl.at}
		}
	}
	return h
}

// touch keeps what the devices behind a member have, before the member comes or
// goes: the next sync decides about them anew. The lock is held.
func (w *world) touch(c *customer, m member, deep int) {
	switch m.kind {
	case memberDevice:
		if _, ok := w.pilotAt(c, m.n); ok {
			w.alter(c, m.n)
		}
	case memberGroup:
		g := c.directory.groupByNumber(m.n)
		for i := 0; g != nil && i < len(g.members) && deep < maxNesting; i++ {
			w.touch(c, g.members[i], deep+1)
		}
	}
}
