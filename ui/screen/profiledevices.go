package screen

import (
	"context"
	"iter"

	tea "charm.land/bubbletea/v2"

	"muster/model"
	"muster/model/fleet"
	"muster/ui/kit"
	"muster/ui/table"
)

var holderSchema = fleet.Schema{
	{Name: "serial", Title: "SERIAL"}, {Name: "status", Title: "STATUS"}, {Name: "model", Title: "MODEL"}, {Name: "tag", Title: "GROUP TAG"},
	{Name: "enrolled", Title: "ENROLLED"}, {Name: "user", Title: "USER"}, {Name: "autopilotId", Title: "AUTOPILOT ID", Aside: true},
}

var holderCols = []table.Col{
	{Name: "serial", Min: 12, Max: 20, Priority: 9}, {Name: "status", Min: 12, Max: 26, Priority: 8, Tone: profileTone},
	{Name: "model", Min: 16, Max: 30, Priority: 6}, {Name: "tag", Min: 12, Max: 20, Priority: 7}, {Name: "enrolled", Min: 8, Max: 16, Priority: 5},
	{Name: "user", Min: 16, Max: 40, Priority: 3},
}

// ProfileDevices lists the devices that have a deployment profile.
type ProfileDevices struct {
	env     *kit.Env
	list    *list[model.AutopilotDevice]
	actions []kit.Action
}

// NewProfileDevices returns the list, still empty; Init begins to read it.
func NewProfileDevices(env *kit.Env, p model.DeploymentProfile) *ProfileDevices {
	s := &ProfileDevices{env: env}
	s.list = newList(env, s, listing[model.AutopilotDevice]{
		one: "device", many: "devices", idName: "autopilotId", schema: holderSchema, cols: holderCols,
		none: []string{"No device has this profile."}, intune: true,
		kinds: []model.OperationKind{model.AssignProfile, model.TargetProfile, model.DeleteAutopilot, model.SyncAutopilot},
		pages: func() iter.Seq2[kit.Page[model.AutopilotDevice], error] {
			reader, id := env.Backend.Profiles, env.Customer.ID
			read := func(ctx context.Context) iter.Seq2[[]model.AutopilotDevice, error] {
				if reader == nil {
					return func(yield func([]model.AutopilotDevice, error) bool) {
						yield(nil, kit.Unreachable("list devices of profile"))
					}
				}
				return needsIntune(reader.ProfileDevices(ctx, id, p.ID))
			}
			return paged(env.Visit, read, func(d model.AutopilotDevice) fleet.Row {
				return fleet.Row{Key: string(d.ID), Cells: []string{model.Clean(d.Serial), d.Assignment.Words(), model.Clean(d.Model), model.Clean(d.Tag()),
					model.EnrollmentWords(d.Enrollment), model.Clean(d.User), model.Clean(string(d.ID))}}
			})
		},
	})
	s.actions = append([]kit.Action{
		{Name: "open", Key: env.Keys.Open, Do: s.open, Off: s.list.needRow, Help: "All that Intune knows of the device under the cursor."},
	}, append(s.list.looks(), s.list.moves()...)...)
	return s
}

// Init implements kit.Screen.
func (s *ProfileDevices) Init() kit.Effect { return s.list.refresh() }

// Update implements kit.Screen.
func (s *ProfileDevices) Update(msg tea.Msg) kit.Effect { return s.list.handle(msg, s.actions) }

// View implements kit.Screen.
func (s *ProfileDevices) View() string { return s.list.view() }

// Resize implements kit.Screen.
func (s *ProfileDevices) Resize(w, h int) { s.list.resize(w, h) }

// Card implements kit.Screen.
func (s *ProfileDevices) Card() kit.Card { return s.list.card("devices of the profile", s.actions) }

func (s *ProfileDevices) open() kit.Effect {
	d, _, ok := s.list.current()
	if !ok {
		return kit.Effect{}
	}
	from := source{began: s.list.began, kinds: s.list.kinds, read: s.list.refresh}
	detail := NewAutopilot(s.env, model.Device{}, "", d, from)
	detail.apart = true
	return kit.Effect{Push: detail}
}
