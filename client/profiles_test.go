package client_test

import (
	"context"
	"strings"
	"testing"

	"muster/client"
	"muster/client/simulator"
	"muster/model"
)

func counterProfile(name string) model.DeploymentProfile {
	return model.DeploymentProfile{Name: name, Description: "user driven", Locale: model.LocaleOS, DeviceType: model.TypeWindowsPC,
		NameTemplate: "CNT-%RAND:5%", ScopeTags: []string{model.DefaultScopeTag},
		OutOfBox: model.OutOfBox{PrivacyHidden: true, EULAHidden: true, UserType: model.UserStandard, Usage: model.UsageSingle, EscapeLinkHidden: true}}
}

func (w *world) editProfile(c *client.Client, was, want model.DeploymentProfile) (model.OperationID, model.Operation) {
	w.t.Helper()
	id, err := c.EditProfile(context.Background(), w.first(), was, want)
	if err != nil {
		w.t.Fatal(err)
	}
	return id, await(w.t, c, id, 1, over)
}

func TestAProfileIsMadeEditedAndDeletedWithItsAssignments(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	c := w.dial()
	ctx := context.Background()
	made := w.createProfile(c, counterProfile("Counters"))
	want := made
	want.Description, want.OutOfBox.Usage = "at the counter", model.UsageShared
	if _, o := w.editProfile(c, made, want); o.State() != model.OperationDone {
		t.Fatalf("edit ended as %v", o.State())
	}
	id, o := w.editProfile(c, made, want)
	if r := w.rows(c, id)[0]; o.Rows.Failed != 1 || !strings.Contains(r.Text, "somebody changed it") {
		t.Errorf("an edit of what was changed since: %+v", r)
	} else if len(model.Retryable(o, []model.Row{r})) > 0 {
		t.Error("what can never pass is offered to be sent again")
	} else if n, err := c.Retry(ctx, id); n != 0 || err == nil {
		t.Errorf("it was sent again: %d rows, %v", n, err)
	}
	now, err := c.Profile(ctx, w.customer(), made.ID)
	if err != nil || now.Description != "at the counter" || now.OutOfBox.Usage != model.UsageShared {
		t.Fatalf("now %+v, %v", now, err)
	}
	groups, err := c.Groups(ctx, w.customer(), "", 2)
	if err != nil || len(groups) < 2 {
		t.Fatal(groups, err)
	}
	add := []model.Target{{Kind: model.TargetGroup, Group: groups[0].ID}, {Kind: model.TargetExclude, Group: groups[1].ID}}
	if id, err = c.TargetProfile(ctx, w.first(), now, add, nil); err != nil {
		t.Fatal(err)
	}
	if o := await(t, c, id, 2, over); o.State() != model.OperationDone {
		t.Fatalf("targets ended as %v: %+v", o.State(), w.rows(c, id))
	}
	targets, err := c.ProfileTargets(ctx, w.customer(), made.ID)
	if err != nil || len(targets) != 2 {
		t.Fatal(targets, err)
	}
	turn := []model.Target{{Kind: model.TargetExclude, Group: groups[0].ID}}
	if id, err = c.TargetProfile(ctx, w.first(), now, turn, targets[:1]); err != nil {
		t.Fatal(err)
	}
	if o := await(t, c, id, 2, over); o.State() != model.OperationDone {
		t.Fatalf("from included to excluded ended as %v: %+v", o.State(), w.rows(c, id))
	}
	if id, err = c.DeleteProfile(ctx, w.first(), now); err != nil {
		t.Fatal(err)
	}
	if o := await(t, c, id, 1, over); o.State() != model.OperationDone {
		t.Fatalf("deletion ended as %v: %+v", o.State(), w.rows(c, id))
	}
	if _, err := c.Profile(ctx, w.customer(), made.ID); model.KindOf(err) != model.NotFound {
		t.Errorf("it is still there: %v", err)
	}
	if id, err = c.DeleteProfile(ctx, w.first(), now); err != nil {
		t.Fatal(err)
	}
	if o := await(t, c, id, 1, over); o.State() != model.OperationDone {
		t.Errorf("deleting what is gone ended as %v", o.State())
	}
}

func TestProfilesOfPolicySetsAreNotTouched(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	c := w.dial()
	ctx := context.Background()
	for _, p := range w.profiles(c) {
		targets, err := c.ProfileTargets(ctx, w.customer(), p.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, target := range targets {
			if target.Source != "policySets" {
				continue
			}
			if _, err := c.TargetProfile(ctx, w.first(), p, nil, []model.ProfileTarget{target}); model.KindOf(err) != model.Invalid {
				t.Errorf("its assignment was removed: %v", err)
			}
			id, err := c.DeleteProfile(ctx, w.first(), p)
			if err != nil {
				t.Fatal(err)
			}
			o := await(t, c, id, 1, over)
			if r := w.rows(c, id)[0]; o.Rows.Failed != 1 || !strings.Contains(r.Text, "policy set") {
				t.Errorf("row %+v", r)
			}
			if n := len(w.requests("DELETE", "/windowsAutopilotDeploymentProfiles/")); n != 0 {
				t.Errorf("%d requests were sent", n)
			}
			return
		}
	}
	t.Fatal("no profile belongs to a policy set; the test shows nothing")
}

func TestLostAnswersOnProfilesAreLookedFor(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	c := w.dial()
	ctx := context.Background()
	w.fault(`{"match": "^POST .*/windowsAutopilotDeploymentProfiles$", "kind": "reset", "times": 1}`)
	made := w.createProfile(c, counterProfile("Once"))
	n := 0
	for _, p := range w.profiles(c) {
		if p.Name == "Once" {
			n++
		}
	}
	if n != 1 {
		t.Fatalf("%d profiles of that name, want 1", n)
	}
	w.fault(`{"match": "^PATCH .*/windowsAutopilotDeploymentProfiles/", "kind": "reset", "times": 1}`)
	want := made
	want.Description = "changed"
	if id, o := w.editProfile(c, made, want); o.State() != model.OperationDone {
		t.Fatalf("edit ended as %v: %+v", o.State(), w.rows(c, id))
	}
	made, err := c.Profile(ctx, w.customer(), made.ID)
	if err != nil {
		t.Fatal(err)
	}
	groups, err := c.Groups(ctx, w.customer(), "", 1)
	if err != nil {
		t.Fatal(err)
	}
	w.fault(`{"match": "^POST .*/assignments$", "kind": "reset", "times": 1}`)
	id, err := c.TargetProfile(ctx, w.first(), made, []model.Target{{Kind: model.TargetGroup, Group: groups[0].ID}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if o := await(t, c, id, 1, over); o.State() != model.OperationDone {
		t.Fatalf("assignment ended as %v: %+v", o.State(), w.rows(c, id))
	}
	w.fault(`{"match": "^DELETE .*/windowsAutopilotDeploymentProfiles/[^/]*$", "kind": "reset", "times": 1}`)
	if id, err = c.DeleteProfile(ctx, w.first(), made); err != nil {
		t.Fatal(err)
	}
	if o := await(t, c, id, 1, over); o.State() != model.OperationDone || !strings.Contains(w.rows(c, id)[0].Text, "answer was lost") {
		t.Fatalf("deletion ended as %v: %+v", o.State(), w.rows(c, id))
	}
}

// TestAProfileThatLostItsAssignmentsAndStaysSaysSo: the deletion is refused after its
// first half was carried out.
func TestAProfileThatLostItsAssignmentsAndStaysSaysSo(t *testing.T) {
	w := newWorld(t, simulator.Options{})
	c := w.dial()
	ctx := context.Background()
	made := w.createProfile(c, counterProfile("Stays"))
	groups, err := c.Groups(ctx, w.customer(), "", 1)
	if err != nil || len(groups) < 1 {
		t.Fatal(groups, err)
	}
	id, err := c.TargetProfile(ctx, w.first(), made, []model.Target{{Kind: model.TargetGroup, Group: groups[0].ID}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	await(t, c, id, 1, over)
	w.fault(`{"match": "^DELETE .*/windowsAutopilotDeploymentProfiles/[^/]+$", "status": 403, "times": 0}`)
	if id, err = c.DeleteProfile(ctx, w.first(), made); err != nil {
		t.Fatal(err)
	}
	await(t, c, id, 1, over)
	if r := w.rows(c, id)[0]; r.State != model.RowFailed || !strings.Contains(r.Text, "taken away before that: 1 of 1 assignment") {
		t.Errorf("the row says %v: %s", r.State, r.Text)
	}
}
