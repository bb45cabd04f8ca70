package client

import (
	"context"
	"crypto/x509"
	"errors"
	"iter"
	"os"
	"slices"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"muster/client/auth"
	"muster/client/rest"
	"muster/model"
)

// Session is the sign-in of a real tenant and what follows from its connection.
type Session struct {
	session  *auth.Session
	tenant   string
	scopes   struct{ partner, graph string }
	backend  string
	home     *model.Customer // the one tenant of a connection without Partner Center
	interest []string        // ids of the customers to show, none = all
	signed   func(model.Account) error
}

// Real is what a real tenant needs beside its connection.
type Real struct {
	Getenv   func(string) string
	Unsetenv func(string)
	StateDir string // folder of the ledger; the sign-in is remembered below it where that is asked for
	// Signed is told who signed in for the first time, to write it down; nil = nobody is.
	Signed func(model.Account) error
}

// Tenant makes a connection to a real tenant. It asks nobody yet. Errors are of kind
// Invalid and name the file or variable that is wrong.
func Tenant(c model.Connection, r Real) (Connection, error) {
	where, ok := c.Where()
	if !ok {
		return Connection{}, &model.Error{Kind: model.Invalid, Op: "connect", Msg: "there is no cloud " + model.Clean(c.Cloud)}
	}
	roots, err := trusted(c.CAFile)
	if err != nil {
		return Connection{}, err
	}
	transport := rest.NewTransport(roots)
	a, err := auth.New(auth.Settings{Connection: c, Transport: transport, Getenv: r.Getenv, Unsetenv: r.Unsetenv,
		Store: auth.Remembered(r.StateDir, c.Name)})
	if err != nil {
		return Connection{}, err
	}
	s := &Session{session: a, tenant: c.Tenant, backend: where.Authority + " " + strings.ToLower(c.Tenant), interest: c.Customers, signed: r.Signed}
	s.scopes.partner, s.scopes.graph = where.PartnerAudience+"/.default", where.GraphAudience+"/.default"
	o := Connection{Partner: where.Partner, Graph: where.Graph + "/beta", Session: s, ReadOnly: c.ReadOnly, Transport: transport, StateDir: r.StateDir}
	if c.Single {
		s.home = &model.Customer{ID: model.CustomerID(c.Tenant), Name: c.Name}
		o.Partner = ""
	}
	return o, nil
}

// Remembered returns the file in which the sign-in of a connection is remembered, and
// whether it is there.
func Remembered(stateDir, connection string) (path string, there bool) {
	path = auth.Remembered(stateDir, connection)
	_, err := os.Lstat(path)
	return path, err == nil
}

// RememberedNames lists the connections whose sign-in is remembered in a state folder.
func RememberedNames(stateDir string) []string { return auth.RememberedNames(stateDir) }

// ForgetSignIn removes what is remembered of a connection's sign-in. ok is false when
// that was nothing. Running programs keep what they have in memory until they end.
func ForgetSignIn(stateDir, connection string) (ok bool, err error) {
	return auth.Forget(auth.Remembered(stateDir, connection), nil)
}

// maxRoots bounds a file of certificate authorities, in bytes.
const maxRoots = 1 << 20

// trusted returns the system's certificate authorities and those of a file; nil = the
// system's alone.
func trusted(file string) (*x509.CertPool, error) {
	if file == "" {
		return nil, nil
	}
	bad := func(msg string) error {
		return &model.Error{Kind: model.Invalid, Op: "connect", Msg: "the file of ca_file " + msg, Hint: model.Clean(file)}
	}
	fi, err := os.Stat(file)
	if err != nil || !fi.Mode().IsRegular() || fi.Size() > maxRoots {
		return nil, bad("is not a small regular file")
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, bad("cannot be read")
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(raw) {
		return nil, bad("holds no certificate")
	}
	return pool, nil
}

// nowhere stands for Partner Center where there is none: no request gets so far.
const nowhere = "https://partner-center.invalid"

// partner returns who asks Partner Center and for what.
func (s *Session) partner(token model.Secret) (azcore.TokenCredential, string, error) {
	switch {
	case s == nil:
		return auth.Static(token), partnerScope, nil
	case s.home != nil:
		return nobody{}, partnerScope, nil
	}
	return s.session.Tenant(s.tenant), s.scopes.partner, nil
}

func (s *Session) graphScope() string {
	if s == nil {
		return graphScope
	}
	return s.scopes.graph
}

// nobody refuses before anything leaves.
type nobody struct{}

// GetToken implements azcore.TokenCredential.
func (nobody) GetToken(context.Context, policy.TokenRequestOptions) (azcore.AccessToken, error) {
	return azcore.AccessToken{}, &model.Error{Kind: model.NoBackend, Op: "reach Partner Center", Msg: "this connection is a single tenant, without Partner Center",
		Hint: "Autopilot devices, profiles and BIOS configurations are in Intune"}
}

// customers narrows what Partner Center lists to what the connection is about.
func (s *Session) customers(all iter.Seq2[[]model.Customer, error]) iter.Seq2[[]model.Customer, error] {
	switch {
	case s == nil || s.home == nil && len(s.interest) == 0:
		return all
	case s.home != nil:
		return func(yield func([]model.Customer, error) bool) { yield([]model.Customer{*s.home}, nil) }
	}
	return func(yield func([]model.Customer, error) bool) {
		for page, err := range all {
			page = slices.DeleteFunc(slices.Clone(page), func(c model.Customer) bool {
				return !slices.ContainsFunc(s.interest, func(id string) bool { return strings.EqualFold(id, string(c.ID)) })
			})
			if !yield(page, err) {
				return
			}
		}
	}
}

// WatchSignIn returns how the sign-in stands as soon as that is newer than rev; rev 0
// returns at once. The error is the end of ctx.
func (c *Client) WatchSignIn(ctx context.Context, rev uint64) (model.SignInState, uint64, error) {
	if c.o.Session == nil {
		if rev == 0 {
			return model.SignInState{Valid: true}, 1, nil
		}
		<-ctx.Done()
		return model.SignInState{Valid: true}, rev, ctx.Err()
	}
	return c.o.Session.session.Watch(ctx, rev)
}

// SignIn lets a person sign in, who is told by show what to do elsewhere. What was
// paused because nobody was signed in goes on afterwards.
func (c *Client) SignIn(ctx context.Context, show func(model.Prompt)) (model.Account, error) {
	s := c.o.Session
	if s == nil {
		return model.Account{}, &model.Error{Kind: model.Invalid, Op: "sign in", Msg: "a simulator needs no sign-in"}
	}
	scope := s.scopes.partner
	if s.home != nil {
		scope = s.scopes.graph
	}
	who, err := s.session.SignIn(ctx, []string{scope}, show)
	if err != nil {
		return model.Account{}, err
	}
	if s.signed != nil {
		err = s.signed(who)
	}
	return who, errors.Join(err, c.goOn(ctx))
}

// SignOut forgets the sign-in on this machine.
func (c *Client) SignOut() {
	if c.o.Session != nil {
		c.o.Session.session.SignOut()
	}
}

// signIns counts the sign-ins of this process.
func (c *Client) signIns() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.signedIn
}

// pause notes that an operation waits for a sign-in, and for nothing else, once that is
// written down; e is why, for whoever asks the person. When somebody signed in since the count was taken, nobody will come to
// let it go on: then that is done at once.
func (c *Client) pause(ctx context.Context, id model.OperationID, since int, e *model.Error) {
	if s := c.o.Session; s != nil && since == c.signIns() {
		s.session.Doubt(e)
	}
	c.mu.Lock()
	c.paused[id] = true
	late := c.signedIn != since
	c.mu.Unlock()
	if late {
		_ = c.resumePaused(ctx) // what cannot be resumed waits for the operator
	}
}

// goOn resumes what was paused until somebody signs in.
func (c *Client) goOn(ctx context.Context) error {
	c.mu.Lock()
	c.signedIn++
	c.mu.Unlock()
	return c.resumePaused(ctx)
}

// resumePaused lets go on what was paused. What an operator stopped stays stopped.
func (c *Client) resumePaused(ctx context.Context) error {
	c.mu.Lock()
	ids := c.paused
	c.paused = map[model.OperationID]bool{}
	c.mu.Unlock()
	var first error
	for id := range ids {
		if err := c.Resume(ctx, id); err != nil && first == nil {
			first = err
		}
	}
	return first
}
