package client_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"muster/client"
	"muster/client/simulator"
	"muster/model"
)

var guids = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)

// between serves the simulator's Graph through something that stands between: it sees
// requests before they go on, and may write answers anew. Both may be nil.
func (w *world) between(before func(*http.Request), rewrite func(body []byte) []byte) (graph string) {
	w.t.Helper()
	to, err := url.Parse(w.ready.Graph)
	if err != nil {
		w.t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{
		Director: func(r *http.Request) {
			r.URL.Scheme, r.URL.Host = to.Scheme, to.Host
			r.Header.Set("Accept-Encoding", "identity")
			if before != nil {
				before(r)
			}
		},
		ModifyResponse: func(res *http.Response) error {
			if rewrite == nil {
				return nil
			}
			body, err := io.ReadAll(res.Body)
			_ = res.Body.Close()
			body = rewrite(body)
			res.Body = io.NopCloser(bytes.NewReader(body))
			res.Header.Set("Content-Length", strconv.Itoa(len(body)))
			return err
		},
	}
	srv := httptest.NewServer(proxy)
	w.t.Cleanup(srv.Close)
	return srv.URL + to.Path
}

// A GUID is the same in capitals: neither a set of assignments nor a profile's devices
// become other ones by it.
func TestIDsAreTheSameInEitherCase(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	loud := w.between(nil, func(body []byte) []byte { return guids.ReplaceAllFunc(body, bytes.ToUpper) })
	c := w.dial(func(o *client.Connection) { o.Graph = loud })
	capitals := func(ts []model.Target) []model.Target {
		out := make([]model.Target, len(ts))
		for i, t := range ts {
			t.Group = model.GroupID(strings.ToUpper(string(t.Group)))
			out[i] = t
		}
		return out
	}
	made := w.create(c, bios("Counters", "Camera=Disabled\r\n"))
	g := w.groups(c, 2)
	if strings.ToLower(string(g[0].Group)) != string(g[0].Group) {
		t.Errorf("an id came through as %s", g[0].Group)
	}
	if id, o := w.retarget(c, made, nil, capitals(g[:1])); o.State() != model.OperationDone {
		t.Fatalf("the assignment ended as %v: %+v", o.State(), w.rows(c, id))
	}
	if id, o := w.retarget(c, made, capitals(g[:1]), g); o.State() != model.OperationDone {
		t.Errorf("the second one ended as %v: %+v", o.State(), w.rows(c, id))
	}
	twice := append(capitals(g[:1]), model.Target{Kind: model.TargetExclude, Group: g[0].Group})
	if _, err := c.AssignBIOS(context.Background(), w.first(), made, g, twice); model.KindOf(err) != model.Invalid {
		t.Errorf("a group that stands twice, once in capitals: %v", err)
	}
	p, devices := w.profile(c, 2)
	p.ID = model.ProfileID(strings.ToUpper(string(p.ID)))
	for i := range devices {
		devices[i].ID = model.AutopilotID(strings.ToUpper(string(devices[i].ID)))
	}
	if id, o := w.assign(c, model.ProfileAssignment{Profile: p, Devices: devices}); o.State() != model.OperationDone {
		t.Errorf("the profile's assignment ended as %v: %+v", o.State(), model.Failures(w.rows(c, id)))
	}
}
