package model_test

import (
	"testing"

	"pgregory.net/rapid"

	"muster/model"
)

func TestParseJobStateNeverPanicsAndKnowsTheSynonyms(t *testing.T) {
	for word, want := range map[string]model.JobState{
		"queued": model.JobQueued, "Processing": model.JobProcessing, "in-progress": model.JobProcessing, "finished": model.JobFinished,
		"finished_with_errors": model.JobFinishedWithErrors, "4": model.JobFinishedWithErrors, "unknown": model.JobUnknown,
		"": model.JobUnknown, "paused by gremlins": model.JobUnknown,
	} {
		if got := model.ParseJobState(word); got != want {
			t.Errorf("%q: %v, want %v", word, got, want)
		}
	}
	for s := range model.JobState(255) {
		_ = s.String()
	}
}

func TestTheNameOfACodeDecidesBeforeItsNumber(t *testing.T) {
	other, _ := model.MeaningOf("808", "ZtdDeviceAssignedToOtherTenant")
	for _, c := range []struct{ code, name string }{{"806", "ZtdDeviceAssignedToOtherTenant"}, {"", "ztddeviceassignedtoothertenant"},
		{"808", "ZtdDeviceAssignedToAnotherTenant"}, {"808", ""}} {
		if got, ok := model.MeaningOf(c.code, c.name); !ok || got != other {
			t.Errorf("%s %s: %+v, %v, want %+v", c.code, c.name, got, ok, other)
		}
	}
	for _, c := range []struct{ code, name string }{{"804", ""}, {"806", "ZtdSomethingNew"}, {"", ""}} {
		if got, ok := model.MeaningOf(c.code, c.name); ok {
			t.Errorf("%s %s is explained as %+v", c.code, c.name, got)
		}
	}
}

func TestPairBySerialKeyAndPosition(t *testing.T) {
	rows := []model.RowIdentity{{Serial: "A"}, {KeySum: "k1"}, {HashSum: "h"}, {Serial: "b"}}
	outcomes := []model.DeviceUpload{{Serial: "B"}, {KeySum: "k1"}, {}, {Serial: "A"}}
	got := model.Pair(rows, outcomes)
	want := []model.Pairing{{3, model.BySerial}, {1, model.ByKey}, {2, model.ByPosition}, {0, model.BySerial}}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("row %d: %+v, want %+v", i+1, got[i], want[i])
		}
	}
	short := model.Pair(rows, outcomes[:3])
	if short[2].Outcome != -1 {
		t.Errorf("with fewer outcomes than rows a position was believed: %+v", short[2])
	}
}

func TestPositionPairsNothingThatNamesSomethingElse(t *testing.T) {
	got := model.Pair([]model.RowIdentity{{Serial: "A"}, {HashSum: "h"}}, []model.DeviceUpload{{Serial: "Z"}, {}})
	if got[0].Outcome != -1 || got[1] != (model.Pairing{Outcome: 1, By: model.ByPosition}) {
		t.Errorf("%+v", got)
	}
}

func TestPairOfTheSameSerialTwiceKeepsTheOrder(t *testing.T) {
	rows := []model.RowIdentity{{Serial: "A"}, {Serial: "A"}}
	got := model.Pair(rows, []model.DeviceUpload{{Serial: "A", Code: ""}, {Serial: "A", Name: "ZtdDeviceDuplicated"}})
	if got[0].Outcome != 0 || got[1].Outcome != 1 {
		t.Errorf("%+v", got)
	}
}

func TestPairNeverGivesOneOutcomeToTwoRows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.SampledFrom([]string{"", "A", "a", "B", "C"})
		rows := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) model.RowIdentity {
			return model.RowIdentity{Device: model.DeviceID(word.Draw(t, "d")), Serial: word.Draw(t, "s"), KeySum: word.Draw(t, "k")}
		}), 0, 8).Draw(t, "rows")
		outcomes := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) model.DeviceUpload {
			return model.DeviceUpload{ID: model.DeviceID(word.Draw(t, "d")), Serial: word.Draw(t, "s"), KeySum: word.Draw(t, "k")}
		}), 0, 8).Draw(t, "outcomes")
		taken := map[int]bool{}
		for i, p := range model.Pair(rows, outcomes) {
			if p.Outcome < 0 {
				if len(rows) == len(outcomes) && p.By != model.Unpaired {
					t.Fatalf("row %d: %+v", i, p)
				}
				continue
			}
			if taken[p.Outcome] {
				t.Fatalf("outcome %d belongs to two rows", p.Outcome)
			}
			taken[p.Outcome] = true
		}
	})
}

func TestOperationStateIsComputedFromItsRows(t *testing.T) {
	for _, c := range []struct {
		rows        model.Tally
		owned, held bool
		want        model.OperationState
	}{
		{model.Tally{Queued: 2}, true, false, model.OperationRunning},
		{model.Tally{Queued: 2}, true, true, model.OperationStopped},
		{model.Tally{Queued: 2, Done: 1}, false, false, model.OperationStopped},
		{model.Tally{Queued: 2, Accepted: 1}, false, false, model.OperationRunning},
		{model.Tally{InFlight: 1}, true, false, model.OperationRunning},
		{model.Tally{Done: 3}, false, false, model.OperationDone},
		{model.Tally{Done: 3, Failed: 1}, false, false, model.OperationPartly},
		{model.Tally{Done: 3, Unknown: 1}, false, false, model.OperationPartly},
		{model.Tally{Failed: 1}, false, false, model.OperationFailed},
		{model.Tally{Done: 3, Skipped: 1}, false, false, model.OperationCancelled},
		{model.Tally{Skipped: 4}, false, false, model.OperationCancelled},
	} {
		o := model.Operation{Rows: c.rows, Owned: c.owned, Held: c.held}
		if got := o.State(); got != c.want {
			t.Errorf("%+v owned %v held %v: %v, want %v", c.rows, c.owned, c.held, got, c.want)
		}
		if o.State().Ended() != (c.rows.Open() == 0) {
			t.Errorf("%+v: ended %v with %d open", c.rows, o.State().Ended(), c.rows.Open())
		}
	}
}

func TestSumCallsOnlyDoneWhatIsDone(t *testing.T) {
	for _, c := range []struct {
		rows  model.Tally
		owned bool
		want  string
	}{
		{model.Tally{Accepted: 3, Done: 2, Failed: 1}, true, "x: 2 of 6 done, 1 failed"},
		{model.Tally{Queued: 3, Done: 2, Unknown: 1}, false, "x: stopped at 3 of 6, 1 unknown"},
		{model.Tally{Done: 500, Skipped: 8000}, true, "x: 500 done, 8000 not sent"},
		{model.Tally{InFlight: 1, Done: 500, Skipped: 8000}, true, "x: 500 of 8501 done, 8000 not sent"},
		{model.Tally{Done: 2}, true, "x: done"}, {model.Tally{Failed: 2}, true, "x: 2 failed"}, {model.Tally{Unknown: 2, Done: 1}, true, "x: 2 unknown"},
	} {
		if got := (model.Operation{Title: "x", Rows: c.rows, Owned: c.owned}).Sum(); got != c.want {
			t.Errorf("%+v: %q, want %q", c.rows, got, c.want)
		}
	}
}

func TestBoardStoppedCountsWhatWaitsForAYes(t *testing.T) {
	b := &model.Board{Operations: []model.Operation{
		{Rows: model.Tally{Queued: 1, Accepted: 1}},                      // the rest of it is under way at the service
		{Rows: model.Tally{Queued: 1, Accepted: 1}, Owned: true},         // its process lives
		{Rows: model.Tally{Queued: 1, Done: 1}, Owned: true, Held: true}, // taken over
		{Rows: model.Tally{Done: 1}}, {Rows: model.Tally{Accepted: 3}, Owned: true},
	}}
	if got := b.Stopped(); got != 2 {
		t.Errorf("%d stopped, want 2", got)
	}
	if got := b.Running(); got != 3 {
		t.Errorf("%d running, want 3", got)
	}
}

func TestTallyCountsEveryRowOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var tally model.Tally
		n := 0
		for _, s := range rapid.SliceOf(rapid.Uint8Range(0, 9)).Draw(t, "states") { // a newer muster may know more states
			tally.Add(model.RowState(s), 3)
			n += 3
		}
		if tally.Total() != n || tally.Open()+tally.Ended() != n {
			t.Fatalf("%+v counts %d of %d", tally, tally.Total(), n)
		}
	})
}

func TestBoardFinishedNamesEachEndOnce(t *testing.T) {
	running := model.Operation{ID: "a", Rows: model.Tally{Accepted: 1}}
	done := model.Operation{ID: "a", Rows: model.Tally{Done: 1}}
	one, two := &model.Board{Operations: []model.Operation{running}}, &model.Board{Operations: []model.Operation{done, {ID: "b", Rows: model.Tally{Failed: 1}}}}
	if got := two.Finished(one); len(got) != 2 {
		t.Errorf("%d operations ended, want 2", len(got))
	}
	if got := two.Finished(two); len(got) != 0 {
		t.Errorf("%+v ended twice", got)
	}
	if got := two.Finished(nil); len(got) != 0 {
		t.Errorf("the first board announces what ended long ago: %+v", got)
	}
}
