package form

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"

	"muster/model"
	"muster/ui/kit"
)

// changes notes what is asked of the backend beside assignments.
type changes struct {
	refuse   error
	created  []model.ConfigurationPolicy
	edited   [][2]model.ConfigurationPolicy
	deleted  []model.PolicyID
	removed  []model.Device
	unset    []model.Device
	undone   []model.UndoPlan
	plan     model.UndoPlan
	planless error
}

func (c *changes) CreatePolicy(_ context.Context, _ model.Customer, p model.ConfigurationPolicy) (model.OperationID, error) {
	c.created = append(c.created, p)
	return "op", c.refuse
}

func (c *changes) EditPolicy(_ context.Context, _ model.Customer, was, want model.ConfigurationPolicy) (model.OperationID, error) {
	c.edited = append(c.edited, [2]model.ConfigurationPolicy{was, want})
	return "op", c.refuse
}

func (c *changes) DeletePolicy(_ context.Context, _ model.Customer, p model.ConfigurationPolicy) (model.OperationID, error) {
	c.deleted = append(c.deleted, p.ID)
	return "op", c.refuse
}

func (c *changes) RemoveDevices(_ context.Context, _ model.Customer, d []model.Device) (model.OperationID, error) {
	c.removed = append(c.removed, d...)
	return "op", c.refuse
}

func (c *changes) Unassign(_ context.Context, _ model.Customer, d []model.Device) (model.OperationID, error) {
	c.unset = append(c.unset, d...)
	return "op", c.refuse
}

func (c *changes) PlanUndo(context.Context, model.OperationID) (model.UndoPlan, error) {
	return c.plan, c.planless
}

func (c *changes) Undo(_ context.Context, p model.UndoPlan) (model.OperationID, error) {
	c.undone = append(c.undone, p)
	return "op", c.refuse
}

func (c *changes) Adopt(context.Context, model.Customer, model.JobID) (model.OperationID, error) {
	return "", c.refuse
}

func (c *changes) Events(context.Context, model.OperationID) ([]model.Event, error) { return nil, nil }

// changing returns an environment on w whose changes are noted.
func changing(w *world) (*kit.Env, *changes) {
	c := &changes{}
	env := w.env()
	env.Backend.Policies, env.Backend.Devices, env.Backend.Past = c, c, c
	return env, c
}

func TestNewPolicyNeedsANameASettingAndTheTerms(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		env, c := changing(&world{})
		p := play(t, NewPolicy(env))
		p.press("enter")
		p.want("a name is required")
		p.enter("Tills")
		p.press("enter", "enter", "enter")
		p.want("choose at least one setting")
		p.press("space", "end", "space")
		p.want("[ ] skip pages in setup", "[x] no change to setup")
		p.press("up", "space")
		p.want("[x] skip the licence terms", "[ ] no change to setup")
		p.press("enter")
		p.want("┃ Do you have Contoso's authority to accept the licence terms?")
		p.press("enter") // the focus is on No
		p.want("┃ Settings during setup")
		p.press("enter", "y")
		p.want("┃ Create policy Tills?", "(skip_eula)")
		p.press("y")
		if !p.gone || len(c.created) != 1 {
			t.Fatalf("gone %v, %d policies created", p.gone, len(c.created))
		}
		got := c.created[0]
		if got.Name != "Tills" || got.Category != model.CategoryOOBE || !slices.Equal(got.Settings, []model.Setting{model.SettingSkipEULA}) {
			t.Errorf("created %+v", got)
		}
	})
}

func TestEditPolicyShowsTheDifference(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{policies: somePolicies()}
		env, c := changing(w)
		p := play(t, EditPolicy(env, model.ConfigurationPolicy{ID: kiosk, Name: "an old name"}))
		p.want("kiosk, devices not counted. An edit writes all of it.", "[x] remove the maker's preinstalled software")
		p.press("tab", "tab", "enter")
		p.want("Nothing changed, so nothing is sent")
		p.press("esc", "space", "enter")
		p.want("┃ Replace policy kiosk?", "skip_express_settings: off → on", "description for the counters",
			"skip_express_settings, oobe_user_not_local_admin, remove_oem_preinstalls")
		p.press("y")
		if !p.gone || len(c.edited) != 1 {
			t.Fatalf("gone %v, %d edits", p.gone, len(c.edited))
		}
		was, want := c.edited[0][0], c.edited[0][1]
		if was.Name != "kiosk" || want.Name != "kiosk" || want.Description != was.Description || len(want.Settings) != 3 {
			t.Errorf("edited %+v to %+v", was, want)
		}
	})
}

func TestEditPolicyRefusesWhatItWouldLose(t *testing.T) {
	w := &world{policies: somePolicies()}
	w.policies[0].Settings = append(w.policies[0].Settings, "brand_new")
	env, _ := changing(w)
	p := play(t, EditPolicy(env, w.policies[0]))
	p.want("the setting brand_new, which this version does not know")
	gone := play(t, EditPolicy(env, model.ConfigurationPolicy{ID: "44444444-4444-4444-8444-444444444444"}))
	gone.want("The policy is gone")
	w.err = errRead
	unread := play(t, EditPolicy(env, w.policies[0]))
	unread.want("could not be read", "connection reset")
	w.err, w.policies = nil, somePolicies()
	unread.press("r")
	unread.want("┃ Name")
}

func TestDeletePolicyTakesItsNameAndNothingLess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		env, c := changing(&world{policies: somePolicies()})
		env.Fleet = kit.Fleet{Began: env.Now(), Groups: map[string]int{"office": 118}}
		p := play(t, DeletePolicy(env, model.ConfigurationPolicy{ID: office}))
		p.want("┃ Delete policy office?", "It cannot be undone: ", "on 120 devices, says the service", "118 devices in the device list", "which is not whole")
		p.enter("offic")
		p.press("enter")
		p.want("that is not office")
		p.press("e", "enter")
		if !p.gone || len(c.deleted) != 1 || c.deleted[0] != office {
			t.Errorf("gone %v, deleted %v", p.gone, c.deleted)
		}
	})
}

func TestPolicyFormsAreRefusedReadOnly(t *testing.T) {
	env, c := changing(&world{policies: somePolicies()})
	env.Place.ReadOnly = true
	for name, s := range map[string]kit.Screen{"new": NewPolicy(env), "edit": EditPolicy(env, somePolicies()[0]), "delete": DeletePolicy(env, somePolicies()[0]),
		"remove": Remove(env, someDevices(1)), "undo": Undo(env, model.Operation{}), "batch": AssignBatch(env, model.DeviceBatch{ID: "b"})} {
		p := play(t, s)
		p.want("read-only")
		p.press("esc")
		if !p.gone {
			t.Errorf("%s: Esc does not leave", name)
		}
	}
	if len(c.created)+len(c.edited)+len(c.deleted)+len(c.removed) > 0 {
		t.Errorf("written: %+v", c)
	}
}
