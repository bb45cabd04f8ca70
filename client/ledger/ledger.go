package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"sync"
	"time"

	"modernc.org/sqlite" // also the driver "sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"muster/model"
)

// Options say where a ledger lies and who uses it.
type Options struct {
	Dir     string                                      // folder of the database and the owners' locks
	Backend string                                      // key of the backend: rows of others are not seen
	Who     string                                      // account of the operating system, for the record
	Now     func() time.Time                            // default time.Now
	NewID   func() string                               // new GUIDs, for owners and requests
	Name    func() string                               // new operation ids: short enough to type
	Remote  func(dir string) (name string, remote bool) // names the network file system that a folder lies on; default asks the system
	Watch   time.Duration                               // how often other processes' changes are looked for; default 400 ms
	Crashed func(what any, stack []byte)                // told of a panic of the watch, see [model.Guard]
}

// Ledger is this process's hold on the user's ledger. Its methods may be called
// from any goroutine.
type Ledger struct {
	o     Options
	write *sql.DB // one connection: every transaction is BEGIN IMMEDIATE
	read  *sql.DB
	owner *owner
	newer bool // written by a newer muster: reading only

	adopting sync.Mutex // one takeover at a time, so that two callers do not take each other for the owner

	mu      sync.Mutex
	changed chan struct{} // closed at the next change
	cache   map[model.OperationID]cached
	drafts  map[model.OperationID]bool // that this process is writing down
	smeared bool                       // erased rows may still stand in the write-ahead log

	stop context.CancelFunc
	done sync.WaitGroup
}

// Open opens the ledger in o.Dir, making it when it is not there. An error of
// kind Refused means that the place does not serve: on a network file system,
// not writable, disk full. A ledger of a newer muster opens for reading only,
// see [Ledger.ReadOnly].
func Open(ctx context.Context, o Options) (*Ledger, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Remote == nil {
		o.Remote = networkFS
	}
	if o.Watch == 0 {
		o.Watch = 400 * time.Millisecond
	}
	path, err := prepare(o.Dir, o.Remote)
	if err != nil {
		return nil, err
	}
	l := &Ledger{o: o, changed: make(chan struct{}), cache: map[model.OperationID]cached{},
		drafts: map[model.OperationID]bool{}}
	if err := l.connect(ctx, path); err != nil {
		l.shut()
		return nil, err
	}
	if l.owner, err = claim(o.Dir, o.NewID()); err != nil {
		l.shut()
		return nil, unwritable(err)
	}
	watch, stop := context.WithCancel(context.Background())
	l.stop = stop
	conn, err := l.read.Conn(ctx)
	if err != nil {
		l.Close()
		return nil, broken("open ledger", err)
	}
	if !l.newer {
		l.truncate(ctx) // a process that was killed may have left erased secrets in the log
	}
	l.done.Add(1)
	go func() {
		defer l.done.Done()
		defer conn.Close()
		model.Guard(o.Crashed, func() { l.watch(watch, conn) })
	}()
	return l, nil
}

func (l *Ledger) connect(ctx context.Context, path string) error {
	pragmas := url.Values{"_pragma": {"busy_timeout(15000)", "auto_vacuum(2)", "journal_mode(WAL)", "synchronous(FULL)",
		"secure_delete(1)", "foreign_keys(1)", "temp_store(2)"}, "_txlock": {"immediate"}}
	var err error
	if l.write, err = sql.Open("sqlite", dsn(path, pragmas)); err != nil {
		return broken("open ledger", err)
	}
	l.write.SetMaxOpenConns(1)
	if err := l.bring(ctx); err != nil {
		return err
	}
	pragmas = url.Values{"_pragma": {"busy_timeout(15000)", "query_only(1)"}}
	if l.read, err = sql.Open("sqlite", dsn(path, pragmas)); err != nil {
		return broken("open ledger", err)
	}
	l.read.SetMaxOpenConns(4)
	return nil
}

func dsn(path string, q url.Values) string {
	return (&url.URL{Scheme: "file", OmitHost: true, Path: path, RawQuery: q.Encode()}).String()
}

// patience is how long another process's use of the database is waited for.
const patience = 15 * time.Second

// bring takes the database to the version of this program. While another
// process turns the write-ahead log on, SQLite refuses at once whatever the
// timeout is; then it is tried again.
func (l *Ledger) bring(ctx context.Context) error {
	for until := time.Now().Add(patience); ; {
		err := l.migrate(ctx)
		var busy *sqlite.Error
		if err == nil || !errors.As(err, &busy) || busy.Code()&0xff != sqlite3.SQLITE_BUSY || time.Now().After(until) {
			return err
		}
		select {
		case <-ctx.Done():
			return broken("open ledger", ctx.Err())
		case <-time.After(lockPause):
		}
	}
}

// migrate takes the write lock only when there is something to change: an
// opening does not wait for a large operation that is being written down.
func (l *Ledger) migrate(ctx context.Context) error {
	var seen int
	if err := l.write.QueryRowContext(ctx, "PRAGMA user_version").Scan(&seen); err != nil {
		return broken("open ledger", err)
	}
	if seen >= version {
		l.newer = seen > version
		return nil
	}
	tx, err := l.write.BeginTx(ctx, nil)
	if err != nil {
		return broken("open ledger", err)
	}
	defer tx.Rollback()
	var have int
	if err := tx.QueryRowContext(ctx, "PRAGMA user_version").Scan(&have); err != nil {
		return broken("open ledger", err)
	}
	if have >= version { // somebody else was first
		l.newer = have > version
		return nil
	}
	all := migrations()
	for _, m := range all[max(have, 0):] {
		if _, err := tx.ExecContext(ctx, m); err != nil {
			return broken("open ledger", err)
		}
	}
	if _, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", version)); err != nil {
		return broken("open ledger", err)
	}
	if err := tx.Commit(); err != nil {
		return broken("open ledger", err)
	}
	return nil
}

// ReadOnly reports why nothing can be written down, or nil.
func (l *Ledger) ReadOnly() *model.Error {
	if !l.newer {
		return nil
	}
	return &model.Error{Kind: model.Refused, Op: "write ledger", Msg: "the ledger was written by a newer muster",
		Hint: "update this one; until then it only reads"}
}

// Owner is the id under which this process owns operations.
func (l *Ledger) Owner() string { return l.owner.id }

// Close gives up this process's ownership and closes the database. What it
// owned is taken over by the next process that follows operations.
func (l *Ledger) Close() error {
	if l.stop != nil {
		l.stop()
		l.done.Wait()
	}
	if l.write != nil && !l.newer {
		l.truncate(context.Background())
	}
	l.owner.release()
	return l.shut()
}

func (l *Ledger) shut() error {
	var first error
	for _, db := range []*sql.DB{l.read, l.write} {
		if db == nil {
			continue
		}
		if err := db.Close(); err != nil && first == nil {
			first = broken("close ledger", err)
		}
	}
	return first
}

// Changed returns a channel that is closed when the ledger changes next, by this
// process or by another one.
func (l *Ledger) Changed() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.changed
}

func (l *Ledger) announce() {
	l.mu.Lock()
	defer l.mu.Unlock()
	close(l.changed)
	l.changed = make(chan struct{})
}

// tidyEach is how many looks pass between two searches for drafts that nobody
// will finish.
const tidyEach = 150

// watch notices what other processes commit. SQLite counts foreign commits for
// each connection, so the same connection must ask every time.
func (l *Ledger) watch(ctx context.Context, conn *sql.Conn) {
	var last int64
	tick := time.NewTicker(l.o.Watch)
	defer tick.Stop()
	for n := 0; ; n++ {
		if n%tidyEach == 0 && !l.newer {
			l.tidy(ctx)
			l.shrink(ctx)
		}
		var now int64
		if err := conn.QueryRowContext(ctx, "PRAGMA data_version").Scan(&now); err == nil && now != last {
			if last != 0 {
				l.announce()
			}
			last = now
		}
		l.retruncate(ctx)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// change runs one transaction and announces it.
func (l *Ledger) change(ctx context.Context, op string, do func(tx *sql.Tx) error) error {
	if err := l.quietly(ctx, op, do); err != nil {
		return err
	}
	l.announce()
	return nil
}

// quietly runs one transaction of which nobody sees anything yet. Whatever stops a
// commit, the caller learns of it before anything else happens.
func (l *Ledger) quietly(ctx context.Context, op string, do func(tx *sql.Tx) error) error {
	if e := l.ReadOnly(); e != nil {
		return e
	}
	tx, err := l.write.BeginTx(ctx, nil)
	if err != nil {
		return broken(op, err)
	}
	defer tx.Rollback()
	if err := do(tx); err != nil {
		if model.AsError(err) != nil || err == errStale {
			return err
		}
		return broken(op, err)
	}
	if err := tx.Commit(); err != nil {
		return broken(op, err)
	}
	return nil
}

// truncate empties the write-ahead log, so that erased secrets do not stay in
// it. A reader elsewhere can be in the way; then the watch tries again.
func (l *Ledger) truncate(ctx context.Context) {
	clean := l.checkpoint(ctx)
	l.mu.Lock()
	l.smeared = !clean
	l.mu.Unlock()
}

// checkpoint reports whether the log is empty now. It does not wait long for a
// reader: a process that was stopped in the middle of a read must not stop this
// one.
func (l *Ledger) checkpoint(ctx context.Context) bool {
	conn, err := l.write.Conn(ctx)
	if err != nil {
		return false
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, "PRAGMA busy_timeout(100)"); err != nil {
		return false
	}
	defer conn.ExecContext(context.WithoutCancel(ctx), "PRAGMA busy_timeout(15000)")
	var busy, log, done int
	err = conn.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &log, &done)
	return err == nil && busy == 0
}

// retruncate makes up for a [Ledger.truncate] that found a reader in the way.
func (l *Ledger) retruncate(ctx context.Context) {
	l.mu.Lock()
	smeared := l.smeared
	l.mu.Unlock()
	if smeared && ctx.Err() == nil {
		l.truncate(ctx)
	}
}

func broken(op string, err error) error {
	if e := model.AsError(err); e != nil {
		return e
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return &model.Error{Kind: model.Cancelled, Op: op, Msg: "cancelled", Err: err}
	}
	return &model.Error{Kind: model.Refused, Op: op, Msg: "the ledger cannot be used: " + reason(err),
		Hint: "is the disk full or the folder read-only? browsing still works", Err: err}
}

func ms(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func when(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms)
}

// Remove deletes the ledger in dir, for a backend that is forgotten on exit.
func Remove(dir string) error { return os.RemoveAll(dir) }
