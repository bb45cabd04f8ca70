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
		rawAction(env, func() (model.CustomerID, model.ItemRef, string, bool) {
			return env.Customer.ID, deviceRefOf(s.device), name, true
		}),
	}, s.moves(env)...)
	s.anew(s, env.Customer.ID, deviceRefOf(d))
	return s
}

// deviceRefOf names a device to the service.
func deviceRefOf(d model.Device) model.ItemRef {
	return model.ItemRef{Kind: model.DeviceItem, ID: string(d.ID), Batch: d.Batch}
}

// Init implements kit.Screen.
func (s *Device) Init() kit.Effect { return s.readItem() }

// Update implements kit.Screen.
func (s *Device) Update(msg tea.Msg) kit.Effect {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return kit.Dispatch(s.env, msg, s.actions)
	case kit.ThemeMsg, kit.JobsMsg:
		s.age()
		s.redraw()
	case kit.ItemMsg:
		s.takeItem(msg)
		if words := s.fresh.item.Fact("allowedOperations"); words != "" {
			s.device.Allowed = strings.Split(words, ", ")
		}
	}
	return kit.Effect{}
}

func (s *Device) cannotAssign() string {
	if why := tooOld(s.env, s.source.kept, s.source.began); why != "" {
		return why
	}
	if s.env.Forms.Assign == nil {
		return "not available here"
	}
	return notAllowed(s.device, model.VerbPatch)
}

// notAllowed says why the service does not let something be done with a device, ""
// when it does or did not say.
func notAllowed(d model.Device, verb string) string {
	if d.Allows(verb) {
		return ""
	}
	return "the service allows only " + model.Clean(strings.Join(d.Allowed, ", ")) + " on this device"
}

func (s *Device) assign() kit.Effect {
	return kit.Effect{Push: s.env.Forms.Assign(s.env, []model.Device{s.device})}
}

func (s *Device) cannotRemove() string {
	if why := tooOld(s.env, s.source.kept, s.source.began); why != "" {
		return why
	}
	if s.env.Forms.Remove == nil || s.env.Backend.Devices == nil {
		return "not available here"
	}
	return notAllowed(s.device, model.VerbDelete)
}

func (s *Device) remove() kit.Effect {
	return kit.Effect{Push: s.env.Forms.Remove(s.env, []model.Device{s.device})}
}

func (s *Device) fill() {
	d := s.device
	s.title("Device")
	s.field("serial", s.said("serialNumber", d.Serial))
	s.field("maker", s.said("oemManufacturerName", d.Maker))
	s.field("model", s.said("modelName", d.Model))
	s.field("device id", string(d.ID))
	s.title("Registration")
	s.field("batch", string(d.Batch))
	s.field("uploaded", s.env.Stamp(d.Uploaded))
	s.field("uploaded by", s.said("uploadedBy", s.by))
	s.field("allowed", strings.Join(d.Allowed, ", "))
	s.title("Policy")
	s.fillPolicy()
	s.others("id", "serialNumber", "oemManufacturerName", "modelName", "uploadedBy", "uploadedDate", "allowedOperations", s.policyFact("key"), s.policyFact("value"))
}

func (s *Device) fillPolicy() {
	now, read := s.policyNow()
	s.field("policy", s.policy)
	switch _, isID := s.device.Policy.ID(); {
	case isID && s.device.Policy.Value != s.policy:
		s.field("policy id", s.device.Policy.Value)
	case isID:
		s.field("", "This id is not among the customer's policies.")
	case !s.device.Policy.None():
		s.field("", "The service gave a name instead of an id: made outside of Partner Center.")
	}
	if read && now != s.device.Policy.Value {
		if now == "" {
			now = noPolicy
		}
		s.field("", "Since the list was read it has changed: the service says "+now+" now.")
	}
}

// policyNow is the policy's value as the service had it when the device was read by
// itself.
func (s *Device) policyNow() (value string, read bool) {
	return s.fresh.item.Fact(s.policyFact("value")), !s.fresh.item.Read.IsZero()
}

// policyFact is the name of a property of the one policy that counts, among those that
// the service may list.
func (s *Device) policyFact(property string) string {
	for _, n := range []string{"1", "2", "3"} {
		if s.fresh.item.Fact("policies."+n+".key") == model.CategoryOOBE {
			return "policies." + n + "." + property
		}
	}
	return ""
}
