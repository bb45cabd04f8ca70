package model_test

import (
	"testing"

	"muster/model"
)

// What an operator has kept of a job is the id or the address that ends in it.
func TestTrackingID(t *testing.T) {
	const id = "5f7a97bf-ec8d-4ed1-a411-e7b399a05e37"
	for in, want := range map[string]model.JobID{
		id: id, " " + id + "\n": id, "/customers/c/batchJobStatus/" + id: id,
		"https://api.partnercenter.microsoft.com/v1/customers/c/batchJobStatus/" + id + "/?x=y": id, "": "", "/": "",
	} {
		if got := model.TrackingID(in); got != want {
			t.Errorf("TrackingID(%q) = %q, want %q", in, got, want)
		}
	}
}
