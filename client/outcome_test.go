package client

import (
	"testing"

	"muster/model"
)

func TestOutcomesAreComputedFromTheDevices(t *testing.T) {
	rows := []model.Row{{Number: 1, State: model.RowAccepted}, {Number: 2, State: model.RowAccepted}, {Number: 3, State: model.RowDone}, {Number: 4, State: model.RowAccepted}}
	ids := []model.RowIdentity{{Serial: "A"}, {Serial: "B"}, {Serial: "C"}, {Serial: "D"}}
	report := model.BatchUpload{State: model.JobFinished, Devices: []model.DeviceUpload{
		{Serial: "A", State: model.JobFinished}, {Serial: "B", State: model.JobProcessing},
		{Serial: "C", State: model.JobFinishedWithErrors, Code: "806"}, {Serial: "D", State: model.JobFinishedWithErrors, Code: "808"}}}
	got, open := outcomes(rows, ids, report)
	if len(got) != 2 || got[0].Number != 1 || got[0].State != model.RowDone || got[1].Number != 4 || got[1].State != model.RowFailed || got[1].Text == "" {
		t.Errorf("results %+v, want row 1 done and row 4 failed", got)
	}
	if open != 1 {
		t.Errorf("%d open, want the one that is still under way in a finished job", open)
	}
	if got, open := outcomes(rows[:2], ids[:2], model.BatchUpload{State: model.JobFinished}); len(got) != 2 || open != 0 {
		t.Errorf("a finished job without details: %+v, %d open", got, open)
	}
	if got, open := outcomes(rows[:2], ids[:2], model.BatchUpload{State: model.JobFinishedWithErrors}); len(got) != 0 || open != 2 {
		t.Errorf("a job that ended with errors and without details: %+v, %d open", got, open)
	}
}

func TestAnUnknownCodeIsShownAsItCame(t *testing.T) {
	r := resultOf(1, model.DeviceUpload{State: model.JobFinishedWithErrors, Code: "804", Name: "ZtdMystery"}, model.BySerial)
	if r.State != model.RowFailed || r.Text != "the service says 804 ZtdMystery" || r.What != "" {
		t.Errorf("%+v", r)
	}
	if r := resultOf(1, model.DeviceUpload{State: model.JobFinishedWithErrors}, model.BySerial); r.Text == "" {
		t.Error("a failure without a reason says nothing")
	}
}
