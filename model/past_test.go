package model_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"muster/model"
)

func TestClassOfACodeIsDecidedByItsName(t *testing.T) {
	for _, c := range []struct {
		code, name string
		want       model.Class
	}{
		{"640", "StorageError", model.Transient}, {"640", "", model.Transient}, {"806", "ZtdDeviceAlreadyAssigned", model.AlreadyYours},
		{"806", "ZtdDeviceAssignedToOtherTenant", model.OtherTenant}, {"", "ZTDDEVICEDUPLICATED", model.MendFile},
		{"801", "", model.ProgramFault}, {"999", "SomethingNew", model.Unclassified}, {"802", "ZtdNeverSeen", model.Unclassified}, {"", "", model.Unclassified},
	} {
		if got := model.ClassOf(c.code, c.name); got != c.want {
			t.Errorf("%s %s: %v, want %v", c.code, c.name, got, c.want)
		}
	}
}

func TestPlanUndoLeavesOutWhatCannotBePutBack(t *testing.T) {
	const (
		kiosk = "9f0b7a52-3d7d-4e0a-8f55-2f6f0f4f1b20"
		plain = "00000000-0000-0000-0000-000000000001"
		gone  = "00000000-0000-0000-0000-000000000002"
	)
	policies := []model.ConfigurationPolicy{{ID: kiosk, Name: "Kiosk"}, {ID: plain, Name: "Plain"}}
	row := func(id model.DeviceID, state model.RowState, before string) model.Row {
		return model.Row{Device: id, State: state, Previous: before}
	}
	rows := []model.Row{row("ok", model.RowDone, plain), row("failed", model.RowFailed, plain), row("none", model.RowDone, ""),
		row("name", model.RowDone, "AzureAD Join Default Profile"), row("gone policy", model.RowDone, gone),
		row("changed", model.RowDone, plain), row("removed", model.RowDone, plain), row("same", model.RowDone, kiosk)}
	var now []model.Device
	for _, r := range rows {
		d := model.Device{ID: r.Device, Policy: model.PolicyRef{Value: kiosk}}
		switch r.Device {
		case "changed":
			d.Policy.Value = plain
		case "removed":
			continue
		}
		now = append(now, d)
	}
	p := model.PlanUndo(model.Operation{ID: "op", Target: kiosk}, rows, now, policies)
	if len(p.Devices) != 1 || p.Devices[0].Device.ID != "ok" || p.Devices[0].Policy != plain || p.Devices[0].Name != "Plain" {
		t.Errorf("devices %+v", p.Devices)
	}
	want := []model.UndoLeft{{"did not get the policy", 1}, {"the device is gone", 1}, {"somebody changed the device since", 1},
		{"had no policy before", 1}, {"the former policy was only a name", 1}, {"the former policy is gone", 1}, {"had this policy before", 1}}
	if diff := cmp.Diff(want, p.LeftOut); diff != "" || p.Kept() != 7 || p.Stays() != 5 {
		t.Errorf("left out: %s; %d of %d stay, want 5 of 7", diff, p.Stays(), p.Kept())
	}
}
