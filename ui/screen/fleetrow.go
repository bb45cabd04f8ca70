package screen

import (
	"strings"
	"sync"

	"muster/model"
	"muster/model/fleet"
	"muster/ui/table"
	"muster/ui/theme"
)

// The columns of the device list, by position in the schema. Those from deviceTag on
// that are not Partner Center's come from Intune.
const (
	deviceSerial = iota
	deviceModel
	deviceMaker
	deviceKnown
	deviceLook
	deviceBatch
	deviceTag
	devicePolicy
	deviceProfile
	deviceUploaded
	deviceName
	deviceUser
	deviceEnrolled
	deviceContact
	deviceDiffers
	devicePolicyID
	deviceBy
	deviceAllowed
	deviceGreeting
	deviceStatus
	deviceAutopilot
	deviceManaged
	deviceEntra
	deviceColumns
)

var deviceSchema = fleet.Schema{
	{Name: "serial", Title: "SERIAL"}, {Name: "model", Title: "MODEL"}, {Name: "maker", Title: "MAKER"}, {Name: "known", Title: "KNOWN"}, {Name: "look", Title: "!", Aside: true},
	{Name: "batch", Title: "BATCH"}, {Name: "tag", Title: "GROUP TAG"}, {Name: "policy", Title: "POLICY"}, {Name: "profile", Title: "PROFILE"},
	{Name: "uploaded", Title: "UPLOADED", Kind: fleet.Time}, {Name: "name", Title: "NAME"}, {Name: "user", Title: "USER"},
	{Name: "enrolled", Title: "ENROLLED"}, {Name: "contact", Title: "LAST CONTACT", Kind: fleet.Time},
	{Name: "differs", Title: "DIFFERS", Aside: true}, {Name: "policyId", Title: "POLICY ID", Aside: true}, {Name: "uploadedBy", Title: "UPLOADED BY", Aside: true},
	{Name: "allowed", Title: "ALLOWED", Aside: true}, {Name: "greeting", Title: "GREETING", Aside: true}, {Name: "status", Title: "STATUS", Aside: true},
	{Name: "autopilotId", Title: "AUTOPILOT ID", Aside: true}, {Name: "managedDeviceId", Title: "MANAGED DEVICE ID", Aside: true}, {Name: "entraDeviceId", Title: "ENTRA DEVICE ID", Aside: true},
}

var deviceCols = []table.Col{
	{Name: "serial", Min: 10, Max: 20, Priority: 9},
	{Name: "model", Min: 17, Max: 30, Priority: 4},
	{Name: "maker", Min: 9, Max: 22, Priority: 1},
	{Name: "known", Min: 7, Max: 7, Priority: 7},
	{Name: "look", Min: 1, Max: 1, Priority: 7, Tone: lookTone},
	{Name: "batch", Min: 12, Max: 20, Priority: 5},
	{Name: "tag", Min: 12, Max: 20, Priority: 6},
	{Name: "policy", Min: 12, Max: 30, Priority: 8, Tone: policyTone},
	{Name: "profile", Min: 12, Max: 30, Priority: 7, Tone: profileTone},
	{Name: "uploaded", Min: 10, Max: 10, Priority: 3},
	{Name: "name", Min: 10, Max: 15, Priority: 2},
	{Name: "user", Min: 12, Max: 40, Priority: 2},
	{Name: "enrolled", Min: 8, Max: 16, Priority: 1},
	{Name: "contact", Min: 12, Max: 12, Priority: 1},
}

// sharedColumns hold what both services say of a device, partnerColumns what Partner
// Center alone does.
var (
	sharedColumns  = [...]int{deviceSerial, deviceModel, deviceMaker}
	partnerColumns = [...]int{deviceBatch, devicePolicy, deviceUploaded, devicePolicyID, deviceBy, deviceAllowed}
)

// Where a device is known.
const (
	knownPartner = "partner"
	knownIntune  = "Intune"
	knownBoth    = "both"
)

// lookSign stands beside a device that the services disagree about.
const lookSign = "!"

func lookTone(string) theme.Tone { return theme.WarnTone }

// disagree notes on a row what the two services disagree about, "" for nothing.
func disagree(row fleet.Row, about string) {
	row.Cells[deviceDiffers], row.Cells[deviceLook] = about, ""
	if about != "" {
		row.Cells[deviceLook] = lookSign
	}
}

// What the two services disagree about. The filter differs:yes shows all of it.
const (
	differsTag     = "yes, group tag"
	differsIntune  = "yes, not in Intune"
	differsPartner = "yes, not at Partner Center"
	differsSerial  = "yes, serial not unique"
)

// noPolicy stands where a device has no policy.
const noPolicy = "none"

func policyTone(cell string) theme.Tone {
	if cell == noPolicy {
		return theme.MutedTone
	}
	return theme.PlainTone
}

func profileTone(cell string) theme.Tone {
	switch cell {
	case model.AssignmentNone.Words():
		return theme.MutedTone
	case model.AssignmentPending.Words(), model.AssignmentOutOfSync.Words():
		return theme.WarnTone
	case model.AssignmentFailed.Words():
		return theme.BadTone
	}
	return theme.PlainTone
}

// partnerRow is a device as Partner Center alone has it.
func partnerRow(d model.Device, policy string, day momentFunc) fleet.Row {
	cells := make([]string, deviceColumns)
	cells[deviceSerial], cells[deviceModel], cells[deviceMaker] = model.Clean(d.Serial), model.Clean(d.Model), model.Clean(d.Maker)
	cells[deviceKnown], cells[deviceBatch], cells[devicePolicy], cells[deviceUploaded] = knownPartner, model.Clean(string(d.Batch)), policy, day(d.Uploaded)
	if policy == "" {
		cells[devicePolicy] = noPolicy
	}
	cells[devicePolicyID], cells[deviceBy], cells[deviceAllowed] = model.Clean(d.Policy.Value), model.Clean(d.UploadedBy), model.Clean(strings.Join(d.Allowed, " "))
	return fleet.Row{Key: string(d.ID), Cells: cells, Sort: deviceSort(sortTime(d.Uploaded), fleet.Unknown)}
}

func deviceSort(uploaded, contact int64) []int64 {
	return []int64{deviceUploaded: uploaded, deviceContact: contact}
}

// intuneRow is a device as Intune alone has it.
func intuneRow(d model.AutopilotDevice, day momentFunc) fleet.Row {
	cells := make([]string, deviceColumns)
	cells[deviceSerial], cells[deviceModel], cells[deviceMaker] = model.Clean(d.Serial), model.Clean(d.Model), model.Clean(d.Maker)
	cells[deviceKnown], cells[deviceTag], cells[deviceProfile] = knownIntune, model.Clean(d.Tag()), d.Assignment.Words()
	cells[deviceName], cells[deviceUser], cells[deviceGreeting] = model.Clean(d.DisplayName), model.Clean(d.User), model.Clean(d.AddressableUser)
	cells[deviceEnrolled], cells[deviceContact], cells[deviceStatus] = model.EnrollmentWords(d.Enrollment), day(d.LastContact), model.Clean(string(d.Assignment))
	cells[deviceAutopilot], cells[deviceEntra] = model.Clean(string(d.ID)), model.Clean(d.EntraDevice)
	if d.Enrolled() {
		cells[deviceManaged] = model.Clean(string(d.ManagedDevice))
	}
	return fleet.Row{Key: string(d.ID), Cells: cells, Sort: deviceSort(fleet.Unknown, sortTime(d.LastContact))}
}

// bothRow joins the rows of one device. Its key is that of Partner Center.
func bothRow(p, i fleet.Row) fleet.Row {
	cells := append([]string(nil), i.Cells...)
	for _, col := range sharedColumns {
		if p.Cells[col] != "" {
			cells[col] = p.Cells[col]
		}
	}
	for _, col := range partnerColumns {
		cells[col] = p.Cells[col]
	}
	cells[deviceKnown] = knownBoth
	row := fleet.Row{Key: p.Key, Cells: cells, Sort: deviceSort(p.Sort[deviceUploaded], i.Sort[deviceContact])}
	disagree(row, "")
	if cells[deviceBatch] != cells[deviceTag] {
		disagree(row, differsTag)
	}
	return row
}

// parted is the inverse of bothRow: the two rows of a device whose serial turned out
// to be that of another one, too.
func parted(both fleet.Row) (p, i fleet.Row) {
	p = fleet.Row{Key: both.Key, Cells: make([]string, deviceColumns), Sort: deviceSort(both.Sort[deviceUploaded], fleet.Unknown)}
	i = fleet.Row{Key: both.Cells[deviceAutopilot], Cells: append([]string(nil), both.Cells...), Sort: deviceSort(fleet.Unknown, both.Sort[deviceContact])}
	for _, col := range sharedColumns {
		p.Cells[col] = both.Cells[col]
	}
	for _, col := range partnerColumns {
		p.Cells[col], i.Cells[col] = both.Cells[col], ""
	}
	p.Cells[deviceKnown], i.Cells[deviceKnown] = knownPartner, knownIntune
	disagree(p, differsSerial)
	disagree(i, differsSerial)
	return p, i
}

// oddities keeps the devices whose texts a row does not hold as they came, such as
// those with characters that cannot be drawn. It may be asked while the list is still
// being read.
type oddities struct {
	mu        sync.RWMutex
	devices   map[model.DeviceID]model.Device
	autopilot map[string]model.AutopilotDevice // by the id as the row has it
}

// none reports whether every row holds all of its device.
func (o *oddities) none() bool {
	o.mu.RLock()
	defer o.mu.RUnlock()
	return len(o.devices)+len(o.autopilot) == 0
}

// partner keeps a device if its row does not say all that a request is made of.
func (o *oddities) partner(d model.Device, row fleet.Row) {
	back := partnerOf(row)
	if back.ID == d.ID && back.Batch == d.Batch && back.Policy == d.Policy && back.Serial == d.Serial && back.Maker == d.Maker && back.Model == d.Model {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.devices == nil {
		o.devices = map[model.DeviceID]model.Device{}
	}
	o.devices[d.ID] = d
}

// intune is what partner is for a device of Intune.
func (o *oddities) intune(d model.AutopilotDevice, row fleet.Row) {
	back := autopilotOf(row)
	if back.ID == d.ID && back.Serial == d.Serial && back.GroupTag == d.GroupTag && back.DisplayName == d.DisplayName && back.User == d.User &&
		back.AddressableUser == d.AddressableUser && back.Assignment == d.Assignment && back.Enrolled() == d.Enrolled() &&
		(!d.Enrolled() || back.ManagedDevice == d.ManagedDevice) {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.autopilot == nil {
		o.autopilot = map[string]model.AutopilotDevice{}
	}
	o.autopilot[row.Cells[deviceAutopilot]] = d
}

// device is a row as Partner Center has it; without an id when it does not.
func (o *oddities) device(row fleet.Row) model.Device {
	d := partnerOf(row)
	o.mu.RLock()
	defer o.mu.RUnlock()
	if odd, ok := o.devices[d.ID]; ok && d.ID != "" {
		return odd
	}
	return d
}

// autopilotDevice is a row as Intune has it; without an id when it does not.
func (o *oddities) autopilotDevice(row fleet.Row) model.AutopilotDevice {
	o.mu.RLock()
	defer o.mu.RUnlock()
	if odd, ok := o.autopilot[row.Cells[deviceAutopilot]]; ok {
		return odd
	}
	return autopilotOf(row)
}

// partnerOf puts a device together from its row.
func partnerOf(row fleet.Row) model.Device {
	c := row.Cells
	if c[deviceKnown] == knownIntune {
		return model.Device{Serial: c[deviceSerial], Maker: c[deviceMaker], Model: c[deviceModel]}
	}
	return model.Device{
		ID: model.DeviceID(row.Key), Batch: model.BatchID(c[deviceBatch]), Policy: model.PolicyRef{Value: c[devicePolicyID]},
		Serial: c[deviceSerial], Maker: c[deviceMaker], Model: c[deviceModel], Allowed: strings.Fields(c[deviceAllowed]),
		Uploaded: timeOf(row.Sort[deviceUploaded]), UploadedBy: c[deviceBy],
	}
}

// autopilotOf puts an Autopilot device together from its row: what requests are made
// of, and what an operator knows it by. The item at the service has more.
func autopilotOf(row fleet.Row) model.AutopilotDevice {
	c := row.Cells
	return model.AutopilotDevice{
		ID: model.AutopilotID(c[deviceAutopilot]), Serial: c[deviceSerial], Maker: c[deviceMaker], Model: c[deviceModel],
		GroupTag: c[deviceTag], DisplayName: c[deviceName], User: c[deviceUser], AddressableUser: c[deviceGreeting],
		ManagedDevice: model.ManagedDeviceID(c[deviceManaged]), EntraDevice: c[deviceEntra], Assignment: model.AssignmentStatus(c[deviceStatus]),
	}
}
