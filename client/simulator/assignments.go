package simulator

import (
	"slices"
	"strings"
	"time"
)

// target is a group that gets a configuration, or that is left out of it.
type target struct {
	group        string // id
	to           *group // nil is a group that is not there, which matters to nobody
	exclude      bool
	filter       string // id of an assignment filter, empty is none
	mode         string // of the filter: none, include, exclude
	since, until time.Time
}

// The types of targets that a configuration takes.
const (
	targetGroup   = "#microsoft.graph.groupAssignmentTarget"
	targetExclude = "#microsoft.graph.exclusionGroupAssignmentTarget"

	filterNone    = "none"
	filterInclude = "include"
	filterExclude = "exclude"
)

// Bounds of assignments: groups in one set, and former targets that are
// remembered for the passwords that they led to.
const (
	maxTargets = 1000
	maxPast    = 1000
)

type wireAssignment struct {
	ID     string     `json:"id"`
	Target wireTarget `json:"target"`
}

type wireTarget struct {
	Type   string  `json:"@odata.type"`
	Filter *string `json:"deviceAndAppManagementAssignmentFilterId"`
	Mode   string  `json:"deviceAndAppManagementAssignmentFilterType"`
	Group  string  `json:"groupId"`
}

func (t target) wire(h *hardware) wireAssignment {
	out := wireAssignment{ID: h.id + "_" + t.group, Target: wireTarget{Type: targetGroup, Mode: t.mode, Group: t.group}}
	if t.exclude {
		out.Target.Type = targetExclude
	}
	if t.filter != "" {
		out.Target.Filter = &t.filter
	}
	return out
}

func (h *hardware) wireAssignments() []wireAssignment {
	out := []wireAssignment{}
	for _, t := range h.targets {
		out = append(out, t.wire(h))
	}
	return out
}

// listAssignments is GET …/hardwareConfigurations/{id}/assignments.
func listAssignments(c *call) (answer, error) {
	q, err := c.odata()
	if err != nil {
		return answer{}, err
	}
	var out page[wireAssignment]
	id := ""
	if err := c.hardware(func(h *hardware) { id, out.items = h.id, h.wireAssignments() }); err != nil {
		return answer{}, err
	}
	return graphList(c, hardwareSet+"('"+id+"')/assignments", q, out)
}

// getAssignment is GET …/hardwareConfigurations/{id}/assignments/{assignment}.
func getAssignment(c *call) (answer, error) {
	q, err := c.odata()
	if err != nil {
		return answer{}, err
	}
	var out *wireAssignment
	id := ""
	err = c.hardware(func(h *hardware) {
		id = h.id
		for _, one := range h.wireAssignments() {
			if strings.EqualFold(one.ID, c.params[1]) {
				out = &one
			}
		}
	})
	switch {
	case err != nil:
		return answer{}, err
	case out == nil:
		return answer{}, notFound()
	}
	return graphItem(c, hardwareSet+"('"+id+"')/assignments", q, *out)
}

// wireAssign is the body of assign. Its key is its own: the one that other
// Intune policies use is not known here.
type wireAssign struct {
	Assignments *[]struct {
		Target *struct {
			Type   string  `json:"@odata.type"`
			Group  string  `json:"groupId"`
			Filter *string `json:"deviceAndAppManagementAssignmentFilterId"`
			Mode   *string `json:"deviceAndAppManagementAssignmentFilterType"`
		} `json:"target"`
	} `json:"hardwareConfigurationAssignments"`
}

// assignHardware is POST …/hardwareConfigurations/{id}/assign: the list takes
// the place of all that was there. Group ids are not looked up, because a
// deleted group may stay in an assignment.
func assignHardware(c *call) (answer, error) {
	body, err := decode[wireAssign](c.body)
	if err != nil {
		return answer{}, badJSON()
	}
	next, err := c.targets(body)
	if err != nil {
		return answer{}, err
	}
	var out page[wireAssignment]
	if err := c.hardware(func(h *hardware) {
		for i := range next {
			next[i].to = c.customer.directory.groupByID(next[i].group)
		}
		h.assign(next, c.now)
		out.items = h.wireAssignments()
	}); err != nil {
		return answer{}, err
	}
	return graphList(c, "Collection(microsoft.graph.hardwareConfigurationAssignment)", odata{}, out)
}

// targets reads and checks a set of assignments.
func (c *call) targets(body wireAssign) ([]target, error) {
	if body.Assignments == nil {
		return nil, missing("hardwareConfigurationAssignments")
	}
	if len(*body.Assignments) > maxTargets {
		return nil, serviceFlaw("hardwareConfigurationAssignments has more than %d members", maxTargets)
	}
	var out []target
	for _, one := range *body.Assignments {
		if one.Target == nil {
			return nil, missing("target")
		}
		t := target{group: strings.ToLower(one.Target.Group), filter: strings.ToLower(deref(one.Target.Filter)), mode: orDefault(deref(one.Target.Mode), filterNone), since: c.now}
		switch "#" + strings.TrimPrefix(one.Target.Type, "#") {
		case targetGroup:
		case targetExclude:
			t.exclude = true
		default: // all devices and all users among them
			return nil, serviceFlaw("Assignment target %.80q is not supported", one.Target.Type)
		}
		if !isGUID(t.group) {
			return nil, serviceFlaw("groupId %.64q is not valid", one.Target.Group)
		}
		if t.filter == zeroGUID {
			t.filter = ""
		}
		switch {
		case t.mode != filterNone && t.mode != filterInclude && t.mode != filterExclude:
			return nil, serviceFlaw("deviceAndAppManagementAssignmentFilterType %.40q is not known", t.mode)
		case (t.mode == filterNone) != (t.filter == ""), t.filter != "" && filterByID(t.filter) == nil:
			return nil, serviceFlaw("deviceAndAppManagementAssignmentFilterId is not valid")
		}
		at := slices.IndexFunc(out, func(have target) bool { return have.group == t.group })
		switch {
		case at < 0:
			out = append(out, t)
		case out[at].exclude != t.exclude:
			return nil, serviceFlaw("Group %s is both included and excluded", t.group)
		default:
			out[at] = t
		}
	}
	return out, nil
}

// assign replaces the targets from a moment on. One that was there already
// keeps its beginning.
func (h *hardware) assign(next []target, now time.Time) {
	same := func(a, b target) bool {
		return a.group == b.group && a.exclude == b.exclude && a.filter == b.filter && a.mode == b.mode
	}
	var ended []target
	for _, old := range h.targets {
		at := slices.IndexFunc(next, func(t target) bool { return same(t, old) })
		if at < 0 {
			ended = append(ended, old)
			continue
		}
		next[at].since = old.since
	}
	h.end(ended, now)
	h.targets = next
}

// end remembers targets that are no longer.
func (h *hardware) end(targets []target, now time.Time) {
	for _, t := range targets {
		t.until = now
		h.past = append(h.past, t)
	}
	h.past = h.past[max(len(h.past)-maxPast, 0):]
}

// aimed is how a configuration reaches a device: since when, and through which
// assignment filter.
type aimed struct {
	since  time.Time
	until  time.Time // zero is still
	filter string
}

// aim works out whether a set of targets includes a device; the lock is held.
func (w *world) aim(c *customer, targets []target, n uint64) (aimed, bool) {
	var out aimed
	found := false
	for i := range targets {
		t := &targets[i]
		if t.to == nil {
			continue
		}
		since, ok := w.inGroup(c, t.to, n)
		if !ok || !w.admits(c, t, n) {
			continue
		}
		if t.exclude {
			return aimed{}, false
		}
		if since.Before(t.since) {
			since = t.since
		}
		if !found || since.Before(out.since) {
			out, found = aimed{since, t.until, t.filter}, true
		}
	}
	return out, found
}

// admits reports whether a target's filter lets a device through; the lock is
// held.
func (w *world) admits(c *customer, t *target, n uint64) bool {
	f := filterByID(t.filter)
	if f == nil {
		return true
	}
	d := w.machine(c, n)
	return f.takes(d.maker, d.model) == (t.mode == filterInclude)
}
