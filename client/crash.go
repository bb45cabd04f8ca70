package client

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	"muster/client/rest"
	"muster/model"
)

// Crash takes note of a fault of the program itself: the first panic, wherever it
// happens, becomes a report in a file that only its owner can read, and ends the program
// in order. It is safe for concurrent use.
type Crash struct {
	// Dir is where the report goes, the folder of the ledger.
	Dir     string
	Version string
	Now     func() time.Time
	// End is called once, after the report was written, with what to tell the operator.
	End context.CancelCauseFunc

	mu   sync.Mutex
	err  *model.Error
	done bool
}

// Bounds of a report: lines of the stack, characters of what was said.
const (
	maxStack = 400
	maxWhat  = 300
)

// In says where the report goes, once that is known.
func (c *Crash) In(dir string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.Dir = dir
}

// Report writes down what happened. What a panic says can be anything, so that it is
// scrubbed and cut like the words of a service; a stack holds names and addresses only.
func (c *Crash) Report(what any, stack []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.done {
		return
	}
	c.done = true
	c.err = &model.Error{Kind: model.Unexpected, Op: "run", Msg: "muster met a fault of its own and ended",
		Hint: "operations are on record; start it again to go on"}
	if path, err := c.write(what, stack); err == nil {
		c.err.Msg += ", see " + path
	}
	if c.End != nil {
		c.End(c.err)
	}
}

// Err is what to tell the operator; nil while nothing happened.
func (c *Crash) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err == nil {
		return nil
	}
	return c.err
}

func (c *Crash) write(what any, stack []byte) (path string, err error) {
	now := c.Now().UTC()
	var b strings.Builder
	fmt.Fprintf(&b, "muster %s, %s, %s/%s\n%s\n\n", c.Version, runtime.Version(), runtime.GOOS, runtime.GOARCH, now.Format(time.RFC3339))
	said := []rune(rest.Scrub(model.Clean(fmt.Sprint(what))))
	fmt.Fprintf(&b, "%T: %s\n\n", what, string(said[:min(len(said), maxWhat)]))
	for _, line := range model.CleanLines(strings.ReplaceAll(string(stack), "\t", "    "), maxStack) {
		b.WriteString(line + "\n")
	}
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return "", err
	}
	path = filepath.Join(c.Dir, "crash-"+now.Format("20060102-150405")+".txt")
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return "", err
	}
	_, err = f.WriteString(b.String())
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return path, err
}
