//go:build unix

package ledger_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"

	"muster/client/ledger"
	"muster/model"
)

// What a child process is told by its environment.
const (
	childTask = "LEDGER_TEST_TASK"
	childDir  = "LEDGER_TEST_DIR"
	childOp   = "LEDGER_TEST_OPERATION"
)

// child is a process of its own that works on a ledger.
type child struct {
	t   *testing.T
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Scanner
}

// start runs this test binary again as a child with a task, see [TestChild].
func start(t *testing.T, task, dir string, id model.OperationID) *child {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestChild$", "-test.v=false")
	cmd.Env = append(os.Environ(), childTask+"="+task, childDir+"="+dir, childOp+"="+string(id))
	in, err := cmd.StdinPipe()
	must(t, err)
	out, err := cmd.StdoutPipe()
	must(t, err)
	cmd.Stderr = cmd.Stdout
	must(t, cmd.Start())
	t.Cleanup(func() { // a child whose test failed
		cmd.Process.Kill()
		cmd.Wait()
	})
	return &child{t: t, cmd: cmd, in: in, out: bufio.NewScanner(out)}
}

// line reads the child's next line.
func (c *child) line() string {
	c.t.Helper()
	if !c.out.Scan() {
		c.t.Fatalf("the child ended without a word: %v", c.out.Err())
	}
	return c.out.Text()
}

// end lets the child go on to its end and returns what it says until then.
func (c *child) end() []string {
	c.t.Helper()
	c.in.Close()
	var out []string
	for c.out.Scan() {
		out = append(out, c.out.Text())
	}
	if err := c.cmd.Wait(); err != nil {
		c.t.Fatalf("child: %v\n%s", err, strings.Join(out, "\n"))
	}
	return out
}

// kill ends the child as the system would, at once and without a word.
func (c *child) kill() {
	c.t.Helper()
	must(c.t, c.cmd.Process.Signal(syscall.SIGKILL))
	c.cmd.Wait()
}

// TestChild is the child: without a task it has nothing to show.
func TestChild(t *testing.T) {
	task, dir, id := os.Getenv(childTask), os.Getenv(childDir), model.OperationID(os.Getenv(childOp))
	tasks := map[string]func(t *testing.T, dir string, id model.OperationID){
		"write": childWrites, "send": childSends, "accept": childAccepts, "adopt": childAdopts, "open": childOpens,
		"full": childRunsFull, "nobody": childIsNobody,
	}
	if do := tasks[task]; do != nil {
		do(t, dir, id)
	}
}

// wait returns when the parent says so, or is gone.
func wait() { _, _ = bufio.NewReader(os.Stdin).ReadString('\n') }

// writes is how many operations each of the writing children records.
const writes = 50 * thorough

func childWrites(t *testing.T, dir string, _ model.OperationID) {
	ctx := context.Background()
	l := open(t, dir)
	for i := range writes {
		id := record(t, l, 3, 2)
		fmt.Println(id)
		if i%5 > 0 {
			continue
		}
		must(t, l.Sending(ctx, id, 1, "create"))
		must(t, l.Accepted(ctx, id, 1, model.JobID("job of "+id), ""))
		must(t, l.Settle(ctx, id, 1, all(model.RowDone, 1, 2)))
	}
}

func childSends(t *testing.T, dir string, _ model.OperationID) {
	l := open(t, dir)
	id := record(t, l, 4, 2)
	must(t, l.Sending(context.Background(), id, 1, "create"))
	fmt.Println(id)
	wait()
}

func childAccepts(t *testing.T, dir string, _ model.OperationID) {
	l := open(t, dir)
	id := record(t, l, 4, 2)
	must(t, l.Sending(context.Background(), id, 1, "create"))
	must(t, l.Accepted(context.Background(), id, 1, "job", ""))
	fmt.Println(id)
	wait()
}

func childAdopts(t *testing.T, dir string, id model.OperationID) {
	l := open(t, dir)
	fmt.Println("ready")
	wait()
	mine, err := l.Adopt(context.Background(), id)
	must(t, err)
	fmt.Println(mine)
	io.Copy(io.Discard, os.Stdin) // the winner lives until the parent has seen enough
}

func childOpens(t *testing.T, dir string, _ model.OperationID) {
	fmt.Println("ready")
	wait()
	l := open(t, dir)
	fmt.Println(record(t, l, 1, 1))
}

// childRunsFull meets a disk that is full: no file may grow any more.
func childRunsFull(t *testing.T, dir string, _ model.OperationID) {
	ctx := context.Background()
	l := open(t, dir)
	id := record(t, l, 4, 2)
	signal.Ignore(syscall.SIGXFSZ) // a write beyond the limit returns an error instead
	var limit syscall.Rlimit
	must(t, syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit))
	before := limit.Cur
	limit.Cur = 256 << 10
	must(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit))
	big := intent(400, 100)
	for i := range big.Rows {
		big.Rows[i].Body = make([]byte, 4000)
	}
	for range 2 {
		_, err := l.Record(ctx, big)
		kind(t, err, model.Refused)
	}
	ops, err := l.Operations(ctx) // browsing works
	must(t, err)
	if len(ops) != 1 || ops[0].ID != id {
		t.Fatalf("%d operations, want the first only", len(ops))
	}
	limit.Cur = before
	must(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit))
	must(t, l.Sending(ctx, id, 1, "create")) // there is room again
	check(t, l, record(t, l, 4, 2))
	fmt.Println("survived")
}

// childIsNobody meets a folder that it may read and not write.
func childIsNobody(t *testing.T, dir string, _ model.OperationID) {
	if os.Getuid() == 0 {
		must(t, syscall.Setgid(65534))
		must(t, syscall.Setuid(65534))
	}
	_, err := ledger.Open(context.Background(), options(dir))
	e := kind(t, err, model.Refused)
	fmt.Println(e.Error())
}
