package simulator

import (
	"net/http"
	"slices"
	"strings"
)

// A profile can be given to single devices in several ways, about which the
// references disagree; all of them work here, and the switch no-direct-route
// makes them answer as tenants do that do not have them.

// assignedRoutes are the devices of a profile, below the profile and below a
// device that has it.
func assignedRoutes() []route {
	f := familyAutopilot().onlyBeta()
	post := func(do handler) map[string]handler { return map[string]handler{http.MethodPost: do} }
	out := []route{f.route(profileSet+"/{id}/assign", post(direct(assignDevices)))}
	for _, below := range []struct {
		path string
		of   func(*call) (*profile, error)
	}{
		{profileSet + "/{id}/assignedDevices", profileNamed},
		{pilotSet + "/{id}/deploymentProfile/assignedDevices", profileOfAnchor},
	} {
		of := below.of
		drop := direct(func(c *call) (answer, error) { return c.dropAssigned(of) })
		item := below.path + "/{device}"
		out = append(out,
			f.route(below.path, map[string]handler{
				http.MethodGet:  func(c *call) (answer, error) { return c.listAssigned(of) },
				http.MethodPost: direct(func(c *call) (answer, error) { return c.addAssigned(of, false) }),
			}),
			f.route(below.path+"/$ref", post(direct(func(c *call) (answer, error) { return c.addAssigned(of, true) }))),
			f.route(item, map[string]handler{
				http.MethodGet:    func(c *call) (answer, error) { return c.getAssigned(of) },
				http.MethodDelete: drop,
			}),
			f.route(item+"/$ref", map[string]handler{http.MethodDelete: drop}),
			f.route(item+"/updateDeviceProperties", post(updatePilot)),
			f.route(item+"/assignUserToDevice", post(assignUser)),
			f.route(item+"/unassignUserFromDevice", post(unassignUser)),
			f.route(item+"/assignResourceAccountToDevice", post(assignResource)),
			f.route(item+"/unassignResourceAccountFromDevice", post(unassignResource)),
			f.route(item+"/allowNextEnrollment", post(allowNextEnrollment)),
		)
	}
	return out
}

// direct makes a handler that the switch turns off.
func direct(do handler) handler {
	return func(c *call) (answer, error) {
		if c.w.switches.is(switchIndirect) {
			return answer{}, graphRefuse(shapeRoute, http.StatusBadRequest, "", "")
		}
		return do(c)
	}
}

// profileNamed is the profile that the path names; the lock is held.
func profileNamed(c *call) (*profile, error) {
	if p := c.customer.profileByID(c.params[0]); p != nil {
		return p, nil
	}
	return nil, notFound()
}

// profileOfAnchor is the profile that the device has which the path names; the
// lock is held.
func profileOfAnchor(c *call) (*profile, error) {
	if one, ok := c.w.pilotByID(c.customer, c.params[0]); ok {
		if p := c.w.standingOf(c.customer, &one, c.now).current; p != nil {
			return p, nil
		}
	}
	return nil, notFound()
}

// listAssigned is GET …/assignedDevices: those that have the profile, that are
// to get it, and on which it failed.
func (c *call) listAssigned(of func(*call) (*profile, error)) (answer, error) {
	q, err := c.odata()
	if err != nil {
		return answer{}, err
	}
	keep, err := c.pilotFilter(q)
	if err != nil {
		return answer{}, err
	}
	var p *profile
	c.w.view(c.now, func() { p, err = of(c) })
	if err != nil {
		return answer{}, err
	}
	set := profileSet + "('" + p.id + "')/assignedDevices"
	return c.pilotList(set, q, func(n uint64, serial string) bool {
		if keep != nil && !keep(n, serial) {
			return false
		}
		return c.w.holdingOf(c.customer, n).to == p
	})
}

// holdingOf is which profile a device has, without the rest; the lock is held.
func (w *world) holdingOf(c *customer, n uint64) holding {
	a := &c.autopilot
	if one := a.byNum[n]; one != nil {
		return one.holding
	}
	if t := a.changed[n]; t != nil {
		return t.holding
	}
	if len(a.placements) == 1 { // which is all that a device can have then
		return holding{to: w.reaches(c, a.placements[0], n)}
	}
	return w.firstPilot(c, n).holding
}

// getAssigned is GET …/assignedDevices/{device}.
func (c *call) getAssigned(of func(*call) (*profile, error)) (answer, error) {
	q, err := c.odata()
	if err != nil {
		return answer{}, err
	}
	var p *profile
	var out wireBetaPilot
	c.w.view(c.now, func() {
		if p, err = of(c); err != nil {
			return
		}
		one, ok := c.w.pilotByID(c.customer, c.pilotID())
		if !ok || one.to != p {
			err = notFound()
			return
		}
		out, _ = c.wireBetaPilotOf(&one)
	})
	if err != nil {
		return answer{}, err
	}
	return graphItem(c, profileSet+"('"+p.id+"')/assignedDevices", q, out)
}

// wireAssigned is a device in a request: a whole identity, or a reference to
// one. Only what finds it is looked at; the enumerations are read because a
// word that they lack makes the whole body unreadable.
type wireAssigned struct {
	Reference   *string `json:"@odata.id"`
	ID          *string `json:"id"`
	Serial      *string `json:"serialNumber"`
	Status      *string `json:"deploymentProfileAssignmentStatus"`
	Detail      *string `json:"deploymentProfileAssignmentDetailedStatus"`
	Enrolment   *string `json:"enrollmentState"`
	Remediation *string `json:"remediationState"`
	Userless    *string `json:"userlessEnrollmentStatus"`
}

// readable reports whether all enumerations hold words of theirs.
func (a *wireAssigned) readable() bool {
	for _, enum := range []struct {
		word  *string
		words []string
	}{
		{a.Status, []string{standUnknown, standInSync, standOutOfSync, standUnsynced, standNone, standPending, standFailed}},
		{a.Detail, []string{"none", "hardwareRequirementsNotMet", "surfaceHubProfileNotSupported", "holoLensProfileNotSupported", "windowsPcProfileNotSupported", "surfaceHub2SProfileNotSupported", "unknownFutureValue"}},
		{a.Enrolment, []string{"unknown", "enrolled", enrolledReset, "failed", "notContacted", "blocked"}},
		{a.Remediation, []string{"unknown", "noRemediationRequired", "automaticRemediationRequired", "manualRemediationRequired", "unknownFutureValue"}},
		{a.Userless, []string{"unknown", "allowed", "blocked", "unknownFutureValue"}},
	} {
		if enum.word != nil && !slices.Contains(enum.words, *enum.word) {
			return false
		}
	}
	return true
}

// addAssigned is POST …/assignedDevices with an identity in the body, and with
// /$ref the same or a reference. A reference is answered 204, an identity 201
// with all of it.
func (c *call) addAssigned(of func(*call) (*profile, error), reference bool) (answer, error) {
	body, err := decode[wireAssigned](c.body)
	switch {
	case err != nil:
		return answer{}, badJSON()
	case !body.readable():
		return answer{}, flawed()
	}
	byLink := reference && deref(body.Reference) != ""
	var out wireBetaPilot
	var p *profile
	c.w.view(c.now, func() {
		if p, err = of(c); err != nil {
			return
		}
		var one pilot
		if one, err = c.assignedTarget(&body, byLink); err != nil {
			return
		}
		c.w.decide(c.customer, one.number, c.w.alter(c.customer, one.number), p, true, c.now)
		one, _ = c.w.pilotAt(c.customer, one.number)
		out, _ = c.wireBetaPilotOf(&one)
	})
	switch {
	case err != nil:
		return answer{}, err
	case byLink:
		return answer{status: http.StatusNoContent}, nil
	}
	a, err := graphItem(c, profileSet+"('"+p.id+"')/assignedDevices", odata{}, out)
	a.status = http.StatusCreated
	return a, err
}

// assignedTarget is the device that a body means: by reference, by id, or else
// by its serial number to the letter. The lock is held.
func (c *call) assignedTarget(body *wireAssigned, byLink bool) (pilot, error) {
	var one pilot
	ok := false
	switch {
	case byLink:
		id, fine := pilotReferred(*body.Reference)
		if !fine {
			return one, flawed()
		}
		one, ok = c.w.pilotByID(c.customer, id)
	case deref(body.ID) != "":
		one, ok = c.w.pilotByID(c.customer, *body.ID)
	case deref(body.Serial) != "":
		one, ok = c.w.pilotBySerial(c.customer, *body.Serial)
	default:
		return one, flawed()
	}
	if !ok {
		return one, notFound()
	}
	return one, nil
}

// pilotReferred is the id at the end of a reference to an identity, absolute or
// not, in either form of addressing.
func pilotReferred(reference string) (string, bool) {
	path := keys(strings.Split(strings.TrimRight(reference, "/"), "/"))
	if len(path) < 2 || !strings.EqualFold(path[len(path)-2], "windowsAutopilotDeviceIdentities") {
		return "", false
	}
	return path[len(path)-1], true
}

// dropAssigned is DELETE …/assignedDevices/{device}: the device has no profile
// until the next sync, which may give it one through a group.
func (c *call) dropAssigned(of func(*call) (*profile, error)) (answer, error) {
	var err error
	c.w.view(c.now, func() {
		var p *profile
		if p, err = of(c); err != nil {
			return
		}
		one, ok := c.w.pilotByID(c.customer, c.pilotID())
		if !ok || one.to != p {
			err = notFound()
			return
		}
		c.w.decide(c.customer, one.number, c.w.alter(c.customer, one.number), nil, false, c.now)
	})
	if err != nil {
		return answer{}, err
	}
	return answer{status: http.StatusNoContent}, nil
}

// assignDevices is POST …/{id}/assign with ids or serial numbers of devices, all
// or none.
func assignDevices(c *call) (answer, error) {
	body, err := decode[struct {
		Devices *[]string `json:"deviceIds"`
	}](c.body)
	switch {
	case err != nil:
		return answer{}, badJSON()
	case body.Devices == nil:
		return answer{}, missing("deviceIds")
	}
	c.w.view(c.now, func() {
		var p *profile
		if p, err = profileNamed(c); err != nil {
			return
		}
		var numbers []uint64
		for _, word := range *body.Devices {
			one, ok := c.w.pilotByID(c.customer, word)
			if !ok {
				one, ok = c.w.pilotBySerial(c.customer, word)
			}
			if !ok {
				err = notFound()
				return
			}
			numbers = append(numbers, one.number)
		}
		for _, n := range numbers {
			c.w.decide(c.customer, n, c.w.alter(c.customer, n), p, true, c.now)
		}
	})
	if err != nil {
		return answer{}, err
	}
	return answer{status: http.StatusNoContent}, nil
}
