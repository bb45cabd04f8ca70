package simulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// signIn answers for the sign-in authority: discovery, and the endpoints of a tenant
// for applications, for people with a code or a browser, and for refresh tokens.
func (s *Simulator) signIn(c *call) answer {
	tenant := c.path[0]
	if len(c.path) == 4 && strings.EqualFold(c.path[1], "v2.0") && c.path[2] == ".well-known" {
		return s.discovery(c, tenant)
	}
	if len(c.path) != 4 || !strings.EqualFold(strings.Join(c.path[1:3], "/"), "oauth2/v2.0") {
		return answer{status: http.StatusNotFound}
	}
	endpoint := strings.ToLower(c.path[3])
	if endpoint == "authorize" {
		return s.authorize(c, tenant)
	}
	if endpoint != "token" && endpoint != "devicecode" {
		return answer{status: http.StatusNotFound}
	}
	if c.r.Method != http.MethodPost {
		return c.entra(http.StatusMethodNotAllowed, "invalid_request", 900561, "The endpoint only accepts POST requests.")
	}
	form, err := url.ParseQuery(string(c.body))
	if err != nil {
		return c.entra(http.StatusBadRequest, "invalid_request", 900144, "The request body cannot be read.")
	}
	if endpoint == "devicecode" {
		return s.deviceCode(c, tenant, form)
	}
	return s.token(c, tenant, form)
}

func (s *Simulator) token(c *call, tenant string, form url.Values) answer {
	who, refused := s.principal(c, tenant, form.Get("scope"))
	if refused != nil {
		return *refused
	}
	reply := tokenReply{Type: "Bearer", Scope: form.Get("scope"), Expires: int(s.issuer.life(tokenLife) / time.Second)}
	account, person := "", true
	switch form.Get("grant_type") {
	case "client_credentials":
		if form.Get("client_id") == "" || form.Get("client_secret") == "" && form.Get("client_assertion") == "" {
			return c.entra(http.StatusUnauthorized, "invalid_client", 7000218, "The request body must contain 'client_assertion' or 'client_secret'.")
		}
		who.Kind, who.Roles, who.Scopes, who.Methods, who.User = "app", strings.Fields(who.Scopes), "", nil, ""
		person = false
	case "refresh_token":
		old, err := s.issuer.open(form.Get("refresh_token"))
		if err != nil || old.Audience != audienceRefresh {
			return c.entra(http.StatusBadRequest, "invalid_grant", 70000, "The provided value for the 'refresh_token' is not valid or has expired.")
		}
		if old.Generation < s.signins.generation() {
			return c.entra(http.StatusBadRequest, "invalid_grant", 50173, "The provided grant has expired due to it being revoked.")
		}
		account = old.Account
	case "device_code", "urn:ietf:params:oauth:grant-type:device_code":
		if account, refused = s.granted(c, form.Get("device_code"), ""); refused != nil {
			return *refused
		}
	case "authorization_code":
		if account, refused = s.granted(c, form.Get("code"), form.Get("code_verifier")); refused != nil {
			return *refused
		}
	case "":
		return c.entra(http.StatusBadRequest, "invalid_request", 900144, "The request body must contain the following parameter: 'grant_type'.")
	default:
		return c.entra(http.StatusBadRequest, "unsupported_grant_type", 70003, "The app requested an unsupported grant type.")
	}
	if person {
		who = s.asPerson(who, account)
		s.personal(c, &reply, tenant, form.Get("client_id"), account)
	}
	if id := form.Get("client_id"); isGUID(id) && who.Audience == audienceGraph {
		who.App = strings.ToLower(id)
	}
	reply.Token = s.issuer.issue(who, tokenLife)
	return jsonAnswer(http.StatusOK, reply)
}

// principal says who would sign in to a tenant for a scope.
func (s *Simulator) principal(c *call, tenant, scope string) (claims, *answer) {
	w := c.w
	customer := w.byID[strings.ToLower(tenant)]
	own := strings.EqualFold(tenant, w.partner.id)
	refuse := func(a answer) (claims, *answer) { return claims{}, &a }
	if r, no := s.signins.refused(tenant); no {
		return refuse(c.entraClaims(http.StatusBadRequest, r.Error, r.Code, "The tenant does not let this sign-in pass.", r.Claims))
	}
	switch {
	case customer == nil && !own:
		return refuse(c.entra(http.StatusBadRequest, "invalid_request", 90002, fmt.Sprintf("Tenant '%.64s' not found. Check to make sure you have the correct tenant ID.", tenant)))
	case customer != nil && customer.forbidden:
		return refuse(c.entra(http.StatusBadRequest, "unauthorized_client", 700016, "The application was not found in the directory of this tenant."))
	}
	switch resource := scopeResource(scope); {
	case resource == audiencePartner && own:
		return s.partnerClaims(w), nil
	case resource == audienceGraph:
		return s.graphClaims(strings.ToLower(tenant)), nil
	default:
		return refuse(c.entra(http.StatusBadRequest, "invalid_scope", 70011, "The provided value for the input parameter 'scope' is not valid here."))
	}
}

// scopeResource is the audience that the scopes of a request name first.
func scopeResource(scope string) string {
	for _, one := range strings.Fields(scope) {
		for _, audience := range []string{audiencePartner, audienceGraph} {
			if strings.HasPrefix(strings.ToLower(one), audience+"/") {
				return audience
			}
		}
	}
	return ""
}

// audienceRefresh marks refresh tokens, which no service takes.
const audienceRefresh = "https://simulator.invalid/refresh"

func (s *Simulator) refreshToken(w *world) string {
	who := s.partnerClaims(w)
	who.Audience = audienceRefresh
	return s.issuer.issue(who, 90*24*time.Hour)
}

func (s *Simulator) discovery(c *call, tenant string) answer {
	base := c.origin() + "/" + tenant
	return jsonAnswer(http.StatusOK, openIDConfiguration{
		Authorize: base + "/oauth2/v2.0/authorize", Token: base + "/oauth2/v2.0/token",
		DeviceCode: base + "/oauth2/v2.0/devicecode", Issuer: base + "/v2.0",
	})
}

type openIDConfiguration struct {
	Authorize  string `json:"authorization_endpoint"`
	Token      string `json:"token_endpoint"`
	DeviceCode string `json:"device_authorization_endpoint"`
	Issuer     string `json:"issuer"`
}

type tokenReply struct {
	Type    string `json:"token_type"`
	Scope   string `json:"scope,omitempty"`
	Expires int    `json:"expires_in"`
	Token   string `json:"access_token"`
	Refresh string `json:"refresh_token,omitempty"`

	Identity string `json:"id_token,omitempty"`
	Client   string `json:"client_info,omitempty"` // who it is, the same in all tenants
}

// entraError is the sign-in's way to say no.
type entraError struct {
	Error       string `json:"error"`
	Description string `json:"error_description"`
	Codes       []int  `json:"error_codes"`
	Timestamp   string `json:"timestamp"`
	Trace       string `json:"trace_id"`
	Correlation string `json:"correlation_id"`
	Claims      string `json:"claims,omitempty"`
}

func (c *call) entra(status int, name string, code int, text string) answer {
	return c.entraClaims(status, name, code, text, "")
}

// entraClaims is entra with what the tenant wants to know of the person.
func (c *call) entraClaims(status int, name string, code int, text, wanted string) answer {
	now := c.s.options.Now().UTC().Format("2006-01-02 15:04:05Z")
	e := entraError{Error: name, Codes: []int{code}, Timestamp: now, Trace: c.newID(), Correlation: c.newID(), Claims: wanted}
	e.Description = fmt.Sprintf("AADSTS%d: %s Trace ID: %s Correlation ID: %s Timestamp: %s", code, text, e.Trace, e.Correlation, now)
	return jsonAnswer(status, e)
}

// jsonAnswer is a plain JSON body, without the habits of the two services.
func jsonAnswer[T any](status int, body T) answer {
	return answer{status: status, contentType: "application/json; charset=utf-8", body: encode(body)}
}

// encode writes JSON without escaping what only matters in a web page.
func encode[T any](v T) []byte { return encodeAfter("", v) }

// encodeAfter is encode behind some first bytes.
func encodeAfter[T any](first string, v T) []byte {
	var b bytes.Buffer
	b.WriteString(first)
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil { // our own structs of texts, numbers and times
		panic(err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}
