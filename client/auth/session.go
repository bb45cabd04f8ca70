package auth

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"muster/client/rest"
	"muster/model"
)

// Settings are what a sign-in works with.
type Settings struct {
	Connection model.Connection
	Transport  *http.Client // as [rest.NewTransport] makes it; nil = that, with the system's roots
	Getenv     func(string) string
	Unsetenv   func(string) // a secret leaves the environment once it was read; nil = it stays
	Now        func() time.Time
	// Store is the file in which a sign-in is remembered where the connection asks for
	// that, Keys what holds the key to it; "" and nil = as [Remembered] and [Keyring] say.
	Store string
	Keys  Keys
}

// Session is the sign-in of one connection: it hands out tokens for each tenant and
// service, and lets a person sign in again. Nothing but a person's own key press ever
// begins a prompt. It is safe for concurrent use.
type Session struct {
	s     Settings
	cloud model.Cloud

	mu      sync.Mutex
	holder  *holder // nil until somebody is signed in
	state   model.SignInState
	asked   policy.TokenRequestOptions // what was refused last: a new sign-in asks for it
	doubted bool                       // by a service, until somebody signs in again
	changed chan struct{}
	rev     uint64
}

// holder is a credential in use, and where it is remembered; nil = nowhere.
type holder struct {
	azcore.TokenCredential
	store *store
}

// New makes the sign-in of a connection. Without a person in it the credential is made
// at once; errors are of kind Invalid and say which file or variable is wrong.
func New(s Settings) (*Session, error) {
	where, ok := s.Connection.Where()
	if !ok {
		return nil, signIn(model.Invalid, "there is no cloud "+model.Clean(s.Connection.Cloud), nil)
	}
	if s.Transport == nil {
		s.Transport = rest.NewTransport(nil)
	}
	if s.Now == nil {
		s.Now = time.Now
	}
	if s.Getenv == nil {
		s.Getenv = func(string) string { return "" }
	}
	a := &Session{s: s, cloud: where, changed: make(chan struct{}), rev: 1, state: model.SignInState{Way: s.Connection.SignIn}}
	if s.Connection.SignIn.Person() {
		a.recall()
		return a, nil
	}
	c, err := a.application()
	if err != nil {
		return nil, err
	}
	a.holder, a.state.Valid = &holder{c, nil}, true
	return a, nil
}

// options are those that every credential shares. The authority is always named: the
// library would else take it from the environment.
func (a *Session) options() azcore.ClientOptions {
	return azcore.ClientOptions{
		Cloud:     cloud.Configuration{ActiveDirectoryAuthorityHost: a.cloud.Authority},
		Transport: &keeper{next: a.s.Transport},
		Telemetry: policy.TelemetryOptions{Disabled: true},
		Retry:     policy.RetryOptions{MaxRetries: 1, TryTimeout: tokenTimeout, MaxRetryDelay: 10 * time.Second},
	}
}

// Tenant returns the credential of one tenant: whatever tenant a request names, this
// one is asked, so that tokens are never crossed.
func (a *Session) Tenant(tenant string) azcore.TokenCredential { return &ofTenant{a, tenant} }

type ofTenant struct {
	a      *Session
	tenant string
}

// GetToken implements azcore.TokenCredential. Errors are *model.Error: Offline when
// the authority cannot be reached, SignedOut when a person must act, Forbidden when
// the tenant does not want this person or application.
func (t *ofTenant) GetToken(ctx context.Context, o policy.TokenRequestOptions) (azcore.AccessToken, error) {
	o.TenantID = t.tenant
	h := t.a.current()
	if h == nil {
		return azcore.AccessToken{}, &model.Error{Kind: model.SignedOut, Op: "sign in", Msg: "nobody is signed in"}
	}
	asked, why := reasoned(ctx)
	token, err := h.GetToken(asked, o)
	switch {
	case err == nil && headerSafe(token.Token):
		t.a.accepted(h)
		return token, nil
	case ctx.Err() != nil:
		return azcore.AccessToken{}, ctx.Err()
	case err == nil:
		return azcore.AccessToken{}, signIn(model.Service, "the authority answered something else than a token", nil)
	}
	e := why.fault().told(t.name())
	if own := new(model.Error); errors.As(err, &own) {
		e = own
	}
	t.a.refused(h, o, e)
	return azcore.AccessToken{}, e
}

// name is the tenant for an operator.
func (t *ofTenant) name() string {
	if strings.EqualFold(t.tenant, t.a.s.Connection.Tenant) {
		return "your own"
	}
	return model.Clean(t.tenant)
}

// Doubt notes that a service does not take the sign-in, though the authority does: a
// second factor may be missing. A person has to sign in again.
func (a *Session) Doubt(e *model.Error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.s.Connection.SignIn.Person() && a.state.Valid {
		a.state.Valid, a.state.Trouble, a.doubted = false, e, true
		a.tell()
	}
}

func (a *Session) current() *holder {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.holder
}

// refused notes what a token was refused for, unless somebody signed in meanwhile.
func (a *Session) refused(h *holder, o policy.TokenRequestOptions, e *model.Error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.holder != h {
		return
	}
	was := a.state
	a.state.Offline = e.Kind == model.Offline
	if e.Kind == model.SignedOut || e.Kind == model.Forbidden {
		a.state.Tenant, a.asked = o.TenantID, o
		if a.state.Trouble == nil || a.state.Trouble.Error() != e.Error() {
			a.state.Trouble = e
		}
		if e.Kind == model.SignedOut && strings.EqualFold(o.TenantID, a.s.Connection.Tenant) {
			a.state.Valid = false
		}
	}
	if a.state != was {
		a.tell()
	}
}

// accepted notes that the authority can be reached and knows us.
func (a *Session) accepted(h *holder) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.admit(h.store)
	if a.holder == h && (a.state.Offline || !a.state.Valid && !a.doubted) {
		a.state.Offline, a.state.Valid = false, !a.doubted
		a.tell()
	}
}

// tell wakes who watches. The lock is held.
func (a *Session) tell() {
	a.rev++
	close(a.changed)
	a.changed = make(chan struct{})
}

// Watch returns the state as soon as it is newer than rev; rev 0 returns at once. The
// error is the end of ctx.
func (a *Session) Watch(ctx context.Context, rev uint64) (model.SignInState, uint64, error) {
	for {
		a.mu.Lock()
		state, now, changed := a.state, a.rev, a.changed
		a.mu.Unlock()
		if now > rev {
			return state, now, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return state, now, ctx.Err()
		}
	}
}

// SignOut forgets the sign-in, on disk too. It does not end it at Microsoft: who has a copy of the
// tokens can go on until they run out or the sessions are revoked there.
func (a *Session) SignOut() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.s.Connection.SignIn.Person() {
		return
	}
	a.state = model.SignInState{Way: a.s.Connection.SignIn, Notice: a.state.Notice}
	if a.holder != nil {
		a.holder.store.forget()
		a.admit(a.holder.store)
	}
	a.holder, a.asked, a.doubted = nil, policy.TokenRequestOptions{}, false
	a.tell()
}
