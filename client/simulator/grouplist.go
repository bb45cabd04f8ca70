package simulator

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

func groupRoutes() []route {
	f := familyDirectory()
	out := []route{
		f.route("groups", map[string]handler{http.MethodGet: listGroups}),
		f.route("groups/$count", map[string]handler{http.MethodGet: countGroups}),
		f.route("groups/{id}", map[string]handler{http.MethodGet: getGroup, http.MethodPatch: patchGroup}),
		f.route("groups/{id}/members/$ref", map[string]handler{http.MethodPost: addMember, http.MethodGet: listMemberLinks}),
		f.route("groups/{id}/members/{member}/$ref", map[string]handler{http.MethodDelete: removeMember}),
	}
	for _, path := range []string{"members", "transitiveMembers"} {
		deep := path != "members"
		out = append(out, f.route("groups/{id}/"+path, map[string]handler{http.MethodGet: membersHandler(deep, "")}))
		for _, kind := range []string{"device", "user", "group"} {
			for _, space := range []string{"graph.", "microsoft.graph."} {
				out = append(out, f.route("groups/{id}/"+path+"/"+space+kind, map[string]handler{http.MethodGet: membersHandler(deep, kind)}))
			}
		}
	}
	return append(out, f.route("groups/{id}/members/{member}", map[string]handler{http.MethodDelete: deleteObject}))
}

// groupAnswers are the properties of a group that a filter may name.
func (g *group) answers(t test) bool {
	w := g.wire()
	switch t.property {
	case "id":
		return t.compare(w.ID)
	case "displayname":
		return t.compare(w.Name)
	case "description":
		return t.compare(g.about)
	case "mailnickname":
		return t.compare(w.Nickname)
	case "mail":
		return w.Mail != nil && t.compare(*w.Mail)
	case "securityenabled":
		return t.compare(strconv.FormatBool(w.Security))
	case "mailenabled":
		return t.compare(strconv.FormatBool(w.MailEnabled))
	}
	return slices.ContainsFunc(w.Kinds, t.compare)
}

// acceptsGroupTest reports whether the list of groups knows a test; ne and
// endsWith are for advanced queries.
func (c *call) acceptsGroupTest(t test) bool {
	op := t.op
	if op == "ne" || op == "endswith" {
		if !c.eventual() {
			return false
		}
		op = "eq"
	}
	switch t.property {
	case "id", "displayname", "mailnickname", "mail", "description":
		return op == "eq" || op == "in" || op == "startswith"
	case "securityenabled", "mailenabled":
		return op == "eq"
	}
	return t.property == "grouptypes" && t.op == "any eq"
}

// groupsFound are the groups that a query wants, in its order.
func (c *call) groupsFound(q odata) ([]wireGroup, error) {
	var words search
	if q.search != "" {
		var err error
		if words, err = parseSearch(q.search); err != nil {
			return nil, err
		}
	}
	var out []wireGroup
	c.w.view(c.now, func() {
		for _, g := range c.customer.directory.groups {
			named := func(property string) string {
				if property == "description" {
					return g.about
				}
				return g.name
			}
			if (q.filter == nil || q.filter.holds(g.answers)) && (words == nil || words.holds(named)) {
				out = append(out, g.wire())
			}
		}
	})
	switch field, direction, _ := strings.Cut(strings.ToLower(q.order), " "); {
	case field == "":
	case field != "displayname":
		return nil, directoryRefuse(http.StatusBadRequest, "Request_UnsupportedQuery", "Unsupported sort property '%.64s' for 'Group'.", q.order)
	default:
		slices.SortStableFunc(out, func(a, b wireGroup) int { return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)) })
		if direction == "desc" {
			slices.Reverse(out)
		}
	}
	return out, nil
}

// listGroups is GET /groups.
func listGroups(c *call) (answer, error) {
	q, from, limit, err := c.directoryQuery(c.acceptsGroupTest)
	if err != nil {
		return answer{}, err
	}
	all, err := c.groupsFound(q)
	if err != nil {
		return answer{}, err
	}
	var out page[wireGroup]
	begin := int(min(from, uint64(len(all))))
	end := min(begin+limit, len(all))
	out.items = all[begin:end]
	if end < len(all) {
		out.next = strconv.Itoa(end)
	}
	if q.count && c.eventual() && from == 0 {
		out.count = ptr(len(all))
	}
	return graphList(c, "groups", q, out)
}

// countGroups is GET /groups/$count, a bare number.
func countGroups(c *call) (answer, error) {
	q, _, _, err := c.directoryQuery(c.acceptsGroupTest)
	if err != nil {
		return answer{}, err
	}
	if !c.eventual() {
		return answer{}, directoryRefuse(http.StatusBadRequest, "Request_BadRequest", "$count is not currently supported.")
	}
	all, err := c.groupsFound(q)
	if err != nil {
		return answer{}, err
	}
	return answer{status: http.StatusOK, contentType: "text/plain", body: []byte(strconv.Itoa(len(all)))}, nil
}

// getGroup is GET /groups/{id}.
func getGroup(c *call) (answer, error) {
	q, err := c.odata()
	if err != nil {
		return answer{}, err
	}
	var out *wireGroup
	c.w.view(c.now, func() {
		if g := c.customer.directory.groupByID(c.params[0]); g != nil {
			out = ptr(g.wire())
		}
	})
	if out == nil {
		return answer{}, objectMissing(c.params[0])
	}
	return graphItem(c, "groups", q, *out)
}
