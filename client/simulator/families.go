package simulator

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// family is what Graph's operations on one kind of resource have in common.
type family struct {
	read, write []string   // scopes, any of which suffices; write scopes read too
	beta        bool       // v1.0 does not have it
	reading     bool       // its POSTs only read
	down        switchName // makes its operations fail
	service     string     // of Intune behind the gateway, as errors name it; empty for the directory
}

// The scopes that operations ask for.
const (
	scopeServiceRead = "DeviceManagementServiceConfig.Read.All"
	scopeService     = "DeviceManagementServiceConfig.ReadWrite.All"
	scopeConfigRead  = "DeviceManagementConfiguration.Read.All"
	scopeConfig      = "DeviceManagementConfiguration.ReadWrite.All"
	scopeRoleRead    = "DeviceManagementRBAC.Read.All"
	scopeDevicesRead = "DeviceManagementManagedDevices.Read.All"
	scopeDevices     = "DeviceManagementManagedDevices.ReadWrite.All"
	scopePrivileged  = "DeviceManagementManagedDevices.PrivilegedOperations.All"
	scopeGroupsRead  = "Group.Read.All"
	scopeMembers     = "GroupMember.ReadWrite.All"
)

const (
	serviceEnrollment    = "/DeviceEnrollmentFE/StatelessDeviceEnrollmentFEService/"
	serviceConfiguration = "/DeviceConfiguration_2408/StatelessDeviceConfigurationFEService/"
	serviceDevices       = "/DeviceFE/StatelessDeviceFEService/"
)

// familyAutopilot has the device identities, their imports, profiles and
// settings.
func familyAutopilot() family {
	return family{read: []string{scopeServiceRead}, write: []string{scopeService}, service: serviceEnrollment}
}

// familyConfiguration has the BIOS configurations and what goes with them.
func familyConfiguration() family {
	return family{read: []string{scopeConfigRead}, write: []string{scopeConfig}, service: serviceConfiguration, beta: true}
}

// familyDevices has the managed devices.
func familyDevices() family {
	return family{read: []string{scopeDevicesRead, scopeConfigRead}, write: []string{scopeDevices, scopeConfig}, service: serviceDevices, down: switchManagedDown}
}

// familyDirectory has the groups and devices of Entra.
func familyDirectory() family {
	return family{read: []string{"Group.ReadBasic.All", "GroupMember.Read.All", scopeGroupsRead, "Directory.Read.All"}, write: []string{scopeMembers, "Group.ReadWrite.All", "Directory.ReadWrite.All"}, down: switchGroupsDown}
}

// onlyBeta is the family for operations that v1.0 lacks.
func (f family) onlyBeta() family {
	f.beta = true
	return f
}

// failing is the family for operations that a switch takes down, alone or with
// the others.
func (f family) failing(by switchName) family {
	f.down = by
	return f
}

// route makes a route of the family. Every id has its segment in braces, in
// whichever of the two forms a client writes it.
func (f family) route(pattern string, verbs map[string]handler) route {
	t := newRoute(pattern, verbs)
	t.family = f
	return t
}

// graphFind is the route of a path below a version. The name of an action may
// have its name space before it.
func (s *Simulator) graphFind(version string, path []string) (*route, []string) {
	t, params := find(s.routes, path)
	if last := len(path) - 1; t == nil && last >= 0 {
		if name, ok := strings.CutPrefix(path[last], "microsoft.graph."); ok {
			t, params = find(s.routes, append(path[:last:last], name))
		}
	}
	if t != nil && t.family.beta && !strings.EqualFold(version, "beta") {
		return nil, nil
	}
	return t, params
}

// unknownSegment is the part of a path that Graph complains about: the first
// that leads nowhere in this version.
func (s *Simulator) unknownSegment(version string, path []string) string {
	known := 0
	for _, t := range s.routes {
		if t.family.beta && !strings.EqualFold(version, "beta") {
			continue
		}
		same := 0
		for same < min(len(path), len(t.pattern)) && (t.pattern[same][0] == '{' || strings.EqualFold(t.pattern[same], path[same])) {
			same++
		}
		known = max(known, same)
	}
	if len(path) == 0 {
		return ""
	}
	return path[min(known, len(path)-1)]
}

// noVerb refuses a method that a known path does not have.
func (t *route) noVerb() *graphError {
	if t.family.service == "" {
		return graphRefuse(shapeGateway, http.StatusMethodNotAllowed, "Request_BadRequest", "Specified HTTP method is not allowed for the request target.")
	}
	return graphRefuse(shapeRoute, http.StatusBadRequest, "", "")
}

// template is the kind of a path in the words of OData.
func (t *route) template() string {
	words := []string{"~", "singleton"}
	for _, part := range t.pattern[1:] {
		if part[0] == '{' {
			words = append(words, "key")
			continue
		}
		words = append(words, "navigation")
	}
	return strings.Join(words, "/")
}

// behind is the path under which the service behind the gateway knows the
// request.
func (c *call) behind() string {
	service, path := serviceConfiguration, ""
	if len(c.path) > 0 {
		path = strings.Join(c.path[1:], "/")
	}
	if c.route != nil {
		var out strings.Builder
		for i, part := range keys(c.path[1:]) {
			switch {
			case c.route.pattern[i][0] == '{':
				fmt.Fprintf(&out, "('%s')", part)
			case i > 0:
				out.WriteString("/" + part)
			default:
				out.WriteString(part)
			}
		}
		service, path = c.route.family.service, out.String()
	}
	return service + path[:min(len(path), 300)]
}

// scoped refuses a token that lacks what the operation asks for.
func (c *call) scoped(f family) error {
	scopes := f.write
	if c.r.Method == http.MethodGet || f.reading {
		scopes = append(slices.Clone(f.read), f.write...)
	}
	switch {
	case len(scopes) == 0 || slices.ContainsFunc(scopes, c.who.allows):
		return nil
	case f.service == "":
		return graphRefuse(shapeGateway, http.StatusForbidden, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
	case c.who.appOnly() && len(c.who.Roles) == 0:
		return graphRefuse(shapeService, http.StatusForbidden, "Forbidden",
			"Application is not authorized to perform this operation as called in app only context but does not have application permissions configured.")
	}
	return graphRefuse(shapeService, http.StatusForbidden, "Forbidden",
		"Application is not authorized to perform this operation. Application must have one of the following scopes: %s", strings.Join(scopes, ", "))
}

// root is what stands before every path of the version that was called.
func (c *call) root() string {
	if len(c.path) > 0 && strings.EqualFold(c.path[0], "v1.0") {
		return c.origin() + "/v1.0"
	}
	return c.origin() + "/beta"
}

// beta reports whether the beta version was called.
func (c *call) beta() bool { return strings.HasSuffix(c.root(), "/beta") }

// context is the metadata link that stands first in a body, and the beginning
// of every other link of Graph.
func (c *call) context(set string) string { return c.root() + set }
