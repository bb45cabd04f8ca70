package simulator

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"time"
)

// The audiences and the scopes of the two services.
const (
	audiencePartner = "https://api.partnercenter.microsoft.com"
	audienceGraph   = "https://graph.microsoft.com"
	scopesGraph     = scopeService + " " + scopeConfig + " " + scopeDevices + " " + scopePrivileged + " " + scopeGroupsRead + " " + scopeMembers
	scopesGraphRead = scopeServiceRead + " " + scopeConfigRead + " " + scopeDevicesRead + " " + scopeGroupsRead
)

// defaultApp is the application behind tokens that nobody asked for by a
// client id.
const defaultApp = "7a1c0d52-93b4-4e6f-8d20-51c9e0b7f3a6"

// How long tokens live: those of the sign-in, the two of the ready line, and
// all of them in the scenario "expired".
const (
	tokenLife   = time.Hour
	lastingLife = 10 * 365 * 24 * time.Hour
	briefLife   = 30 * time.Second
)

// claims are what a token says. The last four are the simulator's own.
type claims struct {
	Audience string   `json:"aud"`
	Issuer   string   `json:"iss"`
	Tenant   string   `json:"tid"`
	Expires  int64    `json:"exp"`
	Issued   int64    `json:"iat"`
	Begins   int64    `json:"nbf"`
	Methods  []string `json:"amr,omitempty"`
	Scopes   string   `json:"scp,omitempty"`
	Roles    []string `json:"roles,omitempty"`
	Kind     string   `json:"idtyp,omitempty"` // "app" without a user
	Object   string   `json:"oid"`
	User     string   `json:"upn,omitempty"`
	Version  string   `json:"ver"`
	App      string   `json:"appid,omitempty"`
	Agent    string   `json:"agent,omitempty"`    // "sales" for a sales agent
	NoIntune bool     `json:"nointune,omitempty"` // a user without rights in Intune
	Account  string   `json:"account,omitempty"`  // of a refresh token: who signed in

	Generation int64 `json:"generation,omitempty"` // of a refresh token: revoking raises it
}

func (c claims) appOnly() bool { return c.Kind == "app" }

func (c claims) mfa() bool {
	for _, m := range c.Methods {
		if m == "mfa" {
			return true
		}
	}
	return false
}

// allows reports whether a delegated scope or an application role is there.
func (c claims) allows(scope string) bool {
	for _, have := range append(strings.Fields(c.Scopes), c.Roles...) {
		if have == scope {
			return true
		}
	}
	return false
}

// issuer signs tokens and opens them again. The signature keeps tokens of
// another run out; it is not a secret and guards nothing.
type issuer struct {
	name  string
	key   []byte
	now   func() time.Time
	brief bool // the scenario in which every token dies young
}

func newIssuer(o Options) issuer {
	key := sha256.Sum256([]byte("muster simulator\x00" + o.Instance))
	return issuer{"https://simulator.invalid/" + o.Instance + "/", key[:], o.Now, o.has("expired")}
}

// life is how long a token lives that would usually live for d.
func (i issuer) life(d time.Duration) time.Duration {
	if i.brief && d > 0 {
		return briefLife
	}
	return d
}

// issue signs a token that lives for d.
func (i issuer) issue(c claims, d time.Duration) string {
	now := i.now()
	c.Issuer, c.Version = i.name, "2.0"
	c.Issued, c.Begins, c.Expires = now.Unix(), now.Unix(), now.Add(i.life(d)).Unix()
	body, err := json.Marshal(c)
	if err != nil { // a struct of texts and numbers
		panic(err)
	}
	enc := base64.RawURLEncoding
	signed := enc.EncodeToString([]byte(`{"typ":"JWT","alg":"HS256"}`)) + "." + enc.EncodeToString(body)
	return signed + "." + enc.EncodeToString(i.sign(signed))
}

func (i issuer) lasting(c claims) string { return i.issue(c, lastingLife) }

func (i issuer) sign(text string) []byte {
	h := hmac.New(sha256.New, i.key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

var (
	errTokenMissing = errors.New("access token is empty")
	errTokenBad     = errors.New("access token cannot be read")
	errTokenExpired = errors.New("the token is expired")
)

// open reads a token of this run; the error is one of the three above.
func (i issuer) open(token string) (claims, error) {
	if token == "" {
		return claims{}, errTokenMissing
	}
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return claims{}, errTokenBad
	}
	enc := base64.RawURLEncoding
	sum, err := enc.DecodeString(parts[2])
	if err != nil || !hmac.Equal(sum, i.sign(parts[0]+"."+parts[1])) {
		return claims{}, errTokenBad
	}
	body, err := enc.DecodeString(parts[1])
	var c claims
	if err != nil || json.Unmarshal(body, &c) != nil {
		return claims{}, errTokenBad
	}
	if c.Expires <= i.now().Unix() {
		return claims{}, errTokenExpired
	}
	return c, nil
}

// bearer takes the token out of an Authorization header.
func bearer(header string) string {
	if len(header) < 7 || !strings.EqualFold(header[:7], "bearer ") {
		return ""
	}
	return strings.TrimSpace(header[7:])
}

// partnerClaims describe a partner's admin agent who signed in with MFA.
func (s *Simulator) partnerClaims(w *world) claims {
	return claims{
		Audience: audiencePartner, Tenant: w.partner.id, Methods: []string{"pwd", "mfa"}, Scopes: "user_impersonation",
		Object: guid(w.seed.at(kindToken, 0, 0), w.seed.at(kindToken, 0, 1)), User: "agent@harrowpike.example",
	}
}

// graphClaims describe the same person in a customer's tenant.
func (s *Simulator) graphClaims(tenant string) claims {
	c := s.partnerClaims(s.current())
	c.Audience, c.Tenant, c.Scopes, c.App = audienceGraph, tenant, scopesGraph, defaultApp
	return c
}
