package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"muster/model"
)

// goal is how far an operation is followed.
type goal uint8

const (
	untilAccepted goal = iota // nothing is left to be sent by this process
	untilEnded                // every row is final
)

// reached reports whether an operation needs no more waiting for. One that was
// stopped does not move by itself either.
func (g goal) reached(o model.Operation) bool {
	if o.State() != model.OperationRunning {
		return true
	}
	return g == untilAccepted && o.Rows.InFlight == 0 && (o.Rows.Queued == 0 || o.Waits())
}

// errTimeout says that --timeout came first.
var errTimeout = errors.New("still running at --timeout")

// follower waits on the board and says how it goes.
type follower struct {
	s       *session
	said    map[model.OperationID]model.Tally // as last said
	problem string
	waiting string
	goals   map[model.OperationID]goal // of those that the bar shows
}

func (s *session) follower() *follower {
	return &follower{s: s, said: map[model.OperationID]model.Tally{}, goals: map[model.OperationID]goal{}}
}

// until waits for a board that satisfies done and returns the last board it saw,
// also with an error: errTimeout, the end of ctx, or the end of the journal.
func (f *follower) until(ctx context.Context, timeout time.Duration, done func(*model.Board) bool) (*model.Board, error) {
	wait := ctx
	if timeout > 0 {
		var cancel context.CancelFunc
		wait, cancel = context.WithTimeout(ctx, timeout)
		defer cancel()
	}
	f.s.bar = f.s.newBar()
	defer f.finish()
	var last *model.Board
	for rev := uint64(0); ; rev = max(last.Rev, 1) {
		b, err := f.s.Journal.WatchBoard(wait, rev)
		switch {
		case err == nil:
			last = b
		case ctx.Err() == nil && wait.Err() != nil:
			return last, errTimeout
		default:
			return last, err
		}
		f.trouble(b)
		if done(b) {
			return last, nil
		}
		if f.s.bar != nil {
			f.s.bar.draw()
		}
	}
}

// finish takes the bar away and leaves what it showed last as lines.
func (f *follower) finish() {
	b := f.s.bar
	if f.s.bar = nil; b == nil {
		return
	}
	b.clear()
	for _, id := range b.order {
		o := b.at[id]
		f.line(o, f.goals[id])
	}
}

// trouble says what keeps everything from moving, once.
func (f *follower) trouble(b *model.Board) {
	problem := ""
	if b.Problem != nil {
		problem = describe(b.Problem)
	}
	if problem != f.problem && problem != "" {
		f.s.say("%s", problem)
	}
	if waiting := model.Clean(b.Waiting); waiting != "" && f.waiting == "" {
		f.s.say("waiting: %s", waiting)
	}
	f.problem, f.waiting = problem, b.Waiting
}

// progress shows how an operation stands: on a terminal by a bar, else by lines.
func (f *follower) progress(o model.Operation, g goal) {
	if f.s.bar != nil {
		f.goals[o.ID] = g
		f.s.bar.see(o)
		return
	}
	f.line(o, g)
}

// line says how an operation stands when that is news: a twentieth of its rows moved on,
// or it came to its end.
func (f *follower) line(o model.Operation, g goal) {
	was, again := f.said[o.ID]
	now, n := o.Rows, o.Rows.Total()
	sent := func(t model.Tally) int { return n - t.Queued - t.InFlight - t.Skipped }
	moved := max(sent(now)-sent(was), now.Ended()-was.Ended())
	if moved <= 0 || again && !g.reached(o) && moved*20 < n {
		return
	}
	f.said[o.ID] = now
	text := fmt.Sprintf("%s: %s of %s accepted, %s final", title(o), number(sent(now)), number(n), number(now.Ended()-now.Skipped))
	if now.Skipped > 0 {
		text += fmt.Sprintf(", %s dropped", number(now.Skipped))
	}
	f.s.say("%s", text)
}

func title(o model.Operation) string {
	if o.Title == "" {
		return "operation " + model.Clean(string(o.ID))
	}
	return model.Clean(o.Title)
}

// conclude follows an operation that this process has just begun or taken up,
// writes it out and judges it. A board asked for after the journal returned from
// the beginning is at least as new as that.
func (s *session) conclude(ctx context.Context, id model.OperationID, w write) error {
	g, timeout := untilAccepted, time.Duration(0)
	if w.wait {
		g, timeout = untilEnded, w.timeout
	}
	f := s.follower()
	board, err := f.until(ctx, timeout, func(b *model.Board) bool {
		o, ok := b.Find(id)
		if !ok {
			return false
		}
		f.progress(o, g)
		return g.reached(o)
	})
	return s.judged(ctx, board, []model.OperationID{id}, w, err)
}

// judged writes the operations as the last board has them and makes the exit code
// of the worst of them. why is what ended the waiting, nil when it was reached.
func (s *session) judged(ctx context.Context, board *model.Board, ids []model.OperationID, w write, why error) error {
	if why != nil && !errors.Is(why, errTimeout) && ctx.Err() == nil {
		return why
	}
	if why != nil {
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTime)
		defer cancel()
		board = s.atRest(last, board)
		if ctx.Err() != nil {
			return s.interrupted(last, board, ids, w)
		}
	}
	codes := make([]int, 0, len(ids))
	for _, id := range ids {
		o, ok := board.Find(id)
		if !ok {
			s.leaving(id, board)
			codes = append(codes, exitRunning)
			continue
		}
		if err := s.showOperation(ctx, o, w.json); err != nil {
			return err
		}
		code := verdict(o)
		if errors.Is(why, errTimeout) && o.State() == model.OperationRunning {
			s.say("still running after %s", w.timeout)
			code = exitRunning
		}
		if code == exitRunning || code == exitFailed {
			s.leaving(id, board)
		}
		codes = append(codes, code)
	}
	return silent(worst(codes))
}

// atRest lets what is on the wire come home and returns the board as it is then:
// what is said about an operation that goes on must hold after the end.
func (s *session) atRest(ctx context.Context, board *model.Board) *model.Board {
	if st, ok := s.Journal.(Stopper); ok {
		st.Stop(ctx)
	}
	if b, err := s.Journal.WatchBoard(ctx, 0); err == nil {
		return b
	}
	return board
}

func (s *session) interrupted(ctx context.Context, board *model.Board, ids []model.OperationID, w write) error {
	for _, id := range ids {
		if o, ok := board.Find(id); ok && w.json {
			if err := s.showOperation(ctx, o, true); err != nil {
				return err
			}
		}
		s.leaving(id, board)
	}
	return failure{exitInterrupted, errInterrupted}
}

// verdict is the exit code that an operation's rows stand for.
func verdict(o model.Operation) int {
	switch t := o.Rows; {
	case o.Waits():
		return exitFailed
	case t.Failed+t.Unknown > 0:
		return exitRows
	case o.State() == model.OperationCancelled:
		return exitCancelled
	}
	return exitDone
}

// worst is the code that matters most when several operations ended differently.
func worst(codes []int) int {
	for _, c := range []int{exitRunning, exitFailed, exitRows, exitCancelled} {
		for _, have := range codes {
			if have == c {
				return c
			}
		}
	}
	return exitDone
}

// leaving says what goes on without this process and what does not.
func (s *session) leaving(id model.OperationID, b *model.Board) {
	name := model.Clean(string(id))
	o, ok := b.Find(id)
	if !ok {
		s.say("operation %s is written down: muster operations show %s", name, name)
		return
	}
	t := o.Rows
	n := t.Total()
	switch {
	case t.Queued == 0 && t.Open() > 0:
		s.say("operation %s goes on at the service: muster operations wait %s", name, name)
	case t.Queued == 0:
	case o.State() == model.OperationStopped:
		s.say("%s: stopped at %s of %s: muster operations resume %s", title(o), number(n-t.Queued), number(n), name)
	case o.Owned && !o.Mine && !o.Held:
		s.say("operation %s goes on in another muster: muster operations wait %s", name, name)
	case t.InFlight+t.Accepted > 0:
		s.say("operation %s goes on at the service; %s not sent: muster operations resume %s", name, count(t.Queued, "row"), name)
	default:
		s.say("operation %s: %s not sent: muster operations resume %s", name, count(t.Queued, "row"), name)
	}
}

// noSuch is the error about an operation that is not on the board. When the
// ledger cannot be read, nobody knows what is in it.
func noSuch(b *model.Board, id string) error {
	if b.Problem != nil {
		return b.Problem
	}
	return usage("find operation", fmt.Sprintf("no operation has the id %q", model.Clean(id)), "muster operations list shows them")
}
