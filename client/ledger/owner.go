package ledger

import (
	"errors"
	"os"
	"path/filepath"
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
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	if err := lock(f, exclusive); err != nil {
		f.Close()
		return nil, err
	}
	return &owner{id: id, file: f}, nil
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
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if errors.Is(err, os.ErrNotExist) { // released in order, or taken over before
		return take()
	}
	if err != nil {
		return err
	}
	defer f.Close()
	if lock(f, exclusive) != nil {
		return errHeld
	}
	return take()
}

// sweep removes the files of owners that are dead and own nothing any more.
func sweep(dir string, owns func(id string) bool) {
	entries, err := os.ReadDir(filepath.Join(dir, "owners"))
	if err != nil {
		return
	}
	for _, e := range entries {
		if owns(e.Name()) || alive(dir, e.Name()) {
			continue
		}
		os.Remove(filepath.Join(dir, "owners", e.Name()))
	}
}
