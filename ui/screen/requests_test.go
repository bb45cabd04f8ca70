package screen

import (
	"testing"
	"time"

	"muster/model"
	"muster/ui/uitest"
)

func TestShortPath(t *testing.T) {
	for path, want := range map[string]string{
		"/v1/customers/" + guid(7) + "/policies": "/customers/00000000/policies", "/beta/a/b": "/a/b", "/v1": "/v1", "": "", "x/y/z": "x/y/z", "/v1/": "/",
	} {
		if got := shortPath(path); got != want {
			t.Errorf("%q becomes %q, want %q", path, got, want)
		}
	}
}

// The detail has the ids of both sides and the other tries of the request.
func TestRequestDetail(t *testing.T) {
	b := still(0)
	r := model.Request{Number: 1203, At: uitest.Noon(), Service: "Partner Center", Method: "PATCH", Path: "/v1/customers/" + guid(7) + "/DevicePolicyUpdates",
		Duration: 61*time.Second + 30*time.Millisecond, Try: 1, RequestID: guid(1), Correlation: guid(2)}
	again := r
	again.Number, again.At, again.Try, again.Status, again.Duration = 1204, r.At.Add(90*time.Second), 2, 202, 812*time.Millisecond
	again.AnswerID, again.AnswerCorrelation, again.Vector, again.Server = guid(1), guid(99), "rUbYUJUQmkeTsZsV.0", "030020525"
	other := r
	other.RequestID = guid(5)
	b.RequestList = []model.Request{again, other, r}
	s := NewRequests(newEnv(t, b))
	show(s)
	d := typed(s, "\n").Push
	show(d)
	uitest.GoldenPicture(t, "picture-request-80x20", uitest.Picture(d.View(), 80, 20))
	lost := typed(s, "G\n").Push
	show(lost)
	uitest.GoldenPicture(t, "picture-request-lost-80x20", uitest.Picture(lost.View(), 80, 20))
}
