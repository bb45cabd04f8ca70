package simulator

import (
	"net/http"
	"strings"
)

// handler answers one operation; an error is written by the service's wrapper.
type handler func(*call) (answer, error)

// route is one path of a service. In a pattern a segment in braces takes any
// text; all others match in any letter case.
type route struct {
	pattern []string
	verbs   map[string]handler
	family  family // of Graph's routes
}

func newRoute(pattern string, verbs map[string]handler) route {
	return route{pattern: strings.Split(pattern, "/"), verbs: verbs}
}

// match compares a path with the pattern and returns what the braces took.
func (t route) match(path []string) ([]string, bool) {
	if len(path) != len(t.pattern) {
		return nil, false
	}
	var params []string
	for i, want := range t.pattern {
		switch {
		case want[0] == '{':
			params = append(params, path[i])
		case !strings.EqualFold(want, path[i]):
			return nil, false
		}
	}
	return params, true
}

// find returns the route of a path, or nil.
func find(routes []route, path []string) (*route, []string) {
	for i := range routes {
		if params, ok := routes[i].match(path); ok {
			return &routes[i], params
		}
	}
	return nil, nil
}

// isPartner tells Partner Center's paths from Graph's on the one port: both
// know /v1.0, but only Partner Center has customers.
func isPartner(path []string) bool {
	if len(path) == 0 {
		return false
	}
	return strings.EqualFold(path[0], "v1") ||
		strings.EqualFold(path[0], "v1.0") && len(path) > 1 && strings.EqualFold(path[1], "customers")
}

// isAuthority recognises the sign-in's paths by what follows the tenant.
func isAuthority(path []string) bool {
	return len(path) >= 3 && !isGraphVersion(path[0]) &&
		(strings.EqualFold(path[1], "oauth2") || strings.EqualFold(path[1], "v2.0"))
}

func isGraphVersion(segment string) bool {
	return strings.EqualFold(segment, "beta") || strings.EqualFold(segment, "v1.0")
}

// isGraph recognises what belongs to Graph, a path without a version among it.
func isGraph(first string) bool {
	for _, word := range []string{"beta", "v1.0", "deviceManagement", "groups", "devices", "directoryObjects", "$batch"} {
		if strings.EqualFold(first, word) {
			return true
		}
	}
	return false
}

// allowed lists a route's verbs for the Allow header.
func (t *route) allowed() string {
	var out []string
	for _, verb := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		if t.verbs[verb] != nil {
			out = append(out, verb)
		}
	}
	return strings.Join(out, ", ")
}
