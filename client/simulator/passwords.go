package simulator

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

func passwordRoutes() []route {
	f := familyConfiguration().failing(switchSecretsDown)
	var out []route
	for _, twin := range []bool{false, true} {
		set := passwordSet(twin)
		out = append(out,
			f.route(set, map[string]handler{http.MethodGet: func(c *call) (answer, error) { return listPasswords(c, twin) }}),
			f.route(set+"/{id}", map[string]handler{http.MethodGet: func(c *call) (answer, error) { return getPassword(c, twin) }}))
	}
	return out
}

// passwordSet is the set of BIOS passwords, or its older twin.
func passwordSet(twin bool) string {
	if twin {
		return "deviceManagement/hardwarePasswordInfo"
	}
	return "deviceManagement/hardwarePasswordDetails"
}

// wirePassword is what Intune knows of a device's BIOS passwords. The id is
// that of the managed device.
type wirePassword struct {
	ID       string   `json:"id"`
	Serial   string   `json:"serialNumber"`
	Current  string   `json:"currentPassword"`
	Previous []string `json:"previousPasswords"`
}

// How BIOS passwords change on the simulated clock, and how many former ones
// are kept.
const (
	rotateEvery = 30 * 24 * time.Hour
	maxPrevious = 10
)

// turn is a moment at which a device's password was set or taken away.
type turn struct {
	at    time.Time
	until time.Time // when the configuration no longer reached the device; zero is still
	set   bool
	draw  uint64
}

// passwordOf works out a device's BIOS passwords from every configuration
// that has reached it; ok is false when it has none. The lock is held.
func (w *world) passwordOf(c *customer, n uint64, now time.Time) (wirePassword, bool) {
	if !w.enrolled(c, n) {
		return wirePassword{}, false
	}
	turns := w.passwordTurns(c, n, now)
	out := wirePassword{Previous: []string{}}
	for i, t := range turns {
		if !t.set {
			out.retire()
			continue
		}
		end := now
		if !t.until.IsZero() && t.until.Before(end) {
			end = t.until
		}
		if i+1 < len(turns) && turns[i+1].at.Before(end) {
			end = turns[i+1].at
		}
		rounds := uint64(max(end.Sub(t.at)/rotateEvery, 0))
		first := rounds - min(rounds, maxPrevious)
		for round := first; round <= rounds; round++ {
			out.retire()
			out.Current = w.secret(n, t.draw, round)
		}
	}
	if out.Current == "" {
		return wirePassword{}, false
	}
	out.ID, out.Serial = w.fleet.alias(aliasManaged, n), w.machine(c, n).serial
	return out, true
}

// retire moves the present password to the former ones.
func (p *wirePassword) retire() {
	if p.Current == "" {
		return
	}
	p.Previous = append([]string{p.Current}, p.Previous...)
	p.Previous = p.Previous[:min(len(p.Previous), maxPrevious)]
	p.Current = ""
}

// passwordTurns are the successful results that concern a device's password,
// oldest first. A deleted configuration, and groups that it was taken from,
// have left theirs behind.
func (w *world) passwordTurns(c *customer, n uint64, now time.Time) []turn {
	var out []turn
	look := func(h *hardware, hit aimed) {
		w.heard(c, h, n, hit, now, func(e *edition, at time.Time) bool {
			if state, _, _ := w.outcome(c, h, e, n); state == runSuccess {
				out = append(out, turn{at, hit.until, !e.noPassword, w.seed.at(kindRun, h.number, uint64(e.version))})
			}
			return true
		})
	}
	for _, list := range [][]*hardware{c.hardware, c.retired} {
		for _, h := range list {
			if len(h.targets) == 0 && len(h.past) == 0 {
				continue
			}
			if hit, ok := w.aim(c, h.targets, n); ok {
				look(h, hit)
			}
			for i := range h.past {
				if hit, ok := w.aim(c, h.past[i:i+1], n); ok {
					look(h, hit)
				}
			}
		}
	}
	slices.SortStableFunc(out, func(a, b turn) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.draw, b.draw)) })
	return slices.CompactFunc(out, func(a, b turn) bool { return a.at.Equal(b.at) && a.draw == b.draw })
}

const secretChars = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789"

// secret draws a password.
func (w *world) secret(n, draw, round uint64) string {
	var out [16]byte
	v := w.seed.at(kindSecret, n, draw+round)
	for i := range out {
		out[i] = secretChars[v%uint64(len(secretChars))]
		v = mix(v)
	}
	return string(out[:])
}

// passwordRole refuses who has the scope but not the role.
func (c *call) passwordRole() error {
	if c.w.switches.is(switchRole) {
		return graphRefuse(shapeService, http.StatusForbidden, "Forbidden", "User is not authorized to perform this operation")
	}
	return nil
}

// getPassword is GET /deviceManagement/hardwarePasswordDetails/{managed device
// id}, and the same of its older twin. A device that was deleted in Intune
// keeps its password there.
func getPassword(c *call, twin bool) (answer, error) {
	if err := c.passwordRole(); err != nil {
		return answer{}, err
	}
	q, err := c.odata()
	if err != nil {
		return answer{}, err
	}
	var out wirePassword
	found := false
	c.w.view(c.now, func() {
		if n, ok := c.w.fleet.byAlias(aliasManaged, c.params[0]); ok {
			out, found = c.w.passwordOf(c.customer, n, c.now)
		}
	})
	if !found {
		return answer{}, notFound()
	}
	return graphItem(c, passwordSet(twin), q, out)
}

// passwordPage is how many devices one answer holds at most.
const passwordPage = 1000

// listPasswords is GET /deviceManagement/hardwarePasswordDetails, and the same
// of its older twin.
func listPasswords(c *call, twin bool) (answer, error) {
	if err := c.passwordRole(); err != nil {
		return answer{}, err
	}
	q, err := c.odata()
	if err != nil {
		return answer{}, err
	}
	from, err := q.offset()
	if err != nil {
		return answer{}, err
	}
	keep, err := passwordFilter(q.filter)
	if err != nil {
		return answer{}, err
	}
	order, err := passwordOrder(q.order)
	if err != nil {
		return answer{}, err
	}
	limit := min(orDefault(q.top, passwordPage), passwordPage)
	var out page[wirePassword]
	c.w.view(c.now, func() {
		if order != nil {
			out = sortedPage(c.w.passwords(c.customer, q.filter, keep, c.now), order, q, from, limit)
			return
		}
		left := q.skip * boolInt(q.from == "")
		c.w.walkPasswords(c.customer, q.filter, from, c.now, func(place uint64, p wirePassword) bool {
			switch {
			case !keep(p):
			case left > 0:
				left--
			case len(out.items) == limit:
				out.next = strconv.FormatUint(place, 10)
				return false
			default:
				out.items = append(out.items, p)
			}
			return true
		})
	})
	return graphList(c, passwordSet(twin), q, out)
}

// walkPasswords visits the devices with a password from a place on; a filter
// that fixes the id is looked up. The lock is held.
func (w *world) walkPasswords(c *customer, filter *predicate, from uint64, now time.Time, visit func(uint64, wirePassword) bool) {
	if filter != nil {
		if id, ok := filter.equal("id"); ok {
			n, ok := w.fleet.byAlias(aliasManaged, id)
			if !ok || from > 0 {
				return
			}
			if p, ok := w.passwordOf(c, n, now); ok {
				visit(0, p)
			}
			return
		}
	}
	for place := from; place < c.count; place++ {
		if p, ok := w.passwordOf(c, c.first+place, now); ok && !visit(place, p) {
			return
		}
	}
}

// passwords collects all that a filter keeps; the lock is held.
func (w *world) passwords(c *customer, filter *predicate, keep func(wirePassword) bool, now time.Time) []wirePassword {
	var out []wirePassword
	w.walkPasswords(c, filter, 0, now, func(_ uint64, p wirePassword) bool {
		if keep(p) {
			out = append(out, p)
		}
		return true
	})
	return out
}

func sortedPage(all []wirePassword, order func(a, b wirePassword) int, q odata, from uint64, limit int) page[wirePassword] {
	slices.SortStableFunc(all, order)
	begin := min(int(from)+q.skip*boolInt(q.from == ""), len(all))
	end := min(begin+limit, len(all))
	out := page[wirePassword]{items: all[begin:end]}
	if end < len(all) {
		out.next = strconv.Itoa(end)
	}
	return out
}

// passwordFilter takes tests on all four properties.
func passwordFilter(p *predicate) (func(wirePassword) bool, error) {
	if p == nil {
		return func(wirePassword) bool { return true }, nil
	}
	known := p.every(func(string) bool { return true }, func(t test) bool {
		switch t.property {
		case "id", "serialnumber", "currentpassword":
			return !strings.HasPrefix(t.op, "any ") && len(t.op) > 1 && !strings.ContainsAny(t.op[:1], "gl")
		}
		return t.property == "previouspasswords" && t.op == "any eq"
	})
	if !known {
		return nil, serviceFlaw("An error has occurred")
	}
	return func(one wirePassword) bool {
		return p.holds(func(t test) bool {
			switch t.property {
			case "id":
				return t.compare(one.ID)
			case "serialnumber":
				return t.compare(one.Serial)
			case "currentpassword":
				return one.Current == t.values[0]
			}
			return slices.Contains(one.Previous, t.values[0])
		})
	}, nil
}

// passwordOrder reads $orderby; the former passwords cannot be sorted by.
func passwordOrder(text string) (func(a, b wirePassword) int, error) {
	if text == "" {
		return nil, nil
	}
	field, direction, _ := strings.Cut(strings.ToLower(text), " ")
	read, ok := map[string]func(wirePassword) string{
		"id":              func(p wirePassword) string { return p.ID },
		"serialnumber":    func(p wirePassword) string { return p.Serial },
		"currentpassword": func(p wirePassword) string { return p.Current },
	}[field]
	if !ok || direction != "" && direction != "asc" && direction != "desc" {
		return nil, serviceFlaw("An error has occurred")
	}
	return func(a, b wirePassword) int {
		if direction == "desc" {
			a, b = b, a
		}
		return strings.Compare(read(a), read(b))
	}, nil
}
