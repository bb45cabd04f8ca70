package cli

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"muster/model"
	"muster/ui/kit"
)

var rewrite = flag.Bool("shapes", false, "rewrite testdata/json instead of comparing")

// The shapes of what Intune's verbs write with --json: scripts of others depend on
// every name in them.
func TestJSONShapes(t *testing.T) {
	at := time.Date(2026, 8, 18, 7, 12, 45, 0, time.UTC)
	group := model.GroupID("44444444-4444-4444-8444-444444444444")
	b := model.BIOSConfiguration{ID: "b", Version: 2, Name: "Tills", Description: "all tills", FileName: "t.cctk", Content: []byte("[cctk]\nA=1\nA=2\n"),
		Format: model.FormatDell, ScopeTags: []string{"0"}, PasswordsOff: true, Created: at, Modified: at}
	detail := biosDetail{biosRecord: biosListing().json(b).(biosRecord), Size: len(b.Content), LastRun: stamp(at),
		Results: map[model.RunState]int{model.RunSuccess: 3, model.RunFail: 1}, Users: map[model.RunState]int{model.RunSuccess: 1}}
	for _, p := range b.Problems() {
		detail.Problems = append(detail.Problems, biosProblem{p.Line, p.Level.String(), p.Text})
	}
	detail.Targets = targetRecords([]model.Target{{Kind: model.TargetGroup, Group: group, Filter: "f", FilterType: "include"}},
		kit.Targeted{Groups: map[model.GroupID]model.Group{group: {ID: group, Name: "Front"}}})
	device := model.AutopilotDevice{ID: "a", Serial: "7QK2M93", Maker: "Dell", Model: "Latitude", Family: "Latitude", SKU: "0CB7", GroupTag: "CLINIC", OrderIdentifier: "OLD", PurchaseOrder: "PO-1", DisplayName: "FRONT-01", AddressableUser: "Ines",
		User: "ines@contoso.example", Enrollment: "enrolled", LastContact: at, ManagedDevice: "m", EntraDevice: "e", Assignment: model.AssignmentUnknownSync, AssignmentDetail: "none",
		AssignedAt: at, Remediation: "noRemediationRequired", RemediationAt: at, Userless: "allowed", ResourceName: "r", AccountUser: "hub@contoso.example", FriendlyName: "Hub",
		ProductKey: model.NewSecret("never written")}
	profile := model.DeploymentProfile{ID: "p", Hybrid: true, Name: "Front", Description: "desks", Locale: "nb-NO", DeviceType: model.TypeWindowsPC, NameTemplate: "F-%RAND:4%", Preprovision: true,
		OutOfBox: model.OutOfBox{PrivacyHidden: true, UserType: model.UserStandard, Usage: model.UsageSingle}, ScopeTags: []string{"0"}, Created: at, Modified: at}
	for name, v := range map[string]record{
		"bios": biosListing().json(b), "bios-show": detail,
		"bios-run":       runListing(2).json(model.DeviceRun{ID: "r", State: model.RunFail, Device: "FRONT-01", Output: "o", Problem: "p", System: "10.0", User: "u", Version: 1, At: at}),
		"bios-user-run":  userRunListing().json(model.UserRun{ID: "u", User: "u", Name: "n", Devices: map[model.RunState]int{model.RunSuccess: 1}, At: at}),
		"autopilot":      autopilotListing().json(device),
		"autopilot-show": autopilotDetail{autopilotRecord: newAutopilotRecord(device), Profile: &named{"p", "Front"}, Intended: &named{"q", "Back"}, Managed: &managed{"m", joinedByID, "FRONT-01", "Windows 11", "compliant", stamp(at)}},
		"profile":        profileListing().json(profile), "profile-show": profileDetail{profileRecord: newProfileRecord(profile), Targets: detail.Targets},
		"plan": planRecord{DryRun: true, Kind: "assign BIOS configuration", Customer: &named{"c", "Contoso"}, BIOS: &named{"b", "Tills"}, Profile: &named{"p", "Front"}, Rows: 1, Jobs: 1,
			Changes: []changeRecord{{"included", "", "Front"}}},
	} {
		var got bytes.Buffer
		out := newOutput(&got, false, time.UTC)
		if err := out.object(v); err != nil {
			t.Fatal(err)
		}
		if err := out.flush(); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join("..", "..", "testdata", "json", name+".json")
		if *rewrite {
			if err := os.WriteFile(path, got.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got.String()); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}
