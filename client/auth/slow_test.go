package auth_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"muster/client/auth"
	"muster/model"
)

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestATenantThatIsSlowAtTheSignInHoldsUpNoOther: one tenant's token never comes, and
// those of the others come all the same, of a person as of an application.
func TestATenantThatIsSlowAtTheSignInHoldsUpNoOther(t *testing.T) {
	e := newEntra(t)
	asked := make(chan struct{})
	slow := func(s *auth.Settings) {
		s.Transport = &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			if r.Method == http.MethodPost && strings.Contains(r.URL.Path, e.ready.Customer) {
				asked <- struct{}{}
				<-r.Context().Done()
				return nil, r.Context().Err()
			}
			return e.trust.Transport.RoundTrip(r)
		})}
	}
	person := e.session(model.SignInDevice, slow)
	if _, err := e.signIn(person, "agent"); err != nil {
		t.Fatal(err)
	}
	application := e.session(model.SignInSecret, func(s *auth.Settings) { slow(s); s.Connection.SecretFile = file(t, "shh", 0o600) })
	for name, a := range map[string]*auth.Session{"person": person, "application": application} {
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() {
			_, err := a.Tenant(e.ready.Customer).GetToken(ctx, policy.TokenRequestOptions{Scopes: graphScopes, EnableCAE: true})
			ended <- err
		}()
		<-asked
		other, stop := context.WithTimeout(t.Context(), 20*time.Second)
		if _, err := a.Tenant(e.partner).GetToken(other, policy.TokenRequestOptions{Scopes: graphScopes, EnableCAE: true}); err != nil {
			t.Errorf("%s: the other tenant waits: %v", name, err)
		}
		stop()
		select {
		case err := <-ended:
			t.Errorf("%s: the slow tenant ended with %v", name, err)
		default:
		}
		cancel()
		if err := <-ended; err != context.Canceled {
			t.Errorf("%s: the slow one ended with %v", name, err)
		}
	}
}
