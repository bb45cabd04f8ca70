package simulator

import (
	"html"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// codePage is where a person types the code.
const codePage = "/devicelogin"

func isCodePage(path []string) bool {
	return len(path) == 1 && strings.EqualFold("/"+path[0], codePage)
}

func escape(s string) string { return html.EscapeString(s) }

// webPage is an answer for a browser.
func webPage(status int, body string) answer {
	return answer{status: status, contentType: "text/html; charset=utf-8",
		body: []byte("<!doctype html><title>Simulated sign-in</title><h1>Simulated sign-in</h1>" + body)}
}

// typeCode is the page on which a code is typed: a form, and its effect.
func (s *Simulator) typeCode(c *call) answer {
	const form = `<form method="post"><p>Code <input name="code" autofocus> as <select name="account"><option>agent<option>other</select>` +
		`<button name="do" value="approve">Sign in</button> <button name="do" value="decline">Decline</button></form>`
	if c.r.Method != http.MethodPost {
		return webPage(http.StatusOK, form)
	}
	values, err := url.ParseQuery(string(c.body))
	account := values.Get("account")
	switch {
	case err != nil:
		return webPage(http.StatusBadRequest, form)
	case values.Get("do") == "decline":
		account = ""
	case account == "":
		account = "agent"
	case people[account] == "":
		return webPage(http.StatusBadRequest, "<p>There is no such account.</p>"+form)
	}
	if !s.signins.decide(values.Get("code"), account) {
		return webPage(http.StatusNotFound, "<p>That code is not known.</p>"+form)
	}
	return webPage(http.StatusOK, "<p>Done. You can close this page.</p>")
}

// signinOrder is what the control interface does with sign-ins.
type signinOrder struct {
	Code    string   `json:"code"`    // with one, that prompt is decided
	Account string   `json:"account"` // agent, other, or password: the agent without a second factor
	Decline bool     `json:"decline"`
	Auto    string   `json:"auto"`   // this account approves every prompt that waits or comes, at once; "nobody" ends it
	Revoke  bool     `json:"revoke"` // refresh tokens that were handed out are worth nothing any more
	Refuse  *refusal `json:"refuse"` // what a tenant answers from now on; an empty error ends it
}

type signinView struct {
	Code    string `json:"code"`
	Tenant  string `json:"tenant"`
	Scope   string `json:"scope"`
	Account string `json:"account,omitempty"`
}

// orderSignin carries out what the control interface was told about sign-ins.
func (s *Simulator) orderSignin(w http.ResponseWriter, body []byte) {
	o, err := decode[signinOrder](body)
	bad := func(text string) { say(w, http.StatusBadRequest, wireProblem{text}) }
	switch {
	case err != nil:
		bad("the body is not an order: " + err.Error())
		return
	case o.Account != "" && people[o.Account] == "", o.Auto != "" && o.Auto != "nobody" && people[o.Auto] == "":
		bad("there are the accounts agent and other")
		return
	case o.Code != "" && o.Account == "" && !o.Decline:
		bad("say account or decline")
		return
	case o.Code != "" && !s.signins.decide(o.Code, o.Account):
		say(w, http.StatusNotFound, wireProblem{"that code is not known"})
		return
	}
	s.signins.mu.Lock()
	if o.Auto != "" {
		s.signins.approveAll(strings.TrimSuffix(o.Auto, "nobody"))
	}
	if o.Revoke {
		s.signins.revoked++
	}
	if o.Refuse != nil {
		tenant := strings.ToLower(o.Refuse.Tenant)
		if delete(s.signins.refusals, tenant); o.Refuse.Error != "" {
			s.signins.refusals[tenant] = *o.Refuse
		}
	}
	s.signins.mu.Unlock()
	say(w, http.StatusOK, s.signins.waiting())
}

// waiting lists the prompts, the newest last.
func (s *signins) waiting() []signinView {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]signinView, 0, len(s.prompts))
	for _, p := range s.prompts {
		out = append(out, signinView{p.user, p.tenant, p.scope, p.account})
	}
	return slices.Clip(out)
}
