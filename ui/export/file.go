package export

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode"

	"muster/model"
)

// MaxSlug bounds the part of a file name that comes from a name of the service's.
const MaxSlug = 40

// Slug turns any text into a part of a file name: a-z, 0-9 and single dashes, 1 to
// [MaxSlug] characters, "x" when nothing is left.
func Slug(s string) string {
	var b strings.Builder
	dash := false
	for _, r := range strings.ToLower(s) {
		if r < 'a' || r > 'z' {
			if r < '0' || r > '9' {
				dash = b.Len() > 0
				continue
			}
		}
		if dash && b.Len() < MaxSlug-1 {
			b.WriteByte('-')
		}
		dash = false
		if b.Len() == MaxSlug {
			break
		}
		b.WriteRune(r)
	}
	if b.Len() == 0 {
		return "x"
	}
	return strings.Trim(b.String(), "-")
}

// Name is muster's own name for an export: what it is, whose, when in UTC.
// Example: muster-devices-contoso-20260504T120000Z.csv.
func Name(what, whose string, at time.Time, f Format) string {
	return fmt.Sprintf("muster-%s-%s-%s.%s", Slug(what), Slug(whose), at.UTC().Format("20060102T150405Z"), f)
}

// File is a file that is being written. It is there under its name once
// [File.Keep] has returned without an error; until then, and after
// [File.Discard], nothing was changed but for an empty place holder.
type File struct {
	root    *os.Root // the folder, opened once
	f       *os.File
	name    string // in the folder, while it is written
	final   string // in the folder, when it is kept
	path    string // as the operator named it
	ended   bool
	replace bool
}

// Create makes a new file with mode 0600. path is where the operator wants it; a
// folder gets a file of that name of ours in it (see [Name]). What exists is
// refused, a symbolic link included, unless replace: then a regular file is
// replaced when the new one is whole. Errors are of kind Invalid, or Conflict
// when the name is taken.
func Create(path, ours string, replace bool) (*File, error) {
	if fi, err := os.Stat(path); err == nil && fi.IsDir() {
		path = filepath.Join(path, ours)
	}
	dir, name := filepath.Split(path)
	if dir == "" {
		dir = "."
	}
	if name == "" || name == "." || name == ".." || strings.ContainsFunc(name, unicode.IsControl) {
		return nil, &model.Error{Kind: model.Invalid, Op: "create file", Msg: fmt.Sprintf("%q is no name for a file", model.Clean(path))}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, refused(path, err)
	}
	f := &File{root: root, name: name, final: name, path: path, replace: replace}
	if replace {
		err = f.aside()
	}
	if err == nil {
		f.f, err = root.OpenFile(f.name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	}
	if err != nil {
		_ = root.Close()
		return nil, refused(path, err)
	}
	return f, nil
}

// errNotRegular says why something is not replaced.
var errNotRegular = errors.New("it is not a regular file")

// aside writes a file that is to replace another one beside it, so that the old
// one stays until the new one is whole.
func (f *File) aside() error {
	fi, err := f.root.Lstat(f.final)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		f.replace = false
		return nil
	case err != nil:
		return err
	case !fi.Mode().IsRegular():
		return errNotRegular
	}
	f.name = f.final + ".part"
	return nil
}

func refused(path string, err error) error {
	shown := model.Clean(path)
	if errors.Is(err, fs.ErrExist) {
		return &model.Error{Kind: model.Conflict, Op: "create file", Msg: shown + " exists", Err: err}
	}
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	return &model.Error{Kind: model.Invalid, Op: "create file", Msg: fmt.Sprintf("%s cannot be created: %s", shown, model.Clean(err.Error())), Err: err}
}

// Path returns the file's path as the operator named it, with muster's own name
// behind a folder. It may hold characters that have to be cleaned before they are
// shown.
func (f *File) Path() string { return f.path }

// Write implements io.Writer.
func (f *File) Write(b []byte) (int, error) { return f.f.Write(b) }

// Keep brings the file to the disk and gives it its name. On an error the file is
// removed. Calling it again, or after Discard, does nothing.
func (f *File) Keep() error {
	if f.ended {
		return nil
	}
	f.ended = true
	err := f.f.Sync()
	if cerr := f.f.Close(); err == nil {
		err = cerr
	}
	if err == nil && f.replace {
		err = f.root.Rename(f.name, f.final)
	}
	if err != nil {
		_ = f.root.Remove(f.name)
		err = refused(f.path, err)
	}
	if cerr := f.root.Close(); err == nil && cerr != nil {
		err = refused(f.path, cerr)
	}
	return err
}

// Discard removes what was written. After Keep it does nothing, so it can be
// deferred.
func (f *File) Discard() {
	if f.ended {
		return
	}
	f.ended = true
	_ = f.f.Close()
	_ = f.root.Remove(f.name)
	_ = f.root.Close()
}
