package simulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// graphRoutes are Graph's operations below a version, one file a resource.
func graphRoutes() []route {
	return slices.Concat(
		batchRoutes(), pilotRoutes(), syncRoutes(), profileRoutes(), assignedRoutes(), importRoutes(),
		hardwareRoutes(), passwordRoutes(), tagRoutes(), managedRoutes(), entraRoutes(), groupRoutes(),
	)
}

// The manners in which Graph says no; the letters are the reference's.
type graphShape int

const (
	shapeService graphShape = iota // A: JSON inside the message
	shapeWrapped                   // B: the same, wrapped once more
	shapeRoute                     // C: no such verb here
	shapeGateway                   // D: plain text
)

// graphError is a refusal of Graph.
type graphError struct {
	shape  graphShape
	status int
	code   string
	text   string
	retry  *int // seconds to wait, for the object inside the message
}

// Error is the text that the client would see.
func (e *graphError) Error() string { return fmt.Sprintf("%d %s: %s", e.status, e.code, e.text) }

func graphRefuse(shape graphShape, status int, code, format string, args ...any) *graphError {
	return &graphError{shape: shape, status: status, code: code, text: fmt.Sprintf(format, args...)}
}

// serviceFlaw is the service's 400 for input that it does not like.
func serviceFlaw(format string, args ...any) *graphError {
	return graphRefuse(shapeService, http.StatusBadRequest, "BadRequest", format, args...)
}

type wireGraphError struct {
	Error wireGraphFault `json:"error"`
}

type wireGraphFault struct {
	Code    string         `json:"code"`
	Message string         `json:"message"`
	Inner   wireGraphInner `json:"innerError"`
}

type wireGraphInner struct {
	Date      string `json:"date"`
	Request   string `json:"request-id"`
	ClientReq string `json:"client-request-id"`
}

// wireIntune is the object that stands as a text in a message.
type wireIntune struct {
	Version int    `json:"_version"`
	Message string `json:"Message"`
	Phrase  string `json:"CustomApiErrorPhrase"`
	Retry   *int   `json:"RetryAfter"`
	Source  string `json:"ErrorSourceService"`
	Headers string `json:"HttpHeaders"`
}

type wireWrapped struct {
	Code        string   `json:"ErrorCode"`
	Message     string   `json:"Message"`
	Target      *string  `json:"Target"`
	Details     *string  `json:"Details"`
	Inner       *string  `json:"InnerError"`
	Annotations []string `json:"InstanceAnnotations"`
}

const intuneHost = "https://fef.sim01.manage.example"

// intuneMessage writes the inner object, indented and with CRLF.
func (c *call) intuneMessage(text, headers string, retry *int) string {
	raw, err := json.MarshalIndent(wireIntune{
		Version: 3, Headers: headers, Retry: retry,
		Message: fmt.Sprintf("%s - Operation ID (for customer support): 00000000-0000-0000-0000-000000000000 - Activity ID: %s - Url: %s%s?api-version=5026-05-10",
			text, c.id, intuneHost, c.behind()),
	}, "", "  ")
	if err != nil { // a struct of texts
		panic(err)
	}
	return strings.ReplaceAll(string(raw), "\n", "\r\n")
}

func (e *graphError) answer(c *call) answer {
	out := wireGraphFault{Code: e.code, Message: e.text}
	switch e.shape {
	case shapeService:
		out.Message = c.intuneMessage(e.text, "{}", e.retry)
	case shapeWrapped:
		out.Code = "UnknownError"
		out.Message = string(encode(wireWrapped{Code: e.code, Message: c.intuneMessage(e.text, `{"WWW-Authenticate":"Bearer"}`, e.retry), Annotations: []string{}}))
	case shapeRoute:
		out.Code = "No method match route template"
		out.Message = fmt.Sprintf("No OData route exists that match template %s with http verb %.20s for request %s.", c.route.template(), c.r.Method, c.behind())
	}
	out.Inner = wireGraphInner{Date: c.now.UTC().Format(dateBare), Request: c.serverID(), ClientReq: c.id}
	return answer{status: e.status, contentType: "application/json", body: encode(wireGraphError{out})}
}

// graph answers a request to Graph.
func (s *Simulator) graph(c *call) answer {
	a, err := s.graphRoute(c)
	var refused *graphError
	switch {
	case errors.As(err, &refused):
		a = refused.answer(c)
	case err != nil:
		a = graphRefuse(shapeService, http.StatusInternalServerError, "InternalServerError", "An internal server error has occurred").answer(c)
	}
	return c.graphHeaders(a)
}

func (s *Simulator) graphRoute(c *call) (answer, error) {
	if err := c.graphSignedIn(); err != nil {
		return answer{}, err
	}
	if len(c.path) == 0 || !isGraphVersion(c.path[0]) {
		return answer{}, graphRefuse(shapeGateway, http.StatusBadRequest, "BadRequest", "Invalid version.")
	}
	path := keys(c.path[1:])
	t, params := s.graphFind(c.path[0], path)
	if t == nil {
		return answer{}, graphRefuse(shapeGateway, http.StatusBadRequest, "BadRequest", "Resource not found for the segment '%.64s'.", s.unknownSegment(c.path[0], path))
	}
	c.params, c.route = params, t
	do := t.verbs[c.r.Method]
	if do == nil {
		return answer{}, t.noVerb()
	}
	if err := c.graphAllowed(t); err != nil {
		return answer{}, err
	}
	headers, throttled := c.toll(t)
	if throttled != nil {
		return throttled.withAll(headers), nil
	}
	if c.flaw != 0 {
		code := map[int]string{http.StatusRequestEntityTooLarge: "RequestEntityTooLarge", http.StatusUnsupportedMediaType: "UnsupportedMediaType"}[c.flaw]
		return answer{}, graphRefuse(shapeGateway, c.flaw, orDefault(code, "BadRequest"), "The request body cannot be read.")
	}
	a, err := do(c)
	return a.withAll(headers), err
}

// withAll adds headers.
func (a answer) withAll(headers map[string]string) answer {
	for name, value := range headers {
		a = a.with(name, value)
	}
	return a
}

// graphAllowed checks who calls whom, and whether the operation is up.
func (c *call) graphAllowed(t *route) error {
	switch {
	case c.who.NoIntune && t.family.service != "":
		return graphRefuse(shapeWrapped, http.StatusUnauthorized, "Forbidden", "An error has occurred")
	case c.customer == nil || c.customer.forbidden:
		return graphRefuse(shapeGateway, http.StatusBadRequest, "BadRequest", "Request not applicable to target tenant.")
	}
	c.w.view(c.now, func() {
		c.w.furnish(c.customer)
		c.w.catchUp(c.customer, c.now)
	})
	if err := c.scoped(t.family); err != nil {
		return err
	}
	if f := t.family.down; f != "" && (c.w.switches.is(f) || c.w.switches.is(switchDown)) {
		return graphRefuse(shapeGateway, http.StatusServiceUnavailable, "ServiceUnavailable", "Service unavailable")
	}
	return nil
}

// keys turns set('id') into the two segments set and id.
func keys(path []string) []string {
	var out []string
	for _, part := range path {
		name, key, ok := strings.Cut(part, "('")
		if ok && name != "" && strings.HasSuffix(key, "')") {
			out = append(out, name, strings.ReplaceAll(strings.TrimSuffix(key, "')"), "''", "'"))
			continue
		}
		out = append(out, part)
	}
	return out
}

// graphSignedIn checks the token and finds the tenant.
func (c *call) graphSignedIn() error {
	refused := func(text string) error {
		return graphRefuse(shapeGateway, http.StatusUnauthorized, "InvalidAuthenticationToken", "%s", text)
	}
	who, err := c.s.issuer.open(bearer(c.r.Header.Get("Authorization")))
	switch {
	case errors.Is(err, errTokenMissing):
		return refused("Access token is empty.")
	case errors.Is(err, errTokenExpired):
		return refused("Lifetime validation failed, the token is expired.")
	case err != nil:
		return refused("InvalidAuthenticationToken: the token cannot be read.")
	case who.Audience != audienceGraph:
		return refused("Access token validation failure. Invalid audience.")
	}
	c.who, c.customer = who, c.w.byID[foldID(who.Tenant)]
	return nil
}

// graphHeaders adds what stands in every answer. The date is that of the clock by
// which the service keeps its times.
func (c *call) graphHeaders(a answer) answer {
	a = a.with("Date", c.now.UTC().Format(http.TimeFormat)).with("request-id", c.serverID()).with("client-request-id", c.id).
		with("x-ms-ags-diagnostic", `{"ServerInfo":{"DataCenter":"Simulated North","Slice":"E","Ring":"4","ScaleUnit":"003","RoleInstance":"SIM000001"}}`).
		with("Strict-Transport-Security", "max-age=31536000")
	if a.status < http.StatusBadRequest {
		a = a.with("OData-Version", "4.0")
	}
	if a.status == http.StatusTooManyRequests && c.w.switches.is(switchNoWait) {
		delete(a.header, "Retry-After")
	}
	if a.status == http.StatusUnauthorized {
		a = a.with("WWW-Authenticate", `Bearer realm="", authorization_uri="https://simulator.invalid/common/oauth2/authorize"`)
	}
	return a
}

const graphJSON = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"

func graphGood[T any](status int, body T) (answer, error) {
	return answer{status: status, contentType: graphJSON, body: encode(body)}, nil
}

// graphFault is an error that was asked for, in the service's own form.
func (c *call) graphFault(status int, after string) answer {
	if status < http.StatusBadRequest {
		return elsewhere(status)
	}
	e := graphRefuse(shapeService, status, "", "An error has occurred")
	switch status {
	case http.StatusBadGateway, http.StatusGatewayTimeout:
		return retryLater(gatewayPage(status), after)
	case http.StatusServiceUnavailable:
		return retryLater(answer{status: status}, after)
	case http.StatusTooManyRequests:
		e = graphRefuse(shapeGateway, status, "TooManyRequests", "Too many requests.")
	case http.StatusUnauthorized:
		e = graphRefuse(shapeGateway, status, "InvalidAuthenticationToken", "Lifetime validation failed, the token is expired.")
	case http.StatusForbidden:
		e.code, e.text = "Forbidden", "User is not authorized to perform this operation"
	case http.StatusNotFound:
		e.code = "ResourceNotFound"
	case http.StatusConflict:
		e.code = "Conflict"
	case http.StatusPreconditionFailed:
		e.code = "ConditionNotMet"
	case http.StatusInternalServerError:
		e.code, e.text = "InternalServerError", "An internal server error has occurred"
	case http.StatusBadRequest:
		e.code = "BadRequest"
	default:
		e.code = strings.ReplaceAll(orDefault(http.StatusText(status), "UnknownError"), " ", "")
	}
	return retryLater(e.answer(c), after)
}
