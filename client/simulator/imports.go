package simulator

import (
	"cmp"
	"encoding/base64"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

const importSet = "deviceManagement/importedWindowsAutopilotDeviceIdentities"

func importRoutes() []route {
	f := familyAutopilot()
	return []route{
		f.route(importSet, map[string]handler{http.MethodGet: listImports, http.MethodPost: createImport}),
		f.route(importSet+"/import", map[string]handler{http.MethodPost: createImports}),
		f.route(importSet+"/{id}", map[string]handler{http.MethodGet: getImport, http.MethodDelete: deleteImport}),
	}
}

// ticket is the import of one device. The hardware hash is not kept.
type ticket struct {
	number           uint64 // in the order in which they came
	id, batch        string // batch is the importId
	serial, key, tag string
	user             string
	state            wireImportState
	wanted           importWish
}

// importWish is what the hash of a ticket said, and whether it could be read.
type importWish struct {
	inside hashed
	intact bool
	sum    string // empty for a shortened sample, which many devices may share
}

// The words for how far an import has come; pending and partial exist, but the
// service does not use them.
const (
	importUnknown  = "unknown"
	importComplete = "complete"
	importError    = "error"
)

// importWords are all words that a client may send; read only.
var importWords = []string{importUnknown, "pending", "partial", importComplete, importError}

// The pace of imports on the simulated clock.
const (
	importLeast  = 60 * time.Second
	importSpread = 35 * time.Second
	importStep   = 200 * time.Millisecond // for each device further down in a list
)

type wireImport struct {
	Context string          `json:"@odata.context,omitempty"`
	ID      string          `json:"id"`
	Tag     string          `json:"groupTag"`
	Serial  string          `json:"serialNumber"`
	Key     string          `json:"productKey"`
	Batch   string          `json:"importId"`
	Hash    *string         `json:"hardwareIdentifier"` // never given back
	User    string          `json:"assignedUserPrincipalName"`
	State   wireImportState `json:"state"`
}

type wireImportState struct {
	Status       string `json:"deviceImportStatus"`
	Registration string `json:"deviceRegistrationId"`
	Code         int    `json:"deviceErrorCode"`
	Name         string `json:"deviceErrorName"`
}

func (t *ticket) wire() wireImport {
	return wireImport{ID: t.id, Tag: t.tag, Serial: t.serial, Key: t.key, Batch: t.batch, User: t.user, State: t.state}
}

// wireImportEdit is a device in a request. A null member is an absent one.
type wireImportEdit struct {
	Serial *string `json:"serialNumber"`
	Key    *string `json:"productKey"`
	Hash   *string `json:"hardwareIdentifier"`
	Tag    *string `json:"groupTag"`
	User   *string `json:"assignedUserPrincipalName"`
	Batch  *string `json:"importId"`
	State  *struct {
		Status *string `json:"deviceImportStatus"`
		Code   *int    `json:"deviceErrorCode"`
	} `json:"state"`
}

// readable refuses what the service cannot even read: a hash that is not
// base64, a state that is no word of the enumeration.
func (e *wireImportEdit) readable() error {
	if _, err := base64.StdEncoding.DecodeString(deref(e.Hash)); err != nil {
		return badJSON()
	}
	if e.State != nil && e.State.Status != nil && !slices.Contains(importWords, *e.State.Status) {
		return flawed()
	}
	for _, text := range []*string{e.Serial, e.Key, e.Tag, e.User, e.Batch} {
		if len(deref(text)) > maxPilotText {
			return flawed()
		}
	}
	return nil
}

// sampleHash is how many bytes a hash may have to pass for a shortened sample,
// as documentation prints them: only its first two are looked at.
const sampleHash = 64

// wish reads the hash.
func (e *wireImportEdit) wish() importWish {
	text := deref(e.Hash)
	if text == "" {
		return importWish{}
	}
	if inside, ok := readHash(text); ok {
		return importWish{inside, true, hashDigest(text)}
	}
	raw, err := base64.StdEncoding.DecodeString(text)
	return importWish{intact: err == nil && len(raw) <= sampleHash && strings.HasPrefix(string(raw), "OA")}
}

// createImport is POST /deviceManagement/importedWindowsAutopilotDeviceIdentities.
func createImport(c *call) (answer, error) {
	edit, err := decode[wireImportEdit](c.body)
	if err != nil {
		return answer{}, badJSON()
	}
	if err := edit.readable(); err != nil {
		return answer{}, err
	}
	var out wireImport
	c.w.view(c.now, func() { out = c.accept(&edit, 0).wire() })
	out.Context = c.context("/$metadata#" + importSet + "/$entity")
	return graphGood(http.StatusCreated, out)
}

// createImports is POST …/import with a list, all or none.
func createImports(c *call) (answer, error) {
	body, err := decode[struct {
		Devices *[]wireImportEdit `json:"importedWindowsAutopilotDeviceIdentities"`
	}](c.body)
	switch {
	case err != nil:
		return answer{}, badJSON()
	case body.Devices == nil:
		return answer{}, missing("importedWindowsAutopilotDeviceIdentities")
	}
	for i := range *body.Devices {
		if err := (*body.Devices)[i].readable(); err != nil {
			return answer{}, err
		}
	}
	var out page[wireImport]
	c.w.view(c.now, func() {
		for i := range *body.Devices {
			out.items = append(out.items, c.accept(&(*body.Devices)[i], i).wire())
		}
	})
	return graphList(c, "Collection(microsoft.graph.importedWindowsAutopilotDeviceIdentity)", odata{}, out)
}

// accept makes a ticket and plans its end; the lock is held.
func (c *call) accept(e *wireImportEdit, place int) *ticket {
	w, customer := c.w, c.customer
	w.ticketCount++
	t := &ticket{
		number: w.ticketCount, id: guid(w.run.at(kindTicket, w.ticketCount, 0), w.run.at(kindTicket, w.ticketCount, 1)),
		serial: deref(e.Serial), key: deref(e.Key), tag: deref(e.Tag), user: deref(e.User), batch: deref(e.Batch),
		state: wireImportState{Status: importUnknown}, wanted: e.wish(),
	}
	t.serial = orDefault(t.serial, t.wanted.inside.serial)
	customer.autopilot.file(t)
	wanted := *t
	t.batch = orDefault(t.batch, t.id)
	t.key = orDefault(t.key, t.id) // an oddity of the service
	end := c.now.Add(importLeast + time.Duration(w.run.at(kindTicket, w.ticketCount, 2)%uint64(importSpread)) + time.Duration(place)*importStep)
	w.later(end, func() {
		if w.switches.is(switchHeld) {
			customer.autopilot.held = append(customer.autopilot.held, func() { t.state = w.register(customer, &wanted) })
			return
		}
		t.state = w.register(customer, &wanted)
	})
	return t
}

// letGo ends the imports that the switch kept; the lock is held.
func (w *world) letGo(c *customer) {
	if len(c.autopilot.held) == 0 || w.switches.is(switchHeld) {
		return
	}
	for _, end := range c.autopilot.held {
		end()
	}
	c.autopilot.held = nil
}

// register does what a ticket asks for, and says what became of it; the lock is
// held. The identity is there at once.
func (w *world) register(c *customer, t *ticket) wireImportState {
	d := fold(t.serial, t.wanted.inside.maker, t.wanted.inside.model, t.key, t.wanted.sum)
	if f := w.unregistrable(c, t, d); f != nil {
		code, err := strconv.Atoi(f.code)
		if err != nil { // our own table has numbers
			panic(err)
		}
		return wireImportState{Status: importError, Code: code, Name: f.name}
	}
	one := &pilot{
		number: w.nextNumber(), serial: t.serial, key: t.key, maker: t.wanted.inside.maker, model: t.wanted.inside.model, sum: t.wanted.sum, traits: traits{tag: t.tag},
	}
	if one.maker == "" {
		like := w.fleet.device(one.number, epoch())
		one.maker, one.model = like.maker, like.model
	}
	if u, ok := w.userByName(c, t.user); ok {
		one.user = u.principal
	}
	w.registered.add(one.identity(), c)
	c.insert([]*pilot{one})
	return wireImportState{Status: importComplete, Registration: w.fleet.alias(aliasIdentity, one.number), Name: "None"}
}

// unregistrable says why a device cannot be registered, nil when it can.
func (w *world) unregistrable(c *customer, t *ticket, d identity) *failure {
	for _, text := range []string{t.serial, t.key, t.wanted.inside.serial} {
		if f := magic(text); f != nil {
			return f
		}
	}
	if t.serial == "" && t.key == "" {
		return failures["803"]
	}
	if !t.wanted.intact {
		return failures["802"]
	}
	switch w.owner(d) {
	case nil:
		return nil
	case c:
		return failures["806"]
	}
	return failures["808"]
}

// listImports is GET /deviceManagement/importedWindowsAutopilotDeviceIdentities,
// oldest first, whoever made them.
func listImports(c *call) (answer, error) {
	q, err := c.odata()
	if err != nil {
		return answer{}, err
	}
	from, err := q.offset()
	if err != nil {
		return answer{}, err
	}
	lenient := c.w.switches.is(switchLenient)
	if q.search != "" || q.order != "" || q.filter != nil && !q.filter.every(func(string) bool { return lenient }, func(t test) bool {
		return t.property == "serialnumber" && (lenient || t.op == "contains" && !strings.Contains(t.values[0], "-"))
	}) {
		return answer{}, flawed()
	}
	limit := min(orDefault(q.top, c.s.options.Page), c.s.options.Page)
	var out page[wireImport]
	c.w.view(c.now, func() {
		all := c.customer.autopilot.tickets
		begin, _ := slices.BinarySearchFunc(all, from+1, func(one *ticket, n uint64) int { return cmp.Compare(one.number, n) })
		for _, t := range all[begin:] {
			if q.filter != nil && !q.filter.holds(func(one test) bool { return one.compare(t.serial) }) {
				continue
			}
			if len(out.items) == limit {
				return
			}
			out.items = append(out.items, t.wire())
			out.next = strconv.FormatUint(t.number, 10)
		}
		out.next = ""
	})
	return graphList(c, importSet, q, out)
}

// getImport is GET …/{id}.
func getImport(c *call) (answer, error) {
	q, err := c.odata()
	if err != nil {
		return answer{}, err
	}
	var out *wireImport
	c.w.view(c.now, func() {
		if t := c.ticket(); t != nil {
			one := t.wire()
			out = &one
		}
	})
	if out == nil {
		return answer{}, notFound()
	}
	return graphItem(c, importSet, q, *out)
}

// ticket is the one that the path names, or nil; the lock is held.
func (c *call) ticket() *ticket { return c.customer.autopilot.byTicket[strings.ToLower(c.params[0])] }

// file keeps a ticket, the youngest so far; the lock is held.
func (a *autopilot) file(t *ticket) {
	a.tickets, a.byTicket[t.id] = append(a.tickets, t), t
}

// tear forgets a ticket; the lock is held.
func (a *autopilot) tear(t *ticket) {
	at, _ := slices.BinarySearchFunc(a.tickets, t.number, func(one *ticket, n uint64) int { return cmp.Compare(one.number, n) })
	a.tickets = slices.Delete(a.tickets, at, at+1)
	delete(a.byTicket, t.id)
}

// deleteImport is DELETE …/{id}. It drops the ticket only: what it asked for is
// done all the same.
func deleteImport(c *call) (answer, error) {
	found := false
	c.w.view(c.now, func() {
		if t := c.ticket(); t != nil {
			c.customer.autopilot.tear(t)
			found = true
		}
	})
	if !found {
		return answer{}, notFound()
	}
	return answer{status: http.StatusNoContent}, nil
}
