package config_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"muster/client/config"
	"muster/model"
)

const app = "0d8a4b3e-7f52-4a7e-b0c9-6a4f1c2d9e80"

func load(t interface {
	Helper()
	Fatal(args ...any)
}, path string) *config.File {
	t.Helper()
	f, err := config.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func written(t *testing.T, text string) *config.File {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return load(t, path)
}

const good = `# my tenants
use = "contoso"
locale = "de-DE"

# the partner side
[connections.contoso]
tenant = "contoso.onmicrosoft.com" # ours
client_id = "` + app + `"

[connections.hospital]
cloud = "usgov"
kind = "tenant"
tenant = "` + app + `"
client_id = "` + app + `"
sign_in = "certificate"
certificate = "/etc/muster/app.pem"
read_only = false
word = "LIVE"
colour = "red"
`

func TestWhatTheFileSays(t *testing.T) {
	f := written(t, good)
	if len(f.Problems) > 0 {
		t.Fatal(f.Problems)
	}
	want := []model.Connection{
		{Name: "contoso", Cloud: "global", Tenant: "contoso.onmicrosoft.com", ClientID: app, SignIn: model.SignInDevice, ReadOnly: true, Port: model.DefaultPort, Discovery: true},
		{Name: "hospital", Cloud: "usgov", Single: true, Tenant: app, ClientID: app, SignIn: model.SignInCertificate, Certificate: "/etc/muster/app.pem",
			Word: "LIVE", Colour: "red", Port: model.DefaultPort, Discovery: true},
	}
	if d := cmp.Diff(want, f.Connections); d != "" {
		t.Error(d)
	}
	if f.Settings != (config.Settings{Use: "contoso", Locale: "de-DE"}) {
		t.Errorf("settings %+v", f.Settings)
	}
	none := load(t, filepath.Join(t.TempDir(), "none.toml"))
	if len(none.Connections)+len(none.Problems) > 0 {
		t.Errorf("no file: %+v", none)
	}
}

func TestProblemsAreToldByLineAndKey(t *testing.T) {
	for text, want := range map[string]string{
		"use = \"x\"\n": `line 1: use: there is no connection "x" that can be used`,
		"\nclipbord = \"tmux\"\nclipboard = \"none\"\nstate_dir = \"here\"\n": `line 2: clipbord: there is no such key (did you mean clipboard?)
line 3: clipboard: there is no clipboard "none" (osc52, or tmux)
line 4: state_dir: the folder is not an absolute path`,
		"\nchunk = 0\n": "line 2: chunk: 0 devices a job; choose 1 to 5000",
		"[connections.a]\ntenant = \"a.example\"\nclient_id = 5\n": "line 3: cannot decode",
		"[connections.a\n": "line 1: ",
		"[connections.\"two words\"]\ntenant = \"x\"": "line 1: connections.two words: the name of a connection has letters",
		"[connections.a]\n\ntenant = \"a.example\"\nclient_id = \"" + app + "\"\nread-only = true\nkind = \"both\"\nport = 5\nsign_in = \"browser\"\n": `line 5: connections.a.read-only: there is no such key (did you mean read_only?)
line 6: connections.a.kind: there is no kind "both" (partner, or tenant for a single one)
line 7: connections.a.port: the port is not between 1024 and 65535 (usually 8400)`,
		"[connections.a]\ncloud = \"moon\"\n": `line 1: connections.a.client_id: the client id is not a GUID (the application (client) id of the app registration)
line 1: connections.a.tenant: the tenant is neither a GUID nor a domain (the partner's own tenant, such as contoso.onmicrosoft.com)
line 2: connections.a.cloud: there is no cloud "moon" (one of global, usgov, usgov-dod, china, custom)`,
	} {
		f := written(t, text)
		var got []string
		for _, p := range f.Problems {
			got = append(got, p.String())
		}
		have := strings.Join(got, "\n")
		if short := strings.HasSuffix(want, " ") || !strings.Contains(want, "\n"); short && strings.HasPrefix(have, want) {
			continue
		}
		if have != want {
			t.Errorf("%s\ngot:\n%s\nwant:\n%s", text, have, want)
		}
	}
	f := written(t, "bell = true\nbel = true\n[connections.a]\ntenant = \"a.example\"\nclient_id = \""+app+"\"\n")
	if !f.Settings.Bell || len(f.Connections) != 1 || len(f.Problems) != 1 {
		t.Errorf("what is good beside a problem is not used: %+v", f)
	}
	if f = written(t, "chunk = 250\n"); f.Settings.Chunk != 250 || len(f.Problems) != 0 {
		t.Errorf("the size of a job: %+v", f)
	}
	f = written(t, good)
	if err := os.Chmod(f.Path, 0o620); err != nil {
		t.Fatal(err)
	}
	if f = load(t, f.Path); len(f.Problems) != 1 || !strings.Contains(f.Problems[0].Msg, "others can write") {
		t.Errorf("a file that others can write: %v", f.Problems)
	}
}

func TestAChangeLeavesTheRestAsItWasWritten(t *testing.T) {
	f := written(t, good)
	c := model.Connection{Name: "new", Cloud: "global", Tenant: "new.example", ClientID: app, SignIn: model.SignInDevice, ReadOnly: true, Port: model.DefaultPort, Discovery: true}
	steps := []struct {
		do   func() error
		want func(string) string
	}{
		{func() error { return f.Add(c) }, func(s string) string {
			return s + "\n[connections.new]\ncloud = \"global\"\nkind = \"partner\"\ntenant = \"new.example\"\nclient_id = \"" + app + "\"\nsign_in = \"device-code\"\nread_only = true\n"
		}},
		{func() error { return f.Use("new") }, func(s string) string { return strings.Replace(s, `use = "contoso"`, `use = "new"`, 1) }},
		{func() error { return f.Sign("contoso", "a@b.example", "1.2") }, func(s string) string {
			return strings.Replace(s, "[connections.contoso]\n", "[connections.contoso]\naccount = \"a@b.example\"\naccount_id = \"1.2\"\n", 1)
		}},
		{func() error { return f.Sign("contoso", "c@b.example", "1.3") }, func(s string) string {
			return strings.Replace(s, "account = \"a@b.example\"\naccount_id = \"1.2\"\n", "account = \"c@b.example\"\naccount_id = \"1.3\"\n", 1)
		}},
		{func() error { return f.Remove("new") }, func(s string) string {
			s, _, _ = strings.Cut(s, "[connections.new]")
			return strings.Replace(s, "use = \"new\"\n", "", 1)
		}},
		{func() error { return f.Use("hospital") }, func(s string) string { return "use = \"hospital\"\n" + s }},
		{func() error { return f.Use("") }, func(s string) string { return strings.TrimPrefix(s, "use = \"hospital\"\n") }},
	}
	want := good
	for i, step := range steps {
		if err := step.do(); err != nil {
			t.Fatalf("step %d: %v", i, err)
		}
		want = step.want(want)
		raw, err := os.ReadFile(f.Path)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, string(raw)); d != "" {
			t.Fatalf("step %d:\n%s", i, d)
		}
	}
	fi, err := os.Stat(f.Path)
	if err != nil || fi.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", fi.Mode(), err)
	}
}

func TestChangesThatAreRefused(t *testing.T) {
	f := written(t, good+"\n[connections]\ndotted.tenant = \"d.example\"\ndotted.client_id = \""+app+"\"\n")
	for name, do := range map[string]func() error{
		"taken":   func() error { c, _ := f.Find("contoso"); return f.Add(c) },
		"unfit":   func() error { return f.Add(model.Connection{Name: "x"}) },
		"unknown": func() error { return f.Remove("nobody") },
		"dotted":  func() error { return f.Remove("dotted") },
		"use":     func() error { return f.Use("nobody") },
		"sign":    func() error { return f.Sign("nobody", "a", "b") },
	} {
		if err := do(); model.KindOf(err) != model.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestAnAddedConnectionReadsAsItWas also holds for words that TOML must quote.
func TestAnAddedConnectionReadsAsItWas(t *testing.T) {
	dir := t.TempDir()
	n := 0
	rapid.Check(t, func(t *rapid.T) {
		n++
		path := filepath.Join(dir, fmt.Sprint(n), "muster", "config.toml")
		c := model.Connection{
			Name: "n", Cloud: rapid.SampledFrom([]string{"global", "china"}).Draw(t, "cloud"), Single: rapid.Bool().Draw(t, "single"),
			Tenant: app, ClientID: app, SignIn: rapid.SampledFrom(model.SignIns()).Draw(t, "sign-in"), ReadOnly: rapid.Bool().Draw(t, "read-only"),
			Account: rapid.String().Draw(t, "account"), CAFile: rapid.StringN(0, 30, -1).Draw(t, "ca"), Port: 9000, Discovery: true,
		}
		if c.SignIn != model.SignInBrowser {
			c.Port = model.DefaultPort
		}
		switch c.SignIn {
		case model.SignInCertificate:
			c.Certificate = "/x"
		case model.SignInWorkload:
			c.TokenFile = "/x"
		case model.SignInSecret:
			c.SecretEnv = "X"
		}
		f := load(t, path)
		if err := f.Add(c); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff([]model.Connection{c}, load(t, path).Connections); d != "" {
			t.Fatal(d)
		}
	})
}

func FuzzLoad(f *testing.F) {
	f.Add(good)
	f.Add("[connections.\"a.b\"]\nx.y = [1,\n2]\n[[connections.q]]\n")
	f.Fuzz(func(t *testing.T, text string) {
		file := written(t, text)
		for _, p := range file.Problems {
			if s := p.String(); model.Clean(s) != s || p.Line > strings.Count(text, "\n")+1 {
				t.Errorf("%q at line %d", s, p.Line)
			}
		}
		_ = file.Use("contoso")
		_ = file.Remove("contoso")
	})
}
