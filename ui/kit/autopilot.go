package kit

import (
	"context"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"muster/model"
)

// AutopilotMsg answers [ReadAutopilot].
type AutopilotMsg struct {
	Reply
	Detail model.AutopilotDetail
	Err    *model.Error
}

// ReadAutopilot returns a command that reads one Autopilot device with its profiles
// and its managed device.
func ReadAutopilot(ctx context.Context, env *Env, re Reply, device model.AutopilotID) tea.Cmd {
	reader, id := env.Backend.Autopilot, env.Customer.ID
	return func() tea.Msg {
		if reader == nil {
			return AutopilotMsg{Reply: re, Err: Unreachable("read Autopilot device")}
		}
		d, err := reader.AutopilotDevice(ctx, id, device)
		return AutopilotMsg{Reply: re, Detail: d, Err: Trouble(err)}
	}
}

// AskedMsg answers [AskedProfile].
type AskedMsg struct {
	Reply
	Since time.Time // zero when nobody asked from here, as far as the ledger knows
}

// AskedProfile returns a command that looks in the ledger since when the newest
// assignment of a profile to a device has been accepted.
func AskedProfile(ctx context.Context, env *Env, re Reply, device model.AutopilotID) tea.Cmd {
	journal, board, customer := env.Backend.Journal, env.Jobs, env.Customer.ID
	return func() tea.Msg {
		msg := AskedMsg{Reply: re}
		if journal == nil || board == nil {
			return msg
		}
		for _, o := range board.Operations { // newest first
			if o.Kind != model.AssignProfile || o.Customer != customer {
				continue
			}
			rows, err := journal.Rows(ctx, o.ID)
			if err != nil {
				return msg
			}
			i := slices.IndexFunc(rows, func(r model.Row) bool { return r.Autopilot == device })
			if i < 0 {
				continue
			}
			if j := slices.IndexFunc(o.Jobs, func(j model.Job) bool { return j.Chunk == rows[i].Chunk }); j >= 0 {
				msg.Since = o.Jobs[j].Accepted
			}
			return msg
		}
		return msg
	}
}

// SyncStateMsg answers [ReadSyncState].
type SyncStateMsg struct {
	Reply
	Settings model.AutopilotSettings
	Err      *model.Error
}

// ReadSyncState returns a command that reads when the last sync was and whether one
// runs.
func ReadSyncState(ctx context.Context, env *Env, re Reply) tea.Cmd {
	reader, id := env.Backend.Autopilot, env.Customer.ID
	return func() tea.Msg {
		if reader == nil {
			return SyncStateMsg{Reply: re, Err: Unreachable("read sync state")}
		}
		s, err := reader.AutopilotSettings(ctx, id)
		return SyncStateMsg{Reply: re, Settings: s, Err: Trouble(err)}
	}
}

// LockedMsg answers [LockedBIOS].
type LockedMsg struct {
	Reply
	Locked  []model.ManagedDeviceID // of those asked for, with a BIOS password at Intune
	Asked   int                     // devices that an answer came for
	Of      int                     // devices that have a managed device
	Err     *model.Error            // why not more were asked for
	Enabled bool                    // somebody could be asked at all
}

// LockedBIOS returns a command that asks of devices, at most limit of them, whether
// Intune keeps a BIOS password for them. It ends early with ctx and at the first error.
func LockedBIOS(ctx context.Context, env *Env, re Reply, devices []model.ManagedDeviceID, limit int) tea.Cmd {
	reader, id := env.Backend.Autopilot, env.Customer.ID
	return func() tea.Msg {
		msg := LockedMsg{Reply: re, Of: len(devices), Enabled: reader != nil}
		if reader == nil {
			return msg
		}
		for _, d := range devices[:min(len(devices), limit)] {
			has, err := reader.HasBIOSPassword(ctx, id, d)
			if err != nil {
				msg.Err = Trouble(err)
				return msg
			}
			msg.Asked++
			if has {
				msg.Locked = append(msg.Locked, d)
			}
		}
		return msg
	}
}

// write runs a write at Intune, or answers that there is no way to it.
func write(env *Env, re Reply, there bool, op string, do func(context.Context) (model.OperationID, error)) tea.Cmd {
	if !there {
		return func() tea.Msg { return SavedMsg{Reply: re, Err: Unreachable(op)} }
	}
	return ask(env, re, do)
}

// ChangeAutopilot returns a command that writes down a change of Autopilot devices and
// hands it over.
func ChangeAutopilot(env *Env, re Reply, c model.Customer, devices []model.AutopilotDevice, to model.AutopilotChange) tea.Cmd {
	w := env.Backend.AutopilotWriter
	return write(env, re, w != nil, "change Autopilot devices", func(ctx context.Context) (model.OperationID, error) {
		return w.ChangeAutopilot(ctx, c, devices, to)
	})
}

// DeleteAutopilot returns a command that writes down the deletion of Autopilot devices
// and hands it over.
func DeleteAutopilot(env *Env, re Reply, c model.Customer, devices []model.AutopilotDevice) tea.Cmd {
	w := env.Backend.AutopilotWriter
	return write(env, re, w != nil, "delete Autopilot devices", func(ctx context.Context) (model.OperationID, error) {
		return w.DeleteAutopilot(ctx, c, devices)
	})
}

// SyncAutopilot returns a command that writes down a sync and hands it over.
func SyncAutopilot(env *Env, re Reply, c model.Customer) tea.Cmd {
	w := env.Backend.AutopilotWriter
	return write(env, re, w != nil, "sync Autopilot", func(ctx context.Context) (model.OperationID, error) { return w.SyncAutopilot(ctx, c) })
}

// ImportAutopilot returns a command that writes down an import straight into Intune
// and hands it over.
func ImportAutopilot(env *Env, re Reply, u model.Upload) tea.Cmd {
	w := env.Backend.AutopilotWriter
	return write(env, re, w != nil, "import Autopilot devices", func(ctx context.Context) (model.OperationID, error) { return w.ImportAutopilot(ctx, u) })
}

// AssignProfile returns a command that writes down the assignment of a profile to
// devices and hands it over.
func AssignProfile(env *Env, re Reply, a model.ProfileAssignment) tea.Cmd {
	w := env.Backend.AutopilotWriter
	return write(env, re, w != nil, "assign profile", func(ctx context.Context) (model.OperationID, error) { return w.AssignProfile(ctx, a) })
}

// TickedMsg answers [Tick].
type TickedMsg struct{ Reply }

// Tick returns a command that answers after d, for what counts down on the screen.
func Tick(re Reply, d time.Duration) tea.Cmd {
	return tea.Tick(d, func(time.Time) tea.Msg { return TickedMsg{re} })
}
