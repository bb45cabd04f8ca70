package kit

import (
	"testing"

	"muster/model"
	"muster/model/fleet"
)

// TestWhatTheCustomerHasIsFoundInBothInventories: the rows of the joined list are what
// an upload is compared with.
func TestWhatTheCustomerHasIsFoundInBothInventories(t *testing.T) {
	devices := []model.Device{{ID: "1", Serial: "BOTH-1", Batch: "spring"}, {Serial: "INTUNE-1"}, {ID: "2", Serial: "TWIN"}, {ID: "3", Serial: "TWIN"}}
	var rows []fleet.Row
	for _, d := range devices {
		rows = append(rows, fleet.Row{Key: string(d.ID) + d.Serial, Cells: []string{d.Serial}})
	}
	f := Fleet{Whole: true, Known: Known{Index: fleet.New(fleet.Schema{{Name: "serial"}}, rows...), Device: func(row int) model.Device { return devices[row] }}}
	where := owned(t.Context(), f)
	for serial, want := range map[string]string{"both-1": "batch spring", "INTUNE-1": "Intune", "TWIN": "", "NEW": "", "": ""} {
		if got := where(model.UploadRow{Identity: model.Identity{Serial: serial}}); got != want {
			t.Errorf("%q: %q, want %q", serial, got, want)
		}
	}
	f.Whole = false
	if owned(t.Context(), f) != nil {
		t.Error("a part of the fleet was compared with as if it were all")
	}
}
