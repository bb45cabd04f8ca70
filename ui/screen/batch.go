package screen

import (
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"muster/model"
	"muster/ui/kit"
)

// Batch shows one device batch.
type Batch struct {
	detail
	batch model.DeviceBatch
}

// NewBatch returns the detail of a batch as its list has it, read at asOf; Init reads it
// anew.
func NewBatch(env *kit.Env, b model.DeviceBatch, asOf time.Time) *Batch {
	s := &Batch{batch: b}
	s.detail = detail{env: env, name: model.Clean(string(b.ID)), facts: []string{env.AsOf(asOf)}, write: s.fill}
	s.actions = slices.Concat(batchActions(env, func() (model.DeviceBatch, bool) { return s.batch, true }), s.moves(env))
	s.anew(s, env.Customer.ID, batchRefOf(b))
	return s
}

// batchRefOf names a batch to the service.
func batchRefOf(b model.DeviceBatch) model.ItemRef {
	return model.ItemRef{Kind: model.BatchItem, ID: string(b.ID)}
}

// batchActions are what can be done with a batch; which says which one, if any.
func batchActions(env *kit.Env, which func() (model.DeviceBatch, bool)) []kit.Action {
	none := func() string {
		if _, ok := which(); !ok {
			return "there is no batch here"
		}
		return ""
	}
	return []kit.Action{
		{Name: "devices", Key: env.Keys.Open, Off: none, Help: "The devices of this batch.", Do: func() kit.Effect {
			b, _ := which()
			return kit.Effect{Open: kit.Open{View: kit.DevicesView, Filter: cellFilter("batch", string(b.ID)), Above: true}}
		}},
		{Name: "assign policy", Key: env.Keys.Assign, Hurt: true, Help: "To all devices of this batch.",
			Do: func() kit.Effect {
				b, _ := which()
				return kit.Effect{Push: env.Forms.AssignBatch(env, b)}
			},
			Off: func() string {
				if env.Forms.AssignBatch == nil {
					return "not available here"
				}
				return none()
			}},
		rawAction(env, func() (model.CustomerID, model.ItemRef, string, bool) {
			b, ok := which()
			return env.Customer.ID, batchRefOf(b), string(b.ID), ok
		}),
	}
}

// Init implements kit.Screen.
func (s *Batch) Init() kit.Effect { return s.readItem() }

// Update implements kit.Screen.
func (s *Batch) Update(msg tea.Msg) kit.Effect {
	if _, ok := msg.(kit.JobsMsg); ok {
		s.age()
	}
	return s.turn(msg)
}

func (s *Batch) fill() {
	b := s.batch
	s.title("Batch")
	s.field("name", string(b.ID))
	devices, _ := countCell(b.Devices)
	if now := s.said("devicesCount", ""); now != "" && strings.ReplaceAll(devices, " ", "") != now {
		devices += ", " + now + " by now"
	}
	s.field("devices", devices)
	s.field("created", s.env.Stamp(b.Created))
	s.field("created by", s.said("createdBy", b.CreatedBy))
	s.field("status", s.said("status", b.Status))
	s.text(1, "The name of a batch becomes the group tag of its devices in Intune. A batch cannot be renamed or deleted.", s.env.Theme.Muted)
	s.others("id", "devicesCount", "deviceCount", "creationDate", "createdBy", "status")
}
