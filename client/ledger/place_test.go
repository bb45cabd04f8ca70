package ledger_test

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"muster/client/ledger"
	"muster/model"
)

// private fails the test when something in dir can be read by others.
func private(t *testing.T, dir string) {
	t.Helper()
	must(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		fi, err := d.Info()
		if err != nil {
			return err
		}
		want := fs.FileMode(0o600)
		if d.IsDir() {
			want = 0o700
		}
		if fi.Mode().Perm() != want {
			t.Errorf("%s has mode %v, want %v", filepath.Base(path), fi.Mode().Perm(), want)
		}
		return nil
	}))
}

func TestLooseModesAreTightened(t *testing.T) {
	dir := folder(t)
	l := open(t, dir)
	record(t, l, 1, 1)
	end := reading(t, dir) // keeps the log on disk
	must(t, l.Close())
	must(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		mode := fs.FileMode(0o666)
		if d.IsDir() {
			mode = 0o777
		}
		return os.Chmod(path, mode)
	}))
	l = open(t, dir)
	defer end()
	record(t, l, 1, 1)
	private(t, dir)
}

func TestWhatIsNoLedgerIsRefused(t *testing.T) {
	whole := func(t *testing.T, dir string) []byte {
		l := open(t, dir)
		for range 20 {
			record(t, l, 20, 5)
		}
		must(t, l.Close())
		raw, err := os.ReadFile(filepath.Join(dir, "ledger.db"))
		must(t, err)
		return raw
	}
	cases := map[string]func(t *testing.T, dir, path string){
		"a folder in its place": func(t *testing.T, _, path string) { must(t, os.MkdirAll(path, 0o700)) },
		"a link to nowhere": func(t *testing.T, dir, path string) {
			must(t, os.MkdirAll(dir, 0o700))
			must(t, os.Symlink("/nowhere/at/all", path))
		},
		"text": func(t *testing.T, dir, path string) {
			must(t, os.MkdirAll(dir, 0o700))
			must(t, os.WriteFile(path, []byte(strings.Repeat("not a database\x1b[31m\n", 500)), 0o600))
		},
		"a truncated header": func(t *testing.T, dir, path string) {
			must(t, os.WriteFile(path, whole(t, dir)[:60], 0o600))
		},
		"a file in place of its folder": func(t *testing.T, dir, _ string) { must(t, os.WriteFile(dir, []byte("x"), 0o600)) },
		"a file in place of the owners": func(t *testing.T, dir, _ string) {
			must(t, os.MkdirAll(dir, 0o700))
			must(t, os.WriteFile(filepath.Join(dir, "owners"), nil, 0o600))
		},
	}
	for name, make := range cases {
		t.Run(name, func(t *testing.T) {
			dir := folder(t)
			make(t, dir, filepath.Join(dir, "ledger.db"))
			l, err := ledger.Open(t.Context(), options(dir))
			if l != nil {
				t.Fatal("it opened")
			}
			e := kind(t, err, model.Refused)
			if e.Msg != model.Clean(e.Msg) || strings.Contains(e.Msg, dir) {
				t.Errorf("message %q", e.Msg)
			}
		})
	}
}

// A database that lost its end opens, perhaps; nothing that is done with it may
// be worse than an error.
func TestATruncatedDatabaseIsAnError(t *testing.T) {
	for _, keep := range []int{4096, 3 * 4096, 10000} {
		t.Run(fmt.Sprint(keep, " bytes"), func(t *testing.T) {
			dir := folder(t)
			l := open(t, dir)
			id := record(t, l, 500, 100)
			must(t, l.Close())
			must(t, os.Truncate(filepath.Join(dir, "ledger.db"), int64(keep)))
			l, err := ledger.Open(t.Context(), options(dir))
			if err != nil {
				kind(t, err, model.Refused)
				return
			}
			defer l.Close()
			ctx := t.Context()
			_, read := l.Operations(ctx)
			_, rows := l.Rows(ctx, id)
			_, write := l.Record(ctx, intent(10, 5))
			for what, err := range map[string]error{"read": read, "rows": rows, "write": write, "drop": l.Drop(ctx, id)} {
				if err != nil && model.AsError(err) == nil {
					t.Errorf("%s: %v is no error of ours", what, err)
				}
			}
		})
	}
}

func TestALedgerOfANewerMusterIsOnlyRead(t *testing.T) {
	dir := folder(t)
	l := open(t, dir)
	id := record(t, l, 3, 3)
	must(t, l.Close())
	setVersion(t, dir, ledger.Version+1)
	l = open(t, dir)
	ctx := context.Background()
	kind(t, l.ReadOnly(), model.Refused)
	equal(t, "rows", operation(t, l, id).Rows.Total(), 3)
	_, write := l.Record(ctx, intent(1, 1))
	_, retry := l.Retry(ctx, id)
	_, prune := l.Prune(ctx, time.Now())
	for what, err := range map[string]error{"record": write, "retry": retry, "prune": prune, "drop": l.Drop(ctx, id), "hold": l.Hold(ctx, id, ""),
		"resume": l.Resume(ctx, id), "sending": l.Sending(ctx, id, 1, ""), "settle": l.Settle(ctx, id, 1, nil)} {
		if model.KindOf(err) != model.Refused {
			t.Errorf("%s: %v, want it refused", what, err)
		}
	}
	if mine, err := l.Adopt(ctx, id); mine || err != nil {
		t.Errorf("adopted: %v, %v", mine, err)
	}
	must(t, l.Close())
	setVersion(t, dir, ledger.Version)
	equal(t, "rows", operation(t, open(t, dir), id).Rows.Total(), 3)
}

func TestAnOlderLedgerIsMigratedWithWhatItHolds(t *testing.T) {
	dir := folder(t)
	l := open(t, dir)
	id := record(t, l, 3, 3)
	must(t, l.Close())
	for _, column := range []string{"chunks DROP COLUMN doubt", "rows DROP COLUMN target", "rows DROP COLUMN maker",
		"rows DROP COLUMN model", "rows DROP COLUMN attempt", "rows DROP COLUMN autopilot", "rows DROP COLUMN ticket", "chunks DROP COLUMN due"} {
		execute(t, dir, "ALTER TABLE "+column)
	}
	execute(t, dir, "DROP TABLE past")
	setVersion(t, dir, 1)
	l = open(t, dir)
	if mine, err := l.Adopt(t.Context(), id); !mine || err != nil {
		t.Fatalf("adopted: %v, %v", mine, err)
	}
	must(t, l.Drop(t.Context(), id))
	equal(t, "rows", check(t, l, id).Rows, model.Tally{Skipped: 3})
}

func setVersion(t *testing.T, dir string, v int) {
	t.Helper()
	execute(t, dir, fmt.Sprint("PRAGMA user_version = ", v))
}

func execute(t *testing.T, dir, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(dir, "ledger.db"))
	must(t, err)
	defer db.Close()
	_, err = db.Exec(statement)
	must(t, err)
}

func TestANetworkFileSystemIsRefusedWithAHint(t *testing.T) {
	o := options(folder(t))
	o.Remote = func(string) (string, bool) { return "NFS", true }
	_, err := ledger.Open(t.Context(), o)
	kind(t, err, model.Refused)
	for _, want := range []string{"NFS", "state_dir"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q does not say %q", err, want)
		}
	}
	if _, err := os.Stat(filepath.Join(o.Dir, "ledger.db")); err == nil {
		t.Error("a database was made there all the same")
	}
}

func TestAFolderSharedWithOthersIsRefused(t *testing.T) {
	dir := folder(t)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o777|os.ModeSticky); err != nil {
		t.Fatal(err)
	}
	_, err := ledger.Open(t.Context(), options(dir))
	kind(t, err, model.Refused)
	if fi, err := os.Stat(dir); err != nil || fi.Mode().Perm() != 0o777 {
		t.Errorf("the folder of all was changed: %v, %v", fi.Mode(), err)
	}
}

// A panic of the watch is told, and the ledger can be used and closed all the same.
func TestAPanicOfTheWatchIsTold(t *testing.T) {
	told := make(chan any, 1)
	l := open(t, folder(t), func(o *ledger.Options) {
		o.Watch = -1 // which no ticker takes
		o.Crashed = func(what any, _ []byte) { told <- what }
	})
	if what := <-told; what == nil {
		t.Error("nothing was said")
	}
	record(t, l, 3, 3)
	if err := l.Close(); err != nil {
		t.Error(err)
	}
}
