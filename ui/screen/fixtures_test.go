package screen

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"muster/model"
	"muster/ui/kit"
	"muster/ui/uitest"
)

// hostile are texts as no honest service sends them.
var hostile = []string{
	"\x1b[31mred\x1b[7m", "\x1b]52;c;aGk=\a", "\x1b]0;title", "a\rb\nc\td", "\u202eevil\u2066", "日本語のデバイス", "👩‍👩‍👧‍👦 family",
	"e\u0301\u0301\u0301\u0301\u0301\u0301", "\x00\x7f\u009b31m", "", "\xff\xfe", "a very long name that goes on and on and on, well beyond any column that there is",
}

func guid(n int) string { return fmt.Sprintf("00000000-0000-4000-8000-%012d", n) }

var born = time.Date(2026, 3, 4, 5, 6, 0, 0, time.UTC)

// still is a backend with n devices in two batches.
func still(n int) *uitest.Still {
	s := &uitest.Still{
		CustomerList: []model.Customer{{ID: model.CustomerID(guid(1)), Name: "Contoso", Domain: "contoso.example"}, {ID: model.CustomerID(guid(2)), Name: "Fabrikam"}},
		BatchList:    []model.DeviceBatch{{ID: "first", Devices: n / 2, Created: born}, {ID: `sec"ond`, Devices: model.CountUnknown}},
		PolicyList: []model.ConfigurationPolicy{
			{ID: model.PolicyID(guid(11)), Name: "Kiosk", Assigned: 3, Settings: []model.Setting{model.SettingSkipEULA, "new_one"}, Modified: born},
			{ID: model.PolicyID(guid(12)), Name: "Plain", Assigned: model.CountUnknown},
		},
		BIOSList: []model.BIOSConfiguration{{ID: model.BIOSID(guid(21)), Name: "Secure boot", Format: model.FormatDell, FileName: "a.cctk",
			Content: []byte("[cctk]\nSecureBoot=Enabled\n"), Version: 2, Modified: born}},
	}
	page := model.DevicePage{Of: 2, Total: n}
	for i := range n {
		d := model.Device{ID: model.DeviceID(fmt.Sprintf("d%d", i)), Batch: "first", Serial: fmt.Sprintf("S%04d", i), Maker: "Dell Inc.",
			Model: []string{"Latitude", "OptiPlex"}[i%2], Uploaded: born.Add(time.Duration(i) * time.Minute)}
		if i%3 == 0 {
			d.Policy = model.PolicyRef{Value: guid(11)}
		}
		page.Devices = append(page.Devices, d)
		if len(page.Devices) == 100 || i == n-1 {
			page.Page++
			s.DevicePages = append(s.DevicePages, page)
			page.Devices = nil
		}
	}
	return s
}

// nasty is a backend whose every text is hostile.
func nasty() *uitest.Still {
	s := &uitest.Still{Board: &model.Board{Rev: 1, Waiting: hostile[0]}, Items: map[string]string{}}
	var page model.DevicePage
	for i, h := range hostile {
		id := fmt.Sprint(i)
		raw, _ := json.Marshal(map[string][]string{h: hostile, "name": {h}, id: nil})
		for _, key := range []string{guid(i), id + h} {
			s.Items[key] = string(raw)
		}
		s.CustomerList = append(s.CustomerList, model.Customer{ID: model.CustomerID(guid(i)), Name: h, Domain: h, Relationship: h})
		s.BatchList = append(s.BatchList, model.DeviceBatch{ID: model.BatchID(id + h), CreatedBy: h, Status: h})
		s.PolicyList = append(s.PolicyList, model.ConfigurationPolicy{ID: model.PolicyID(guid(i)), Name: h, Description: h, Settings: []model.Setting{model.Setting(h)}})
		s.BIOSList = append(s.BIOSList, model.BIOSConfiguration{ID: model.BIOSID(guid(i)), Name: h, Description: h, FileName: h,
			Format: model.BIOSFormat(h), Content: []byte(h + "\n" + h), ScopeTags: []string{h}})
		page.Devices = append(page.Devices, model.Device{ID: model.DeviceID(id + h), Batch: model.BatchID(h), Serial: h, Maker: h, Model: h,
			Policy: model.PolicyRef{Value: h}, UploadedBy: h})
		s.RowList = append(s.RowList, model.Row{Number: i + 1, Serial: h, Name: h, State: model.RowState(i % 7), Code: h, CodeName: h, Text: h, What: h, Previous: h})
		s.RequestList = append(s.RequestList, model.Request{Number: uint64(i), At: born, Method: h, Path: "/" + h, Service: h, Tenant: h, RequestID: h, Correlation: h,
			AnswerID: h, AnswerCorrelation: h, Server: h, Vector: h})
		s.Board.Operations = append(s.Board.Operations, model.Operation{ID: model.OperationID(id), Title: h, CustomerName: h, Source: h, Note: h,
			Rows: model.Tally{Queued: i % 2, Failed: 1, Unknown: 1},
			Jobs: []model.Job{{ID: model.JobID(h), Chunk: 1, Raw: h, Problem: h, RequestID: h, Correlation: h}}})
	}
	s.DevicePages = []model.DevicePage{page}
	return s
}

func newEnv(t *testing.T, s *uitest.Still) *kit.Env {
	t.Helper()
	env := uitest.Env(t.Context(), s.Backend())
	env.Customer = model.Customer{ID: model.CustomerID(guid(1)), Name: "Contoso"}
	env.Jobs = s.Board
	env.Forms = kit.Forms{
		Assign:   func(_ *kit.Env, d []model.Device) kit.Screen { return &opened{what: "assign", devices: d} },
		Upload:   func(*kit.Env) kit.Screen { return &opened{what: "upload"} },
		NewBIOS:  func(*kit.Env) kit.Screen { return &opened{what: "new BIOS"} },
		EditBIOS: func(_ *kit.Env, b model.BIOSConfiguration) kit.Screen { return &opened{what: "edit BIOS", bios: b} },
		Confirm:  func(_ *kit.Env, q kit.Question) kit.Screen { return &opened{what: "confirm", question: q} },
	}
	return env
}

// opened stands for a form and keeps what it was opened with.
type opened struct {
	what     string
	devices  []model.Device
	bios     model.BIOSConfiguration
	question kit.Question
}

func (o *opened) Init() kit.Effect          { return kit.Effect{} }
func (o *opened) Update(tea.Msg) kit.Effect { return kit.Effect{} }
func (o *opened) View() string              { return "" }
func (o *opened) Resize(int, int)           {}
func (o *opened) Card() kit.Card            { return kit.Card{Title: o.what, Typing: true} }

// show gives a screen its size and begins it.
func show(s kit.Screen) kit.Effect {
	s.Resize(80, 20)
	return uitest.Run(s, s.Init())
}

// typed sends keys, letter by letter, and runs what follows.
func typed(s kit.Screen, text string) kit.Effect {
	var last kit.Effect
	for _, r := range text {
		key := tea.KeyPressMsg{Code: r, Text: string(r)}
		switch r {
		case ' ':
			key.Code = tea.KeySpace
		case '\n':
			key = uitest.Enter
		case '\t':
			key = uitest.Tab
		case '\x1b':
			key = uitest.Esc
		}
		last = uitest.Run(s, s.Update(key))
	}
	return last
}

// nastyAutopilot is an Intune whose every text is hostile.
func nastyAutopilot() *uitest.StillAutopilot {
	s := &uitest.StillAutopilot{Details: map[model.AutopilotID]model.AutopilotDetail{}}
	var page []model.AutopilotDevice
	for i, h := range hostile {
		id := fmt.Sprint(i)
		d := model.AutopilotDevice{ID: model.AutopilotID(guid(i)), Serial: h, Maker: h, Model: h, Family: h, SKU: h, ProductKey: model.NewSecret(h), GroupTag: h,
			OrderIdentifier: h, PurchaseOrder: h, DisplayName: h, AddressableUser: h, User: h, ResourceName: h, Enrollment: h, LastContact: born,
			ManagedDevice: model.ManagedDeviceID(id + h), EntraDevice: h, Assignment: model.AssignmentStatus(h), AssignmentDetail: h, Remediation: h, Userless: h,
			AccountUser: h, FriendlyName: h}
		p := model.DeploymentProfile{ID: model.ProfileID(guid(i)), Name: h, Description: h, Locale: h, DeviceType: h, NameTemplate: h, ScopeTags: []string{h},
			OutOfBox: model.OutOfBox{UserType: h, Usage: h}}
		page = append(page, d)
		s.ProfileList = append(s.ProfileList, p)
		s.TargetList = append(s.TargetList, model.ProfileTarget{ID: h, Source: h, Target: model.Target{Kind: model.TargetKind(h), Group: model.GroupID(h), Filter: h}})
		s.Details[d.ID] = model.AutopilotDetail{Device: d, Profile: &p, Managed: &model.ManagedDevice{Name: h, User: h, System: h, Compliance: h, Owner: h, JoinType: h},
			Missing: []*model.Error{{Op: "read", Msg: "it is gone", Ref: "id"}}, ReadAt: born}
	}
	s.Pages, s.DeviceList = [][]model.AutopilotDevice{page}, page
	return s
}
