package auth_test

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"muster/client/auth"
	"muster/model"
)

// drawer is a keyring in memory, or one that fails.
type drawer struct {
	keys map[string][]byte
	err  error
}

func (d *drawer) Key(name string) ([]byte, error) { return d.keys[name], d.err }
func (d *drawer) Put(name string, key []byte) error {
	if d.err == nil {
		d.keys[name] = key
	}
	return d.err
}
func (d *drawer) Forget(name string) error { delete(d.keys, name); return d.err }

// remembering is a connection that keeps its sign-in in a file.
func remembering(path string, keys auth.Keys, id string) func(*auth.Settings) {
	return func(s *auth.Settings) {
		s.Connection.Remember, s.Connection.AccountID, s.Store, s.Keys = true, id, path, keys
	}
}

func (e *entra) signIn(a *auth.Session, account string) (model.Account, error) {
	return a.SignIn(e.t.Context(), partnerScopes, func(p model.Prompt) { e.decide(p.Code, `"account": "`+account+`"`) })
}

// TestASignInIsRememberedWhereAskedFor starts again and again on one file, as a program
// would: its key is in the kernel's keyring where there is one.
func TestASignInIsRememberedWhereAskedFor(t *testing.T) {
	e := newEntra(t)
	var keys auth.Keys = &drawer{keys: map[string][]byte{}}
	if _, err := auth.Keyring().Key("muster-test"); runtime.GOOS == "linux" && err == nil {
		keys = auth.Keyring()
	}
	path := auth.Remembered(t.TempDir(), "sim")
	t.Cleanup(func() { _, _ = auth.Forget(path, keys) })
	who, err := e.signIn(e.session(model.SignInDevice, remembering(path, keys, "")), "agent")
	if err != nil {
		t.Fatal(err)
	}
	a := e.session(model.SignInDevice, remembering(path, keys, who.ID))
	if state, _, _ := a.Watch(t.Context(), 0); !state.Valid || state.Account != who || state.Notice != "" {
		t.Fatalf("the next start: %+v", state)
	}
	good(t, a, e.partner, partnerScopes)
	good(t, a, e.ready.Customer, graphScopes)
	raw, err := os.ReadFile(path)
	if err != nil || len(raw) < 1000 || bytes.Contains(raw, []byte("eyJ")) || bytes.Contains(raw, []byte("agent")) {
		t.Errorf("the file has %d bytes and can be read (%v)", len(raw), err)
	}
	for p, mode := range map[string]os.FileMode{path: 0o600, filepath.Dir(path): 0o700} {
		if fi, err := os.Stat(p); err != nil || fi.Mode().Perm() != mode {
			t.Errorf("%s: %v, %v", p, fi.Mode(), err)
		}
	}
	// Somebody else's connection does not take it.
	if state, _, _ := e.session(model.SignInDevice, remembering(path, keys, "another")).Watch(t.Context(), 0); state.Valid {
		t.Error("another account was taken over")
	}
	a.SignOut()
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("after the sign-out: %v", err)
	}
	if state, _, _ := e.session(model.SignInDevice, remembering(path, keys, who.ID)).Watch(t.Context(), 0); state.Valid {
		t.Error("a sign-in was remembered after the sign-out")
	}
}

func TestWhatNobodyAskedForIsNotRemembered(t *testing.T) {
	e := newEntra(t)
	path := auth.Remembered(t.TempDir(), "sim")
	if _, err := e.signIn(e.session(model.SignInDevice, func(s *auth.Settings) { s.Store = path }), "agent"); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Dir(path)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("something is on disk: %v", err)
	}
}

// TestTheWrongPersonIsNotRemembered: what stands on disk stays the right person's.
func TestTheWrongPersonIsNotRemembered(t *testing.T) {
	e := newEntra(t)
	keys := &drawer{keys: map[string][]byte{}}
	path := auth.Remembered(t.TempDir(), "sim")
	a := e.session(model.SignInDevice, remembering(path, keys, ""))
	who, err := e.signIn(a, "agent")
	if err != nil {
		t.Fatal(err)
	}
	before, _ := os.ReadFile(path)
	if _, err := e.signIn(a, "other"); model.KindOf(err) != model.Refused {
		t.Fatal(err)
	}
	if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
		t.Error("the other person's sign-in reached the disk")
	}
	if state, _, _ := e.session(model.SignInDevice, remembering(path, keys, who.ID)).Watch(t.Context(), 0); state.Account != who {
		t.Errorf("remembered is %+v", state)
	}
}

// TestALogoutElsewhereIsNotUndone: another process forgets while this one goes on.
func TestALogoutElsewhereIsNotUndone(t *testing.T) {
	e := newEntra(t)
	keys := &drawer{keys: map[string][]byte{}}
	path := auth.Remembered(t.TempDir(), "sim")
	a := e.session(model.SignInDevice, remembering(path, keys, ""))
	if _, err := e.signIn(a, "agent"); err != nil {
		t.Fatal(err)
	}
	if ok, err := auth.Forget(path, keys); !ok || err != nil || len(keys.keys) != 0 {
		t.Fatalf("%v, %v, %d keys left", ok, err, len(keys.keys))
	}
	good(t, a, e.ready.Customer, graphScopes) // a new token, which would be written
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("it was written again: %v", err)
	}
}

// TestSection13_19_AStoreThatFailsLeavesASessionThatWorks: whatever is wrong with the
// keyring or the folder, the sign-in works, and is said once not to be remembered.
func TestSection13_19_AStoreThatFailsLeavesASessionThatWorks(t *testing.T) {
	e := newEntra(t)
	blocked := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(blocked, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	sudo := func(s *auth.Settings) {
		remembering(filepath.Join(t.TempDir(), "s"), &drawer{keys: map[string][]byte{}}, "")(s)
		s.Getenv = func(name string) string { return map[string]string{"SUDO_USER": "ops"}[name] }
	}
	for name, change := range map[string]func(*auth.Settings){
		"operation not permitted": remembering(filepath.Join(t.TempDir(), "s"), &drawer{err: errors.New("operation not permitted")}, ""),
		"not a directory":         remembering(filepath.Join(blocked, "sign-in", "s"), &drawer{keys: map[string][]byte{}}, ""),
		"under sudo":              sudo,
	} {
		a := e.session(model.SignInDevice, change)
		if _, err := e.signIn(a, "agent"); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		good(t, a, e.partner, partnerScopes)
		state, rev, _ := a.Watch(t.Context(), 0)
		if !state.Valid || !strings.Contains(state.Notice, "will not be remembered") || !strings.Contains(state.Notice, name) {
			t.Errorf("%s: state %+v", name, state)
		}
		good(t, a, e.ready.Customer, graphScopes)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if again, now, _ := a.Watch(ctx, rev); now != rev {
			t.Errorf("%s: it was said again: %+v", name, again)
		}
	}
}

// TestAnAnswerFromBeforeALogoutBringsNobodyBack: while a token is on its way, another
// process signs out and somebody else in. The file is the latter's alone from then on.
func TestAnAnswerFromBeforeALogoutBringsNobodyBack(t *testing.T) {
	e := newEntra(t)
	keys := &drawer{keys: map[string][]byte{}}
	path := auth.Remembered(t.TempDir(), "sim")
	var meanwhile func()
	a := e.session(model.SignInDevice, func(s *auth.Settings) {
		remembering(path, keys, "")(s)
		s.Transport = &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			resp, err := e.trust.Transport.RoundTrip(r)
			if r.Method == http.MethodPost && strings.Contains(r.URL.Path, e.ready.Customer) {
				meanwhile()
			}
			return resp, err
		})}
	})
	former, err := e.signIn(a, "agent")
	if err != nil {
		t.Fatal(err)
	}
	var latter model.Account
	var left []byte
	meanwhile = func() {
		if ok, err := auth.Forget(path, keys); !ok || err != nil {
			t.Errorf("the logout: %v, %v", ok, err)
		}
		if latter, err = e.signIn(e.session(model.SignInDevice, remembering(path, keys, "")), "other"); err != nil {
			t.Error(err)
		}
		left, _ = os.ReadFile(path)
	}
	good(t, a, e.ready.Customer, graphScopes)
	if after, err := os.ReadFile(path); err != nil || len(left) == 0 || !bytes.Equal(left, after) {
		t.Errorf("the file was written once more (%v)", err)
	}
	for id, want := range map[string]bool{former.ID: false, latter.ID: true} {
		if state, _, _ := e.session(model.SignInDevice, remembering(path, keys, id)).Watch(t.Context(), 0); state.Valid != want {
			t.Errorf("account %s is remembered: %v, want %v", id, state.Valid, want)
		}
	}
}
