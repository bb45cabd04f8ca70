package simulator

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// codeLife is how long a code to type lives, as the real sign-in's does.
const codeLife = 15 * time.Minute

// maxPrompts bounds the sign-ins that are waiting for a person.
const maxPrompts = 1000

// prompt is a sign-in that waits for a person: by a code to type, or by a page that
// the browser is sent to.
type prompt struct {
	device    string // what the program polls with, or the code that the browser brings back
	user      string // what the person types
	tenant    string
	scope     string
	client    string
	redirect  string
	challenge string // SHA-256 of the verifier, of the browser's way
	until     time.Time
	account   string // who approved it
	declined  bool
}

// signins is the authority's memory. It survives a reset of the world.
type signins struct {
	mu       sync.Mutex
	prompts  []*prompt
	count    uint64
	revoked  int64              // refresh tokens of earlier generations are worth nothing
	refusals map[string]refusal // by tenant
	auto     string             // who approves every prompt at once, "" = nobody
}

// refusal is what a tenant answers to every request for a token.
type refusal struct {
	Tenant string `json:"tenant"`
	Error  string `json:"error"`
	Code   int    `json:"code"`
	Claims string `json:"claims,omitempty"`
}

func newSignins() *signins { return &signins{refusals: map[string]refusal{}} }

// people are the accounts that can sign in, by the word that names them. The password is
// the agent's without a second factor, which Partner Center does not take.
var people = map[string]string{"agent": "agent@harrowpike.example", "password": "agent@harrowpike.example", "other": "other@harrowpike.example"}

// add files a prompt under codes of its own.
func (s *signins) add(p *prompt, seed seed) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.prompts) >= maxPrompts {
		s.prompts = s.prompts[1:]
	}
	s.count++
	p.device = guid(seed.at(kindToken, 7, s.count), seed.at(kindToken, 8, s.count))
	const letters = "BCDFGHJKLMNPQRSTVWXZ"
	draw := seed.at(kindToken, 9, s.count)
	for range 8 {
		p.user += string(letters[draw%uint64(len(letters))])
		draw /= uint64(len(letters))
	}
	p.account = s.auto
	s.prompts = append(s.prompts, p)
}

// find returns a prompt by either of its codes.
func (s *signins) find(code string) *prompt {
	for _, p := range s.prompts {
		if p.device == code || strings.EqualFold(p.user, strings.TrimSpace(code)) {
			return p
		}
	}
	return nil
}

// decide records a person's answer; account "" declines.
func (s *signins) decide(code, account string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.find(code)
	if p == nil {
		return false
	}
	p.account, p.declined = account, account == ""
	return true
}

// approveAll lets account approve every prompt that waits, and every later one; with
// "" nobody does from now on. The caller holds the lock.
func (s *signins) approveAll(account string) {
	s.auto = account
	for _, p := range s.prompts {
		if p.account == "" && !p.declined {
			p.account = account
		}
	}
}

func (s *signins) generation() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.revoked
}

// refused returns what a tenant says to everybody, if it does.
func (s *signins) refused(tenant string) (refusal, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, ok := s.refusals[strings.ToLower(tenant)]
	return r, ok
}

type deviceReply struct {
	Device   string `json:"device_code"`
	User     string `json:"user_code"`
	Address  string `json:"verification_uri"`
	Expires  int    `json:"expires_in"`
	Interval int    `json:"interval"`
	Message  string `json:"message"`
}

// deviceCode begins a sign-in by a code to type.
func (s *Simulator) deviceCode(c *call, tenant string, form url.Values) answer {
	if _, no := s.principal(c, tenant, form.Get("scope")); no != nil {
		return *no
	}
	life := s.issuer.life(codeLife)
	p := &prompt{tenant: tenant, scope: form.Get("scope"), client: form.Get("client_id"), until: s.options.Now().Add(life)}
	s.signins.add(p, c.w.run)
	at := c.origin() + codePage
	return jsonAnswer(http.StatusOK, deviceReply{Device: p.device, User: p.user, Address: at, Expires: int(life / time.Second), Interval: 5,
		Message: "To sign in, open the page " + at + " and enter the code " + p.user + "."})
}

// granted answers for a prompt's code: who signed in, or why nobody has.
func (s *Simulator) granted(c *call, code, verifier string) (string, *answer) {
	s.signins.mu.Lock()
	defer s.signins.mu.Unlock()
	no := func(name string, n int, text string) (string, *answer) {
		a := c.entra(http.StatusBadRequest, name, n, text)
		return "", &a
	}
	p := s.signins.find(code)
	switch {
	case p == nil:
		return no("invalid_grant", 70000, "The provided code is not valid.")
	case p.declined:
		return no("authorization_declined", 70017, "The user declined the sign-in.")
	case s.options.Now().After(p.until):
		return no("expired_token", 70019, "The code has expired.")
	case p.account == "":
		return no("authorization_pending", 70016, "OAuth 2.0 device flow error. Authorization is pending. Continue polling.")
	}
	if p.challenge != "" {
		if sum := sha256.Sum256([]byte(verifier)); base64.RawURLEncoding.EncodeToString(sum[:]) != p.challenge {
			return no("invalid_grant", 50148, "The code_verifier does not match the code_challenge.")
		}
	}
	p.until = time.Time{} // a code is good once
	return p.account, nil
}

// personal adds to a token reply what a person gets: a refresh token and who it is.
func (s *Simulator) personal(c *call, reply *tokenReply, tenant, client, account string) {
	who := s.asPerson(s.partnerClaims(c.w), account)
	refresh := who
	refresh.Audience, refresh.Account, refresh.Generation = audienceRefresh, account, s.signins.generation()
	reply.Refresh = s.issuer.issue(refresh, 90*24*time.Hour)
	enc := func(v map[string]string) string {
		raw, err := json.Marshal(v)
		if err != nil { // texts
			panic(err)
		}
		return base64.RawURLEncoding.EncodeToString(raw)
	}
	reply.Client = enc(map[string]string{"uid": who.Object, "utid": c.w.partner.id})
	now := s.options.Now()
	body, err := json.Marshal(idToken{Audience: client, Issuer: c.origin() + "/" + tenant + "/v2.0", Tenant: tenant, Object: who.Object,
		Subject: who.Object, User: who.User, Expires: now.Add(tokenLife).Unix(), Issued: now.Unix()})
	if err != nil { // texts and numbers
		panic(err)
	}
	reply.Identity = enc(map[string]string{"alg": "none"}) + "." + base64.RawURLEncoding.EncodeToString(body) + ".x"
	var scopes []string
	for _, scope := range strings.Fields(reply.Scope) {
		if scope != "openid" && scope != "profile" && scope != "offline_access" {
			scopes = append(scopes, scope)
		}
	}
	reply.Scope = strings.Join(scopes, " ")
}

// idToken is what an id token says.
type idToken struct {
	Audience string `json:"aud"`
	Issuer   string `json:"iss"`
	Tenant   string `json:"tid"`
	Object   string `json:"oid"`
	Subject  string `json:"sub"`
	User     string `json:"preferred_username"`
	Expires  int64  `json:"exp"`
	Issued   int64  `json:"iat"`
}

// asPerson puts an account's name on claims.
func (s *Simulator) asPerson(c claims, account string) claims {
	switch account {
	case "", "agent":
	case "password":
		c.Methods = []string{"pwd"}
	default:
		sum := sha256.Sum256([]byte("account\x00" + account))
		raw := [16]byte(sum[:16])
		raw[6], raw[8] = raw[6]&0x0f|0x40, raw[8]&0x3f|0x80
		c.Object = formatGUID(raw)
		c.User = people[account]
	}
	return c
}

// authorize is the page that a browser is sent to. It stands for the person's
// approval: it sends the browser back with a code at once.
func (s *Simulator) authorize(c *call, tenant string) answer {
	q := c.r.URL.Query()
	back, err := url.Parse(q.Get("redirect_uri"))
	if err != nil || back.Scheme != "http" || !isLoopback(back.Host) || q.Get("code_challenge_method") != "S256" || q.Get("code_challenge") == "" {
		return webPage(http.StatusBadRequest, "This sign-in asks for something else than a loopback address with PKCE.")
	}
	p := &prompt{tenant: tenant, scope: q.Get("scope"), client: q.Get("client_id"), redirect: back.String(), challenge: q.Get("code_challenge"),
		until: s.options.Now().Add(s.issuer.life(codeLife))}
	s.signins.add(p, c.w.run)
	s.signins.decide(p.device, "agent")
	return webPage(http.StatusOK, fmt.Sprintf(`<form method="post" action="%s"><input type="hidden" name="code" value="%s"><input type="hidden" name="state" value="%s">`+
		`<p>Sign in to the simulator as %s.</p><button>Continue</button></form><script>document.forms[0].submit()</script>`,
		escape(back.String()), p.device, escape(q.Get("state")), people["agent"]))
}
