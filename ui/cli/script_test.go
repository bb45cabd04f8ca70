package cli_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// binary is muster as it is shipped, built once for all scripts.
var binary struct {
	path string
	err  error
}

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "muster-script-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	binary.path = filepath.Join(dir, "muster")
	if out, err := exec.Command("go", "build", "-o", binary.path, "muster").CombinedOutput(); err != nil {
		binary.err = fmt.Errorf("build muster: %w\n%s", err, out)
	}
	code := m.Run()
	if err := os.RemoveAll(dir); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// TestScripts runs testdata/script: each script has a simulator of its own, with
// the flags in its file simulate (one line), and a ledger of its own. Beside the
// usual commands there are
//
//	muster CODE ARGS…     runs muster and wants this exit code
//	plan CODE ARGS…       does the same, and fails when the simulator was asked for anything
//	                      but a GET meanwhile, sign-in aside
//	json PATH WANT        looks into the last line of standard output: rows.done 3
//	set NAME PATH [N]     puts a value of the last, or of the Nth, line into the environment
//	lines N               counts the lines of standard output
//	fault JSON            asks the simulator for a fault; "fault off" ends all
//	requests N REGEXP     counts what the simulator was asked: "PATCH .*Updates"
//	asked REGEXP          waits until the simulator was asked that
//	signal NAME CODE REGEXP ARGS…   runs muster, sends it INT, TERM, HUP or KILL once
//	                      the simulator was asked that once more, and wants this exit code (-1 = killed)
func TestScripts(t *testing.T) { runScripts(t, "", nil) }

// TestScriptsOverTLS runs the scripts of every verb of Intune again, against a simulator
// with a certificate of its own.
func TestScriptsOverTLS(t *testing.T) {
	runScripts(t, "--tls", []string{"autopilot", "bios", "biospassword", "profiles"})
}

// runScripts runs the named scripts, or all, with one more option for the simulator.
func runScripts(t *testing.T, option string, names []string) {
	if binary.err != nil {
		t.Fatal(binary.err)
	}
	uploads, err := filepath.Abs("../../testdata/uploads")
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	for _, name := range names {
		files = append(files, filepath.Join("../../testdata/script", name+".txtar"))
	}
	dir := "../../testdata/script"
	if files != nil {
		dir = ""
	}
	testscript.Run(t, testscript.Params{
		Dir: dir, Files: files,
		Setup: func(e *testscript.Env) error {
			e.Setenv("UPLOADS", uploads)
			e.Setenv("HOME", e.WorkDir)
			e.Setenv("PATH", filepath.Dir(binary.path)+string(os.PathListSeparator)+e.Getenv("PATH"))
			e.Setenv("MUSTER_STATE_DIR", filepath.Join(e.WorkDir, "state"))
			return simulate(e, option)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"muster": musterCmd, "plan": planCmd, "json": jsonCmd, "set": setCmd, "lines": linesCmd, "fault": faultCmd, "requests": requestsCmd, "asked": askedCmd, "signal": signalCmd,
		},
	})
}

// simulate starts a simulator for one script and ends it with the script.
func simulate(e *testscript.Env, option string) error {
	args := []string{"simulate", "--devices", "30", "--customers", "3", "--speed", "5000"}
	if option != "" {
		args = append(args, option)
	}
	more, err := os.ReadFile(filepath.Join(e.WorkDir, "simulate"))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	ready, end, err := serve(append(args, strings.Fields(string(more))...), e.Vars)
	if err != nil {
		return err
	}
	e.Defer(end)
	if (option == "--tls") != strings.HasPrefix(ready.Graph, "https:") {
		return fmt.Errorf("with %q the simulator is at %s", option, ready.Graph)
	}
	for name, v := range ready.vars() {
		e.Setenv(name, v)
	}
	return nil
}

// ready is what a simulator says when it is.
type ready struct{ Partner, Graph, PartnerToken, GraphToken, Customer, Control, CAFile string }

// vars are the variables that lead muster to it.
func (r ready) vars() map[string]string {
	out := map[string]string{"MUSTER_PARTNER_URL": r.Partner, "MUSTER_GRAPH_URL": r.Graph, "MUSTER_PARTNER_TOKEN": r.PartnerToken,
		"MUSTER_GRAPH_TOKEN": r.GraphToken, "CUSTOMER": r.Customer, "CONTROL": r.Control}
	if r.CAFile != "" {
		out["SSL_CERT_FILE"] = r.CAFile
	}
	return out
}

// serve starts a simulator; end ends it.
func serve(args, env []string) (r ready, end func(), err error) {
	ctx, stop := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, binary.path, args...)
	cmd.Env = env
	var diagnostics bytes.Buffer
	cmd.Stderr = &diagnostics
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		stop()
		return r, nil, err
	}
	end = func() {
		stop()
		_ = cmd.Wait() // killed, so always an error
	}
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &r)
	}
	if err != nil {
		end()
		return r, nil, fmt.Errorf("the simulator did not get ready: %w: %s", err, &diagnostics)
	}
	return r, end, nil
}

func musterCmd(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: muster CODE ARGS…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got, err := 0, ts.Exec(binary.path, args[1:]...)
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		got = exit.ExitCode()
	case err != nil:
		ts.Fatalf("muster: %v", err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// planCmd looks at the simulator's own record: what muster says it sent is not what it
// sent. The sign-in may ask for tokens.
func planCmd(ts *testscript.TestScript, neg bool, args []string) {
	writes := func() int { return asked(ts, "^(POST|PUT|PATCH|DELETE) ") - asked(ts, "^POST .*/token$") }
	before := writes()
	musterCmd(ts, neg, args)
	if n := writes() - before; n > 0 {
		ts.Fatalf("%d requests other than GET: %s", n, control(ts, http.MethodGet, "requests", ""))
	}
}

// at finds a value in JSON: members and indexes, separated by dots. A number is
// written as it stands there, a text without its quotes.
func at(ts *testscript.TestScript, line, path string) string {
	raw := json.RawMessage(line)
	for name := range strings.SplitSeq(path, ".") {
		if i, err := strconv.Atoi(name); err == nil {
			var list []json.RawMessage
			ts.Check(json.Unmarshal(raw, &list))
			if i >= len(list) {
				return "absent"
			}
			raw = list[i]
			continue
		}
		object := map[string]json.RawMessage{}
		ts.Check(json.Unmarshal(raw, &object))
		if raw = object[name]; raw == nil {
			return "absent"
		}
	}
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	return string(raw)
}

func lines(ts *testscript.TestScript) []string {
	text := strings.TrimSuffix(ts.ReadFile("stdout"), "\n")
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}

func jsonCmd(ts *testscript.TestScript, neg bool, args []string) {
	all := lines(ts)
	if len(args) != 2 || len(all) == 0 {
		ts.Fatalf("usage: json PATH WANT, with something on standard output")
	}
	if got := at(ts, all[len(all)-1], args[0]); (got == args[1]) == neg {
		ts.Fatalf("%s is %s, want %s (negated: %v)", args[0], got, args[1], neg)
	}
}

func setCmd(ts *testscript.TestScript, _ bool, args []string) {
	all := lines(ts)
	n := len(all)
	if len(args) == 3 {
		var err error
		n, err = strconv.Atoi(args[2])
		ts.Check(err)
	}
	if len(args) < 2 || n < 1 || n > len(all) {
		ts.Fatalf("usage: set NAME PATH [N], with that line on standard output")
	}
	ts.Setenv(args[0], at(ts, all[n-1], args[1]))
}

func linesCmd(ts *testscript.TestScript, neg bool, args []string) {
	if got := strconv.Itoa(len(lines(ts))); len(args) != 1 || (got == args[0]) == neg {
		ts.Fatalf("%s lines, want %v (negated: %v)", got, args, neg)
	}
}

// control speaks to the simulator's control interface.
func control(ts *testscript.TestScript, method, what, body string) []byte {
	req, err := http.NewRequest(method, ts.Getenv("CONTROL")+"/"+what, strings.NewReader(body))
	ts.Check(err)
	client := http.DefaultClient
	if file := ts.Getenv("SSL_CERT_FILE"); strings.HasPrefix(req.URL.Scheme, "https") {
		pem, err := os.ReadFile(file)
		ts.Check(err)
		roots := x509.NewCertPool()
		roots.AppendCertsFromPEM(pem)
		client = &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, DisableKeepAlives: true}}
	}
	res, err := client.Do(req)
	ts.Check(err)
	text, err := io.ReadAll(res.Body)
	ts.Check(err)
	ts.Check(res.Body.Close())
	if res.StatusCode >= 300 {
		ts.Fatalf("%s %s: %s: %s", method, what, res.Status, text)
	}
	return text
}

func faultCmd(ts *testscript.TestScript, _ bool, args []string) {
	switch {
	case len(args) != 1:
		ts.Fatalf("usage: fault JSON, or fault off")
	case args[0] == "off":
		control(ts, http.MethodDelete, "faults", "")
	default:
		control(ts, http.MethodPost, "faults", args[0])
	}
}

// asked counts the requests that the simulator has seen so far.
func asked(ts *testscript.TestScript, pattern string) int {
	match, err := regexp.Compile("(?i)" + pattern)
	ts.Check(err)
	n := 0
	for line := range bytes.Lines(control(ts, http.MethodGet, "requests", "")) {
		var r struct{ Method, Path string }
		ts.Check(json.Unmarshal(line, &r))
		if match.MatchString(r.Method + " " + r.Path) {
			n++
		}
	}
	return n
}

func requestsCmd(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: requests N REGEXP")
	}
	if n := asked(ts, args[1]); strconv.Itoa(n) != args[0] {
		ts.Fatalf("%d requests match %s, want %s", n, args[1], args[0])
	}
}

// askedCmd polls by asking: each look is a round trip, and the limit is the
// test's own.
func askedCmd(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: asked REGEXP")
	}
	for asked(ts, args[0]) == 0 {
		runtime.Gosched()
	}
}

func signalCmd(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 4 {
		ts.Fatalf("usage: signal NAME CODE REGEXP ARGS…")
	}
	sig, ok := map[string]os.Signal{"INT": os.Interrupt, "TERM": syscall.SIGTERM, "HUP": syscall.SIGHUP, "KILL": os.Kill}[args[0]]
	if !ok {
		ts.Fatalf("unknown signal %s", args[0])
	}
	var out, diagnostics bytes.Buffer
	cmd := exec.Command(binary.path, args[3:]...)
	cmd.Dir = ts.MkAbs(".")
	for _, name := range []string{"HOME", "PATH", "MUSTER_STATE_DIR", "MUSTER_PARTNER_URL", "MUSTER_GRAPH_URL", "MUSTER_PARTNER_TOKEN", "MUSTER_GRAPH_TOKEN"} {
		cmd.Env = append(cmd.Env, name+"="+ts.Getenv(name))
	}
	cmd.Stdout, cmd.Stderr = &out, &diagnostics
	before := asked(ts, args[2])
	ts.Check(cmd.Start())
	for asked(ts, args[2]) == before {
		runtime.Gosched()
	}
	ts.Check(cmd.Process.Signal(sig))
	err := cmd.Wait()
	_, _ = ts.Stdout().Write(out.Bytes())
	_, _ = ts.Stderr().Write(diagnostics.Bytes())
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		ts.Fatalf("muster: %v", err)
	}
	if got := strconv.Itoa(cmd.ProcessState.ExitCode()); got != args[1] {
		ts.Fatalf("exit code %s, want %s", got, args[1])
	}
}
