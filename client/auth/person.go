package auth

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/public"

	"muster/model"
)

// promptLife is how long a code is good, by the service's habit: it does not hand the
// real figure out.
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
	ask := a.asked
	a.mu.Unlock()
	if len(ask.Scopes) == 0 {
		ask = policy.TokenRequestOptions{Scopes: scopes, TenantID: a.s.Connection.Tenant}
	}
	ask.EnableCAE = true // the pipeline asks so; without it the token would lie in another cache
	ctx, cancel := context.WithTimeout(ctx, promptLife+time.Minute)
	defer cancel()
	k := &keeper{next: a.s.Transport}
	p := prompter{a: a, keeper: k, ask: ask, show: show}
	begin := p.code
	if a.s.Connection.SignIn == model.SignInBrowser {
		begin = p.browser
	}
	credential, who, err := begin(ctx)
	if err != nil {
		return model.Account{}, p.told(ctx, err)
	}
	return who, a.take(newHolder(credential, k), who)
}

// take puts a new sign-in in the place of the old one, if it is the same person.
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
	a.holder, a.asked = h, policy.TokenRequestOptions{}
	a.state = model.SignInState{Way: want.SignIn, Account: who, Valid: true}
	a.tell()
	return nil
}

// prompter is one attempt to sign in.
type prompter struct {
	a      *Session
	keeper *keeper
	ask    policy.TokenRequestOptions
	show   func(model.Prompt)
}

func (p *prompter) prompt(way model.SignIn, code, address string) {
	p.show(model.Prompt{Way: way, Code: model.Clean(code), Address: model.Clean(address), Tenant: model.Clean(p.ask.TenantID),
		Until: p.a.s.Now().Add(promptLife)})
}

// code signs in by a device code.
func (p *prompter) code(ctx context.Context) (azcore.TokenCredential, model.Account, error) {
	c := p.a.s.Connection
	credential, err := azidentity.NewDeviceCodeCredential(&azidentity.DeviceCodeCredentialOptions{
		ClientOptions: p.a.options(p.keeper), ClientID: c.ClientID, TenantID: c.Tenant, AdditionallyAllowedTenants: []string{"*"},
		DisableAutomaticAuthentication: true, DisableInstanceDiscovery: c.Cloud == model.CloudCustom && !c.Discovery,
		UserPrompt: func(_ context.Context, m azidentity.DeviceCodeMessage) error {
			p.prompt(model.SignInDevice, m.UserCode, m.VerificationURL)
			return nil
		},
	})
	if err != nil {
		return nil, model.Account{}, err
	}
	record, err := credential.Authenticate(ctx, &p.ask)
	if err != nil {
		return nil, model.Account{}, err
	}
	return credential, model.Account{Name: model.Clean(record.Username), ID: model.Clean(record.HomeAccountID), Tenant: model.Clean(record.TenantID)}, nil
}

// browser signs in through a browser that reaches this machine's loopback port, by
// ssh -L where it runs elsewhere. azidentity's own would start one here.
func (p *prompter) browser(ctx context.Context) (azcore.TokenCredential, model.Account, error) {
	c := p.a.s.Connection
	client, err := public.New(c.ClientID, public.WithAuthority(p.a.cloud.Authority+c.Tenant), public.WithHTTPClient(p.keeper),
		public.WithClientCapabilities([]string{"CP1"}), public.WithInstanceDiscovery(c.Cloud != model.CloudCustom || c.Discovery))
	if err != nil {
		return nil, model.Account{}, err
	}
	got, err := client.AcquireTokenInteractive(ctx, p.ask.Scopes, public.WithClaims(p.ask.Claims), public.WithTenantID(p.ask.TenantID),
		public.WithRedirectURI("http://localhost:"+strconv.Itoa(c.Port)),
		public.WithOpenURL(func(address string) error {
			p.prompt(model.SignInBrowser, "", address)
			return nil
		}))
	if err != nil {
		return nil, model.Account{}, err
	}
	who := model.Account{Name: model.Clean(got.Account.PreferredUsername), ID: model.Clean(got.Account.HomeAccountID), Tenant: model.Clean(got.Account.Realm)}
	return &silent{client: client, account: got.Account}, who, nil
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
func (p *prompter) told(ctx context.Context, err error) error {
	f := p.keeper.reason()
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
