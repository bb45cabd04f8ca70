package auth

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/public"

	"muster/model"
)

// promptLife is how long a browser is waited for, and a code at most: as long as the
// service's codes are usually good.
const promptLife = 15 * time.Minute

// SignIn lets a person sign in and returns who did. show is given what the person
// needs as soon as it is known, and must return at once. The old sign-in stays in use
// until the new one fits: another account than the connection's is refused and
// forgotten. Ending ctx cancels; everything else that the session does goes on.
func (a *Session) SignIn(ctx context.Context, scopes []string, show func(model.Prompt)) (model.Account, error) {
	if !a.s.Connection.SignIn.Person() {
		return model.Account{}, signIn(model.Invalid, "this connection signs in by itself", nil)
	}
	a.mu.Lock()
	ask, remembered := a.asked, a.store()
	a.mu.Unlock()
	if len(ask.Scopes) == 0 {
		ask = policy.TokenRequestOptions{Scopes: scopes, TenantID: a.s.Connection.Tenant}
	}
	ctx, cancel := context.WithTimeout(ctx, promptLife+time.Minute)
	defer cancel()
	ctx, why := reasoned(ctx)
	p := prompter{a: a, ask: ask, show: show, store: remembered}
	begin := p.code
	if a.s.Connection.SignIn == model.SignInBrowser {
		begin = p.browser
	}
	client, err := a.public(p.store)
	if err != nil {
		return model.Account{}, p.told(ctx, why.fault(), err)
	}
	got, err := begin(ctx, client)
	if err != nil {
		return model.Account{}, p.told(ctx, why.fault(), err)
	}
	who := person(got.Account)
	return who, a.take(&holder{&silent{client: client, account: got.Account}, p.store}, who)
}

// person is what muster knows of somebody who signed in.
func person(a public.Account) model.Account {
	return model.Account{Name: model.Clean(a.PreferredUsername), ID: model.Clean(a.HomeAccountID), Tenant: model.Clean(a.Realm)}
}

// take puts a new sign-in in the place of the old one, if it is the same person. Only
// then it may be remembered.
func (a *Session) take(h *holder, who model.Account) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	want := a.s.Connection
	if a.state.Account.ID != "" {
		want.AccountID, want.Account = a.state.Account.ID, a.state.Account.Name
	}
	if want.AccountID != "" && want.AccountID != who.ID {
		return &model.Error{Kind: model.Refused, Op: "sign in", Msg: fmt.Sprintf("%s signed in, but this connection belongs to %s", who.Name, model.Clean(want.Account)),
			Hint: "nothing of it was kept; sign in as the right person, or add a connection for the other one"}
	}
	if a.holder != nil {
		a.holder.store.leave()
	}
	h.store.begin()
	a.holder, a.asked, a.doubted = h, policy.TokenRequestOptions{}, false
	a.state = model.SignInState{Way: want.SignIn, Account: who, Valid: true, Notice: a.state.Notice}
	a.admit(h.store)
	a.tell()
	return nil
}

// public makes the client of a person's sign-in, and of the tokens that follow from it.
// It is MSAL's own: azidentity's credentials ask for one tenant's token after the other,
// so that a tenant whose answer is slow would hold up all.
func (a *Session) public(remembered *store) (public.Client, error) {
	c := a.s.Connection
	options := []public.Option{public.WithAuthority(a.cloud.Authority + c.Tenant), public.WithHTTPClient(newPatient(a.options())),
		public.WithClientCapabilities([]string{"CP1"}), public.WithInstanceDiscovery(c.Cloud != model.CloudCustom || c.Discovery)}
	if remembered != nil {
		options = append(options, public.WithCache(remembered))
	}
	return public.New(c.ClientID, options...)
}

// patient sends MSAL's requests through azcore's pipeline, which tries once more what an
// authority that is busy did not answer.
type patient struct{ pipeline runtime.Pipeline }

func newPatient(o azcore.ClientOptions) patient {
	return patient{runtime.NewPipeline("muster", "", runtime.PipelineOptions{}, &o)}
}

// Do implements MSAL's transport.
func (p patient) Do(r *http.Request) (*http.Response, error) {
	req, err := runtime.NewRequestFromRequest(r)
	if err != nil {
		return nil, err
	}
	return p.pipeline.Do(req)
}

// CloseIdleConnections is asked for by MSAL. The connections are those of all of muster.
func (patient) CloseIdleConnections() {}

// prompter is one attempt to sign in.
type prompter struct {
	a     *Session
	ask   policy.TokenRequestOptions
	show  func(model.Prompt)
	store *store
}

func (p *prompter) prompt(way model.SignIn, code, address string, until time.Time) {
	p.show(model.Prompt{Way: way, Code: model.Clean(code), Address: model.Clean(address), Tenant: model.Clean(p.ask.TenantID), Until: until})
}

// code signs in by a device code.
func (p *prompter) code(ctx context.Context, client public.Client) (public.AuthResult, error) {
	waiting, err := client.AcquireTokenByDeviceCode(ctx, p.ask.Scopes, public.WithClaims(p.ask.Claims), public.WithTenantID(p.ask.TenantID))
	if err != nil {
		return public.AuthResult{}, err
	}
	p.prompt(model.SignInDevice, waiting.Result.UserCode, waiting.Result.VerificationURL, waiting.Result.ExpiresOn)
	return waiting.AuthenticationResult(ctx)
}

// browser signs in through a browser that reaches this machine's loopback port, by
// ssh -L where it runs elsewhere. azidentity's own would start one here.
func (p *prompter) browser(ctx context.Context, client public.Client) (public.AuthResult, error) {
	return client.AcquireTokenInteractive(ctx, p.ask.Scopes, public.WithClaims(p.ask.Claims), public.WithTenantID(p.ask.TenantID),
		public.WithRedirectURI("http://localhost:"+strconv.Itoa(p.a.s.Connection.Port)),
		public.WithOpenURL(func(address string) error {
			p.prompt(model.SignInBrowser, "", address, p.a.s.Now().Add(promptLife))
			return nil
		}))
}

// silent renews what a browser sign-in brought, and never asks by itself.
type silent struct {
	client  public.Client
	account public.Account
}

// GetToken implements azcore.TokenCredential.
func (s *silent) GetToken(ctx context.Context, o policy.TokenRequestOptions) (azcore.AccessToken, error) {
	got, err := s.client.AcquireTokenSilent(ctx, o.Scopes, public.WithSilentAccount(s.account), public.WithClaims(o.Claims), public.WithTenantID(o.TenantID))
	if err != nil {
		return azcore.AccessToken{}, err
	}
	return azcore.AccessToken{Token: got.AccessToken, ExpiresOn: got.ExpiresOn.UTC(), RefreshOn: got.Metadata.RefreshOn.UTC()}, nil
}

// told makes one of our errors of what ended an attempt: of its text nothing is
// repeated, since it can hold tokens.
func (p *prompter) told(ctx context.Context, f fault, err error) error {
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return signIn(model.Cancelled, "the sign-in was cancelled", nil)
	case ctx.Err() != nil || f.name == "authorization_pending":
		e := signIn(model.Cancelled, "the code ran out before anybody signed in", nil)
		e.Hint = "start again for a new one"
		return e
	case f.status == 0 && !f.offline && strings.Contains(err.Error(), "address already in use"):
		e := signIn(model.Invalid, fmt.Sprintf("port %d of this machine is taken", p.a.s.Connection.Port), nil)
		e.Hint = "set port in the connection, and the same in ssh -L"
		return e
	case f.status == 0 && !f.offline:
		e := signIn(model.Service, "the sign-in ended without a token", nil)
		e.Hint = "start it again; a proxy may have changed the answer"
		return e
	}
	return f.told("your own")
}
