package simulator

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

func entraRoutes() []route {
	f := familyDirectory()
	f.read = append(f.read, "Device.Read.All")
	lookup := f
	lookup.reading = true
	return []route{
		f.route("devices", map[string]handler{http.MethodGet: listEntra}),
		f.route("devices/{id}", map[string]handler{http.MethodGet: getEntra, http.MethodDelete: deleteEntra}),
		lookup.route("directoryObjects/getByIds", map[string]handler{http.MethodPost: getByIDs}),
	}
}

// directoryRefuse is the directory's plain refusal.
func directoryRefuse(status int, code, format string, args ...any) *graphError {
	return graphRefuse(shapeGateway, status, code, format, args...)
}

// objectMissing is the directory's 404.
func objectMissing(id string) *graphError {
	return directoryRefuse(http.StatusNotFound, "Request_ResourceNotFound",
		"Resource '%.64s' does not exist or one of its queried reference-property objects are not present.", id)
}

// The directory's page sizes.
const (
	directoryPage     = 100
	directoryPageMost = 999
)

// directoryTop is how many objects a page is to hold.
func (q odata) directoryTop() (int, error) {
	if q.top > directoryPageMost {
		return 0, directoryRefuse(http.StatusBadRequest, "Request_BadRequest", "Invalid page size specified: '%d'. Must be between 1 and 999 inclusive.", q.top)
	}
	return orDefault(q.top, directoryPage), nil
}

// eventual reports whether the caller accepts an eventually consistent
// answer, which advanced queries want.
func (c *call) eventual() bool {
	return strings.EqualFold(strings.TrimSpace(c.r.Header.Get("ConsistencyLevel")), "eventual")
}

// wireEntra is a device of the directory.
type wireEntra struct {
	Type            string            `json:"@odata.type,omitempty"`
	ID              string            `json:"id"`
	Deleted         *string           `json:"deletedDateTime"`
	Enabled         bool              `json:"accountEnabled"`
	SignedIn        *string           `json:"approximateLastSignInDateTime"`
	Expires         *string           `json:"complianceExpirationDateTime"`
	Created         string            `json:"createdDateTime"`
	Category        *string           `json:"deviceCategory"`
	Device          string            `json:"deviceId"`
	Metadata        *string           `json:"deviceMetadata"`
	Ownership       *string           `json:"deviceOwnership"`
	DeviceVersion   int               `json:"deviceVersion"`
	Name            string            `json:"displayName"`
	Domain          *string           `json:"domainName"`
	Profile         *string           `json:"enrollmentProfileName"`
	Enrollment      *string           `json:"enrollmentType"`
	Source          *string           `json:"externalSourceName"`
	Compliant       *bool             `json:"isCompliant"`
	Managed         *bool             `json:"isManaged"`
	Rooted          *bool             `json:"isRooted"`
	Management      *string           `json:"managementType"`
	Maker           string            `json:"manufacturer"`
	App             *string           `json:"mdmAppId"`
	Model           string            `json:"model"`
	Synced          *string           `json:"onPremisesLastSyncDateTime"`
	SyncEnabled     *bool             `json:"onPremisesSyncEnabled"`
	System          string            `json:"operatingSystem"`
	SystemVersion   string            `json:"operatingSystemVersion"`
	PhysicalIDs     []string          `json:"physicalIds"`
	ProfileType     string            `json:"profileType"`
	Registered      *string           `json:"registrationDateTime"`
	SourceType      *string           `json:"sourceType"`
	Labels          []string          `json:"systemLabels"`
	Trust           string            `json:"trustType"`
	Extension       map[string]string `json:"extensionAttributes,omitempty"`
	AlternativeKeys []string          `json:"alternativeSecurityIds"`
}

const typeDevice = "#microsoft.graph.device"

// entraDevice computes the directory's object of a device; the lock is held.
// Registration alone makes one, with the serial number for a name.
func (w *world) entraDevice(c *customer, n uint64) wireEntra {
	d := w.machine(c, n)
	created := w.enrolledAt(c, n)
	out := wireEntra{
		ID: w.fleet.alias(aliasObject, n), Device: w.fleet.alias(aliasEntra, n), Enabled: true, Name: d.serial, Maker: d.maker, Model: d.model,
		Created: entraDate(created), Registered: ptr(entraDate(created)), DeviceVersion: 2, System: "Windows", SystemVersion: "10.0",
		PhysicalIDs: []string{}, ProfileType: "RegisteredDevice", Labels: []string{}, Trust: "AzureAd", AlternativeKeys: []string{},
	}
	if r, ok := w.registration(c, n); ok {
		out.PhysicalIDs = append(out.PhysicalIDs, "[ZTDID]:"+w.fleet.alias(aliasIdentity, n))
		if r.tag != "" {
			out.PhysicalIDs = append(out.PhysicalIDs, "[OrderID]:"+r.tag)
		}
		if r.order != "" {
			out.PhysicalIDs = append(out.PhysicalIDs, "[PurchaseOrderId]:"+r.order)
		}
	}
	if w.managed(c, n) {
		m := w.managedDevice(c, n)
		out.manage(&m)
		out.PhysicalIDs = append(out.PhysicalIDs, "[HWID]:h:"+digits(w.seed.at(kindManaged, n, 5)%1e16, 16))
	}
	return out
}

// manage fills in what the directory knows of a managed device.
func (e *wireEntra) manage(m *managed) {
	e.Name, e.SystemVersion, e.System = m.name, m.version, m.system
	e.Ownership, e.Management, e.App = ptr("Company"), ptr("MDM"), ptr("0000000a-0000-0000-c000-000000000000")
	e.Managed, e.Compliant, e.Rooted = ptr(true), ptr(m.compliance() == "compliant"), ptr(false)
	e.SignedIn = ptr(entraDate(m.synced))
	e.Enrollment = ptr("AzureDomainJoined")
	if m.autopilot {
		return
	}
	e.Trust = "Workplace"
}

func (s *stray) entraDevice() wireEntra {
	out := wireEntra{
		ID: s.object, Device: s.entra, Enabled: true, Maker: s.maker, Model: s.model, Created: entraDate(s.enrolled), Registered: ptr(entraDate(s.enrolled)),
		DeviceVersion: 2, PhysicalIDs: []string{}, ProfileType: "RegisteredDevice", Labels: []string{}, AlternativeKeys: []string{},
	}
	out.manage(&s.managed)
	return out
}

func ptr[T any](v T) *T { return &v }

// entraDate is the directory's way with dates: whole seconds.
func entraDate(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// walkEntra visits the directory's devices from a place on; the lock is held.
// Keys that a filter fixes are looked up instead.
func (w *world) walkEntra(c *customer, filter *predicate, from uint64, visit func(uint64, wireEntra) bool) {
	pass := func(place uint64, e wireEntra) bool { return !e.passes(filter) || visit(place, e) }
	if filter != nil {
		if n, ok := w.entraByKey(c, *filter); ok {
			if from == 0 {
				pass(0, w.entraDevice(c, n))
			}
			return
		}
	}
	place := from
	for n, ok := c.numberAt(place); ok; n, ok = c.numberAt(place) {
		if !pass(place, w.entraDevice(c, n)) {
			return
		}
		place++
	}
	devices := c.count + uint64(len(c.directory.newcomers))
	for ; place-devices < uint64(len(c.directory.strays)); place++ {
		if !pass(place, c.directory.strays[place-devices].entraDevice()) {
			return
		}
	}
}

// entraByKey finds the one device of Autopilot that a filter can mean.
func (w *world) entraByKey(c *customer, filter predicate) (uint64, bool) {
	for property, a := range map[string]alias{"deviceid": aliasEntra, "id": aliasObject} {
		if id, ok := filter.equal(property); ok {
			n, found := w.fleet.byAlias(a, id)
			return n, found && w.knows(c, n)
		}
	}
	if filter.word == "" && filter.test.property == "physicalids" && filter.test.op == "any eq" {
		if id, ok := strings.CutPrefix(filter.test.values[0], "[ZTDID]:"); ok {
			n, found := w.fleet.byAlias(aliasIdentity, id)
			return n, found && w.knows(c, n)
		}
	}
	return 0, false
}

// knows reports whether a number is one of the tenant's devices; the lock is
// held.
func (w *world) knows(c *customer, n uint64) bool { return c.owns(n) || c.autopilot.known[n] != nil }

// passes reports whether a filter keeps the device.
func (e *wireEntra) passes(filter *predicate) bool {
	return filter == nil || filter.holds(func(t test) bool {
		switch t.property {
		case "deviceid":
			return t.compare(e.Device)
		case "id":
			return t.compare(e.ID)
		case "displayname":
			return t.compare(e.Name)
		case "operatingsystem":
			return t.compare(e.System)
		}
		for _, id := range e.PhysicalIDs {
			if t.compare(id) {
				return true
			}
		}
		return false
	})
}

// listEntra is GET /devices.
func listEntra(c *call) (answer, error) {
	q, from, limit, err := c.directoryQuery(func(t test) bool {
		switch t.property {
		case "deviceid", "id", "displayname", "operatingsystem":
			return t.op == "eq" || t.op == "startswith" || t.op == "in"
		}
		return t.property == "physicalids" && (t.op == "any eq" || t.op == "any startswith")
	})
	if err != nil {
		return answer{}, err
	}
	var out page[wireEntra]
	c.w.view(c.now, func() {
		total := 0
		counts := q.count && c.eventual() && from == 0
		c.w.walkEntra(c.customer, q.filter, from, func(place uint64, e wireEntra) bool {
			total++
			switch {
			case total <= limit:
				out.items = append(out.items, e)
			case out.next == "":
				out.next = strconv.FormatUint(place, 10)
			}
			return counts || total <= limit
		})
		if counts {
			out.count = &total
		}
	})
	return graphList(c, "devices", q, out)
}

// directoryQuery reads the query of a list of the directory, and refuses what
// it refuses.
func (c *call) directoryQuery(accepts func(test) bool) (q odata, from uint64, limit int, err error) {
	if q, err = c.odata(); err != nil {
		return q, 0, 0, err
	}
	if q.search != "" && !c.eventual() {
		return q, 0, 0, directoryRefuse(http.StatusBadRequest, "Request_UnsupportedQuery",
			"Request with $search query parameter only works through MSGraph with a special request header: 'ConsistencyLevel: eventual'")
	}
	if q.order != "" && (q.filter != nil || q.search != "") && !(c.eventual() && q.count) {
		return q, 0, 0, directoryRefuse(http.StatusBadRequest, "Request_UnsupportedQuery", "Sorting not supported for current query.")
	}
	if q.filter != nil && !q.filter.every(func(word string) bool { return word != "not" || c.eventual() && q.count }, accepts) {
		return q, 0, 0, directoryRefuse(http.StatusBadRequest, "Request_UnsupportedQuery", "Unsupported or invalid query filter clause specified for property of resource.")
	}
	if from, err = q.offset(); err != nil {
		return q, 0, 0, err
	}
	limit, err = q.directoryTop()
	return q, from, limit, err
}

// entraNumber finds one of Autopilot's devices by object id; the lock is held.
func (w *world) entraNumber(c *customer, object string) (uint64, bool) {
	n, ok := w.fleet.byAlias(aliasObject, object)
	return n, ok && w.knows(c, n)
}

// entraByObject finds any device of the directory by object id; the lock is
// held.
func (w *world) entraByObject(c *customer, object string) *wireEntra {
	if n, ok := w.entraNumber(c, object); ok {
		e := w.entraDevice(c, n)
		return &e
	}
	for _, s := range c.directory.strays {
		if strings.EqualFold(s.object, object) {
			e := s.entraDevice()
			return &e
		}
	}
	return nil
}

// getEntra is GET /devices/{object id}.
func getEntra(c *call) (answer, error) {
	q, err := c.odata()
	if err != nil {
		return answer{}, err
	}
	var out *wireEntra
	c.w.view(c.now, func() { out = c.w.entraByObject(c.customer, c.params[0]) })
	if out == nil {
		return answer{}, objectMissing(c.params[0])
	}
	return graphItem(c, "devices", q, *out)
}

// deleteEntra is DELETE /devices/{object id}. Nobody here may: for a device
// that is registered with Autopilot the service says no to everybody, and for
// others the tokens lack the scope.
func deleteEntra(c *call) (answer, error) {
	var out *wireEntra
	c.w.view(c.now, func() { out = c.w.entraByObject(c.customer, c.params[0]) })
	if out == nil {
		return answer{}, objectMissing(c.params[0])
	}
	return answer{}, directoryRefuse(http.StatusForbidden, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
}

// wireIDs is the body of getByIds.
type wireIDs struct {
	IDs   []string `json:"ids"`
	Types []string `json:"types"`
}

// maxByIDs is how many objects one getByIds may ask for.
const maxByIDs = 1000

// getByIDs is POST /directoryObjects/getByIds. Ids that are nobody's are left
// out of the answer.
func getByIDs(c *call) (answer, error) {
	body, err := decode[wireIDs](c.body)
	if err != nil {
		return answer{}, badJSON()
	}
	if len(body.IDs) == 0 || len(body.IDs) > maxByIDs {
		return answer{}, directoryRefuse(http.StatusBadRequest, "Request_BadRequest", "The number of ids must be between 1 and %d.", maxByIDs)
	}
	for _, id := range body.IDs {
		if !isGUID(id) {
			return answer{}, directoryRefuse(http.StatusBadRequest, "Request_BadRequest", "Invalid GUID: %.64s", id)
		}
	}
	q, err := c.odata()
	if err != nil {
		return answer{}, err
	}
	wants := func(kind string) bool {
		if len(body.Types) == 0 {
			return true
		}
		for _, one := range body.Types {
			if strings.EqualFold(one, kind) || strings.EqualFold(one, "directoryObject") {
				return true
			}
		}
		return false
	}
	var out page[wireObject]
	c.w.view(c.now, func() {
		for _, id := range body.IDs {
			if o, ok := c.w.object(c.customer, id); ok && wants(o.kind()) {
				out.items = append(out.items, o)
			}
		}
	})
	return graphObjects(c, "directoryObjects", q, out)
}
