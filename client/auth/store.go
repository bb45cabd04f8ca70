package auth

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/cache"
	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/public"

	"muster/model"
)

// Keys holds the keys to sign-ins that are remembered, outside of any file. Errors say
// why it cannot; a key that is not there is nil.
type Keys interface {
	Key(name string) ([]byte, error)
	Put(name string, key []byte) error
	Forget(name string) error
}

// store remembers a sign-in between starts: MSAL's cache, encrypted in a file by a key
// that is never on disk. What fails is told once and otherwise means that nothing is
// remembered. A nil store remembers nothing.
//
// It protects against whoever gets the disk, not against other programs of the same
// user.
type store struct {
	path string
	keys Keys

	mu    sync.Mutex
	open  bool        // the sign-in is the right person's
	held  []byte      // what is to be written as soon as it is
	seen  fs.FileInfo // the file as it was read or written last
	own   []byte      // the key that it is sealed by: another one belongs to another sign-in
	first error       // what failed first
}

// maxStore bounds the file, in bytes: some thousand tokens.
const maxStore = 64 << 20

// Remembered is where the sign-in of a connection is remembered, below the folder of
// the ledger.
func Remembered(stateDir, connection string) string {
	return filepath.Join(stateDir, "sign-in", connection+storeSuffix)
}

const storeSuffix = ".tokens"

// Forget removes what is remembered in a file and the key to it. ok is false when there
// was nothing.
func Forget(path string, keys Keys) (ok bool, err error) {
	if keys == nil {
		keys = Keyring()
	}
	err = os.Remove(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil // without the file nothing is left that the key opens
	}
	if err != nil {
		return false, signIn(model.Refused, "what is remembered cannot be removed", err)
	}
	_ = keys.Forget(keyName(path)) // a key alone opens nothing
	return true, nil
}

// RememberedNames lists the connections of which something is remembered.
func RememberedNames(stateDir string) []string {
	found, _ := filepath.Glob(Remembered(stateDir, "*")) // the pattern is good
	for i, path := range found {
		found[i] = strings.TrimSuffix(filepath.Base(path), storeSuffix)
	}
	return found
}

// keyName names the key to a file, so that two state folders never share one.
func keyName(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	sum := sha256.Sum256([]byte(path))
	return "muster-sign-in-" + hex.EncodeToString(sum[:8])
}

// store returns where a new sign-in is remembered, nil when it is not. The lock is held.
func (a *Session) store() *store {
	if !a.s.Connection.Remember || a.s.Store == "" || a.state.Notice != "" {
		return nil
	}
	return &store{path: a.s.Store, keys: a.s.Keys}
}

// admit says once that a sign-in is not remembered, and why. The lock is held.
func (a *Session) admit(s *store) {
	if err := s.trouble(); err != nil && a.state.Notice == "" {
		a.state.Notice = notice(err)
		a.tell()
	}
}

func notice(err error) string {
	return "the sign-in will not be remembered: " + model.Clean(err.Error())
}

// recall takes up a sign-in that is remembered. Nobody is asked, here or at the
// authority; whatever is wrong means that nobody is signed in.
func (a *Session) recall() {
	c := a.s.Connection
	if !c.Remember || a.s.Store == "" {
		return
	}
	if a.s.Keys == nil {
		a.s.Keys = Keyring()
	}
	if a.s.Getenv("SUDO_USER") != "" { // its keyring is everybody's who may become this user
		a.state.Notice = notice(errors.New("muster runs under sudo, for an account that others share"))
		return
	}
	if _, err := a.s.Keys.Key(keyName(a.s.Store)); err != nil {
		a.state.Notice = notice(err)
		return
	}
	s := a.store()
	s.begin()
	client, err := a.public(s)
	if err != nil || c.AccountID == "" {
		return
	}
	accounts, err := client.Accounts(context.Background())
	if err != nil {
		return
	}
	for _, one := range accounts {
		if one.HomeAccountID == c.AccountID {
			a.holder = &holder{&silent{client: client, account: one}, s}
			a.state.Account, a.state.Valid = person(public.Account(one)), true
			return
		}
	}
}

// begin lets the store write, and writes what it holds already.
func (s *store) begin() {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open = true
	if s.held != nil {
		s.try(s.write(s.held))
		s.held = nil
	}
}

// leave ends the writing: another sign-in has taken over.
func (s *store) leave() {
	if s != nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.open = false
	}
}

// forget removes what is remembered.
func (s *store) forget() {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open, s.held = false, nil
	_, err := Forget(s.path, s.keys)
	s.try(err)
}

// try keeps the first error. The lock is held.
func (s *store) try(err error) {
	if s.first == nil {
		s.first = err
	}
}

// trouble is why nothing is remembered, as far as is known.
func (s *store) trouble() error {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.first
}

// Replace implements MSAL's cache: what another process wrote is taken over, unless it is
// another sign-in's: a logout ends the key. MSAL would mix the two otherwise, when the
// answer to a request from before the logout comes in.
func (s *store) Replace(_ context.Context, u cache.Unmarshaler, _ cache.ReplaceHints) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	fi, err := os.Stat(s.path)
	if !s.open || err != nil || s.same(fi) {
		return nil
	}
	text, key, err := s.read()
	s.try(err)
	if text != nil && u.Unmarshal(text) == nil {
		s.seen, s.own = fi, key
	}
	return nil
}

// Export implements MSAL's cache.
func (s *store) Export(_ context.Context, m cache.Marshaler, _ cache.ExportHints) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	text, err := m.Marshal()
	switch {
	case err != nil:
		s.try(err)
	case !s.open:
		s.held = text
	default:
		s.try(s.write(text))
	}
	return nil
}

func (s *store) same(fi fs.FileInfo) bool {
	return s.seen != nil && os.SameFile(s.seen, fi) && s.seen.ModTime().Equal(fi.ModTime()) && s.seen.Size() == fi.Size()
}

// read returns what is remembered; nil when that is nothing, or when its key is gone, as
// after a restart of the machine, or another sign-in's.
func (s *store) read() (text, key []byte, err error) {
	key, err = s.keys.Key(keyName(s.path))
	if err != nil || key == nil || s.own != nil && !bytes.Equal(key, s.own) {
		return nil, nil, err
	}
	raw, err := os.ReadFile(s.path)
	if err != nil || len(raw) > maxStore {
		return nil, nil, err
	}
	box, err := sealed(key)
	if err != nil || len(raw) < box.NonceSize() {
		return nil, nil, nil
	}
	text, err = box.Open(nil, raw[:box.NonceSize()], raw[box.NonceSize():], nil)
	if err != nil {
		return nil, nil, nil // another key's: the next sign-in overwrites it
	}
	return text, key, nil
}

// write puts what is remembered in the file's place, whole or not at all. A file that
// somebody removed meanwhile stays away: that was a logout. One that is not as it was seen
// stays as it is: it is read again before the next time, if it is still this sign-in's.
// Who comes in between nonetheless finds what is sealed by a key that is no more.
func (s *store) write(text []byte) error {
	if fi, err := os.Stat(s.path); s.seen != nil && (errors.Is(err, fs.ErrNotExist) || err == nil && !s.same(fi)) {
		return nil
	}
	key, err := s.key()
	if err != nil || key == nil {
		return err
	}
	box, err := sealed(key)
	if err != nil {
		return err
	}
	nonce := make([]byte, box.NonceSize())
	_, _ = rand.Read(nonce) // never fails, see its documentation
	dir := filepath.Dir(s.path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if err := os.Chmod(dir, 0o700); err != nil { // it may have been there
		return err
	}
	tmp, err := os.CreateTemp(dir, ".tokens-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(tmp.Name()) }() // fails once it has been renamed
	_, err = tmp.Write(box.Seal(nonce, nonce, text, nil))
	if err = errors.Join(err, tmp.Close()); err != nil {
		return err
	}
	if err := os.Rename(tmp.Name(), s.path); err != nil {
		return err
	}
	s.own = key
	s.seen, err = os.Stat(s.path)
	return err
}

// key returns the key to the file, a new one where there is none, and none where the file
// has become another sign-in's.
func (s *store) key() ([]byte, error) {
	name := keyName(s.path)
	key, err := s.keys.Key(name)
	switch {
	case err != nil:
		return nil, err
	case key != nil && s.own != nil && !bytes.Equal(key, s.own):
		return nil, nil
	case key != nil:
		return key, nil
	}
	if key = s.own; key == nil { // else it ran out, the file being there
		key = make([]byte, keySize)
		_, _ = rand.Read(key) // never fails, see its documentation
	}
	return key, s.keys.Put(name, key)
}

// keySize is that of AES-256, in bytes.
const keySize = 32

func sealed(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}
