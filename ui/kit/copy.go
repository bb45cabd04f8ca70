package kit

import (
	"context"
	"errors"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"muster/ui/export"
)

// MaxCopy bounds what is sent to the terminal's clipboard, in bytes: more than that some
// terminals cut, and others refuse, without a word.
const MaxCopy = 4 << 10

// Copy returns a command that asks the terminal to put a text into its clipboard (OSC 52),
// through tmux where the configuration says that one is between. No terminal says whether
// it did. The text has at most [MaxCopy] bytes.
func Copy(env *Env, text string) tea.Cmd {
	if env.Tmux {
		return tea.Raw(ansi.TmuxPassthrough(ansi.SetSystemClipboard(text)))
	}
	return tea.SetClipboard(text)
}

// errLong ends the writing of a text that is too long to be copied.
var errLong = errors.New("too long")

// bounded takes text up to a limit.
type bounded struct{ strings.Builder }

func (b *bounded) Write(p []byte) (int, error) {
	if b.Len()+len(p) > MaxCopy {
		return 0, errLong
	}
	return b.Builder.Write(p)
}

// Text returns a part of the sheet as a text to copy; it is not ok when that would be
// longer than [MaxCopy].
func (s Sheet) Text(p Part, f export.Format) (text string, ok bool) {
	var b bounded
	for range s.cells(context.Background(), p) {
		if _, err := export.WriteList(&b, f, s.columns(), s.cells(context.Background(), p)); err != nil {
			return "", false
		}
		return b.String(), true
	}
	return "", false
}
