package form

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"

	"muster/model"
	"muster/ui/kit"
)

// directory is an Entra directory in memory that notes the searches.
type directory struct {
	groups   []model.Group
	searches []string
	err      error
}

func (d *directory) Groups(_ context.Context, _ model.CustomerID, query string, limit int) ([]model.Group, error) {
	d.searches = append(d.searches, query)
	if d.err != nil {
		return nil, d.err
	}
	var out []model.Group
	for _, g := range d.groups {
		if strings.Contains(strings.ToLower(g.Name), strings.ToLower(query)) && len(out) < limit {
			out = append(out, g)
		}
	}
	return out, nil
}

func (d *directory) GroupNames(_ context.Context, _ model.CustomerID, ids []model.GroupID) (map[model.GroupID]model.Group, error) {
	out := map[model.GroupID]model.Group{}
	for _, g := range d.groups {
		for _, id := range ids {
			if g.ID == id {
				out[id] = g
			}
		}
	}
	return out, d.err
}

func (d *directory) ScopeTags(context.Context, model.CustomerID) ([]model.ScopeTag, error) {
	return nil, d.err
}

func (d *directory) AssignmentFilters(context.Context, model.CustomerID) ([]model.AssignmentFilter, error) {
	return nil, d.err
}

const (
	frontGroup = model.GroupID("44444444-4444-4444-8444-444444444444")
	tillsGroup = model.GroupID("55555555-5555-4555-8555-555555555555")
)

func someGroups() *directory {
	return &directory{groups: []model.Group{
		{ID: frontGroup, Name: "Clinic front desks", Dynamic: true, Security: true, Rule: `(device.devicePhysicalIds -any _ -eq "[OrderID]:CLINIC-FRONT")`},
		{ID: tillsGroup, Name: "Tills", Security: true, Description: "all tills of the canteen"},
	}}
}

// picking is a form that only picks a group.
type picking struct {
	Host
	group model.Group
	taken bool
}

func pick(env *kit.Env, judge func(model.Group) string) *picking {
	p := &picking{}
	p.env = env
	page := newFields(&p.Host, func() kit.Effect {
		p.taken = true
		return p.end(kit.Effect{})
	}, newGroups(&p.Host, "Group", &p.group, judge))
	page.head = func(w int) []string { return wrap("Which group?", w) }
	p.start(env, p, "pick", page)
	return p
}

func TestPickAGroup(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := someGroups()
		env := (&world{}).env()
		env.Backend.Directory = d
		form := pick(env, nil)
		p := play(t, form)
		p.want("2 groups", "> Clinic front desks", "dynamic", `rule: (device.devicePhysicalIds -any _ -eq "[OrderID]:CLINIC-FRONT")`)
		p.enter("till")
		p.want("1 group", "> Tills", "assigned members", "all tills of the canteen")
		p.press("enter")
		if !form.taken || form.group.ID != tillsGroup {
			t.Errorf("taken %v: %+v, want the tills", form.taken, form.group)
		}
	})
}

// A search that is still being typed asks nothing: only what stands after a pause does.
func TestASearchWaitsForTheEndOfTyping(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := someGroups()
		env := (&world{}).env()
		env.Backend.Directory = d
		p := play(t, pick(env, nil))
		var pending []kit.Effect
		for _, r := range "cli" {
			pending = append(pending, p.screen.Update(press(string(r))))
		}
		p.press("enter") // what is in sight answers something else
		p.want("still looking")
		for _, e := range pending {
			p.happen(e)
		}
		if got := strings.Join(d.searches, ","); got != ",cli" {
			t.Errorf("the searches were %q, want the first and the last", got)
		}
		p.want("1 group", "Clinic front desks")
	})
}

func TestAGroupThatCannotBeChosen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		env := (&world{}).env()
		env.Backend.Directory = someGroups()
		form := pick(env, func(g model.Group) string {
			if g.Dynamic {
				return "its members follow from a rule"
			}
			return ""
		})
		p := play(t, form)
		p.want("! its members follow from a rule")
		p.press("enter")
		p.want("✗ its members follow from a rule")
		p.press("down", "enter")
		if form.group.ID != tillsGroup {
			t.Errorf("chosen %+v", form.group)
		}
	})
}

func TestGroupsThatCannotBeRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		env := (&world{}).env()
		p := play(t, pick(env, nil))
		p.want("Intune is not reachable on this")
		d := someGroups()
		d.err = &model.Error{Kind: model.Forbidden, Op: "search groups", Msg: "not allowed", Ref: "id-9"}
		env.Backend.Directory = d
		p = play(t, pick(env, nil))
		p.want("the groups could not be read", "not allowed", "id-9")
		p.press("enter")
		p.want("the groups could not be read")
		if n := len(d.searches); n > 2 {
			t.Errorf("%d searches were made of a directory that refuses them", n)
		}
		d.err = nil
		p.press("backspace")
		p.want("2 groups")
	})
}
