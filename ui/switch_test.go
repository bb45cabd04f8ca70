package ui_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"muster/client/config"
	"muster/client/simulator"
	"muster/model"
	"muster/ui"
	"muster/ui/kit"
	"muster/ui/uitest"
)

// strangers looks at every frame for devices of somebody else than whom its first line
// names.
type strangers struct {
	mu      sync.Mutex
	serials map[string]string // whose a serial is, by "connection › customer"
	seen    map[string]int    // frames with devices of their own, by place
	found   string            // the first frame with somebody else's
}

func (s *strangers) look(v tea.View) {
	frame := ansi.Strip(v.Content)
	place, _, _ := strings.Cut(frame, "\n")
	s.mu.Lock()
	defer s.mu.Unlock()
	for word := range strings.FieldsFuncSeq(frame, func(r rune) bool { return r == ' ' || r == '\n' || r == '·' || r == '"' }) {
		whose, known := s.serials[word]
		switch {
		case !known:
		case strings.HasPrefix(strings.TrimSpace(place), whose+" ›"):
			s.seen[whose]++
		case s.found == "":
			s.found = fmt.Sprintf("%s of %s stands on\n%s", word, whose, frame)
		}
	}
}

// learn reads whose the devices of a customer are.
func (s *strangers) learn(t *testing.T, o ui.Options, c model.Customer) string {
	t.Helper()
	whose := o.Place.Connection + " › " + c.Name
	for page, err := range o.Backend.Reader.Devices(t.Context(), c.ID) {
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range page.Devices {
			s.serials[d.Serial] = whose
		}
	}
	return whose
}

func (s *strangers) check(t *testing.T, places ...string) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.found != "" {
		t.Error(s.found)
	}
	for _, p := range places {
		if s.seen[p] == 0 {
			t.Errorf("no frame ever showed a device of %s: the test looks at nothing", p)
		}
	}
}

func customersOf(t *testing.T, o ui.Options) []model.Customer {
	t.Helper()
	var all []model.Customer
	for page, err := range o.Backend.Reader.Customers(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, page...)
	}
	return all
}

// watchedStart runs the dashboard at 80 by 24 with every frame looked at.
func watchedStart(t *testing.T, o ui.Options, look func(tea.View)) *uitest.Session {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	s := uitest.Start(t, uitest.Watch(ui.New(ctx, o), look), 80, 24)
	t.Cleanup(cancel)
	return s
}

// Whatever is typed while the service is slow to answer for the next customer, no frame
// shows a device of the former one.
func TestASwitchShowsNothingOfTheFormerCustomer(t *testing.T) {
	w := newWorld(t, simulator.Options{Devices: 60, Customers: 3})
	o := w.options(t)
	all := customersOf(t, o)
	watch := &strangers{serials: map[string]string{}, seen: map[string]int{}}
	first, second := watch.learn(t, o, all[0]), watch.learn(t, o, all[1])
	watch.learn(t, o, all[2])
	s := watchedStart(t, o, watch.look)
	s.WaitFor(all[0].Name, "devices", "as of")
	s.Type(" jj ")
	s.Type("y") // a serial stands in the toast
	s.WaitFor("sent to the terminal")
	w.fault(t, `{"match": "/devices|windowsAutopilot", "kind": "slow", "delayMs": 150}`)
	s.Type("C" + strings.ToLower(all[1].Name[:6]))
	s.WaitFor("▌ " + all[1].Name)
	s.Type("\njkj/a")
	s.Press(uitest.Esc)
	s.Type("G y1o2 ")
	s.WaitFor(all[1].Name+" › devices", "as of")
	s.Type("jjy") // stands in the news at home as well
	s.WaitFor("sent to the terminal")
	s.Type("1")
	s.WaitFor(all[1].Name+" › home", "sent to the terminal")
	s.Type("C")
	s.WaitFor("▌ " + all[0].Name) // the one before comes first
	s.Press(uitest.Enter)
	s.Type("1")
	s.WaitFor(all[0].Name + " › home")
	s.Type("jj4o12p")
	s.Press(uitest.Esc)
	s.Type("C\n")
	s.WaitFor(all[1].Name)
	s.Type("2")
	s.WaitFor(all[1].Name+" › devices", "as of")
	watch.check(t, first, second)
}

// fileOf is the file of connections as main.go gives it to the screens.
type fileOf struct{ path string }

func (f fileOf) Read() (kit.Configured, error) {
	c, err := config.Load(f.path)
	if err != nil {
		return kit.Configured{}, err
	}
	out := kit.Configured{Path: c.Path, Use: c.Settings.Use, Connections: c.Connections}
	for _, p := range c.Problems {
		out.Problems = append(out.Problems, kit.ConfigProblem{Line: p.Line, Key: p.Key, Text: p.String()})
	}
	return out, nil
}

func (f fileOf) changed(change func(*config.File) error) error {
	c, err := config.Load(f.path)
	if err != nil {
		return err
	}
	return change(c)
}

func (f fileOf) Add(n model.Connection) error {
	return f.changed(func(c *config.File) error { return c.Add(n) })
}
func (f fileOf) Remove(name string) error {
	return f.changed(func(c *config.File) error { return c.Remove(name) })
}
func (f fileOf) Use(name string) error {
	return f.changed(func(c *config.File) error { return c.Use(name) })
}

const someConnections = `# ours; ask Mara before you change it
locale = "de" # kept

[connections.north] # the real one
tenant = "north.example.com"
client_id = "11111111-2222-4333-8444-555555555555"
`

func fileWith(t *testing.T, text string) fileOf {
	t.Helper()
	f := fileOf{filepath.Join(t.TempDir(), "config.toml")}
	if err := os.WriteFile(f.path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return f
}

// Another connection is taken in place: the former one ends, and no frame after shows
// anything of it, whatever was typed meanwhile.
func TestAnotherConnectionInPlace(t *testing.T) {
	south := newWorld(t, simulator.Options{Devices: 40, Customers: 2})
	north := newWorld(t, simulator.Options{Devices: 50, Customers: 1, Seed: 99})
	o, there := south.options(t), north.options(t)
	there.Place = kit.Place{Connection: "north", ReadOnly: true, Word: "LIVE", Colour: "red"}
	watch := &strangers{serials: map[string]string{}, seen: map[string]int{}}
	at := customersOf(t, o)[0]
	from := watch.learn(t, o, at)
	to := watch.learn(t, there, customersOf(t, there)[0])
	o.Configuration = fileWith(t, someConnections)
	ended := make(chan struct{})
	o.Close = func() error { close(ended); return nil }
	asked := make(chan struct{})
	o.Dial = func(_ context.Context, name string) (kit.Link, error) {
		<-asked
		if name != "north" {
			return kit.Link{}, &model.Error{Kind: model.NoBackend, Op: "connect", Msg: "there is no such connection"}
		}
		return kit.Link{Backend: there.Backend, Place: there.Place}, nil
	}
	s := watchedStart(t, o, watch.look)
	s.WaitFor(at.Name+" › devices", "as of")
	s.Type("y9")
	s.WaitFor("connections", "simulator", "here, usual", "north.example.com")
	s.Press(uitest.Down)
	s.WaitFor("▌ north")
	s.Golden("connections-80x24")
	s.Press(uitest.Enter)
	s.Type("12p y") // meant for the other one, which is not there yet
	close(asked)
	s.WaitFor("north › ", "LIVE", "READ-ONLY", "devices", "as of")
	s.WaitGone("SIMULATED")
	<-ended
	s.Type("jj1")
	s.WaitFor("home", "By policy")
	watch.check(t, from, to)
}

// A connection that cannot be made leaves the present one as it is.
func TestAConnectionThatCannotBeMade(t *testing.T) {
	o := simulated(t, 30)
	o.Configuration = fileWith(t, someConnections)
	o.Dial = func(context.Context, string) (kit.Link, error) {
		return kit.Link{}, &model.Error{Kind: model.Invalid, Op: "connect", Msg: "the file of ca_file holds no certificate"}
	}
	s := start(t, o)
	s.WaitFor("devices", "as of")
	s.Type("9")
	s.WaitFor("north.example.com")
	s.Press(uitest.Down, uitest.Enter)
	s.WaitFor("the file of ca_file holds no certificate")
	s.Press(uitest.Esc)
	s.WaitFor("Saltmarsh Freight › devices")
}

// A connection is added by a form that the model judges; what stands in the file stays.
func TestAddingAConnection(t *testing.T) {
	o := simulated(t, 30)
	file := fileWith(t, someConnections)
	o.Configuration, o.Dial = file, func(context.Context, string) (kit.Link, error) { return kit.Link{}, nil }
	s := start(t, o)
	s.WaitFor("devices", "as of")
	s.Type("9")
	s.WaitFor("north.example.com")
	s.Type("n")
	s.WaitFor("┃ Name")
	s.Type("con toso\n")
	s.WaitFor("the name of a connection has letters, digits, - and _ only")
	s.Golden("form-connection-80x24")
	s.Press(uitest.Backspace, uitest.Backspace, uitest.Backspace, uitest.Backspace, uitest.Backspace)
	s.Type("toso\n\n")
	s.WaitFor("┃ Tenant")
	s.Type("contoso\n")
	s.WaitFor("the tenant is neither a GUID nor a domain")
	s.Type(".onmicrosoft.com\n")
	s.WaitFor("┃ Sign-in by")
	s.Press(uitest.Right, uitest.Right, uitest.Enter)
	s.WaitFor("┃ Application (client) id")
	s.Type("22222222-2222-4333-8444-555555555555\n\n\n")
	s.WaitFor("┃ Word for the header")
	s.Type("LIVE\n")
	s.Press(uitest.Right, uitest.Enter)
	s.WaitFor("┃ File with certificate and key")
	s.Press(uitest.Enter)
	s.WaitFor("sign-in by certificate needs certificate")
	s.Type("/keys/contoso.pem\n")
	s.WaitFor("┃ Add the connection contoso?", "refused: read-only until the file says read_only = false")
	s.Golden("form-connection-confirm-80x24")
	s.Type("y")
	s.WaitFor("added contoso", "▌ contoso")
	got, err := os.ReadFile(file.path)
	if err != nil {
		t.Fatal(err)
	}
	want := someConnections + `
[connections.contoso]
cloud = "global"
kind = "partner"
tenant = "contoso.onmicrosoft.com"
client_id = "22222222-2222-4333-8444-555555555555"
sign_in = "certificate"
read_only = true
colour = "red"
word = "LIVE"
certificate = "/keys/contoso.pem"
`
	if string(got) != want {
		t.Errorf("the file is\n%s\nwant\n%s", got, want)
	}
	s.Type("m")
	s.WaitFor("from now on muster alone means contoso", "usual")
	s.Type("x")
	s.WaitFor("┃ Remove the connection contoso?")
	s.Type("y")
	s.WaitFor("removed contoso", "2 connections")
	if got, err := os.ReadFile(file.path); err != nil || strings.TrimRight(string(got), "\n")+"\n" != someConnections {
		t.Errorf("after all the file is\n%s, %v", got, err)
	}
}
