package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
	"time"

	"github.com/muesli/cancelreader"
	"github.com/spf13/cobra"

	"muster/model"
	"muster/ui/kit"
)

// closeTime bounds how long the end of a run waits for a write in flight.
const closeTime = time.Minute

// program is one run of muster on the command line.
type program struct {
	o      Options
	target Target
	out    *output
	bar    *bar // on the terminal now, nil = none
	local  bool // this verb asks the services nothing, so nobody needs to be signed in
}

// local are the verbs that read the ledger alone.
var local = map[string]bool{
	"muster operations list": true, "muster operations show": true, "muster operations export": true, "muster operations prune": true,
	"muster operations cancel": true, "muster jobs list": true, "muster info": true,
}

// Run carries out one command line, without the program's name, and returns the
// exit code. It writes every error itself. Cancelling ctx is the interruption:
// a running verb says what it leaves behind and the code is 130. A ctx whose cause is a
// *model.Error ends by a fault of the program: that is said in the end and the code is 1.
func Run(ctx context.Context, args []string, o Options) (exitCode int) {
	p := &program{o: o}
	p.out = newOutput(o.Out, o.OutTerminal, o.Now().Location())
	root := p.root()
	root.SetArgs(append([]string{}, args...)) // never nil: cobra would take the process's own
	root.SetIn(o.In)
	root.SetOut(p.out.w)
	root.SetErr(o.Err)
	err := root.ExecuteContext(ctx)
	err = p.written(err)
	var f failure
	coded := errors.As(err, &f)
	switch own := model.AsError(context.Cause(ctx)); {
	case own != nil: // whatever the verb made of it
		err, coded = failure{exitFailed, own}, false
	case err != nil && ctx.Err() != nil && !coded:
		err = failure{exitInterrupted, errInterrupted}
	}
	if err != nil && !(coded && f.err == nil) {
		p.say("%s", describe(err))
	}
	return codeOf(ctx, err)
}

// written brings out what is left to write and makes an error of output that did
// not arrive. A reader that went away, as head does, need not be told about it.
func (p *program) written(err error) error {
	switch werr := p.out.flush(); {
	case errors.Is(werr, syscall.EPIPE):
		return silent(exitFailed)
	case werr != nil && (err == nil || errors.Is(err, werr)):
		return &model.Error{Kind: model.Unexpected, Op: "write the output", Msg: describe(werr), Err: werr}
	}
	return err
}

// say writes one line of diagnostics. Texts from outside are cleaned by the
// caller or by describe.
func (p *program) say(format string, args ...any) {
	if p.bar != nil {
		p.bar.clear()
	}
	_, _ = fmt.Fprintf(p.o.Err, "muster: "+format+"\n", args...)
}

// session is an open backend and the place it stands for.
type session struct {
	*program
	kit.Backend
	place kit.Place
	// leftOut counts the rows of the list of this run that have a problem or are
	// there already: they are in no operation.
	leftOut int
}

// connected opens the backend, does the work and closes it again, also when the
// run was interrupted: a write in flight is given time to end.
func (p *program) connected(ctx context.Context, do func(context.Context, *session) error) (err error) {
	backend, place, done, err := p.o.Connect(ctx, p.target)
	if err != nil {
		if model.KindOf(err) == model.Invalid {
			return asUsage(err)
		}
		return err
	}
	defer func() {
		if done == nil {
			return
		}
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTime)
		defer cancel()
		if cerr := done(last); cerr != nil {
			if err == nil {
				err = cerr
				return
			}
			p.say("%s", describe(cerr))
		}
	}()
	s := &session{program: p, Backend: backend, place: place}
	if err := s.signIn(ctx); err != nil {
		return err
	}
	return do(ctx, s)
}

// verb is the body of a command that needs a backend.
type verb func(ctx context.Context, s *session, args []string) error

// on makes a command's RunE of a verb.
func (p *program) on(v verb) func(*cobra.Command, []string) error {
	return func(c *cobra.Command, args []string) error {
		return p.connected(c.Context(), func(ctx context.Context, s *session) error { return v(ctx, s, args) })
	}
}

// input returns standard input as a reader that ends when ctx does, and its end.
func (p *program) input(ctx context.Context) (io.Reader, func()) {
	in, err := cancelreader.NewReader(p.o.In)
	if err != nil { // a regular file cannot be waited for, and never blocks
		return p.o.In, func() {}
	}
	stop := context.AfterFunc(ctx, func() { in.Cancel() })
	return in, func() {
		stop()
		_ = in.Close()
	}
}

// open opens a file of this machine, at most limit bytes of it.
func (p *program) open(ctx context.Context, path string, limit int64) (io.ReadCloser, error) {
	if p.o.Files == nil {
		return nil, &model.Error{Kind: model.Unexpected, Op: "open file", Msg: "this program cannot read files", Err: os.ErrInvalid}
	}
	f, _, err := p.o.Files.Open(ctx, path, limit)
	if err != nil && model.AsError(err) == nil {
		err = &model.Error{Kind: model.Invalid, Op: "open file", Msg: describe(err), Err: err}
	}
	return f, err
}
