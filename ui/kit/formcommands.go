package kit

import (
	"context"
	"fmt"
	"io"
	"time"

	tea "charm.land/bubbletea/v2"

	"muster/model"
	"muster/model/desk"
)

// SettledMsg answers [Settle].
type SettledMsg struct{ Reply }

// Settle returns a command that answers after d: what was typed ahead of a question
// has arrived by then, and was dropped.
func Settle(re Reply, d time.Duration) tea.Cmd {
	return tea.Tick(d, func(time.Time) tea.Msg { return SettledMsg{re} })
}

// CheckedMsg answers [CheckList]. The first rows of its list hold hardware hashes
// and product keys: whoever keeps it lets go of it as soon as it is sent or given up.
type CheckedMsg struct {
	Reply
	Path  string
	List  *desk.List   // never nil; its rows are read again from the file when they are sent
	Known bool         // the list was compared with the devices that the customer has
	Err   *model.Error // why the list could not be read to its end
}

// CheckList returns a command that reads and judges an upload list, up to
// [desk.MaxFile] bytes; devices that the customer has already are problems when all of
// its devices are known. It ends early with ctx.
func CheckList(ctx context.Context, env *Env, re Reply, path string) tea.Cmd {
	files, known := env.Backend.Files, env.Fleet
	return func() tea.Msg {
		msg := CheckedMsg{Reply: re, Path: path, Known: known.Whole}
		open := func(ctx context.Context) (io.ReadCloser, error) {
			f, _, err := files.Open(ctx, path, desk.MaxFile)
			return f, err
		}
		list, err := desk.Survey(ctx, open, desk.Options{Have: owned(ctx, known)}, nil)
		msg.List, msg.Err = list, Trouble(err)
		return msg
	}
}

// MendList returns a command that writes those rows of a list which have problems to a
// file, each with its problems in front, as muster upload --repair does. path may be a
// folder: then the file is called name. What exists is of kind Conflict unless replace;
// a symbolic link is refused either way. The file holds hashes and product keys in clear.
func MendList(ctx context.Context, re Reply, list *desk.List, path, name string, replace bool) tea.Cmd {
	return func() tea.Msg {
		return exported(ctx, re, path, name, replace, func(w io.Writer) (int, error) {
			r, err := list.Split(ctx, nil, w)
			return r.Rows - r.Good, err
		})
	}
}

// ContentMsg answers [ReadContent].
type ContentMsg struct {
	Reply
	Path    string
	Content []byte
	Err     *model.Error
}

// ReadContent returns a command that reads a small file whole. One above limit bytes
// is an error, as is an empty one.
func ReadContent(ctx context.Context, env *Env, re Reply, path string, limit int64) tea.Cmd {
	files := env.Backend.Files
	return func() tea.Msg {
		content, err := readAll(ctx, files, path, limit)
		return ContentMsg{Reply: re, Path: path, Content: content, Err: Trouble(err)}
	}
}

func readAll(ctx context.Context, files Files, path string, limit int64) ([]byte, error) {
	const op = "read file"
	f, _, err := files.Open(ctx, path, limit)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	content, err := io.ReadAll(io.LimitReader(f, limit+1)) // it may have grown since
	switch {
	case err != nil:
		return nil, &model.Error{Kind: model.Incomplete, Op: op, Msg: "the file could not be read to its end", Err: err}
	case int64(len(content)) > limit:
		return nil, &model.Error{Kind: model.Invalid, Op: op, Msg: fmt.Sprintf("the file is larger than %d bytes", limit)}
	case len(content) == 0:
		return nil, &model.Error{Kind: model.Invalid, Op: op, Msg: "the file is empty"}
	}
	return content, nil
}
