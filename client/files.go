package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"muster/model"
)

// Files reads what lies on this machine's disk, for forms and for the command
// line. Its zero value is ready.
type Files struct{}

// Open opens a regular file of at most limit bytes. "~" stands for the home
// folder. Folders, devices and pipes are refused: reading one may never end.
func (Files) Open(ctx context.Context, path string, limit int64) (io.ReadCloser, int64, error) {
	const op = "open file"
	if err := ctx.Err(); err != nil {
		return nil, 0, ended(op, err)
	}
	name := home(path)
	shown := model.Clean(path)
	fi, err := os.Stat(name)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, 0, &model.Error{Kind: model.NotFound, Op: op, Msg: "there is no file " + shown, Hint: "check the path"}
	case err != nil:
		return nil, 0, &model.Error{Kind: model.Invalid, Op: op, Msg: fmt.Sprintf("%s cannot be opened: %s", shown, cause(err))}
	case fi.IsDir():
		return nil, 0, &model.Error{Kind: model.Invalid, Op: op, Msg: shown + " is a folder", Hint: "name a file in it"}
	case !fi.Mode().IsRegular():
		return nil, 0, &model.Error{Kind: model.Invalid, Op: op, Msg: shown + " is not a regular file"}
	case fi.Size() > limit:
		return nil, 0, &model.Error{Kind: model.Invalid, Op: op, Msg: fmt.Sprintf("%s has %d bytes; the limit is %d", shown, fi.Size(), limit)}
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, 0, &model.Error{Kind: model.Invalid, Op: op, Msg: fmt.Sprintf("%s cannot be opened: %s", shown, cause(err))}
	}
	return f, fi.Size(), nil
}

// Complete lists the paths that begin with prefix, folders with a slash behind
// them, at most limit. What cannot be read completes to nothing.
func (Files) Complete(ctx context.Context, prefix string, limit int) ([]string, error) {
	dir, base := filepath.Split(prefix)
	look := home(dir)
	if look == "" {
		look = "."
	}
	entries, err := os.ReadDir(look)
	if err != nil {
		return nil, nil
	}
	var out []string
	for _, e := range entries {
		if ctx.Err() != nil {
			return nil, ended("complete path", ctx.Err())
		}
		name := e.Name()
		if !strings.HasPrefix(name, base) || base == "" && strings.HasPrefix(name, ".") {
			continue
		}
		if fi, err := os.Stat(filepath.Join(look, name)); err == nil && fi.IsDir() {
			name += string(filepath.Separator)
		}
		out = append(out, dir+name)
	}
	sort.Strings(out)
	return out[:min(limit, len(out))], nil
}

func home(path string) string {
	if path != "~" && !strings.HasPrefix(path, "~/") {
		return path
	}
	dir, err := os.UserHomeDir()
	if err != nil {
		return path
	}
	return filepath.Join(dir, strings.TrimPrefix(path, "~"))
}

func cause(err error) string {
	var pe *os.PathError
	if errors.As(err, &pe) {
		return model.Clean(pe.Err.Error())
	}
	return model.Clean(err.Error())
}
