package simulator

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// partnerRoutes are Partner Center's operations, one file a resource.
func partnerRoutes() []route {
	return []route{
		newRoute("customers", map[string]handler{http.MethodGet: listCustomers}),
		newRoute("customers/{customer}", map[string]handler{http.MethodGet: getCustomer}),
		newRoute("customers/{customer}/deviceBatches", map[string]handler{http.MethodGet: listBatches, http.MethodPost: createBatch}),
		newRoute("customers/{customer}/deviceBatches/{batch}/devices", map[string]handler{http.MethodGet: listDevices, http.MethodPost: appendDevices}),
		newRoute("customers/{customer}/deviceBatches/{batch}/devices/{device}", map[string]handler{http.MethodPut: updateDevice, http.MethodDelete: removeDevice}),
		newRoute("customers/{customer}/DevicePolicyUpdates", map[string]handler{http.MethodPatch: updatePolicies}),
		newRoute("customers/{customer}/batchJobStatus/{job}", map[string]handler{http.MethodGet: jobStatus}),
		newRoute("customers/{customer}/policies", map[string]handler{http.MethodGet: listPolicies, http.MethodPost: createPolicy}),
		newRoute("customers/{customer}/policies/{policy}", map[string]handler{http.MethodGet: getPolicy, http.MethodPut: replacePolicy, http.MethodDelete: deletePolicy}),
	}
}

// partnerError is a refusal of Partner Center.
type partnerError struct {
	status int
	code   int // 0 is a body without anything in it
	text   string
	bare   bool // without the data member, as some answers are
	allow  string
}

// Error is the description that the client would see.
func (e *partnerError) Error() string { return fmt.Sprintf("%d/%d %s", e.status, e.code, e.text) }

func refuse(status, code int, format string, args ...any) *partnerError {
	return &partnerError{status: status, code: code, text: fmt.Sprintf(format, args...)}
}

// wireFault is Partner Center's error body. The code is a number in practice.
type wireFault struct {
	Code        int       `json:"code"`
	Description string    `json:"description"`
	Data        *[]string `json:"data,omitempty"`
	Source      string    `json:"source"`
}

const maxDescription = 1024

func (e *partnerError) answer() answer {
	a := answer{status: e.status}
	if e.allow != "" {
		a = a.with("Allow", e.allow)
	}
	if e.status == http.StatusUnauthorized {
		a = a.with("WWW-Authenticate", "OAuth realm=urn:cpsvc:cpid:{2c8b0f36-3a38-4f8f-9c3a-5b0c6f1d2e77}")
	}
	if e.code == 0 {
		return a
	}
	f := wireFault{Code: e.code, Description: e.text[:min(len(e.text), maxDescription)], Source: "PartnerApiServiceControllers"}
	if !e.bare {
		f.Data = &[]string{}
	}
	a.contentType, a.body = partnerJSON, encode(f)
	return a
}

const partnerJSON = "application/json; charset=utf-8"

// partnerCenter answers a request to Partner Center: who is it, where does it
// go, may it, and what does the handler say.
func (s *Simulator) partnerCenter(c *call) answer {
	a, err := s.partnerRoute(c)
	var refused *partnerError
	switch {
	case errors.As(err, &refused):
		a = refused.answer()
	case err != nil:
		a = refuse(http.StatusInternalServerError, 800003, "Unexpected service error").answer()
	}
	return c.partnerHeaders(a)
}

func (s *Simulator) partnerRoute(c *call) (answer, error) {
	if err := c.partnerSignedIn(); err != nil {
		return answer{}, err
	}
	t, params := find(partnerRoutes(), c.path[1:])
	if t == nil {
		return answer{}, refuse(http.StatusNotFound, 0, "no such route")
	}
	do := t.verbs[c.r.Method]
	if do == nil {
		e := refuse(http.StatusMethodNotAllowed, http.StatusMethodNotAllowed, "The requested resource does not support http method '%.20s'.", c.r.Method)
		e.allow = t.allowed()
		return answer{}, e
	}
	if len(params) > 0 {
		if err := c.reach(params[0]); err != nil {
			return answer{}, err
		}
		c.params = params[1:]
		c.w.view(c.now, func() { c.w.catchUp(c.customer, c.now) })
	}
	switch c.flaw {
	case 0:
	case http.StatusBadRequest:
		return answer{}, refuse(c.flaw, 800002, "Invalid request input")
	default:
		return answer{}, refuse(c.flaw, c.flaw, "%s", http.StatusText(c.flaw))
	}
	return do(c)
}

// partnerSignedIn checks the token.
func (c *call) partnerSignedIn() error {
	denied := refuse(http.StatusUnauthorized, 400, "Access denied")
	denied.bare = true
	who, err := c.s.issuer.open(bearer(c.r.Header.Get("Authorization")))
	if err != nil || who.Audience != audiencePartner || who.Tenant != c.w.partner.id {
		return denied
	}
	if !who.appOnly() && !who.mfa() {
		return refuse(http.StatusUnauthorized, 900421, "MFA is required for this call.")
	}
	c.who = who
	return nil
}

// reach finds the customer of a path and whether the partner may go there.
func (c *call) reach(id string) error {
	if !isGUID(id) {
		return refuse(http.StatusBadRequest, 2000, "Tenant Id must be a GUID.")
	}
	c.customer = c.w.byID[strings.ToLower(id)]
	switch {
	case c.customer == nil && len(c.path) == 3: // the customer itself
		return refuse(http.StatusNotFound, 60003, "Tenant not found")
	case c.customer == nil:
		return refuse(http.StatusNotFound, 1000, "Not found")
	case c.customer.forbidden:
		e := refuse(http.StatusForbidden, 20002, "The partner ID %s has no commerce relationship with the customer ID %s.", c.w.partner.id, c.customer.id)
		return e
	}
	return nil
}

// partnerHeaders adds what stands in every answer.
func (c *call) partnerHeaders(a answer) answer {
	correlation := c.r.Header.Get("MS-CorrelationId")
	if correlation == "" {
		correlation = c.newID()
	}
	var vector [12]byte
	binary.BigEndian.PutUint64(vector[:], c.w.run.at(kindVector, c.seq, 0))
	binary.BigEndian.PutUint32(vector[8:], uint32(c.w.run.at(kindVector, c.seq, 1)))
	a = a.with("MS-RequestId", c.id).with("MS-CorrelationId", correlation).
		with("MS-CV", base64.StdEncoding.EncodeToString(vector[:])+".0").
		with("MS-ServerId", "0300"+digits(c.w.run.at(kindVector, c.seq%8, 2)%1e5, 5))
	if strings.EqualFold(c.r.Header.Get("ValidateMfa"), "true") {
		a = a.with("isMfaCompliant", fmt.Sprint(c.who.mfa()))
	}
	return a
}

// good is a success with a body, behind the byte order mark.
func good[T any](body T) (answer, error) {
	return answer{status: http.StatusOK, contentType: partnerJSON, body: encodeAfter(bom, body)}, nil
}

// partnerFault is an error that was asked for, in the service's own form.
func (c *call) partnerFault(status int, after string) answer {
	if status < http.StatusBadRequest {
		return elsewhere(status)
	}
	switch status {
	case http.StatusTooManyRequests:
		wait := orDefault(after, "57")
		return retryLater(answer{status: status, contentType: partnerJSON, body: encode(wireThrottled{
			status, fmt.Sprintf("Rate limit is exceeded. Try again in %s seconds.", wait)})}, after)
	case http.StatusBadGateway, http.StatusGatewayTimeout:
		return retryLater(gatewayPage(status), after)
	case http.StatusUnauthorized:
		e := refuse(status, 400, "Access denied")
		e.bare = true
		return retryLater(e.answer(), after)
	}
	code := map[int]int{http.StatusBadRequest: 800002, http.StatusForbidden: 2032, http.StatusNotFound: 1000, http.StatusInternalServerError: 800003}[status]
	text := orDefault(http.StatusText(status), "Unexpected service error")
	return retryLater(refuse(status, orDefault(code, status), "%s", text).answer(), after)
}

type wireThrottled struct {
	StatusCode int    `json:"statusCode"`
	Message    string `json:"message"`
}

// gatewayPage is what a proxy in between answers: no JSON.
func gatewayPage(status int) answer {
	text := http.StatusText(status)
	return answer{status: status, contentType: "text/html; charset=us-ascii", body: fmt.Appendf(nil,
		"<html>\r\n<head><title>%d %s</title></head>\r\n<body><center><h1>%d %s</h1></center></body>\r\n</html>\r\n", status, text, status, text)}
}

// wireAttributes names an object's type.
type wireAttributes struct {
	ObjectType string `json:"objectType"`
}

// wireLink is a link as Partner Center writes it, relative to the host.
type wireLink struct {
	URI     string     `json:"uri"`
	Method  string     `json:"method"`
	Headers []wirePair `json:"headers"`
}

type wirePair struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

func link(uri string, headers ...wirePair) *wireLink {
	if headers == nil {
		headers = []wirePair{}
	}
	return &wireLink{uri, http.MethodGet, headers}
}

// wireLinks are the links of an object or list; without any it is {}.
type wireLinks struct {
	Self *wireLink `json:"self,omitempty"`
	Next *wireLink `json:"next,omitempty"`
}

// wireList is a collection; the count is of this answer only.
type wireList[T any] struct {
	Token      string         `json:"continuationToken,omitempty"`
	TotalCount int            `json:"totalCount"`
	Items      []T            `json:"items"`
	Links      *wireLinks     `json:"links,omitempty"`
	Attributes wireAttributes `json:"attributes"`
}

func list[T any](items []T) wireList[T] {
	return wireList[T]{TotalCount: len(items), Items: items, Attributes: wireAttributes{"Collection"}}
}
