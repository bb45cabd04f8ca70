package client

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"muster/client/graph"
	"muster/client/ledger"
	"muster/model"
)

// spooledProfile is a deployment profile as it waits to be written. Nothing in it
// is secret; it lies in the spool because that is where what must be sent lies.
type spooledProfile struct {
	Was  model.DeploymentProfile // as the operator saw it
	Want model.DeploymentProfile
}

// CreateProfile writes down a new deployment profile and begins to send it.
func (c *Client) CreateProfile(ctx context.Context, to model.Customer, p model.DeploymentProfile) (model.OperationID, error) {
	if err := p.Validate(); err != nil {
		return "", err
	}
	return c.recordProfile(ctx, model.CreateProfile, to, p, spooledProfile{Want: p})
}

// EditProfile writes down a change of a deployment profile and begins to send what
// differs. was is what the operator saw; somebody else's change since then refuses
// it.
func (c *Client) EditProfile(ctx context.Context, to model.Customer, was, want model.DeploymentProfile) (model.OperationID, error) {
	want.ID = was.ID
	if err := want.Validate(); err != nil {
		return "", err
	}
	if sameProfile(was, want) {
		return "", &model.Error{Kind: model.Invalid, Op: "edit profile", Msg: "nothing was changed"}
	}
	return c.recordProfile(ctx, model.EditProfile, to, was, spooledProfile{Was: was, Want: want})
}

// DeleteProfile writes down that a deployment profile is deleted, its assignments
// first, and begins to send it. A profile that belongs to a policy set is refused.
// It cannot be undone.
func (c *Client) DeleteProfile(ctx context.Context, to model.Customer, p model.DeploymentProfile) (model.OperationID, error) {
	return c.recordProfile(ctx, model.DeleteProfile, to, p, spooledProfile{Was: p, Want: p})
}

func (c *Client) recordProfile(ctx context.Context, kind model.OperationKind, to model.Customer, was model.DeploymentProfile, s spooledProfile) (model.OperationID, error) {
	op := kind.String()
	if !to.ID.Valid() {
		return "", &model.Error{Kind: model.Invalid, Op: op, Msg: "the customer id is not a GUID"}
	}
	if kind != model.CreateProfile && !model.IsGUID(string(was.ID)) {
		return "", &model.Error{Kind: model.Invalid, Op: op, Msg: "the profile id is not a GUID"}
	}
	book, err := c.writable(ctx, op)
	if err != nil {
		return "", err
	}
	body, err := json.Marshal(s)
	if err != nil {
		return "", &model.Error{Kind: model.Unexpected, Op: op, Msg: "it cannot be written down"}
	}
	name := model.Clean(was.Name)
	return book.Record(ctx, ledger.Intent{Kind: kind, Customer: to.ID, CustomerName: to.Name, Target: string(was.ID),
		Title: op + " " + name, Rows: []ledger.IntentRow{{Row: model.Row{Name: name}, Body: body}}})
}

// sameProfile reports whether two profiles would set a device up alike. What the
// service leaves out or fills in by itself does not count.
func sameProfile(a, b model.DeploymentProfile) bool {
	for _, p := range []*model.DeploymentProfile{&a, &b} {
		p.ID, p.Created, p.Modified = "", a.Created, a.Modified
		if p.OutOfBox.Usage == "" {
			p.OutOfBox.Usage = model.UsageSingle
		}
		if p.OutOfBox.Usage == model.UsageShared || p.OutOfBox.UserType == "" {
			p.OutOfBox.UserType = model.UserAdmin
		}
		if p.DeviceType == "" {
			p.DeviceType = model.TypeWindowsPC
		}
		if len(p.ScopeTags) == 0 {
			p.ScopeTags = []string{model.DefaultScopeTag}
		}
	}
	tags := slices.Equal(a.ScopeTags, b.ScopeTags)
	a.ScopeTags, b.ScopeTags = nil, nil
	return tags && a.Hybrid == b.Hybrid && a.Name == b.Name && a.Description == b.Description && a.Locale == b.Locale &&
		a.DeviceType == b.DeviceType && a.NameTemplate == b.NameTemplate && a.Preprovision == b.Preprovision &&
		a.ExtractHash == b.ExtractHash && a.OutOfBox == b.OutOfBox
}

// profileWriter sends the three kinds of operation on one deployment profile.
type profileWriter struct {
	c    *Client
	verb string
}

func (p profileWriter) method(ctx context.Context, r *runner, _ []ledger.Chunk, next ledger.Chunk) (string, step, error) {
	if p.verb != methodPost {
		return p.verb, step{}, nil
	}
	word, err := creation(next, func() ([]string, error) {
		g, s, err := p.open(ctx, r, next)
		if err != nil {
			return nil, err
		}
		return profilesLike(ctx, g, s.Want)
	})
	return word, step{}, err
}

func (p profileWriter) send(ctx context.Context, r *runner, next ledger.Chunk, _ string) (receipt, error) {
	g, s, err := p.open(ctx, r, next)
	if err != nil {
		return receipt{}, err
	}
	if p.verb == methodPost {
		made, err := g.CreateProfile(ctx, s.Want, next.Job.RequestID)
		return receipt{done: oneDone(string(made.ID), "created")}, err
	}
	if err := p.unchanged(ctx, g, s.Was); err != nil {
		if p.verb == methodDelete && model.KindOf(err) == model.NotFound {
			return receipt{done: oneDone(r.op.Target, "it was gone already")}, nil
		}
		return receipt{}, err
	}
	if p.verb == methodPatch {
		_, err := g.UpdateProfile(ctx, s.Was, s.Want, next.Job.RequestID)
		return receipt{done: oneDone(r.op.Target, "changed")}, err
	}
	return receipt{done: oneDone(r.op.Target, "deleted")}, p.delete(ctx, g, s.Was.ID, next)
}

func (p profileWriter) open(ctx context.Context, r *runner, next ledger.Chunk) (*graph.Client, spooledProfile, error) {
	g, err := p.c.graph(r.op.Customer)
	if err != nil {
		return nil, spooledProfile{}, err
	}
	bodies, err := r.book.Spool(ctx, r.op.ID, next.Job.Chunk)
	if err != nil {
		return nil, spooledProfile{}, err
	}
	s, err := readSpooledProfile(bodies)
	return g, s, err
}

func readSpooledProfile(bodies [][]byte) (spooledProfile, error) {
	var s spooledProfile
	if len(bodies) != 1 || json.Unmarshal(bodies[0], &s) != nil {
		return s, &model.Error{Kind: model.Invalid, Op: "write profile", Msg: "what was to be sent is not on disk any more"}
	}
	return s, nil
}

// unchanged reads the profile once more: the service has no ETag, so this is all that
// stands between two operators. A deletion does not look at the time of the last
// change, which may move when its own first half takes the assignments away.
func (p profileWriter) unchanged(ctx context.Context, g *graph.Client, was model.DeploymentProfile) error {
	now, err := g.Profile(ctx, was.ID)
	if err != nil {
		return err
	}
	if !sameProfile(now, was) || p.verb != methodDelete && !now.Modified.Equal(was.Modified) {
		return changedSince("write profile", "somebody changed it since you opened it", "open it again and look at what is different")
	}
	return nil
}

// fromPolicySet is the source of an assignment that belongs to a policy set.
const fromPolicySet = "policySets"

// settleTries is how often a deletion is tried while the service may not have
// noticed yet that the assignments are gone.
const settleTries = 5

// delete removes the assignments, then the profile: while one is left the service
// refuses the deletion and gives no reason.
func (p profileWriter) delete(ctx context.Context, g *graph.Client, id model.ProfileID, next ledger.Chunk) error {
	const op = "delete profile"
	targets, err := g.ProfileTargets(ctx, id)
	if err != nil {
		return err
	}
	for _, t := range targets {
		if t.Source == fromPolicySet {
			return &model.Error{Kind: model.Invalid, Op: op, Msg: "a policy set assigns this profile, and only the policy set can take that back; nothing was sent",
				Hint: "take the profile out of the policy set in Intune first"}
		}
	}
	for i, t := range targets {
		if err := g.DeleteProfileTarget(ctx, id, t.ID, next.Job.RequestID); err != nil {
			return partlyStripped(err, i, len(targets))
		}
	}
	err = partlyStripped(g.DeleteProfile(ctx, id, next.Job.RequestID), len(targets), len(targets))
	if e := model.AsError(err); e != nil && e.Kind == model.Invalid && next.Tries+1 < settleTries {
		later := *e
		later.Kind, later.Msg = model.Service, "the service does not let go of the assignments yet"
		return &later
	}
	return err
}

// partlyStripped adds to an error how many assignments of the profile went before it.
func partlyStripped(err error, gone, of int) error {
	e := model.AsError(err)
	if e == nil || gone == 0 {
		return err
	}
	more := *e
	more.Msg = fmt.Sprintf("%s; taken away before that: %d of %s", e.Msg, gone, plural(of, "assignment"))
	return &more
}

// find looks for what the request should have left: a profile like the one that was
// sent, or none of that id.
func (p profileWriter) find(ctx context.Context, o model.Operation, _ []model.Row, spool [][]byte) ([]ledger.Result, error) {
	g, err := p.c.graph(o.Customer)
	if err != nil {
		return nil, err
	}
	s, err := readSpooledProfile(spool)
	if err != nil {
		return nil, err
	}
	if p.verb == methodPost {
		ids, err := profilesLike(ctx, g, s.Want)
		if err != nil {
			return nil, err
		}
		return p.c.newTwin(ctx, o.ID, ids)
	}
	now, err := g.Profile(ctx, model.ProfileID(o.Target))
	switch {
	case err != nil && model.KindOf(err) == model.NotFound && p.verb == methodDelete:
		return oneDone(o.Target, "it is gone; the answer was lost"), nil
	case err != nil:
		return nil, err
	case p.verb == methodPatch && sameProfile(now, s.Want):
		return oneDone(o.Target, "found at the service; the answer was lost"), nil
	}
	return nil, nil
}

// profilesLike returns the ids of the profiles that are just like one: names may stand
// twice.
func profilesLike(ctx context.Context, g *graph.Client, want model.DeploymentProfile) ([]string, error) {
	var ids []string
	for page, err := range g.Profiles(ctx) {
		if err != nil {
			return nil, err
		}
		for _, have := range page {
			if sameProfile(have, want) {
				ids = append(ids, string(have.ID))
			}
		}
	}
	return ids, nil
}
