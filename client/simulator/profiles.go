package simulator

import (
	"net/http"
	"strconv"
)

const profileSet = "deviceManagement/windowsAutopilotDeploymentProfiles"

// profilePage is how many profiles one answer holds at most.
const profilePage = 100

func profileRoutes() []route {
	f := familyAutopilot().onlyBeta()
	return []route{
		f.route(profileSet, map[string]handler{http.MethodGet: listProfiles}),
		f.route(profileSet+"/{id}", map[string]handler{http.MethodGet: getProfile}),
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
	if q.filter != nil || q.search != "" {
		return answer{}, flawed()
	}
	limit := min(orDefault(q.top, profilePage), profilePage)
	var out page[wireProfile]
	c.w.view(c.now, func() {
		all := c.customer.autopilot.profiles
		begin := min(int(from), len(all))
		end := min(begin+limit, len(all))
		for _, p := range all[begin:end] {
			out.items = append(out.items, p.wire())
		}
		if end < len(all) {
			out.next = strconv.Itoa(end)
		}
	})
	return graphList(c, profileSet, q, out)
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
			one := p.wire()
			out = &one
		}
	})
	if out == nil {
		return answer{}, notFound()
	}
	return graphItem(c, profileSet, q, *out)
}
