package kit

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"muster/model"
	"muster/model/fleet"
)

// Known is a snapshot of the customer's devices, as far as they were read. It never
// changes, so commands may keep it. Its zero value knows nothing.
type Known struct {
	Index  *fleet.Index               // one row for each device; its key is the device's id
	Device func(row int) model.Device // puts the device of a row together
	Serial int                        // the column of the serials, by position in the schema
}

// some returns the devices of the rows that keep likes, until ctx ends.
func (k Known) some(ctx context.Context, keep func(model.Device) bool) ([]model.Device, error) {
	var out []model.Device
	if k.Index == nil {
		return nil, nil
	}
	const often = 4096 // rows between two looks at the context
	for row := range k.Index.Len() {
		if row%often == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if d := k.Device(row); keep(d) {
			out = append(out, d)
		}
	}
	return out, nil
}

// DevicesMsg answers [BatchDevices].
type DevicesMsg struct {
	Reply
	Devices []model.Device
	Err     *model.Error // why these may not be all
}

// BatchDevices returns a command that finds the devices of one batch: among those that
// are known when all of them are, else by reading the batch from the service.
func BatchDevices(ctx context.Context, env *Env, re Reply, batch model.BatchID) tea.Cmd {
	reader, id, known := env.Backend.Batch, env.Customer.ID, env.Fleet
	in := func(d model.Device) bool { return d.Batch == batch }
	return func() tea.Msg {
		msg := DevicesMsg{Reply: re}
		if known.Whole && known.Index != nil {
			devices, err := known.some(ctx, in)
			msg.Devices, msg.Err = devices, Trouble(err)
			return msg
		}
		for page, err := range reader.BatchDevices(ctx, id, batch) {
			if err != nil && msg.Err == nil {
				msg.Err = Trouble(err)
			}
			msg.Devices = append(msg.Devices, page...)
		}
		return msg
	}
}

// owned returns where the customer has a device already, by serial, or nil when not
// all devices are known. Serials that several devices share decide nothing.
func owned(ctx context.Context, f Fleet) func(model.UploadRow) string {
	if !f.Whole || f.Index == nil || f.Index.Len() == 0 {
		return nil
	}
	where, err := bySerial(ctx, f.Known)
	if err != nil {
		return nil // what reads the list ends with the same context
	}
	return func(r model.UploadRow) string {
		row, found := where[strings.ToLower(r.Serial())]
		if !found || row == several || r.Serial() == "" {
			return ""
		}
		d := f.Device(row)
		if !r.Machine().Same(d.Machine()) {
			return ""
		}
		if d.Batch == "" { // of the two inventories, Intune alone has it
			return "Intune"
		}
		return "batch " + model.Clean(string(d.Batch))
	}
}
