package screen

import (
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"muster/model"
	"muster/ui/kit"
)

// Device shows one device as its list has it.
type Device struct {
	detail
	device model.Device
	by     string
	policy string // the policy's name
	asOf   time.Time
}

// NewDevice returns the detail of a device. by is who uploaded it, policy the name of
// its policy, asOf when the list was read.
func NewDevice(env *kit.Env, d model.Device, by, policy string, asOf time.Time) *Device {
	s := &Device{device: d, by: by, policy: policy, asOf: asOf}
	name := model.Clean(d.Serial)
	if name == "" {
		name = model.Clean(string(d.ID))
	}
	s.detail = detail{env: env, name: name, facts: []string{env.AsOf(asOf)}, write: s.fill}
	s.actions = append([]kit.Action{
		{Name: "assign policy", Key: env.Keys.Assign, Hurt: true, Do: s.assign, Off: s.cannotAssign},
		{Name: "remove", Key: env.Keys.Remove, Hurt: true, Do: s.remove, Off: s.cannotRemove, Help: "Take it out of its batch. It cannot be undone."},
	}, s.moves(env)...)
	return s
}

// Init implements kit.Screen.
func (s *Device) Init() kit.Effect { return kit.Effect{} }

// Update implements kit.Screen.
func (s *Device) Update(msg tea.Msg) kit.Effect {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return kit.Dispatch(s.env, msg, s.actions)
	case kit.ThemeMsg, kit.JobsMsg:
		s.age()
		s.redraw()
	}
	return kit.Effect{}
}

func (s *Device) cannotAssign() string {
	if s.env.Forms.Assign == nil {
		return "not available here"
	}
	return ""
}

func (s *Device) assign() kit.Effect {
	return kit.Effect{Push: s.env.Forms.Assign(s.env, []model.Device{s.device})}
}

func (s *Device) cannotRemove() string {
	if s.env.Forms.Remove == nil || s.env.Backend.Devices == nil {
		return "not available here"
	}
	return ""
}

func (s *Device) remove() kit.Effect {
	return kit.Effect{Push: s.env.Forms.Remove(s.env, []model.Device{s.device})}
}

func (s *Device) fill() {
	d := s.device
	s.title("Device")
	s.field("serial", d.Serial)
	s.field("maker", d.Maker)
	s.field("model", d.Model)
	s.field("device id", string(d.ID))
	s.title("Registration")
	s.field("batch", string(d.Batch))
	s.field("uploaded", s.env.Stamp(d.Uploaded))
	s.field("uploaded by", s.by)
	s.field("allowed", strings.Join(d.Allowed, ", "))
	s.title("Policy")
	s.field("policy", s.policy)
	switch _, isID := d.Policy.ID(); {
	case isID && d.Policy.Value != s.policy:
		s.field("policy id", d.Policy.Value)
	case isID:
		s.field("", "This id is not among the customer's policies.")
	case !d.Policy.None():
		s.field("", "The service gave a name instead of an id: made outside of Partner Center.")
	}
}
