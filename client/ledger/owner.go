package ledger

import (
	"errors"
	"os"
	"path/filepath"
	"time"
)

// owner is this process's proof of life: an exclusive lock on a file named by
// its id, held until the process ends in whatever way.
type owner struct {
	id   string
	file *os.File
}

// errHeld says that a living process has the lock.
var errHeld = errors.New("lock is held")

func claim(dir, id string) (*owner, error) {
	path := filepath.Join(dir, "owners", id)
	var last error
	for range lockTries {
		f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			return nil, err
		}
		if last = lock(f, exclusive); last == nil && same(f, path) {
			return &owner{id: id, file: f}, nil
		}
		// Somebody asks whether this owner lives, or swept the file away before it
		// was locked. Neither takes long.
		f.Close()
		time.Sleep(lockPause)
	}
	return nil, errors.Join(errHeld, last)
}

// A lock that is in the way for a moment is tried again this often.
const (
	lockTries = 100
	lockPause = time.Millisecond
)

// same reports whether the open file is still the one that stands at path.
func same(f *os.File, path string) bool {
	have, err := f.Stat()
	if err != nil {
		return false
	}
	there, err := os.Stat(path)
	return err == nil && os.SameFile(have, there)
}

func (o *owner) release() {
	if o == nil || o.file == nil {
		return
	}
	os.Remove(o.file.Name()) // before the lock goes: nobody can find a free file of a living owner
	o.file.Close()
	o.file = nil
}

// alive reports whether another process holds the lock of that id. A shared
// lock is enough to find out, so that two who ask do not see each other.
func alive(dir, id string) bool {
	if id == "" { // given up
		return false
	}
	f, err := os.Open(filepath.Join(dir, "owners", id))
	if err != nil {
		return !errors.Is(err, os.ErrNotExist)
	}
	defer f.Close()
	return lock(f, shared) != nil
}

// inherit takes the lock of a dead owner for the time of take. It returns
// errHeld when the owner lives or somebody else is taking over.
func inherit(dir, id string, take func() error) error {
	path := filepath.Join(dir, "owners", id)
	for range lockTries {
		f, err := os.OpenFile(path, os.O_RDWR, 0)
		if errors.Is(err, os.ErrNotExist) { // released in order, or taken over before
			return take()
		}
		if err != nil {
			return err
		}
		if lock(f, exclusive) == nil {
			defer f.Close()
			return take()
		}
		f.Close()
		if alive(dir, id) {
			break
		}
		time.Sleep(lockPause) // somebody only asked whether the owner lives
	}
	return errHeld
}

// sweep removes the files of owners that are dead and own nothing any more.
func sweep(dir string, owns func(id string) bool) {
	entries, err := os.ReadDir(filepath.Join(dir, "owners"))
	if err != nil {
		return
	}
	for _, e := range entries {
		if !owns(e.Name()) {
			remove(filepath.Join(dir, "owners", e.Name()))
		}
	}
}

// remove deletes the file of an owner while its lock is held, so that a process
// that is just making the file notices.
func remove(path string) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return
	}
	defer f.Close()
	if lock(f, exclusive) == nil {
		os.Remove(path)
	}
}
