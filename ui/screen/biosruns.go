package screen

import (
	"context"
	"iter"

	tea "charm.land/bubbletea/v2"

	"muster/model"
	"muster/model/fleet"
	"muster/ui/kit"
	"muster/ui/table"
	"muster/ui/theme"
)

var runSchema = fleet.Schema{
	{Name: "device", Title: "DEVICE"}, {Name: "state", Title: "STATE"}, {Name: "version", Title: "VERSION"}, {Name: "error", Title: "ERROR"},
	{Name: "user", Title: "USER"}, {Name: "windows", Title: "WINDOWS"}, {Name: "when", Title: "WHEN", Kind: fleet.Time}, {Name: "look", Title: "NEEDS A LOOK"},
}

var runCols = []table.Col{
	{Name: "device", Min: 15, Max: 24, Priority: 9}, {Name: "state", Min: 14, Max: 14, Priority: 8, Tone: runCellTone}, {Name: "version", Min: 10, Max: 12, Priority: 6},
	{Name: "error", Min: 20, Max: 80, Priority: 7}, {Name: "when", Min: 16, Max: 16, Priority: 4}, {Name: "user", Min: 16, Max: 32, Priority: 3},
	{Name: "windows", Min: 16, Max: 18, Priority: 2},
}

var userRunSchema = fleet.Schema{
	{Name: "user", Title: "USER"}, {Name: "succeeded", Title: "SUCCEEDED", Kind: fleet.Count}, {Name: "failed", Title: "FAILED", Kind: fleet.Count},
	{Name: "pending", Title: "PENDING", Kind: fleet.Count}, {Name: "other", Title: "OTHER", Kind: fleet.Count},
	{Name: "when", Title: "WHEN", Kind: fleet.Time}, {Name: "name", Title: "NAME"},
}

var userRunCols = []table.Col{
	{Name: "user", Min: 20, Max: 40, Priority: 9}, {Name: "succeeded", Min: 9, Right: true, Priority: 7}, {Name: "failed", Min: 6, Right: true, Priority: 8},
	{Name: "pending", Min: 7, Right: true, Priority: 6}, {Name: "other", Min: 5, Right: true, Priority: 4}, {Name: "when", Min: 16, Max: 16, Priority: 5},
	{Name: "name", Min: 16, Max: 30, Priority: 3},
}

// What a run may need a look for, as the column says it.
const (
	lookFailed = "failed"
	lookOld    = "old file"
)

func (s *BIOSConfiguration) runListing() listing[model.DeviceRun] {
	return listing[model.DeviceRun]{
		one: "device", many: "devices", schema: runSchema, cols: runCols,
		none: []string{"No device has reported on this BIOS configuration.", "A device does after its next check-in and, for most settings, a restart."}, intune: true,
		kinds: []model.OperationKind{model.EditBIOS, model.AssignBIOS},
		pages: func() iter.Seq2[kit.Page[model.DeviceRun], error] {
			reader, c, id, now := s.env.Backend.BIOS, s.env.Customer.ID, s.bios.ID, s.bios.Version
			return paged(s.env.Visit, func(ctx context.Context) iter.Seq2[[]model.DeviceRun, error] {
				if reader == nil {
					return unreachable[model.DeviceRun]("read device results")
				}
				return reader.BIOSRuns(ctx, c, id)
			}, runRow(s.env.Moment, now))
		},
	}
}

func (s *BIOSConfiguration) userListing() listing[model.UserRun] {
	return listing[model.UserRun]{
		one: "user", many: "users", schema: userRunSchema, cols: userRunCols,
		none: []string{"No user's devices have reported on this BIOS configuration."}, intune: true,
		kinds: []model.OperationKind{model.EditBIOS, model.AssignBIOS},
		pages: func() iter.Seq2[kit.Page[model.UserRun], error] {
			reader, c, id := s.env.Backend.BIOS, s.env.Customer.ID, s.bios.ID
			return paged(s.env.Visit, func(ctx context.Context) iter.Seq2[[]model.UserRun, error] {
				if reader == nil {
					return unreachable[model.UserRun]("read user results")
				}
				return reader.BIOSUserRuns(ctx, c, id)
			}, userRunRow(s.env.Moment))
		},
	}
}

// unreachable is a list that a connection without Intune cannot read.
func unreachable[T any](op string) iter.Seq2[[]T, error] {
	return func(yield func([]T, error) bool) { yield(nil, kit.Unreachable(op)) }
}

func runRow(moment momentFunc, now int) func(model.DeviceRun) fleet.Row {
	return func(r model.DeviceRun) fleet.Row {
		return fleet.Row{
			Key: r.ID,
			Cells: []string{model.Clean(r.Device), r.State.Words(), runVersion(r.Version, now), model.Clean(r.Problem),
				model.Clean(r.User), model.Clean(r.System), moment(r.At), runLook(r, now)},
			Sort: []int64{6: sortTime(r.At)},
		}
	}
}

// runVersion says which version of the file a result is of, and that this is not the
// present one.
func runVersion(of, now int) string {
	if of == now {
		return kit.Count(of)
	}
	return kit.Count(of) + ", not " + kit.Count(now)
}

// runLook says why somebody should look at a run, "" for no reason.
func runLook(r model.DeviceRun, now int) string {
	switch {
	case r.State.Failed():
		return lookFailed
	case r.Version < now:
		return lookOld
	}
	return ""
}

func runCellTone(state string) theme.Tone {
	for _, s := range model.RunStates() {
		if s.Words() == state {
			return runTone(s)
		}
	}
	return theme.WarnTone
}

func userRunRow(moment momentFunc) func(model.UserRun) fleet.Row {
	return func(u model.UserRun) fleet.Row {
		failed := u.Devices[model.RunFail] + u.Devices[model.RunScriptError]
		other := total(u.Devices) - failed - u.Devices[model.RunSuccess] - u.Devices[model.RunPending]
		n := func(v int) string { return kit.Count(v) }
		ok, waits := u.Devices[model.RunSuccess], u.Devices[model.RunPending]
		name := u.User
		if name == "" {
			name = u.Mail
		}
		return fleet.Row{
			Key:   u.ID,
			Cells: []string{model.Clean(name), n(ok), n(failed), n(waits), n(other), moment(u.At), model.Clean(u.Name)},
			Sort:  []int64{1: int64(ok), 2: int64(failed), 3: int64(waits), 4: int64(other), 5: sortTime(u.At)},
		}
	}
}

func (s *BIOSConfiguration) runActions() []kit.Action {
	k := s.env.Keys
	return []kit.Action{
		{Name: "open", Key: k.Open, Do: s.openRun, Off: s.runs.needRow, Help: "What the device reported, in full."},
		{Name: "only failed", Key: k.Attention, Do: s.onlyFailed, Off: s.runs.needAny,
			Help: "Show the devices on which it failed, or all again. Those that are not yet on the current file: /look:old"},
		passwordAction(s.env, s.machine),
	}
}

// onlyFailed puts the filter for failed devices in place, or takes it away.
func (s *BIOSConfiguration) onlyFailed() kit.Effect {
	failed := cellFilter("look", lookFailed)
	if s.runs.query.String() == failed {
		failed = ""
	}
	return s.runs.open(failed)
}

// machine is the device of the run under the cursor.
func (s *BIOSConfiguration) machine() (kit.Machine, bool) {
	r, _, ok := s.runs.current()
	return machineOf(r), ok
}

func machineOf(r model.DeviceRun) kit.Machine { return kit.Machine{Name: r.Device, Run: r.ID} }

// passwordAction shows the BIOS password of a device; which says of which, if any.
func passwordAction(env *kit.Env, which func() (kit.Machine, bool)) kit.Action {
	return kit.Action{Name: "BIOS password", Key: env.Keys.Password, Hurt: true,
		Help: "Read it and show it for a short time. It has to be asked for in writing, and that it was read is recorded.",
		Off: func() string {
			if env.Forms.BIOSPassword == nil {
				return "not available here"
			}
			if env.Backend.BIOSWriter == nil || env.Backend.Autopilot == nil {
				return kit.NoIntune
			}
			if _, ok := which(); !ok {
				return "there is no enrolled device here"
			}
			return ""
		},
		Do: func() kit.Effect {
			m, _ := which()
			return kit.Effect{Push: env.Forms.BIOSPassword(env, m)}
		},
	}
}

func (s *BIOSConfiguration) openRun() kit.Effect {
	r, _, ok := s.runs.current()
	if !ok {
		return kit.Effect{}
	}
	return kit.Effect{Push: newRunDetail(s.env, r, s.bios)}
}

// runDetail shows what one device reported on a BIOS configuration.
type runDetail struct {
	detail
	run  model.DeviceRun
	bios model.BIOSConfiguration
}

func newRunDetail(env *kit.Env, r model.DeviceRun, b model.BIOSConfiguration) *runDetail {
	s := &runDetail{run: r, bios: b}
	s.detail = detail{env: env, name: model.Clean(r.Device), write: s.fill}
	s.actions = append([]kit.Action{passwordAction(env, func() (kit.Machine, bool) { return machineOf(r), true })}, s.moves(env)...)
	return s
}

// Init implements kit.Screen.
func (s *runDetail) Init() kit.Effect { return kit.Effect{} }

// Update implements kit.Screen.
func (s *runDetail) Update(msg tea.Msg) kit.Effect { return s.turn(msg) }

func (s *runDetail) fill() {
	r := s.run
	s.title("Result of " + model.Clean(s.bios.Name))
	s.field("device", r.Device)
	s.field("state", r.State.Words())
	s.field("error", r.Problem)
	s.field("output", r.Output)
	version := "version " + kit.Count(r.Version)
	if r.Version != s.bios.Version {
		version += "; the present file is version " + kit.Count(s.bios.Version) + ", so the device is not on it yet"
	}
	s.field("of the file", version)
	s.field("when", s.env.Stamp(r.At))
	s.title("Device")
	s.field("windows", r.System)
	s.field("user", r.User)
	s.field("user id", r.UserID)
	s.field("filters", r.Filters)
	s.field("run id", r.ID)
}
