// Package cache keeps lists of devices on this machine's disk, so that a screen can
// show the last known fleet in the moment it is opened, with its age, while the
// service is asked again behind it.
//
// A list is one file per backend, customer and kind of list, written whole to a
// temporary name and then moved into its place. Whatever is damaged, foreign or of
// another version reads as "not there": a cache is never trusted and never fatal. It
// holds list columns only; hardware hashes, product keys, passwords and tokens are
// not among them. How a list is spelt in bytes is the business of model/fleet.
package cache

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"muster/model"
)

// magic begins a file of the cache; its last digit is the version.
const magic = "MUSTERC1"

// headSize is the magic, the time of the list in nanoseconds, and the size of what
// follows. Content therefore begins at a multiple of eight bytes.
const headSize = 24

// MaxSize bounds a file, in bytes: a million devices take about a tenth of it.
const MaxSize = 2 << 30

// suffix of the cache's files.
const suffix = ".fleet"

// Cache is a folder of lists. Its methods may be called from any goroutine and by
// several processes at once.
type Cache struct {
	dir string // of one backend; "" = nothing is kept
}

// New returns the cache of one backend below dir, which is not touched before
// something is saved. With an empty dir nothing is ever kept.
func New(dir, backend string) *Cache {
	if dir == "" {
		return &Cache{}
	}
	return &Cache{dir: filepath.Join(dir, digest(backend))}
}

// digest is a file name that says nothing about the tenant.
func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:8])
}

func (c *Cache) path(customer model.CustomerID, list string) string {
	return filepath.Join(c.dir, digest(strings.ToLower(string(customer))+"\x00"+list)+suffix)
}

// Load reads a list and says as of when it is. Nothing kept, or nothing that can be
// used, is nil without an error; the error is for a cache that cannot be read.
func (c *Cache) Load(customer model.CustomerID, list string) (content []byte, taken time.Time, err error) {
	if c.dir == "" {
		return nil, time.Time{}, nil
	}
	f, err := os.Open(c.path(customer, list))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, time.Time{}, nil
	}
	if err != nil {
		return nil, time.Time{}, trouble("read", err)
	}
	defer f.Close()
	fi, err := f.Stat()
	if err != nil {
		return nil, time.Time{}, trouble("read", err)
	}
	if !fi.Mode().IsRegular() || fi.Mode().Perm()&0o077 != 0 || fi.Size() < headSize || fi.Size() > MaxSize {
		return nil, time.Time{}, nil
	}
	raw := make([]byte, fi.Size())
	if _, err := io.ReadFull(f, raw); err != nil {
		return nil, time.Time{}, trouble("read", err)
	}
	nano, size := binary.LittleEndian.Uint64(raw[8:]), binary.LittleEndian.Uint64(raw[16:])
	if string(raw[:8]) != magic || size != uint64(len(raw)-headSize) {
		return nil, time.Time{}, nil
	}
	return raw[headSize:], time.Unix(0, int64(nano)), nil
}

// Save writes a list as of a moment; write is given where to. It replaces what was
// there only when all of it is on disk.
func (c *Cache) Save(customer model.CustomerID, list string, taken time.Time, write func(io.Writer) error) (err error) {
	if c.dir == "" {
		return nil
	}
	for _, dir := range []string{filepath.Dir(c.dir), c.dir} {
		if err := private(dir); err != nil {
			return trouble("write", err)
		}
	}
	c.tidy(taken)
	f, err := os.CreateTemp(c.dir, "new-*") // made with mode 0600
	if err != nil {
		return trouble("write", err)
	}
	defer func() {
		if err != nil {
			_ = f.Close()
			_ = os.Remove(f.Name())
			err = trouble("write", err)
		}
	}()
	if err := f.Chmod(0o600); err != nil {
		return err
	}
	var head [headSize]byte
	if _, err := f.Write(head[:]); err != nil { // a file that was left half written has no magic
		return err
	}
	if err := write(&bounded{w: f, left: MaxSize - headSize}); err != nil {
		return err
	}
	end, err := f.Seek(0, io.SeekCurrent)
	if err != nil {
		return err
	}
	copy(head[:], magic)
	binary.LittleEndian.PutUint64(head[8:], uint64(taken.UnixNano()))
	binary.LittleEndian.PutUint64(head[16:], uint64(end-headSize))
	if _, err := f.WriteAt(head[:], 0); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), c.path(customer, list))
}

// Lists that nobody has looked at for so long are removed, and files that a process
// which was killed left half written.
const (
	keepFor  = 60 * 24 * time.Hour
	writeFor = time.Hour
)

// tidy removes what is too old to be of use, of every backend: a simulator has a new one
// at each start. What cannot be removed stays.
func (c *Cache) tidy(now time.Time) {
	files, _ := filepath.Glob(filepath.Join(filepath.Dir(c.dir), "*", "*"))
	for _, path := range files {
		half := strings.HasPrefix(filepath.Base(path), "new-")
		if !half && !strings.HasSuffix(path, suffix) {
			continue
		}
		fi, err := os.Lstat(path)
		if err != nil || !fi.Mode().IsRegular() {
			continue
		}
		if age := now.Sub(fi.ModTime()); age > keepFor || half && age > writeFor {
			_ = os.Remove(path)
			_ = os.Remove(filepath.Dir(path)) // only when nothing else lies in it
		}
	}
}

// private makes a folder that only its owner can enter.
func private(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	return os.Chmod(dir, 0o700)
}

// bounded refuses to write more than may be read again.
type bounded struct {
	w    io.Writer
	left int64
}

func (b *bounded) Write(p []byte) (int, error) {
	if b.left -= int64(len(p)); b.left < 0 {
		return 0, errors.New("the list is too large to be kept")
	}
	return b.w.Write(p)
}

// Cleared is what a [Clear] removed.
type Cleared struct {
	Files int
	Bytes int64
}

// Clear removes the lists of every backend below dir. Files that muster did not write
// stay.
func Clear(dir string) (Cleared, error) {
	var done Cleared
	backends, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return done, nil
	}
	if err != nil {
		return done, trouble("clear", err)
	}
	for _, b := range backends {
		if !b.IsDir() || len(b.Name()) != len(digest("")) {
			continue
		}
		inside := filepath.Join(dir, b.Name())
		files, err := os.ReadDir(inside)
		if err != nil {
			return done, trouble("clear", err)
		}
		for _, f := range files {
			ours := strings.HasSuffix(f.Name(), suffix) || strings.HasPrefix(f.Name(), "new-")
			fi, err := f.Info()
			if !ours || err != nil || !fi.Mode().IsRegular() {
				continue
			}
			if err := os.Remove(filepath.Join(inside, f.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return done, trouble("clear", err)
			}
			done.Files++
			done.Bytes += fi.Size()
		}
		_ = os.Remove(inside) // only when nothing else lies in it
	}
	return done, nil
}

// trouble says what could not be done with the cache, without the path.
func trouble(what string, err error) error {
	msg := err.Error()
	if pe := new(fs.PathError); errors.As(err, &pe) {
		msg = pe.Err.Error()
	}
	return &model.Error{Kind: model.Refused, Op: what + " cache", Msg: "the cache of devices: " + model.Clean(msg), Err: err}
}
