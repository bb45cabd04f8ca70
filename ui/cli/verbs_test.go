package cli_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

var rewriteVerbs = flag.Bool("verbs", false, "rewrite the transcripts of testdata/verbs instead of comparing")

// TestVerbs runs testdata/verbs: every verb, with every exit code that it can give. What
// it says is kept in a transcript, which has to be as it was. Beside the commands of
// TestScripts there are
//
//	verb CODE ARGS…           runs muster, wants this exit code and notes what it said
//	interrupt REGEXP ARGS…    the same for 130, interrupted when the simulator is asked that
func TestVerbs(t *testing.T) {
	if binary.err != nil {
		t.Fatal(binary.err)
	}
	uploads, err := filepath.Abs("../../testdata/uploads")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: "../../testdata/verbs", UpdateScripts: *rewriteVerbs,
		Setup: func(e *testscript.Env) error {
			e.Setenv("UPLOADS", uploads)
			for _, name := range []string{"HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"} {
				e.Setenv(name, e.WorkDir)
			}
			e.Setenv("TZ", "UTC")
			e.Setenv("PATH", filepath.Dir(binary.path)+string(os.PathListSeparator)+e.Getenv("PATH"))
			e.Setenv("MUSTER_STATE_DIR", filepath.Join(e.WorkDir, "state"))
			e.Values["ids"] = map[string]bool{}
			return simulate(e, "")
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"muster": musterCmd, "set": setCmd, "fault": faultCmd, "verb": verbCmd, "interrupt": interruptCmd, "asked": askedCmd,
		},
	})
}

func verbCmd(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(binary.path, args[1:]...)
	got := 0
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		got = exit.ExitCode()
	case err != nil:
		ts.Fatalf("muster: %v", err)
	}
	note(ts, got, args[1:], ts.ReadFile("stdout"), ts.ReadFile("stderr"))
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

func interruptCmd(ts *testscript.TestScript, _ bool, args []string) {
	var out, diagnostics bytes.Buffer
	cmd := exec.Command(binary.path, args[1:]...)
	cmd.Dir = ts.MkAbs(".")
	for _, name := range []string{"HOME", "PATH", "TZ", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "MUSTER_STATE_DIR", "MUSTER_PARTNER_URL", "MUSTER_GRAPH_URL", "MUSTER_PARTNER_TOKEN", "MUSTER_GRAPH_TOKEN"} {
		cmd.Env = append(cmd.Env, name+"="+ts.Getenv(name))
	}
	cmd.Stdout, cmd.Stderr = &out, &diagnostics
	before := asked(ts, args[0])
	ts.Check(cmd.Start())
	for asked(ts, args[0]) == before {
		runtime.Gosched()
	}
	ts.Check(cmd.Process.Signal(os.Interrupt))
	_ = cmd.Wait() // its exit code is looked at below
	got := cmd.ProcessState.ExitCode()
	note(ts, got, args[1:], out.String(), diagnostics.String())
	if got != 130 {
		ts.Fatalf("exit code %d, want 130: %s", got, &diagnostics)
	}
}

// note adds to the transcript of a script.
func note(ts *testscript.TestScript, code int, args []string, out, diagnostics string) {
	var line []string
	for _, a := range args {
		if strings.ContainsAny(a, " '\"*") || a == "" {
			a = "'" + a + "'"
		}
		line = append(line, a)
	}
	text := fmt.Sprintf("$ muster %s\n", strings.Join(line, " ")) + out
	for l := range strings.Lines(diagnostics) {
		if !passing.MatchString(l) {
			text += "! " + l
		}
	}
	text = steady(ts, text+fmt.Sprintf("= %d\n\n", code))
	path := ts.MkAbs("transcript")
	have, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		ts.Fatalf("%v", err)
	}
	ts.Check(os.WriteFile(path, append(have, text...), 0o600))
}

// passing is what depends on when it is looked at.
var passing = regexp.MustCompile(`: [\d ]+ of [\d ]+ accepted, [\d ]+ final|^muster: waiting: `)

var operationIDs = regexp.MustCompile(`(?m)(?:^|operation +|operations \w+ |"id":")([a-z0-9]{4}-[a-z0-9]{4})(?: |$|"|\b[^-])`)

// unsteady is what differs from run to run.
var unsteady = []struct {
	pattern *regexp.Regexp
	becomes string
}{
	{regexp.MustCompile(`[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}`), "<GUID>"},
	{regexp.MustCompile(`\d{4}-\d\d-\d\dT[\d:.]+Z`), "<time>"},
	{regexp.MustCompile(`\d{4}-\d\d-\d\d \d\d:\d\d UTC`), "<time>"},
	{regexp.MustCompile(`\b\d\d:\d\d:\d\d\b`), "<clock>"},
	{regexp.MustCompile(`127\.0\.0\.1:\d+`), "<simulator>"},
	{regexp.MustCompile(`\bgo1\.[\d.]+`), "<go>"},
	{regexp.MustCompile(regexp.QuoteMeta(runtime.GOOS + "/" + runtime.GOARCH)), "<system>"},
	{regexp.MustCompile(`\(devel\)|v0\.0\.0-\S+\b(\+dirty)?`), "<version>"},
	{regexp.MustCompile(`"(partnerToken|graphToken)":"[^"]*"`), `"$1":"<token>"`},
}

func steady(ts *testscript.TestScript, text string) string {
	ids, _ := ts.Value("ids").(map[string]bool)
	for _, m := range operationIDs.FindAllStringSubmatch(text, -1) {
		ids[m[1]] = true
	}
	for id := range ids {
		text = strings.ReplaceAll(text, id, "<op>")
	}
	text = strings.ReplaceAll(text, ts.Getenv("UPLOADS"), "$UPLOADS")
	text = strings.ReplaceAll(text, ts.Getenv("WORK"), "$WORK")
	for _, u := range unsteady {
		text = u.pattern.ReplaceAllString(text, u.becomes)
	}
	return text
}
