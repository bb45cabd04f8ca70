package screen

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"muster/model"
	"muster/ui/kit"
	"muster/ui/theme"
	"muster/ui/uitest"
)

// hostileFile is a file of connections that somebody else wrote.
type hostileFile struct{}

func (hostileFile) Read() (kit.Configured, error) {
	var out kit.Configured
	for i, text := range hostile {
		out.Connections = append(out.Connections, model.Connection{Name: fmt.Sprint("c", i), Tenant: text, Cloud: text, Account: text, SignIn: model.SignInDevice, Word: text})
		out.Problems = append(out.Problems, kit.ConfigProblem{Line: i, Text: text})
	}
	return out, nil
}
func (hostileFile) Add(model.Connection) error { return nil }
func (hostileFile) Remove(string) error        { return nil }
func (hostileFile) Use(string) error           { return nil }

// every makes one of each screen.
func every(env *kit.Env) map[string]kit.Screen {
	all := map[string]kit.Screen{
		"home":      NewHome(env, []kit.Action{{Name: "devices", Key: env.Keys.Devices}}),
		"customers": NewCustomers(env), "devices": NewDevices(env), "batches": NewBatches(env), "policies": NewPolicies(env),
		"palette": NewPalette(env, NewDevices(env).Card().Actions), "found": NewFoundDevices(env, hostile[0]), "bios": NewBIOSConfigurations(env), "operations": NewOperations(env),
		"requests": NewRequests(env), "help": NewHelp(env, "devices", NewDevices(env).Card().Actions),
	}
	env.Configuration = hostileFile{}
	env.Seat = model.Seat{Recent: []model.Visited{{Customer: "c", Name: hostile[0], At: env.Now()}}}
	all["connections"], all["switch"], all["tenant needs"] = NewConnections(env), NewSwitch(env), NewTenantNeeds(env)
	ended := &person{ends: make(chan error)}
	close(ended.ends)
	env.Backend.Identity = ended
	all["sign in"] = NewSignIn(env, &model.Error{Kind: model.SignedOut, Msg: hostile[0]})
	log := env.Backend.Requests.Requests()
	for _, r := range log {
		all[fmt.Sprint("request ", r.Number)] = newRequestDetail(env, r, log)
	}
	reader := env.Backend.Reader
	policies, _ := reader.Policies(env.Visit, "")
	for _, p := range policies {
		all["policy "+string(p.ID)] = NewPolicy(env, p, env.Now())
	}
	all["profiles"] = NewProfiles(env)
	for page := range env.Backend.Autopilot.AutopilotDevices(env.Visit, "") {
		for _, d := range page {
			all["autopilot "+string(d.ID)] = NewAutopilot(env, model.Device{ID: "x", Batch: model.BatchID(d.GroupTag)}, d.GroupTag, d, source{})
		}
	}
	for page := range env.Backend.Profiles.Profiles(env.Visit, "") {
		for _, p := range page {
			all["profile "+string(p.ID)] = NewProfile(env, p)
			all["devices of "+string(p.ID)] = NewProfileDevices(env, p)
		}
	}
	batches, _ := reader.Batches(env.Visit, "")
	for _, b := range batches {
		all["batch "+string(b.ID)] = NewBatch(env, b, env.Now())
		all["raw "+string(b.ID)] = NewRaw(env, "", batchRefOf(b), string(b.ID))
	}
	for page := range reader.Devices(env.Visit, "") {
		for _, d := range page.Devices[:min(len(page.Devices), 20)] {
			all["device "+string(d.ID)] = NewDevice(env, d, model.Clean(d.UploadedBy), model.Clean(d.Policy.Value), env.Now())
		}
	}
	for page := range reader.BIOSConfigurations(env.Visit, "") {
		for _, b := range page {
			all["bios "+string(b.ID)] = NewBIOSConfiguration(env, b)
			for _, l := range contentOf(b) {
				all["line "+string(b.ID)] = newLineDetail(env, l)
			}
			all["run "+string(b.ID)] = newRunDetail(env, model.DeviceRun{Device: b.Name, Problem: b.Name, Output: string(b.Content), State: model.RunState(b.Name)}, b)
		}
	}
	rows, _ := env.Backend.Journal.Rows(env.Visit, "")
	if env.Jobs != nil {
		for i, o := range env.Jobs.Operations {
			all["operation "+string(o.ID)] = NewOperation(env, o)
			all["row "+string(o.ID)] = newRowDetail(env, rows[i], o)
			all["job "+string(o.ID)] = newJobDetail(env, o.Jobs[0], o)
		}
	}
	return all
}

// Whatever the service sends and whatever the size, a view is exactly its rectangle.
func TestEveryScreenFillsItsRectangle(t *testing.T) {
	for _, ascii := range []bool{false, true} {
		env := newEnv(t, nasty())
		env.Backend.BIOS = nastyBIOS()
		intune := nastyAutopilot()
		env.Backend.Autopilot, env.Backend.Profiles = intune, intune
		env.Theme = theme.New(true, ascii)
		env.Fleet = kit.Fleet{Devices: 3, Groups: map[string]int{"": 1, hostile[0]: 2}, Began: env.Now()}
		env.News = []kit.News{{At: env.Now(), Toast: kit.Toast{Text: model.Clean(hostile[0])}}}
		env.Place = kit.Place{Simulated: true, Forgotten: true}
		random := rand.New(rand.NewPCG(1, 2))
		for name, s := range every(env) {
			for i := range 20 {
				w, h := random.IntN(140), random.IntN(50)
				switch i {
				case 0:
					w, h = 0, 0
				case 1:
					w, h = 1, 1
				case 2:
					w, h = 0, 5
				case 3:
					w, h = 300, 100
				}
				s.Resize(w, h)
				uitest.CheckSize(t, name+" before it was read", s.View(), w, h)
				if i == 4 {
					uitest.Run(s, s.Init())
				}
				if i > 4 {
					typed(s, string("jGgkjj /?s\t!"[random.IntN(12)]))
				}
				uitest.CheckSize(t, name, s.View(), w, h)
				if t.Failed() {
					return
				}
			}
		}
	}
}
