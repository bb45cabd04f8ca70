package rest_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"muster/client/rest"
	"muster/model"
)

// example returns a recorded body.
func example(t testing.TB, service, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", "testdata", "exchanges", service, name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// failing returns the error of a call that is answered like this.
func failing(t testing.TB, s rest.Service, method string, status int, body string, header ...string) error {
	t.Helper()
	c := client(t, s, "http://127.0.0.1:1", func(o *rest.Options) {
		o.Credential = nil
		o.Transport = doer(func(*http.Request) (*http.Response, error) { return answer(status, body, header...), nil })
	})
	_, err := c.Do(t.Context(), rest.Call{Op: "try", Method: method, Path: []string{"x"}})
	return err
}

func TestPartnerFaults(t *testing.T) {
	const long = "eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJodHRwczovL2FwaSJ9.c2lnbmF0dXJl"
	for _, tc := range []struct {
		name   string
		status int
		body   string
		kind   model.Kind
		code   string
		text   string // part of the message or the hint
	}{
		{"no relationship", 403, example(t, "partner", "fault"), model.Forbidden, "20002", "no reseller relationship"},
		{"code as a string", 403, `{"code":"900150","description":"x"}`, model.Forbidden, "900150", "AdminAgents"},
		{"application only", 403, `{"code":900329}`, model.Forbidden, "900329", "sign in as a user"},
		{"conditional access", 403, `{"code":900309}`, model.Forbidden, "900309", "conditional access"},
		{"second factor", 401, `{"code":900421}`, model.SignedOut, "900421", "multi-factor"},
		{"signed out", 401, `{"code":400,"description":"Access denied"}`, model.SignedOut, "400", "Access denied"},
		{"unknown tenant", 404, `{"code":60003,"description":"Tenant not found"}`, model.NotFound, "60003", "Tenant not found"},
		{"bad property", 400, "\xef\xbb\xbf" + `{"code":3000,"description":"Invalid property","data":[{"a":1}]}`, model.Invalid, "3000", "Invalid property"},
		{"empty", 404, "", model.NotFound, "", "Not Found"},
		{"page", 502, "<html><body>token eyJ</body></html>", model.Service, "", "Bad Gateway"},
		{"list", 400, `[1,2]`, model.Invalid, "", "Bad Request"},
		{"odd members", 400, `{"code":{"a":1},"description":["x"]}`, model.Invalid, "", "Bad Request"},
		{"gateway", 429, example(t, "partner", "fault-gateway"), model.Throttled, "", "slow down"},
		{"hostile", 400, `{"code":1,"description":"\u001b]0;x\u0007bearer abc.def ` + long + ` ` + strings.Repeat("QUFB", 100) + strings.Repeat(" y", 400) + `"}`, model.Invalid, "1", "[redacted]"},
		{"odd status", 499, "", model.Invalid, "", "unknown status"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			err := failing(t, rest.Partner, "GET", tc.status, tc.body, "MS-CorrelationId", "corr", "Retry-After", "")
			wantKind(t, err, tc.kind, "try: ", tc.text, "[corr]")
			e := model.AsError(err)
			if e.Code != tc.code {
				t.Errorf("got code %q, want %q", e.Code, tc.code)
			}
			checkShown(t, e)
			if s := err.Error(); strings.Contains(s, "eyJ") || strings.Contains(s, "QUFBQUFB") || strings.Contains(s, "abc.def") {
				t.Errorf("a secret got through: %q", s)
			}
		})
	}
}

// checkShown checks what every error's texts must hold to.
func checkShown(t testing.TB, e *model.Error) {
	t.Helper()
	for _, s := range []string{e.Msg, e.Hint, e.Code, e.Ref} {
		if model.Clean(s) != s || !utf8.ValidString(s) {
			t.Errorf("not clean: %q", s)
		}
	}
	if utf8.RuneCountInString(e.Msg) > 300 || utf8.RuneCountInString(e.Code) > 64 || utf8.RuneCountInString(e.Ref) > 64 {
		t.Errorf("too long: %q %q %q", e.Msg, e.Code, e.Ref)
	}
}

func TestGraphFaults(t *testing.T) {
	for _, tc := range []struct {
		name   string
		status int
		body   string
		kind   model.Kind
		code   string
		text   string
		ref    string
	}{
		{"envelope", 400, example(t, "graph", "fault-envelope"), model.Invalid, "BadRequest", "…", "9f5e0c0a-6a0b-4f4c-9a7f-0d2c1b6ef7a1"},
		{"A", 400, example(t, "graph", "fault-a"), model.Invalid, "BadRequest", "no reason", "9f5e0c0a-6a0b-4f4c-9a7f-0d2c1b6ef7a1"},
		{"B", 401, example(t, "graph", "fault-b"), model.Forbidden, "Forbidden", "Intune role", "9f5e0c0a-6a0b-4f4c-9a7f-0d2c1b6ef7a1"},
		{"C", 400, example(t, "graph", "fault-c"), model.Invalid, "No method match route template", "No OData route exists", "9f5e0c0a-6a0b-4f4c-9a7f-0d2c1b6ef7a1"},
		{"D", 401, `{"error":{"code":"InvalidAuthenticationToken","message":"x"}}`, model.SignedOut, "InvalidAuthenticationToken", "x", "server"},
		{"E", 502, "<html>", model.Service, "", "Bad Gateway", "server"},
		{"scopes", 403, `{"error":{"code":"Forbidden","message":"Application must have one of the following scopes: A, B"}}`, model.Forbidden, "Forbidden", "consent", "server"},
		{"no Intune", 400, `{"error":{"code":"BadRequest","message":"Request not applicable to target tenant."}}`, model.Forbidden, "BadRequest", "licence", "server"},
		{"no id", 400, `{"error":{"message":"x"}}`, model.Invalid, "", "x", "server"},
		{"changed meanwhile", 412, `{"error":{"code":"ConditionNotMet","message":"x"}}`, model.Conflict, "ConditionNotMet", "x", "server"},
		{"deep", 400, `{"error":{"code":"c","message":"{\"Message\":\"{\\\"Message\\\":\\\"{}\\\"}\"}"}}`, model.Invalid, "c", "", "server"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			err := failing(t, rest.Graph, "GET", tc.status, tc.body, "request-id", "server")
			wantKind(t, err, tc.kind, tc.text)
			e := model.AsError(err)
			if e.Code != tc.code || e.Ref != tc.ref {
				t.Errorf("got code %q ref %q, want %q %q", e.Code, e.Ref, tc.code, tc.ref)
			}
			checkShown(t, e)
		})
	}
}

func TestScrub(t *testing.T) {
	for in, want := range map[string]string{
		"plain words":       "plain words",
		"a Bearer x.y-z, b": "a [redacted], b",
		"token eyJhbGciOiJub25lIn0.eyJhIjoxfQ.c2ln end":      "token [redacted] end",
		"hash T0" + strings.Repeat("A", 3998) + " end":       "hash [redacted] end",
		"id 9f5e0c0a-6a0b-4f4c-9a7f-0d2c1b6ef7a1 is no hash": "id 9f5e0c0a-6a0b-4f4c-9a7f-0d2c1b6ef7a1 is no hash",
	} {
		if got := rest.Scrub(in); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func FuzzFaults(f *testing.F) {
	f.Add(400, "")
	f.Add(429, example(f, "partner", "fault-gateway"))
	f.Add(403, example(f, "partner", "fault"))
	for _, n := range []string{"fault-envelope", "fault-a", "fault-b", "fault-c"} {
		f.Add(401, example(f, "graph", n))
	}
	f.Fuzz(func(t *testing.T, status int, body string) {
		if status < 400 || status > 599 {
			return
		}
		for _, s := range []rest.Service{rest.Partner, rest.Graph} {
			// POST, because reads of most statuses are tried again.
			err := failing(t, s, "POST", status, body, "retry-after-ms", "1", "MS-CorrelationId", body)
			e := model.AsError(err)
			if e == nil {
				t.Fatalf("got %v, want an error of ours", err)
			}
			checkShown(t, e)
		}
	})
}
