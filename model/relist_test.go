package model_test

import (
	"testing"

	"muster/model"
)

func listed(line int, serial, hash, key string) model.UploadRow {
	return model.UploadRow{Line: line, Identity: model.Identity{Serial: serial, Hash: model.NewSecret(hash), ProductKey: model.NewSecret(key)}}
}

// failedRow is a row as the ledger keeps it after its secrets are erased.
func failedRow(n int, u model.UploadRow, code string) model.Row {
	sent := u.Identity.Sent()
	return model.Row{Number: n, Line: u.Line, Serial: u.Serial(), HashSum: sent.Hash.Digest(), KeySum: sent.ProductKey.Digest(),
		State: model.RowFailed, Code: code}
}

func TestRowsAreFoundInTheirListByWhatWasSent(t *testing.T) {
	a, b, key, other := listed(2, "A", "hash a", ""), listed(3, "B", "hash b", ""), listed(4, "", "", "334"), listed(5, "C", "hash c", "")
	o := model.Operation{Kind: model.UploadDevices}
	l := model.Relist(o, []model.Row{failedRow(1, a, "640"), failedRow(2, b, "640"), failedRow(3, key, "640"), failedRow(4, other, "808")})
	if l.Left() != 3 {
		t.Fatalf("%d rows are wanted, want those with a passing fault", l.Left())
	}
	for _, c := range []struct {
		give model.UploadRow
		want int
	}{
		{listed(9, "a", "hash a", ""), 1},  // on another line, in another case
		{listed(9, "A", "hash a", ""), 0},  // it was taken
		{listed(3, "B", "another", ""), 0}, // another hash is another thing
		{listed(3, "X", "hash b", ""), 0},
		{listed(3, "B", "hash b", ""), 2},
		{listed(4, "", "", "334"), 3},
		{other, 0},
	} {
		row, ok := l.Take(c.give)
		if row.Number != c.want || ok != (c.want > 0) {
			t.Errorf("%+v: row %d, %v, want %d", c.give, row.Number, ok, c.want)
		}
	}
	if l.Left() != 0 {
		t.Errorf("%d rows were not found", l.Left())
	}
	if n := model.Relist(model.Operation{Kind: model.AssignPolicy}, []model.Row{failedRow(1, a, "640")}).Left(); n != 0 {
		t.Errorf("%d rows of an assignment want a list", n)
	}
}

func TestOfRowsThatAreAlikeTheOneOnTheLineIsTaken(t *testing.T) {
	a, b := listed(2, "", "hash", ""), listed(7, "", "hash", "")
	l := model.Relist(model.Operation{Kind: model.UploadDevices}, []model.Row{failedRow(1, a, "640"), failedRow(2, b, "640")})
	for i, want := range []int{2, 1} {
		if row, ok := l.Take(listed(7, "", "hash", "")); !ok || row.Number != want {
			t.Errorf("taken %d: row %d, want %d", i+1, row.Number, want)
		}
	}
}

func TestRowsThatAreThereAlready(t *testing.T) {
	rows := []model.Row{{Number: 1, State: model.RowFailed, Code: "806"}, {Number: 2, State: model.RowDone, Code: "806"},
		{Number: 3, State: model.RowFailed, Code: "806", CodeName: "ZtdDeviceAssignedToOtherTenant"}, {Number: 4, State: model.RowFailed, CodeName: "ZtdDeviceAlreadyAssigned"}}
	got := model.AlreadyThere(model.Operation{Kind: model.UploadDevices}, rows)
	if len(got) != 2 || got[0].Number != 1 || got[1].Number != 4 {
		t.Errorf("got %+v, want rows 1 and 4", got)
	}
}
