package simulator

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

const profileSet = "deviceManagement/windowsAutopilotDeploymentProfiles"

// profilePage is how many profiles one answer holds at most.
const profilePage = 100

func profileRoutes() []route {
	f := familyAutopilot().onlyBeta()
	reading := f
	reading.reading = true
	return []route{
		f.route(profileSet, map[string]handler{http.MethodGet: listProfiles, http.MethodPost: createProfile}),
		reading.route(profileSet+"/hasPayloadLinks", map[string]handler{http.MethodPost: hasPayloadLinks}),
		f.route(profileSet+"/{id}", map[string]handler{http.MethodGet: getProfile, http.MethodPatch: updateProfile, http.MethodDelete: deleteProfile}),
		f.route(profileSet+"/{id}/assignments", map[string]handler{http.MethodGet: listProfileAssignments, http.MethodPost: addAssignment}),
		f.route(profileSet+"/{id}/assignments/{assignment}", map[string]handler{http.MethodGet: getProfileAssignment, http.MethodDelete: removeAssignment}),
	}
}

// listProfiles is GET /deviceManagement/windowsAutopilotDeploymentProfiles.
// Filter and search are annotated as unsupported on every property.
func listProfiles(c *call) (answer, error) {
	q, err := c.odata()
	if err != nil {
		return answer{}, err
	}
	from, err := q.offset()
	if err != nil {
		return answer{}, err
	}
	compare, fine := profileOrder(q.order)
	if q.filter != nil || q.search != "" || !fine {
		return answer{}, flawed()
	}
	limit := min(orDefault(q.top, profilePage), profilePage)
	var out page[wireProfile]
	c.w.view(c.now, func() {
		all := c.customer.autopilot.profiles
		if compare != nil {
			all = slices.SortedStableFunc(slices.Values(all), compare)
		}
		begin := min(int(from)+q.skip*boolInt(q.from == ""), len(all))
		end := min(begin+limit, len(all))
		for _, p := range all[begin:end] {
			out.items = append(out.items, p.expanded(q))
		}
		if end < len(all) {
			out.next = strconv.Itoa(end)
		}
	})
	return graphList(c, profileSet, q, out)
}

// expanded shows the profile with its assignments when they are asked for.
func (p *profile) expanded(q odata) wireProfile {
	out := p.wire()
	if q.expands("assignments") {
		all := p.wireAssignments()
		out.Assignments = &all
	}
	return out
}

// profileOrder reads $orderby, which knows two properties; nil is the order in
// which the profiles were made.
func profileOrder(text string) (compare func(a, b *profile) int, ok bool) {
	if text == "" {
		return nil, true
	}
	name, direction, _ := strings.Cut(strings.ToLower(strings.TrimSpace(text)), " ")
	pick := map[string]func(*profile) string{
		"displayname": func(p *profile) string { return p.name },
		"description": func(p *profile) string { return p.description },
	}[name]
	sign := map[string]int{"": 1, "asc": 1, "desc": -1}[strings.TrimSpace(direction)]
	if pick == nil || sign == 0 {
		return nil, false
	}
	return func(a, b *profile) int {
		return sign * strings.Compare(strings.ToLower(pick(a)), strings.ToLower(pick(b)))
	}, true
}

// getProfile is GET /deviceManagement/windowsAutopilotDeploymentProfiles/{id}.
func getProfile(c *call) (answer, error) {
	q, err := c.odata()
	if err != nil {
		return answer{}, err
	}
	var out *wireProfile
	c.w.view(c.now, func() {
		if p := c.customer.profileByID(c.params[0]); p != nil {
			one := p.expanded(q)
			out = &one
		}
	})
	if out == nil {
		return answer{}, notFound()
	}
	return graphItem(c, profileSet, q, *out)
}

type wirePayloadLink struct {
	ID      string   `json:"payloadId"`
	Linked  bool     `json:"hasLink"`
	Error   *string  `json:"error"`
	Sources []string `json:"sourceIds"`
}

// hasPayloadLinks is POST …/hasPayloadLinks: which profiles belong to policy
// sets.
func hasPayloadLinks(c *call) (answer, error) {
	body, err := decode[struct {
		IDs *[]string `json:"payloadIds"`
	}](c.body)
	switch {
	case err != nil:
		return answer{}, badJSON()
	case body.IDs == nil:
		return answer{}, missing("payloadIds")
	}
	var out page[wirePayloadLink]
	c.w.view(c.now, func() {
		for _, id := range *body.IDs {
			row := wirePayloadLink{ID: id, Sources: []string{}}
			if p := c.customer.profileByID(id); p != nil {
				for _, a := range p.assignments {
					if a.source == sourcePolicySet {
						row.Linked, row.Sources = true, append(row.Sources, a.sourceID)
					}
				}
			}
			out.items = append(out.items, row)
		}
	})
	return graphList(c, "Collection(microsoft.graph.hasPayloadLinkResultItem)", odata{}, out)
}
