package ledger

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"muster/model"
)

// prepare makes the ledger's folder and file with the rights they must have,
// whatever the umask is and whatever was there before.
func prepare(dir string, remote func(dir string) (string, bool)) (path string, err error) {
	if err := private(dir); err != nil {
		return "", err
	}
	if err := private(filepath.Join(dir, "owners")); err != nil {
		return "", err
	}
	if name, far := remote(dir); far {
		return "", &model.Error{Kind: model.Refused, Op: "open ledger",
			Msg:  fmt.Sprintf("%s lies on a network file system (%s), which several processes cannot share safely", model.Clean(dir), name),
			Hint: "set state_dir, or --state-dir, to a folder on a local disk"}
	}
	path = filepath.Join(dir, "ledger.db")
	if fi, err := os.Lstat(path); err == nil && !fi.Mode().IsRegular() {
		return "", &model.Error{Kind: model.Refused, Op: "open ledger", Msg: "ledger.db is not a regular file"}
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return "", unwritable(err)
	}
	defer f.Close()
	if err := f.Chmod(0o600); err != nil {
		return "", unwritable(err)
	}
	for _, beside := range []string{path + "-wal", path + "-shm"} {
		if err := os.Chmod(beside, 0o600); err != nil && !errors.Is(err, os.ErrNotExist) {
			return "", unwritable(err)
		}
	}
	return path, nil
}

// private makes a folder that only its owner can enter.
func private(dir string) error {
	if fi, err := os.Stat(dir); err == nil && fi.Mode()&os.ModeSticky != 0 {
		return &model.Error{Kind: model.Refused, Op: "open ledger", Msg: model.Clean(dir) + " is shared with others",
			Hint: "set --state-dir to a folder of your own"}
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return unwritable(err)
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		return unwritable(err)
	}
	return nil
}

func unwritable(err error) error {
	return &model.Error{Kind: model.Refused, Op: "open ledger", Msg: "the ledger cannot be written: " + reason(err),
		Hint: "browsing works; set --state-dir to a folder you can write to", Err: err}
}

// reason keeps an operating system's word and drops the path around it.
func reason(err error) string {
	var pe *os.PathError
	if errors.As(err, &pe) {
		return model.Clean(pe.Err.Error())
	}
	return model.Clean(err.Error())
}
