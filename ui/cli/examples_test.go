package cli_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"muster/ui/cli"
)

// TestExamples runs every example of every help text against a simulator, in a shell. It
// ends with the exit code that its comment names, 0 without one. Names that the examples
// use are made beforehand, or stand for what the simulator has; each command finds them
// anew.
func TestExamples(t *testing.T) {
	if binary.err != nil {
		t.Fatal(binary.err)
	}
	f := newExampleWorld(t)
	all := cli.HelpExamples()
	for _, path := range slices.Sorted(maps.Keys(all)) {
		t.Run(strings.ReplaceAll(path, " ", "_"), func(t *testing.T) {
			if all[path] == "" {
				t.Fatal("it has no example")
			}
			for _, line := range exampleLines(all[path]) {
				f.example(t, line)
			}
		})
	}
}

// exampleLines are the examples of a help text; one that ends in a pipe goes on below.
func exampleLines(text string) (out []string) {
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimSpace(line)
		if n := len(out); n > 0 && strings.HasSuffix(out[n-1], "|") {
			out[n-1] += " " + line
			continue
		}
		out = append(out, line)
	}
	return out
}

// exampleWorld is a simulator, and a folder that the examples run in.
type exampleWorld struct {
	t            *testing.T
	dir          string
	env          []string
	customer     string
	serials, ids []string // of devices that both services know
	n            int      // lists so far
}

func newExampleWorld(t *testing.T) *exampleWorld {
	t.Helper()
	dir := t.TempDir()
	env := []string{"HOME=" + dir, "XDG_CONFIG_HOME=" + dir, "XDG_CACHE_HOME=" + dir, "XDG_STATE_HOME=" + dir, "PATH=" + dir + ":" + filepath.Dir(binary.path) + ":" + os.Getenv("PATH")}
	r, end, err := serve([]string{"simulate", "--devices", "60", "--customers", "3", "--speed", "5000"}, env)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(end)
	for name, v := range r.vars() {
		env = append(env, name+"="+v)
	}
	w := &exampleWorld{t: t, dir: dir, env: env, customer: r.Customer}
	w.write("vault-put", "#!/bin/sh\nexec cat >/dev/null\n", 0o700)
	w.write("counter.cctk", "[cctk]\nCamera=Enabled\n", 0o600)
	w.write("better.cctk", "[cctk]\nCamera=Disabled\n", 0o600)
	known := w.values(w.customer, "autopilot list --filter enrolled:enrolled", "serial")
	for _, d := range w.values(w.customer, "devices list", "serial,id") {
		serial, id, _ := strings.Cut(d, "\t")
		if slices.Contains(known, serial) && !slices.Contains(w.serials, serial) {
			w.serials, w.ids = append(w.serials, serial), append(w.ids, id)
		}
	}
	if len(w.serials) < 13 {
		t.Fatalf("only %d devices are known to both services", len(w.serials))
	}
	w.must(w.customer, "policies create --name Kiosk --setting none --yes --wait")
	w.must(w.customer, "profiles create --name 'Front desks' --yes --wait")
	w.must(w.customer, "bios create --name 'Counter PCs' --file counter.cctk --bios-passwords off --yes --wait")
	w.list("OK")
	w.must(w.customer, "upload devices.csv --batch spring --yes --wait")
	return w
}

func (w *exampleWorld) write(name, text string, mode os.FileMode) {
	if err := os.WriteFile(filepath.Join(w.dir, name), []byte(text), mode); err != nil {
		w.t.Fatal(err)
	}
}

// sh runs a line in a shell and returns its output, diagnostics and exit code.
func (w *exampleWorld) sh(line string) (out, diagnostics string, code int) {
	var o, e bytes.Buffer
	cmd := exec.Command("sh", "-c", line)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = w.dir, w.env, &o, &e
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		w.t.Fatal(err)
	}
	return o.String(), e.String(), cmd.ProcessState.ExitCode()
}

// must runs muster to prepare an example.
func (w *exampleWorld) must(customer, line string, codes ...int) string {
	if customer != "" {
		line += " --customer " + customer
	}
	out, diagnostics, code := w.sh("muster " + line)
	if code != 0 && !slices.Contains(codes, code) {
		w.t.Fatalf("muster %s: exit code %d: %s", line, code, diagnostics)
	}
	return out
}

// values are the chosen fields of a list, one row a line, tabs between them.
func (w *exampleWorld) values(customer, list, fields string) (out []string) {
	for line := range strings.Lines(w.must(customer, list+" --json --fields "+fields)) {
		var row map[string]string
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			w.t.Fatal(err)
		}
		var cells []string
		for f := range strings.SplitSeq(fields, ",") {
			cells = append(cells, row[f])
		}
		out = append(out, strings.Join(cells, "\t"))
	}
	return out
}

// list makes devices.csv anew: three devices that nobody has, their serials begin so.
func (w *exampleWorld) list(serial string) {
	w.n++
	text := "Serial,Manufacturer,Model\n"
	for i := range 3 {
		text += fmt.Sprintf("%s-%d%d,Dell Inc.,Latitude 7450\n", serial, w.n, i)
	}
	w.write("devices.csv", text, 0o600)
}

var placeholders = regexp.MustCompile(`Contoso|GUID|7QK2M93|5CG1234ABC|9f2c1a34-…|3f0e7f1a-…|k3f9-2mqa|6f0c1a52-[0-9a-f-]+|Lab\b|ines@contoso\.example`)

var anotherName = regexp.MustCompile(`--name ('[^']*'|\S+)`)

// example runs one line and wants the exit code that its comment names.
func (w *exampleWorld) example(t *testing.T, line string) {
	t.Helper()
	w.t = t
	shown := line
	line, comment, _ := strings.Cut(line, " # ")
	want := 0
	if m := regexp.MustCompile(`exit (\d+)`).FindStringSubmatch(comment); m != nil {
		want, _ = strconv.Atoi(m[1])
	}
	w.prepare(line)
	if strings.Contains(line, " create ") { // a second one of that name could not be told apart
		line = anotherName.ReplaceAllString(line, "--name another")
	}
	line = placeholders.ReplaceAllStringFunc(line, func(name string) string { return w.named(line, name) })
	if strings.Contains(comment, "until ctrl+c") {
		w.interrupted(t, line, want)
		return
	}
	out, diagnostics, code := w.sh(line)
	if code != want {
		t.Errorf("%s\nran as %s\nexit code %d, want %d\n%s%s", shown, line, code, want, diagnostics, out)
	}
}

// prepare makes the files and connections that a line speaks of.
func (w *exampleWorld) prepare(line string) {
	w.write("ids.txt", strings.Join(w.ids[:12], "\n"), 0o600)
	w.write("serials.txt", strings.Join(w.serials[:12], "\n"), 0o600)
	if strings.Contains(line, "devices remove") && strings.Contains(line, "--yes") {
		defer func() { w.ids, w.serials = w.ids[12:], w.serials[12:] }()
	}
	if err := os.RemoveAll(filepath.Join(w.dir, "muster", "config.toml")); err != nil {
		w.t.Fatal(err)
	}
	if strings.Contains(line, "contoso") && !strings.Contains(line, "add") {
		w.must("", "connections add contoso --tenant contoso.onmicrosoft.com --client-id 11111111-2222-4333-8444-555555555555")
	}
	switch {
	case strings.Contains(line, "autopilot import"):
		text, err := os.ReadFile("../../testdata/uploads/intune-five-columns.csv")
		if err != nil {
			w.t.Fatal(err)
		}
		w.write("devices.csv", string(text), 0o600)
	case strings.Contains(line, "devices.csv"):
		w.list("EX")
	}
}

// named is what a name of the examples stands for in a line.
func (w *exampleWorld) named(line, name string) string {
	switch name {
	case "Contoso":
		return w.customer
	case "GUID":
		return "11111111-2222-4333-8444-555555555555"
	case "ines@contoso.example":
		return w.values(w.customer, "autopilot list --filter 'user:@'", "user")[0]
	case "Lab":
		return "'Deployment Wave 2'"
	case "7QK2M93":
		if strings.Contains(line, "password") {
			return "0ZK6QU4"
		}
		return w.serials[12]
	case "5CG1234ABC":
		return w.serials[0]
	case "9f2c1a34-…":
		return w.values(w.customer, "devices list --filter 'batch:\"spring\"'", "id")[0]
	case "3f0e7f1a-…":
		w.list("EX")
		var o struct{ Jobs []struct{ TrackingID string } }
		w.read(w.must(w.customer, "upload devices.csv --batch spring --yes --wait --json"), &o)
		return o.Jobs[0].TrackingID
	case "k3f9-2mqa":
		return w.operation(line)
	}
	return w.values(w.customer, "profiles show 'Front desks' --devices", "autopilotId")[0]
}

func (w *exampleWorld) read(text string, to any) {
	if err := json.Unmarshal([]byte(text), to); err != nil {
		w.t.Fatalf("%v: %s", err, text)
	}
}

// operation begins an operation that a line can be about.
func (w *exampleWorld) operation(line string) string {
	var o struct{ ID string }
	switch {
	case strings.Contains(line, "undo"):
		w.read(w.must(w.customer, "policies create --json --setting none --yes --wait --name Former-"+strconv.Itoa(w.n)), &o)
		w.must(w.customer, "policies assign Former-"+strconv.Itoa(w.n)+" --devices @ids.txt --yes --wait")
		w.read(w.must(w.customer, "policies assign Kiosk --devices @ids.txt --yes --wait --json"), &o)
		w.n++
	case strings.Contains(line, "resume"), strings.Contains(line, "cancel"):
		w.list("EX")
		w.fault(`{"match":"^POST .*/deviceBatches","kind":"slow","delayMs":300,"times":1}`)
		w.must(w.customer, "upload devices.csv --batch EX-"+strconv.Itoa(w.n)+" --chunk 1 --yes --wait --timeout 1ms --read-back 1ms --json", 5, 3)
		w.fault("")
		w.read(firstLine(w.must("", "operations list --json --fields id --filter 'unsent:>0'")), &o)
	case strings.Contains(line, "--list"):
		w.write("devices.csv", "Windows Product ID\nSIM-640-"+strconv.Itoa(w.n)+"\n", 0o600)
		w.read(w.must(w.customer, "upload devices.csv --batch spring --yes --wait --json", 3), &o)
		w.n++
	case strings.Contains(line, "--known"):
		w.list("SIM-806")
		w.read(w.must(w.customer, "upload devices.csv --batch spring --yes --wait --json", 3), &o)
	case strings.Contains(line, "retry"):
		w.list("EX")
		w.fault(`{"match":"^POST .*/deviceBatches","status":403,"times":1}`)
		w.read(w.must(w.customer, "upload devices.csv --batch spring --yes --wait --json", 3), &o)
		w.fault("")
	default:
		w.list("SIM-808")
		w.read(w.must(w.customer, "upload devices.csv --batch spring --yes --wait --json", 3), &o)
	}
	return o.ID
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

// interrupted runs a line until it says something, and then interrupts it.
func (w *exampleWorld) interrupted(t *testing.T, line string, want int) {
	t.Helper()
	cmd := exec.Command("sh", "-c", "exec "+line)
	cmd.Dir, cmd.Env = w.dir, w.env
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Error(err)
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // its exit code is looked at below
	if code := cmd.ProcessState.ExitCode(); code != want {
		t.Errorf("%s: exit code %d, want %d", line, code, want)
	}
}

// fault asks the simulator for a fault; "" ends all.
func (w *exampleWorld) fault(body string) {
	method := http.MethodPost
	if body == "" {
		method = http.MethodDelete
	}
	var at string
	for _, v := range w.env {
		if after, ok := strings.CutPrefix(v, "CONTROL="); ok {
			at = after
		}
	}
	req, err := http.NewRequest(method, at+"/faults", strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	if err := res.Body.Close(); err != nil || res.StatusCode >= 300 {
		w.t.Fatalf("fault: %s %v", res.Status, err)
	}
}
