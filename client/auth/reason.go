package auth

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"muster/client/rest"
	"muster/model"
)

// fault is why the authority gave no token: nothing else of its answer is kept.
type fault struct {
	offline     bool
	status      int
	name        string // the OAuth error
	sub         string // and its suberror
	codes       []int  // AADSTS numbers, for the words only
	claims      bool   // the authority wants more of the person
	correlation string
}

// reason is where the keeper leaves why one request for a token was refused. It travels
// with the request's context: the library tells an authority that cannot be reached and
// one that says no by the same error, and many tenants ask at once.
type reason struct {
	mu   sync.Mutex
	last fault
}

type reasonKey struct{}

// reasoned returns a context whose requests leave their refusal in the reason.
func reasoned(ctx context.Context) (context.Context, *reason) {
	r := &reason{}
	return context.WithValue(ctx, reasonKey{}, r), r
}

func (r *reason) fault() fault {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.last
}

// remember notes a refusal for whoever sent the request; one without a reason is nobody's.
func remember(ctx context.Context, f fault) {
	if r, ok := ctx.Value(reasonKey{}).(*reason); ok {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.last = f
	}
}

// keeper is the transport of a credential. It bounds what comes in and notes why a token
// was refused.
type keeper struct{ next *http.Client }

// maxFault bounds how much of a refusal is read.
const maxFault = 64 << 10

// Do implements the transport of azcore and of MSAL.
func (k *keeper) Do(r *http.Request) (*http.Response, error) {
	resp, err := k.next.Do(r)
	if err != nil {
		if r.Context().Err() == nil {
			remember(r.Context(), fault{offline: true})
		}
		return nil, err
	}
	limit := int64(maxAnswer)
	if resp.StatusCode >= 300 {
		limit = maxFault
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, limit))
	_ = resp.Body.Close()
	if err != nil {
		if r.Context().Err() == nil {
			remember(r.Context(), fault{offline: true})
		}
		return nil, err
	}
	resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	if resp.StatusCode >= 300 {
		remember(r.Context(), readFault(resp.StatusCode, body))
	}
	return resp, nil
}

func readFault(status int, body []byte) fault {
	var w struct {
		Error       rest.Text `json:"error"`
		Sub         rest.Text `json:"suberror"`
		Codes       []int     `json:"error_codes"`
		Claims      rest.Text `json:"claims"`
		Correlation rest.Text `json:"correlation_id"`
	}
	f := fault{status: status}
	if json.Unmarshal(body, &w) != nil {
		return f
	}
	f.name, f.sub, f.claims = code(string(w.Error)), code(string(w.Sub)), w.Claims != ""
	f.codes, f.correlation = w.Codes[:min(len(w.Codes), 8)], code(string(w.Correlation))
	return f
}

// said is what muster makes of some of the authority's numbers, in the order in which
// they decide. What to do follows from the OAuth error; these choose the words.
var said = []struct {
	codes     []int
	kind      model.Kind
	msg, hint string
}{
	{[]int{53003, 530003, 530032}, model.Forbidden, "a Conditional Access policy of tenant %s blocks this sign-in",
		"ask its administrator which policy; device codes are often blocked, so try sign_in = \"browser\""},
	{[]int{53000, 53001, 50097, 530002}, model.Forbidden, "tenant %s wants a managed device, which a machine reached over SSH is not",
		"sign in through a browser on a managed machine: sign_in = \"browser\" and ssh -L"},
	{[]int{50076, 50079, 50074, 50158}, model.SignedOut, "tenant %s wants multi-factor authentication", "sign in again"},
	{[]int{65001, 650057, 650052}, model.Forbidden, "the application has no consent in tenant %s", "muster connections add --explain says how to give it"},
	{[]int{700016}, model.Forbidden, "the application is not known in tenant %s", "check client_id; in a customer's tenant it needs consent first"},
	{[]int{50020, 50034, 50177}, model.Forbidden, "this account is not known in tenant %s", "a GDAP relationship and a role in it are needed, and they run out"},
	{[]int{50105}, model.Forbidden, "this account was not given the application in tenant %s", "ask its administrator"},
	{[]int{90002}, model.Invalid, "there is no tenant %s", "check the tenant's id"},
	{[]int{7000222}, model.SignedOut, "the application's secret has expired", "make a new one in the app registration"},
	{[]int{7000215}, model.SignedOut, "the application's secret is wrong", "the value is wanted, not the secret's id"},
	{[]int{700027, 700024}, model.SignedOut, "the application's certificate is not taken", "upload its public part in the app registration and check the clock"},
	{[]int{7000218}, model.SignedOut, "the application is not a public client", "allow public client flows in the app registration"},
	{[]int{70043, 700082, 50173, 70008}, model.SignedOut, "the sign-in has run out", "sign in again"},
}

// told makes an error of a fault, for a tenant.
func (f fault) told(tenant string) *model.Error {
	e := &model.Error{Op: "sign in", Code: f.name, Ref: f.correlation}
	for _, s := range said {
		if !slices.ContainsFunc(f.codes, func(n int) bool { return slices.Contains(s.codes, n) }) {
			continue
		}
		e.Kind, e.Msg, e.Hint = s.kind, strings.Replace(s.msg, "%s", tenant, 1), s.hint
		e.Code = "AADSTS" + strconv.Itoa(f.codes[0])
		return e
	}
	if len(f.codes) > 0 {
		e.Code = "AADSTS" + strconv.Itoa(f.codes[0])
	}
	switch {
	case f.offline:
		e.Kind, e.Msg, e.Hint = model.Offline, "the sign-in service cannot be reached", "what is on screen stays; muster tries again"
	case f.status == http.StatusTooManyRequests:
		e.Kind, e.Msg = model.Throttled, "the sign-in service asks us to slow down"
	case f.status >= 500 || f.name == "temporarily_unavailable":
		e.Kind, e.Msg = model.Service, "the sign-in service failed"
	case f.name == "authorization_declined" || f.name == "access_denied":
		e.Kind, e.Msg, e.Hint = model.Cancelled, "the sign-in was declined", "start it again if that was not meant"
	case f.name == "expired_token" || f.name == "code_expired":
		e.Kind, e.Msg, e.Hint = model.Cancelled, "the code ran out", "start again for a new one"
	case f.name == "unauthorized_client" || f.name == "invalid_client":
		e.Kind, e.Msg, e.Hint = model.SignedOut, "the sign-in service refused the application", "check client_id, its secret or certificate, and the tenant"
	case f.name == "invalid_scope" || f.name == "invalid_resource":
		e.Kind, e.Msg, e.Hint = model.Forbidden, "tenant "+tenant+" does not know what was asked for", "it may lack the service, or the cloud is the wrong one"
	case f.status == 0:
		e.Kind, e.Msg, e.Hint = model.SignedOut, "nobody is signed in", "sign in"
	default:
		e.Kind, e.Msg, e.Hint = model.SignedOut, "tenant "+tenant+" wants a new sign-in", "sign in again"
	}
	return e
}
