package screen

import (
	"cmp"
	"encoding/json"
	"strings"

	tea "charm.land/bubbletea/v2"

	"muster/model"
	"muster/ui/kit"
)

// rowDetail shows all that is known of one row.
type rowDetail struct {
	detail
	row   model.Row
	op    model.Operation
	seq   uint64
	names map[string]string // of policies by id; nil before they were read
}

func newRowDetail(env *kit.Env, r model.Row, o model.Operation) *rowDetail {
	s := &rowDetail{row: r, op: o}
	s.detail = detail{env: env, name: model.Clean(r.Label()), write: s.fill}
	s.actions = s.moves(env)
	return s
}

// Init implements kit.Screen. Where the row has ids of policies, their names are read.
func (s *rowDetail) Init() kit.Effect {
	if !s.atPartner() || s.op.Customer != s.env.Customer.ID || !model.IsGUID(s.row.Previous) && !model.IsGUID(s.row.Target) {
		return kit.Effect{}
	}
	s.seq++
	return kit.Effect{Cmd: kit.ReadPolicies(s.env, kit.Reply{To: s, Seq: s.seq})}
}

// atPartner reports whether what stood and stands in the row are policies.
func (s *rowDetail) atPartner() bool {
	return s.op.Kind.HasJobs() || s.op.Kind == model.RemoveDevices
}

// Update implements kit.Screen.
func (s *rowDetail) Update(msg tea.Msg) kit.Effect {
	if m, ok := msg.(kit.PoliciesMsg); ok && m.Seq == s.seq && len(m.Policies) > 0 {
		s.names = make(map[string]string, len(m.Policies))
		for _, p := range m.Policies {
			s.names[string(p.ID)] = model.Clean(p.Name)
		}
		s.redraw()
	}
	return s.turn(msg)
}

// policy is the name of a policy with its id, or the value as it is.
func (s *rowDetail) policy(value string) string {
	name := s.names[value]
	switch {
	case name != "":
		return name + " (" + value + ")"
	case s.names != nil && model.IsGUID(value):
		return value + ", which the customer does not have any more"
	}
	return value
}

func (s *rowDetail) fill() {
	r := s.row
	s.title("Row " + kit.Count(r.Number) + " of " + model.Clean(s.op.Title))
	s.field("state", rowState(r.State))
	s.field("code", words(s.env, r.Code, r.CodeName))
	s.field("what happened", strings.TrimSpace(r.Text+" "+since(s.op, r, s.env.Clock)))
	s.field("class", classOf(r))
	s.field("what to do", r.What)
	s.field("sent again", s.again())
	s.title("What was asked")
	s.field("serial", r.Serial)
	s.field(idWord(s.op.Kind), string(r.Device))
	s.field("Autopilot id", string(r.Autopilot))
	s.field("name", r.Name)
	s.field("batch", string(r.Batch))
	s.asked(r)
	if r.Line > 0 {
		s.field("line", kit.Count(r.Line)+" of "+s.op.Source)
	}
	s.field("hash sum", r.HashSum)
	s.field("key sum", r.KeySum)
	s.title("How it was sent")
	s.field("attempt", cmp.Or(tryOf(r), "not sent"))
	s.field("paired by", pairedBy(r))
	s.field("job", kit.Count(r.Chunk))
	for _, j := range s.op.Jobs {
		if j.Chunk == r.Chunk {
			s.field("tracking id", string(j.ID))
			s.field("correlation", j.Correlation)
			s.field("request id", j.RequestID)
			if !s.op.Kind.HasJobs() { // a job of Partner Center tells more in its own detail
				s.field("accepted", s.env.Stamp(j.Accepted))
				s.field("ended", s.env.Stamp(j.Ended))
			}
		}
	}
	if len(r.Past) > 0 {
		s.title("Earlier attempts")
	}
	for _, p := range r.Past {
		s.field("attempt "+kit.Count(p.Attempt), words(s.env, s.env.Stamp(p.At), rowState(p.State), strings.TrimSpace(p.Code+" "+p.CodeName), p.Text, string(p.Job)))
	}
}

// idWord says what the id is that a row of such an operation has.
func idWord(k model.OperationKind) string {
	switch k {
	case model.CreatePolicy, model.EditPolicy, model.DeletePolicy:
		return "policy id"
	case model.CreateBIOS, model.EditBIOS, model.DeleteBIOS, model.AssignBIOS:
		return "BIOS id"
	case model.CreateProfile, model.EditProfile, model.DeleteProfile, model.TargetProfile:
		return "profile id"
	}
	return "device id"
}

// again says whether a retry would send the row again.
func (s *rowDetail) again() string {
	switch {
	case s.row.State != model.RowFailed && s.row.State != model.RowUnknown:
		return ""
	case len(model.Retryable(s.op, []model.Row{s.row})) > 0:
		return s.env.Keys.Again.String() + " on the operation sends it again"
	}
	return "not by a retry"
}

// jobDetail shows all that is known of one job.
type jobDetail struct {
	detail
	job model.Job
}

func newJobDetail(env *kit.Env, j model.Job, o model.Operation) *jobDetail {
	s := &jobDetail{job: j}
	s.detail = detail{env: env, name: "job " + kit.Count(j.Chunk), write: s.fill}
	if o.Kind.HasJobs() && model.IsGUID(string(j.ID)) {
		ref := model.ItemRef{Kind: model.JobItem, ID: string(j.ID)}
		s.actions = append(s.actions, rawAction(env, func() (model.CustomerID, model.ItemRef, string, bool) { return o.Customer, ref, s.name, true }))
		s.anew(s, o.Customer, ref)
	}
	s.actions = append(s.actions, s.moves(env)...)
	return s
}

// Init implements kit.Screen.
func (s *jobDetail) Init() kit.Effect { return s.readItem() }

// Update implements kit.Screen.
func (s *jobDetail) Update(msg tea.Msg) kit.Effect { return s.turn(msg) }

func (s *jobDetail) fill() {
	j := s.job
	s.title("Job " + kit.Count(j.Chunk))
	s.field("rows", kit.Count(j.Rows))
	s.field("sending", j.Phase.String())
	s.field("state", jobState(j))
	s.field("problem", j.Problem)
	s.title("For support")
	s.field("tracking id", string(j.ID))
	s.field("correlation", j.Correlation)
	s.field("request id", j.RequestID)
	s.title("When")
	s.field("sent", s.env.Stamp(j.Sent))
	s.field("accepted", s.env.Stamp(j.Accepted))
	s.field("asked last", s.env.Stamp(j.Polled))
	s.field("ended", s.env.Stamp(j.Ended))
	s.others("batchTrackingId")
}

// turn is the whole Update of a detail without answers of its own.
func (d *detail) turn(msg tea.Msg) kit.Effect {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return kit.Dispatch(d.env, msg, d.actions)
	case kit.ThemeMsg:
		d.redraw()
	case kit.ItemMsg:
		d.takeItem(msg)
	}
	return kit.Effect{}
}

// asked tells what stood on the device before and what it is to have, where the
// row keeps that in a form that people can read.
func (s *rowDetail) asked(r model.Row) {
	switch s.op.Kind {
	case model.ChangeAutopilot, model.UndoAutopilot:
		s.field("before", changeWords(r.Previous))
		s.field("wanted", changeWords(r.Target))
	case model.AssignPolicy, model.UnassignPolicy, model.UndoAssignment, model.RemoveDevices:
		s.field("policy before", s.policy(r.Previous))
		s.field("policy wanted", s.policy(r.Target))
	}
}

// changeWords reads a change of an Autopilot device as a row keeps it.
func changeWords(text string) string {
	var c model.AutopilotChange
	if json.Unmarshal([]byte(text), &c) != nil {
		return ""
	}
	return c.Words()
}
