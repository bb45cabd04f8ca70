//go:build !linux

package auth

import "errors"

// Keyring returns keys that are held nowhere: only Linux has a keyring that needs no
// desktop.
func Keyring() Keys { return noKeyring{} }

type noKeyring struct{}

var errNoKeyring = errors.New("only Linux has a keyring that needs no desktop")

// Key implements Keys.
func (noKeyring) Key(string) ([]byte, error) { return nil, errNoKeyring }

// Put implements Keys.
func (noKeyring) Put(string, []byte) error { return errNoKeyring }

// Forget implements Keys.
func (noKeyring) Forget(string) error { return errNoKeyring }
