package simulator

import (
	"net/http"
	"strings"
	"time"
)

const pilotSet = "deviceManagement/windowsAutopilotDeviceIdentities"

// pilotPage is how many identities one answer holds at most, unless
// Options.Page says less.
const pilotPage = 1000

func pilotRoutes() []route {
	f := familyAutopilot()
	beta := f.onlyBeta()
	item := pilotSet + "/{id}"
	post := func(do handler) map[string]handler { return map[string]handler{http.MethodPost: do} }
	get := func(do handler) map[string]handler { return map[string]handler{http.MethodGet: do} }
	return []route{
		f.route(pilotSet, map[string]handler{http.MethodGet: listPilots, http.MethodPost: createPilot}),
		beta.route(pilotSet+"/deleteDevices", post(deletePilots)),
		f.route(item, map[string]handler{http.MethodGet: getPilot, http.MethodDelete: deletePilot}),
		f.route(item+"/updateDeviceProperties", post(updatePilot)),
		f.route(item+"/assignUserToDevice", post(assignUser)),
		f.route(item+"/unassignUserFromDevice", post(unassignUser)),
		beta.route(item+"/assignResourceAccountToDevice", post(assignResource)),
		beta.route(item+"/unassignResourceAccountFromDevice", post(unassignResource)),
		beta.route(item+"/allowNextEnrollment", post(allowNextEnrollment)),
		beta.route(item+"/deploymentProfile", get(getCurrentProfile)),
		beta.route(item+"/intendedDeploymentProfile", get(getIntendedProfile)),
		beta.route(item+"/deploymentProfile/assignments", get(listPilotAssignments)),
	}
}

// wirePilot is an identity as v1.0 has it.
type wirePilot struct {
	ID          string `json:"id"`
	Tag         string `json:"groupTag"`
	Purchase    string `json:"purchaseOrderIdentifier"`
	Serial      string `json:"serialNumber"`
	Key         string `json:"productKey"`
	Maker       string `json:"manufacturer"`
	Model       string `json:"model"`
	Enrolment   string `json:"enrollmentState"`
	LastContact string `json:"lastContactedDateTime"`
	Greeting    string `json:"addressableUserName"`
	User        string `json:"userPrincipalName"`
	Resource    string `json:"resourceName"`
	SKU         string `json:"skuNumber"`
	Family      string `json:"systemFamily"`
	Entra       string `json:"azureActiveDirectoryDeviceId"`
	Managed     string `json:"managedDeviceId"`
	Name        string `json:"displayName"`
}

// wireBetaPilot is an identity as beta has it. The navigations are there when
// they are asked for; within, null is none.
type wireBetaPilot struct {
	wirePilot
	Status           string        `json:"deploymentProfileAssignmentStatus"`
	Detail           string        `json:"deploymentProfileAssignmentDetailedStatus"`
	Assigned         string        `json:"deploymentProfileAssignedDateTime"`
	EntraToo         string        `json:"azureAdDeviceId"`
	Account          string        `json:"deviceAccountUpn"`
	AccountSecret    string        `json:"deviceAccountPassword"` // always empty
	Friendly         string        `json:"deviceFriendlyName"`
	Remediation      string        `json:"remediationState"`
	RemediationSince string        `json:"remediationStateLastModifiedDateTime"`
	Userless         string        `json:"userlessEnrollmentStatus"`
	Order            *string       `json:"orderIdentifier,omitempty"`
	Current          **wireProfile `json:"deploymentProfile,omitempty"`
	Intended         **wireProfile `json:"intendedDeploymentProfile,omitempty"`
}

// graphDate writes an instant with seven digits, and the zero one as never.
func graphDate(t time.Time) string {
	if t.IsZero() {
		return graphNever
	}
	return t.UTC().Format(dateSeven)
}

// wirePilotOf shows an identity in v1.0; the lock is held.
func (c *call) wirePilotOf(one *pilot) wirePilot {
	w := c.w
	f := &w.fleet
	out := wirePilot{
		ID: f.alias(aliasIdentity, one.number), Tag: one.tag, Purchase: one.purchase, Serial: one.serial, Key: one.key, Maker: one.maker, Model: one.model,
		Enrolment: w.enrolment(c.customer, one), LastContact: graphNever, Greeting: one.greeting, User: one.user, Resource: one.resource,
		Entra: f.alias(aliasEntra, one.number), Managed: zeroGUID, Name: one.name,
	}
	out.Family, out.SKU = w.makeup(one.maker, one.model)
	if w.enrolled(c.customer, one.number) {
		out.Managed, out.LastContact = f.alias(aliasManaged, one.number), graphDate(w.lastContact(c.customer, one.number))
	}
	if !c.beta() && out.Enrolment == "blocked" {
		out.Enrolment = "unknown" // v1.0 does not have the word
	}
	return out
}

// wireBetaPilotOf shows an identity in beta, and how it stands; the lock is
// held.
func (c *call) wireBetaPilotOf(one *pilot) (wireBetaPilot, standing) {
	s := c.w.standingOf(c.customer, one, c.now)
	out := wireBetaPilot{wirePilot: c.wirePilotOf(one), Status: s.status, Detail: s.detail, Assigned: graphDate(s.assigned)}
	out.EntraToo = out.Entra
	if one.account != nil {
		out.Account, out.Friendly = one.account.principal, one.account.friendly
	}
	state, since := c.w.remediation(c.customer, one)
	out.Remediation, out.RemediationSince = state, graphDate(since)
	out.Userless = userless(out.Enrolment, one.released)
	if c.w.switches.is(switchOrderID) {
		out.Order = &one.tag
	}
	if c.w.fleet.hostile && one.number%11 == 4 {
		out.Status = "assignedSomewhere\x1b[5m" // a word that nobody has published
	}
	return out, s
}

// listPilots is GET /deviceManagement/windowsAutopilotDeviceIdentities.
func listPilots(c *call) (answer, error) {
	q, err := c.odata()
	if err != nil {
		return answer{}, err
	}
	if q.picked != nil && c.w.switches.is(switchNoSelect) {
		return answer{}, graphRefuse(shapeService, http.StatusInternalServerError, "InternalServerError", "An internal server error has occurred")
	}
	keep, err := c.pilotFilter(q)
	if err != nil {
		return answer{}, err
	}
	return c.pilotList(pilotSet, q, keep)
}

// pilotTest decides about an identity whose number and serial number are known;
// the lock is held.
type pilotTest func(n uint64, serial string) bool

// pilotFilter is what a list keeps. Strictly taken that is what contains a
// text without a hyphen in the serial number, and everything else is refused.
func (c *call) pilotFilter(q odata) (pilotTest, error) {
	lenient := c.w.switches.is(switchLenient)
	if !lenient && (q.order != "" || q.search != "" || q.skip > 0 || len(q.expanded) > 0) {
		return nil, serviceFlaw("An error has occurred")
	}
	if q.filter == nil {
		return nil, nil
	}
	known := q.filter.every(func(string) bool { return lenient }, func(t test) bool {
		if lenient {
			return pilotProperty(t.property) != nil
		}
		return t.op == "contains" && t.property == "serialnumber" && !strings.Contains(t.values[0], "-")
	})
	if !known {
		return nil, serviceFlaw("An error has occurred")
	}
	f := &c.w.fleet
	return func(n uint64, serial string) bool {
		return q.filter.holds(func(t test) bool {
			if t.property == "serialnumber" { // without computing the rest of a million devices
				return t.compare(serial)
			}
			one, _ := c.w.pilotAt(c.customer, n)
			return t.compare(pilotProperty(t.property)(f, &one))
		})
	}, nil
}

// pilotProperty reads a property by its name in lower case; nil is one that no
// filter takes.
func pilotProperty(name string) func(*fleet, *pilot) string {
	switch name {
	case "id":
		return func(f *fleet, one *pilot) string { return f.alias(aliasIdentity, one.number) }
	case "azureactivedirectorydeviceid", "azureaddeviceid":
		return func(f *fleet, one *pilot) string { return f.alias(aliasEntra, one.number) }
	case "serialnumber":
		return func(_ *fleet, one *pilot) string { return one.serial }
	case "grouptag":
		return func(_ *fleet, one *pilot) string { return one.tag }
	case "displayname":
		return func(_ *fleet, one *pilot) string { return one.name }
	case "userprincipalname":
		return func(_ *fleet, one *pilot) string { return one.user }
	case "manufacturer":
		return func(_ *fleet, one *pilot) string { return one.maker }
	case "model":
		return func(_ *fleet, one *pilot) string { return one.model }
	}
	return nil
}

// pilotList writes a page of the identities that are kept, all with nil, below
// a set.
func (c *call) pilotList(set string, q odata, keep pilotTest) (answer, error) {
	hostile := c.s.options.has("hostile")
	from, ok := parsePlace(q.from)
	if q.from == hostileToken && hostile {
		from, ok = place{}, true
	}
	if !ok {
		return answer{}, serviceFlaw("An error has occurred")
	}
	most := c.s.options.Page
	limit := min(orDefault(q.top, most), most)
	var old page[wirePilot]
	var out page[wireBetaPilot]
	c.w.view(c.now, func() {
		old.items, out.items, out.next = c.pilotItems(from, limit, keep)
	})
	old.next = out.next
	switch {
	case out.next != "" && c.w.switches.is(switchLoop):
		old.next, out.next = orDefault(q.from, lastSerial+"''"), orDefault(q.from, lastSerial+"''")
	case hostile && out.next != "" && c.s.turn("identities")%2 == 1:
		old.link = "https://collector.invalid/beta/" + set + "?$skiptoken=x"
		out.link = old.link
	case hostile && out.next != "":
		old.next, out.next = hostileToken, hostileToken
	}
	if !c.beta() {
		return graphList(c, set, q, old)
	}
	return graphList(c, set, q, out)
}

// pilotItems collects a page in the version that was called, and the token of
// the next; the lock is held.
func (c *call) pilotItems(from place, limit int, keep pilotTest) (old []wirePilot, out []wireBetaPilot, next string) {
	last := place{serial: from.serial, behind: max(from.behind, 0)}
	count := 0
	c.w.walk(c.customer, from, func(n uint64, serial string) bool {
		if count == limit {
			if serial != last.serial {
				last.behind = 0
			}
			next = last.token()
			return false
		}
		if serial != last.serial {
			last = place{serial: serial}
		}
		last.behind++
		if keep != nil && !keep(n, serial) {
			return true
		}
		one, _ := c.w.pilotAt(c.customer, n)
		count++
		if c.beta() {
			wire, _ := c.wireBetaPilotOf(&one)
			out = append(out, wire)
		} else {
			old = append(old, c.wirePilotOf(&one))
		}
		return true
	})
	return old, out, next
}

// getPilot is GET /deviceManagement/windowsAutopilotDeviceIdentities/{id}, with
// the profiles when they are asked for.
func getPilot(c *call) (answer, error) {
	q, err := c.odata()
	if err != nil {
		return answer{}, err
	}
	for _, name := range q.expanded {
		name, _, _ = strings.Cut(name, "(")
		if !c.beta() || !strings.EqualFold(name, "deploymentProfile") && !strings.EqualFold(name, "intendedDeploymentProfile") {
			return answer{}, graphRefuse(shapeGateway, http.StatusBadRequest, "BadRequest",
				"Parsing OData Select and Expand failed: Could not find a property named '%.64s' on type 'microsoft.graph.windowsAutopilotDeviceIdentity'.", name)
		}
	}
	var old wirePilot
	var out wireBetaPilot
	found := false
	c.w.view(c.now, func() {
		var one pilot
		if one, found = c.w.pilotByID(c.customer, c.pilotID()); !found {
			return
		}
		old = c.wirePilotOf(&one)
		var s standing
		out, s = c.wireBetaPilotOf(&one)
		if q.expands("deploymentProfile") {
			out.Current = expanded(s.current)
		}
		if q.expands("intendedDeploymentProfile") {
			out.Intended = expanded(s.intended)
		}
	})
	switch {
	case !found:
		return answer{}, notFound()
	case !c.beta():
		return graphItem(c, pilotSet, q, old)
	}
	if c.w.switches.is(switchBlind) {
		out.Status = standUnknown
	}
	return graphItem(c, pilotSet, q, out)
}

// pilotID is the id of the identity that a path is about: the last one in it.
func (c *call) pilotID() string { return c.params[len(c.params)-1] }

// expanded is a navigation that was asked for; null when there is nothing.
func expanded(p *profile) **wireProfile {
	var inner *wireProfile
	if p != nil {
		one := p.wire()
		inner = &one
	}
	return &inner
}

// getCurrentProfile is GET …/{id}/deploymentProfile.
func getCurrentProfile(c *call) (answer, error) {
	return c.profileOf(func(s standing) *profile { return s.current })
}

// getIntendedProfile is GET …/{id}/intendedDeploymentProfile.
func getIntendedProfile(c *call) (answer, error) {
	return c.profileOf(func(s standing) *profile { return s.intended })
}

// profileOf answers with one of the profiles of an identity, or 404.
func (c *call) profileOf(pick func(standing) *profile) (answer, error) {
	q, err := c.odata()
	if err != nil {
		return answer{}, err
	}
	var out *wireProfile
	c.w.view(c.now, func() {
		if one, ok := c.w.pilotByID(c.customer, c.pilotID()); ok {
			if p := pick(c.w.standingOf(c.customer, &one, c.now)); p != nil {
				full := p.expanded(q)
				out = &full
			}
		}
	})
	if out == nil {
		return answer{}, notFound()
	}
	return graphItem(c, profileSet, q, *out)
}
