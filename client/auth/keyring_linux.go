package auth

import (
	"errors"
	"fmt"
	"runtime"

	"golang.org/x/sys/unix"
)

// Keyring returns the keys that the kernel holds for this user. They are in memory only:
// they outlive the login, not the machine's restart nor three days without use. No
// service of a desktop is needed.
func Keyring() Keys { return keyring{} }

type keyring struct{}

// with lets f use the user's keyring, the persistent one where the kernel has that. All
// of it happens on one thread: where the process has no session keyring, the kernel gives
// one to the thread that asks, and no other may then read what it leads to.
func (keyring) with(f func(ring int) error) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	ring, err := unix.KeyctlGetKeyringID(unix.KEY_SPEC_USER_KEYRING, true)
	if err != nil {
		return fmt.Errorf("the kernel gives no keyring (%w)", err)
	}
	// A process may read only what a keyring of its session leads to. A login without a
	// session of its own has that already, and then this fails.
	if session, err := unix.KeyctlGetKeyringID(unix.KEY_SPEC_SESSION_KEYRING, true); err == nil {
		_, _ = unix.KeyctlInt(unix.KEYCTL_LINK, ring, session, 0, 0)
	}
	if persistent, err := unix.KeyctlInt(unix.KEYCTL_GET_PERSISTENT, -1, ring, 0, 0); err == nil {
		ring = persistent
	}
	return f(ring)
}

// Key implements Keys. What is not as long as a key is none of ours, as if none were there.
func (k keyring) Key(name string) (key []byte, err error) {
	err = k.with(func(ring int) error {
		id, err := unix.KeyctlSearch(ring, "user", name, 0)
		n, found := 0, make([]byte, keySize)
		if err == nil {
			n, err = unix.KeyctlBuffer(unix.KEYCTL_READ, id, found, 0) // the length that it has, not that it read
		}
		switch {
		case gone(err):
		case err != nil:
			return fmt.Errorf("the kernel's keyring cannot be read (%w)", err)
		case n == keySize:
			key = found
		}
		return nil
	})
	return key, err
}

// Put implements Keys.
func (k keyring) Put(name string, key []byte) error {
	return k.with(func(ring int) error {
		if _, err := unix.AddKey("user", name, key, ring); err != nil {
			return fmt.Errorf("the kernel's keyring takes no key (%w)", err)
		}
		return nil
	})
}

// Forget implements Keys.
func (k keyring) Forget(name string) error {
	return k.with(func(ring int) error {
		id, err := unix.KeyctlSearch(ring, "user", name, 0)
		if err == nil {
			_, err = unix.KeyctlInt(unix.KEYCTL_UNLINK, id, ring, 0, 0)
		}
		if gone(err) {
			return nil
		}
		return err
	})
}

func gone(err error) bool {
	for _, e := range []error{unix.ENOKEY, unix.ENOENT, unix.EKEYEXPIRED, unix.EKEYREVOKED} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}
