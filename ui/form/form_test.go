package form

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"muster/model"
	"muster/ui/kit"
)

// world is a backend in memory. It notes what was asked of it.
type world struct {
	customers []model.Customer
	devices   []model.Device
	policies  []model.ConfigurationPolicy
	batches   []model.DeviceBatch
	bios      model.BIOSConfiguration
	files     map[string][]byte
	err       error // what every read answers
	refuse    error // what every write answers

	assigned []model.Assignment
	uploaded []model.Upload
	created  []model.BIOSConfiguration
	patched  []model.BIOSPatch
}

func (w *world) Customers(context.Context) iter.Seq2[[]model.Customer, error] {
	return func(yield func([]model.Customer, error) bool) { yield(w.customers, nil) }
}

func (w *world) Batches(context.Context, model.CustomerID) ([]model.DeviceBatch, error) {
	return w.batches, w.err
}

func (w *world) Devices(context.Context, model.CustomerID) iter.Seq2[model.DevicePage, error] {
	return func(yield func(model.DevicePage, error) bool) {
		yield(model.DevicePage{Devices: w.devices, Batch: "spring", Page: 1, Batches: 1, Of: 1, Total: len(w.devices)}, nil)
	}
}

func (w *world) BatchDevices(_ context.Context, _ model.CustomerID, b model.BatchID) iter.Seq2[[]model.Device, error] {
	return func(yield func([]model.Device, error) bool) {
		for _, d := range w.devices {
			if d.Batch == b && !yield([]model.Device{d}, nil) {
				return
			}
		}
	}
}

func (w *world) Device(context.Context, model.CustomerID, model.BatchID, model.DeviceID) (model.Device, error) {
	return w.devices[0], nil
}

func (w *world) Policies(context.Context, model.CustomerID) ([]model.ConfigurationPolicy, error) {
	return w.policies, w.err
}

func (w *world) BIOSConfigurations(context.Context, model.CustomerID) iter.Seq2[[]model.BIOSConfiguration, error] {
	return func(yield func([]model.BIOSConfiguration, error) bool) { yield([]model.BIOSConfiguration{w.bios}, nil) }
}

func (w *world) Assign(_ context.Context, a model.Assignment) (model.OperationID, error) {
	if w.refuse == nil {
		w.assigned = append(w.assigned, a)
	}
	return "op", w.refuse
}

func (w *world) Upload(_ context.Context, u model.Upload) (model.OperationID, error) {
	for _, err := range u.Rows {
		if err != nil {
			return "", err
		}
	}
	if w.refuse == nil {
		w.uploaded = append(w.uploaded, u)
	}
	return "op", w.refuse
}

func (w *world) CreateBIOS(_ context.Context, _ model.Customer, b model.BIOSConfiguration) (model.OperationID, error) {
	if w.refuse == nil {
		w.created = append(w.created, b)
	}
	return "op", w.refuse
}

func (w *world) EditBIOS(_ context.Context, _ model.Customer, _ model.BIOSConfiguration, p model.BIOSPatch) (model.OperationID, error) {
	if w.refuse == nil {
		w.patched = append(w.patched, p)
	}
	return "op", w.refuse
}

func (w *world) ReadBIOS(context.Context, model.CustomerID, model.BIOSID) (model.BIOSConfiguration, error) {
	return w.bios, w.err
}

func (w *world) Open(_ context.Context, path string, limit int64) (io.ReadCloser, int64, error) {
	data, ok := w.files[path]
	switch {
	case !ok:
		return nil, 0, &model.Error{Kind: model.NotFound, Op: "open file", Msg: "there is no such file"}
	case int64(len(data)) > limit:
		return nil, 0, &model.Error{Kind: model.Invalid, Op: "open file", Msg: fmt.Sprintf("the file is larger than %d bytes", limit)}
	}
	return io.NopCloser(bytes.NewReader(data)), int64(len(data)), nil
}

func (w *world) Complete(_ context.Context, prefix string, limit int) ([]string, error) {
	var out []string
	for path := range w.files {
		if strings.HasPrefix(path, prefix) && len(out) < limit {
			out = append(out, path)
		}
	}
	return out, nil
}

func (w *world) env() *kit.Env {
	env := kit.NewEnv(context.Background(), kit.Backend{Reader: w, Batch: w, Writer: w, Files: w})
	env.Customer = model.Customer{ID: "11111111-1111-4111-8111-111111111111", Name: "Contoso"}
	env.Forms = All()
	return env
}

// stageplay drives a screen without a program: commands run at once, and what they
// answer comes back before the next key.
type stageplay struct {
	t      *testing.T
	screen kit.Screen
	gone   bool
	toasts []string
	pushed []kit.Screen
	ahead  []string // keys that are typed before the commands of the first one answer
}

func play(t *testing.T, s kit.Screen) *stageplay {
	t.Helper()
	p := &stageplay{t: t, screen: s}
	s.Resize(80, 21)
	p.happen(s.Init())
	return p
}

func (p *stageplay) happen(e kit.Effect) {
	if e.Pop {
		p.gone = true
	}
	if e.Push != nil {
		p.pushed = append(p.pushed, e.Push)
	}
	if e.Toast.Text != "" {
		p.toasts = append(p.toasts, e.Toast.Text)
	}
	p.run(e.Cmd)
}

func (p *stageplay) run(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	switch msg := cmd().(type) {
	case nil:
	case tea.BatchMsg:
		for _, c := range msg {
			p.run(c)
		}
	default:
		if !p.gone {
			p.happen(p.screen.Update(msg))
		}
	}
}

// press presses keys by name: "enter", "tab", "y".
func (p *stageplay) press(names ...string) {
	p.t.Helper()
	for _, name := range names {
		if p.gone {
			p.t.Fatalf("%s pressed after the form had closed", name)
		}
		p.happen(p.screen.Update(press(name)))
	}
}

func press(name string) tea.KeyPressMsg {
	codes := map[string]rune{"enter": tea.KeyEnter, "tab": tea.KeyTab, "esc": tea.KeyEscape, "up": tea.KeyUp, "down": tea.KeyDown,
		"pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown, "left": tea.KeyLeft, "right": tea.KeyRight, "backspace": tea.KeyBackspace,
		"home": tea.KeyHome, "end": tea.KeyEnd}
	if c, ok := codes[name]; ok {
		return tea.KeyPressMsg{Code: c}
	}
	switch {
	case name == "shift+tab":
		return tea.KeyPressMsg{Code: tea.KeyTab, Mod: tea.ModShift}
	case name == "space":
		return tea.KeyPressMsg{Code: tea.KeySpace, Text: " "}
	case strings.HasPrefix(name, "ctrl+"):
		return tea.KeyPressMsg{Code: rune(name[5]), Mod: tea.ModCtrl}
	}
	return tea.KeyPressMsg{Code: []rune(name)[0], Text: name}
}

// enter types a text letter by letter.
func (p *stageplay) enter(text string) {
	p.t.Helper()
	for _, r := range text {
		p.happen(p.screen.Update(tea.KeyPressMsg{Code: r, Text: string(r)}))
	}
}

func (p *stageplay) paste(text string) { p.happen(p.screen.Update(tea.PasteMsg{Content: text})) }

// sees returns what is on the screen, without styles.
func (p *stageplay) sees() string { return ansi.Strip(p.screen.View()) }

func (p *stageplay) want(parts ...string) {
	p.t.Helper()
	got := p.sees()
	flat := strings.Join(strings.Fields(got), " ")
	for _, part := range parts {
		if !strings.Contains(got, part) && !strings.Contains(flat, part) {
			p.t.Errorf("the screen does not say %q:\n%s", part, got)
		}
	}
}

func (p *stageplay) wantNot(parts ...string) {
	p.t.Helper()
	for _, part := range parts {
		if got := p.sees(); strings.Contains(got, part) {
			p.t.Errorf("the screen says %q:\n%s", part, got)
		}
	}
}

var errDisk = &model.Error{Kind: model.Unexpected, Op: "write ledger", Msg: "the disk is full", Hint: "make room and try again"}

var errRead = errors.New("connection reset")

const (
	kiosk  = model.PolicyID("22222222-2222-4222-8222-222222222222")
	office = model.PolicyID("33333333-3333-4333-8333-333333333333")
)

func somePolicies() []model.ConfigurationPolicy {
	return []model.ConfigurationPolicy{
		{ID: office, Name: "office", Assigned: 120, Settings: []model.Setting{model.SettingSkipExpress}},
		{ID: kiosk, Name: "kiosk", Assigned: model.CountUnknown, Description: "for the counters",
			Settings: []model.Setting{model.SettingUserNotLocalAdmin, model.SettingRemoveOEM}},
	}
}

func someDevices(n int) []model.Device {
	out := make([]model.Device, n)
	for i := range out {
		out[i] = model.Device{ID: model.DeviceID(fmt.Sprintf("id-%d", i)), Batch: "spring", Serial: fmt.Sprintf("SER%04d", i),
			Maker: "Dell Inc.", Model: "Latitude 7450", Uploaded: time.Date(2026, 8, 1, 0, 0, 0, 0, time.UTC)}
		switch {
		case i%3 == 1:
			out[i].Policy = model.PolicyRef{Value: string(office)}
		case i%10 == 0:
			out[i].Policy = model.PolicyRef{Value: string(kiosk)}
		}
	}
	return out
}
