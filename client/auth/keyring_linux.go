package auth

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// Keyring returns the keys that the kernel holds for this user. They are in memory only:
// they outlive the login, not the machine's restart nor three days without use. No
// service of a desktop is needed.
func Keyring() Keys { return keyring{} }

type keyring struct{}

// ring finds the user's keyring, the persistent one where the kernel has that.
func (keyring) ring() (int, error) {
	ring, err := unix.KeyctlGetKeyringID(unix.KEY_SPEC_USER_KEYRING, true)
	if err != nil {
		return 0, fmt.Errorf("the kernel gives no keyring (%w)", err)
	}
	// A process may read only what a keyring of its session leads to. A login without a
	// session of its own has that already, and then this fails.
	if session, err := unix.KeyctlGetKeyringID(unix.KEY_SPEC_SESSION_KEYRING, true); err == nil {
		_, _ = unix.KeyctlInt(unix.KEYCTL_LINK, ring, session, 0, 0)
	}
	if persistent, err := unix.KeyctlInt(unix.KEYCTL_GET_PERSISTENT, -1, ring, 0, 0); err == nil {
		ring = persistent
	}
	return ring, nil
}

// Key implements Keys.
func (k keyring) Key(name string) ([]byte, error) {
	ring, err := k.ring()
	if err != nil {
		return nil, err
	}
	id, err := unix.KeyctlSearch(ring, "user", name, 0)
	key := make([]byte, keySize)
	if err == nil {
		_, err = unix.KeyctlBuffer(unix.KEYCTL_READ, id, key, 0)
	}
	if gone(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("the kernel's keyring cannot be read (%w)", err)
	}
	return key, nil
}

// Put implements Keys.
func (k keyring) Put(name string, key []byte) error {
	ring, err := k.ring()
	if err != nil {
		return err
	}
	if _, err := unix.AddKey("user", name, key, ring); err != nil {
		return fmt.Errorf("the kernel's keyring takes no key (%w)", err)
	}
	return nil
}

// Forget implements Keys.
func (k keyring) Forget(name string) error {
	ring, err := k.ring()
	if err != nil {
		return err
	}
	id, err := unix.KeyctlSearch(ring, "user", name, 0)
	if err == nil {
		_, err = unix.KeyctlInt(unix.KEYCTL_UNLINK, id, ring, 0, 0)
	}
	if gone(err) {
		return nil
	}
	return err
}

func gone(err error) bool {
	for _, e := range []error{unix.ENOKEY, unix.ENOENT, unix.EKEYEXPIRED, unix.EKEYREVOKED} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}
