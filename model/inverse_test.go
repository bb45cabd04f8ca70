package model_test

import (
	"testing"

	"muster/model"
)

// Whatever changes a tenant says whether it can be undone; a kind that is added later
// has to say it as well.
func TestEveryWriteHasAnInverseOrSaysThatItHasNone(t *testing.T) {
	for k := model.UploadDevices; k.String() != model.OtherOperation.String(); k++ {
		clause, can := k.Inverse()
		if (clause == "") != (k == model.AdoptJob) {
			t.Errorf("%s: says %q about its inverse", k, clause)
		}
		if want := k == model.AssignPolicy || k == model.ChangeAutopilot; can != want {
			t.Errorf("%s: can be undone %v, want %v", k, can, want)
		}
	}
}
