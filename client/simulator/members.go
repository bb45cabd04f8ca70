package simulator

import (
	"net/http"
	"strconv"
	"strings"
)

// membersHandler is GET /groups/{id}/members and transitiveMembers, of one
// type of object or of all.
func membersHandler(deep bool, kind string) handler {
	return func(c *call) (answer, error) { return listMembers(c, deep, kind) }
}

func listMembers(c *call, deep bool, kind string) (answer, error) {
	q, out, err := c.membersPage(deep, kind)
	if err != nil {
		return answer{}, err
	}
	return graphObjects(c, "directoryObjects", q, out)
}

// membersPage reads one page of a group's members.
func (c *call) membersPage(deep bool, kind string) (odata, page[wireObject], error) {
	var out page[wireObject]
	q, from, limit, err := c.directoryQuery(func(test) bool { return false })
	if err != nil {
		return q, out, err
	}
	found := false
	counts := q.count && c.eventual() && from == 0
	c.w.view(c.now, func() {
		g := c.customer.directory.groupByID(c.params[0])
		if found = g != nil; !found {
			return
		}
		total := 0
		c.w.walkMembers(c.customer, g, deep, from, func(place uint64, m member) bool {
			if kind != "" && kind != m.kind.name() {
				return true
			}
			total++
			switch {
			case total <= limit:
				if o, ok := c.w.objectOf(c.customer, m); ok {
					out.items = append(out.items, o)
				}
			case out.next == "":
				out.next = strconv.FormatUint(place, 10)
			}
			return counts || total <= limit
		})
		if counts {
			out.count = &total
		}
	})
	if !found {
		err = objectMissing(c.params[0])
	}
	return q, out, err
}

// walkMembers visits the members of a group from a place on; the lock is held.
func (w *world) walkMembers(c *customer, g *group, deep bool, from uint64, visit func(uint64, member) bool) {
	if g.rule != nil {
		place := from
		for n, ok := c.numberAt(place); ok; n, ok = c.numberAt(place) {
			if r, known := w.registration(c, n); known && g.rule.takes(r) && !visit(place, member{memberDevice, n}) {
				return
			}
			place++
		}
		return
	}
	all := g.members
	if deep {
		all = g.flat(map[member]bool{}, 0)
	}
	for place := from; place < uint64(len(all)); place++ {
		if !visit(place, all[place]) {
			return
		}
	}
}

// flat lists the members of a group and of the static groups in it, each once.
func (g *group) flat(seen map[member]bool, deep int) []member {
	var out []member
	for _, m := range g.members {
		if !seen[m] {
			seen[m] = true
			out = append(out, m)
		}
	}
	if deep < maxNesting {
		for _, inner := range g.nested {
			out = append(out, inner.flat(seen, deep+1)...)
		}
	}
	return out
}

func (k memberKind) name() string {
	switch k {
	case memberUser:
		return "user"
	case memberGroup:
		return "group"
	}
	return "device"
}

// objectOf is the object behind a member; ok is false when it has gone. The
// lock is held.
func (w *world) objectOf(c *customer, m member) (wireObject, bool) {
	switch m.kind {
	case memberDevice:
		e := w.entraDevice(c, m.n)
		return wireObject{device: &e}, true
	case memberStray:
		for _, s := range c.directory.strays {
			if s.number == m.n {
				e := s.entraDevice()
				return wireObject{device: &e}, true
			}
		}
	case memberUser:
		u := w.user(c, m.n).wire()
		return wireObject{user: &u}, true
	case memberGroup:
		if g := c.directory.groupByNumber(m.n); g != nil {
			one := g.wire()
			return wireObject{group: &one}, true
		}
	}
	return wireObject{}, false
}

// memberOf finds what an object id would be as a member; the lock is held.
func (w *world) memberOf(c *customer, id string) (member, bool) {
	if n, ok := w.entraNumber(c, id); ok {
		return member{memberDevice, n}, true
	}
	for _, s := range c.directory.strays {
		if strings.EqualFold(s.object, id) {
			return member{memberStray, s.number}, true
		}
	}
	if u, ok := w.userByID(c, id); ok {
		return member{memberUser, u.number}, true
	}
	if g := c.directory.groupByID(id); g != nil {
		return member{memberGroup, g.number}, true
	}
	return member{}, false
}

// wireLinkID is a member of a list of references.
type wireLinkID struct {
	ID string `json:"@odata.id"`
}

// listMemberLinks is GET /groups/{id}/members/$ref.
func listMemberLinks(c *call) (answer, error) {
	q, found, err := c.membersPage(false, "")
	if err != nil {
		return answer{}, err
	}
	q.picked = nil
	out := page[wireLinkID]{next: found.next, count: found.count}
	for _, o := range found.items {
		out.items = append(out.items, wireLinkID{c.context("/directoryObjects/" + o.id())})
	}
	return graphList(c, "Collection($ref)", q, out)
}

func (o wireObject) id() string {
	switch {
	case o.device != nil:
		return o.device.ID
	case o.user != nil:
		return o.user.ID
	}
	return o.group.ID
}

// wireReference is the body that adds one object; wireBind adds up to
// maxBind.
type wireReference struct {
	ID string `json:"@odata.id"`
}

type wireBind struct {
	Members *[]string `json:"members@odata.bind"`
}

const maxBind = 20

// referred is the object id at the end of a reference, in either form of
// addressing.
func referred(reference string) (string, bool) {
	path := keys(strings.Split(strings.TrimRight(reference, "/"), "/"))
	if len(path) < 2 {
		return "", false
	}
	switch strings.ToLower(path[len(path)-2]) {
	case "directoryobjects", "devices", "users", "groups":
		return path[len(path)-1], true
	}
	return "", false
}

// addMember is POST /groups/{id}/members/$ref.
func addMember(c *call) (answer, error) {
	body, err := decode[wireReference](c.body)
	if err != nil {
		return answer{}, badJSON()
	}
	return c.addMembers([]string{body.ID})
}

// patchGroup is PATCH /groups/{id}, which can only add members: for anything
// else the tokens lack the scope.
func patchGroup(c *call) (answer, error) {
	body, err := decode[wireBind](c.body)
	switch {
	case err != nil:
		return answer{}, badJSON()
	case body.Members == nil:
		return answer{}, directoryRefuse(http.StatusForbidden, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
	case len(*body.Members) == 0 || len(*body.Members) > maxBind:
		return answer{}, directoryRefuse(http.StatusBadRequest, "Request_BadRequest", "The number of members in one request must be between 1 and %d.", maxBind)
	}
	return c.addMembers(*body.Members)
}

// addMembers adds all objects or none.
func (c *call) addMembers(references []string) (answer, error) {
	var refused error
	c.w.view(c.now, func() {
		g := c.customer.directory.groupByID(c.params[0])
		if refused = g.writable(c.params[0]); refused != nil {
			return
		}
		var all []member
		for _, reference := range references {
			id, ok := referred(reference)
			if !ok || !isGUID(id) {
				refused = directoryRefuse(http.StatusBadRequest, "Request_BadRequest", "Invalid object identifier '%.64s'.", id)
				return
			}
			m, ok := c.w.memberOf(c.customer, id)
			if !ok {
				refused = objectMissing(id)
				return
			}
			if _, there := g.added[m]; there {
				refused = directoryRefuse(http.StatusBadRequest, "Request_BadRequest", "One or more added object references already exist for the following modified properties: 'members'.")
				return
			}
			all = append(all, m)
		}
		w, customer, now := c.w, c.customer, c.now
		w.afterLag(now, func() {
			for _, m := range all {
				w.touch(customer, m, 0)
				if g.join(m, now) && m.kind == memberGroup {
					g.nested = append(g.nested, customer.directory.groupByNumber(m.n))
				}
			}
		})
	})
	if refused != nil {
		return answer{}, refused
	}
	return answer{status: http.StatusNoContent}, nil
}

// writable says why a group's members cannot be changed.
func (g *group) writable(id string) error {
	switch {
	case g == nil:
		return objectMissing(id)
	case g.rule != nil:
		return directoryRefuse(http.StatusBadRequest, "Request_BadRequest", "Unable to update the members of a group with dynamic membership.")
	}
	return nil
}

// removeMember is DELETE /groups/{id}/members/{object id}/$ref.
func removeMember(c *call) (answer, error) {
	var refused error
	c.w.view(c.now, func() {
		g := c.customer.directory.groupByID(c.params[0])
		if refused = g.writable(c.params[0]); refused != nil {
			return
		}
		m, ok := c.w.memberOf(c.customer, c.params[1])
		if _, there := g.added[m]; !ok || !there {
			refused = objectMissing(c.params[1])
			return
		}
		w, customer := c.w, c.customer
		w.afterLag(c.now, func() {
			w.touch(customer, m, 0)
			g.leave(m)
		})
	})
	if refused != nil {
		return answer{}, refused
	}
	return answer{status: http.StatusNoContent}, nil
}

// deleteObject is DELETE /groups/{id}/members/{object id}: without /$ref it
// means the object, not the membership, which the tokens have no scope for.
func deleteObject(c *call) (answer, error) {
	found := false
	c.w.view(c.now, func() { _, found = c.w.object(c.customer, c.params[1]) })
	if !found {
		return answer{}, objectMissing(c.params[1])
	}
	return answer{}, directoryRefuse(http.StatusForbidden, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
}
