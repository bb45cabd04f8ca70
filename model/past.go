package model

import (
	"strings"
	"time"
)

// Class says what can be done about a row that failed.
type Class uint8

// The classes of per-device codes. Unclassified codes are shown verbatim and
// never retried.
const (
	Unclassified Class = iota
	Transient          // a passing fault of the service: later the same may work
	MendFile           // the list must be mended
	AlreadyYours       // the device is there already: nothing to do
	OtherTenant        // somebody else must act first
	StaleList          // what muster showed is not what the service has: read again
	ProgramFault       // report it
)

var classWords = [...]string{"unknown code", "passing fault", "mend the list", "already there", "other tenant", "read again", "report it"}

// String returns the class in words.
func (c Class) String() string {
	if int(c) < len(classWords) {
		return classWords[c]
	}
	return classWords[0]
}

// Classes lists every class.
func Classes() []Class {
	return []Class{Transient, MendFile, AlreadyYours, OtherTenant, StaleList, ProgramFault, Unclassified}
}

// classes follows the reference on Partner Center, section 9.3. The name decides
// before the number.
var classes = map[string]Class{
	"801": ProgramFault, "invalidztdrequestbody": ProgramFault,
	"802": MendFile, "invalidztdhardwarehash": MendFile, "hashnot4k": MendFile,
	"803": MendFile, "missingztdserialnumberandproductkey": MendFile, "ztddeviceduplicated": MendFile,
	"806": AlreadyYours, "ztddevicealreadyassigned": AlreadyYours,
	"807": StaleList, "ztddeviceisnotregistered": StaleList, "809": StaleList, "ztdprofileisnotregistered": StaleList,
	"808": OtherTenant, "ztddeviceassignedtoothertenant": OtherTenant, "ztddeviceassignedtoanothertenant": OtherTenant,
	"810": ProgramFault, "ztdprofileassignedtoothertenant": ProgramFault,
	"811": OtherTenant, "ztddeviceregisteredbyothertenant": OtherTenant,
	"812": MendFile, "ztddevicenotfound": MendFile, "813": MendFile, "ztddeviceisnotunique": MendFile,
	"814": OtherTenant, "ztddevicealreadyaadregistered": OtherTenant,
	"640": Transient, "storageerror": Transient,
	// Of single requests to Intune.
	"internalservererror": Transient, "serviceunavailable": Transient, "conditionnotmet": Transient, "toomanyrequests": Transient,
}

// ClassOf returns the class of a per-device code.
func ClassOf(code, name string) Class {
	if n := strings.ToLower(name); n != "" {
		if c, ok := classes[n]; ok {
			return c
		}
		if strings.HasPrefix(n, "ztd") {
			return Unclassified
		}
	}
	if c, ok := classes[code]; ok {
		return c
	}
	return classes[strings.ToLower(code)]
}

// Retryable returns the rows that a retry would send again: unknown ones whose
// chunk was never accepted, those of chunks that the service refused as a whole,
// and failed ones of class [Transient] that can still be sent, because nothing
// secret belongs to them. All else stays as it is.
func Retryable(o Operation, rows []Row) []Row {
	phases := make(map[int]ChunkPhase, len(o.Jobs))
	for _, j := range o.Jobs {
		phases[j.Chunk] = j.Phase
	}
	var out []Row
	for _, r := range rows {
		switch p := phases[r.Chunk]; {
		case r.State == RowUnknown && p == ChunkUnknown, r.State == RowFailed && p == ChunkRefused, r.Again(o.Kind):
			out = append(out, r)
		}
	}
	return out
}

// Again reports whether a failed row of an ended chunk may be sent as a new
// attempt: its fault passes, and what must be sent is still known.
func (r Row) Again(k OperationKind) bool {
	if r.State != RowFailed || ClassOf(r.Code, r.CodeName) != Transient {
		return false
	}
	switch k {
	case AssignPolicy, UnassignPolicy, UndoAssignment, ChangeAutopilot, UndoAutopilot, DeleteAutopilot, AssignProfile:
		return true
	case UploadDevices:
		return r.Maker != "" && r.Model != "" && r.HashSum == "" && r.KeySum == ""
	}
	return false
}

// Event is one line of an operation's record: what happened to it, or to one of
// its chunks, and when. It holds ids and words, never a secret.
type Event struct {
	At     time.Time
	Chunk  int // 0 = the operation as a whole
	What   string
	Detail string
}

// UndoPlan is what can be put back of a policy assignment, or of a change of
// Autopilot devices, decided by what the service says now.
type UndoPlan struct {
	Operation OperationID
	Customer  Customer
	Title     string
	Devices   []UndoDevice // of a policy assignment
	Changes   []UndoChange // of a change of Autopilot devices
	LeftOut   []UndoLeft
}

// Rows counts what is put back.
func (p UndoPlan) Rows() int { return len(p.Devices) + len(p.Changes) }

// UndoChange is an Autopilot device that gets back what it had.
type UndoChange struct {
	Device AutopilotDevice // as it is now
	Back   AutopilotChange
}

// UndoDevice is a device that gets its former policy back.
type UndoDevice struct {
	Device Device // as it is now
	Policy PolicyID
	Name   string // of the policy
}

// UndoLeft counts rows that cannot be undone, by reason.
type UndoLeft struct {
	Why  string
	Rows int
}

// Reasons for which there is nothing to put back.
const (
	policyNotGot = "did not get the policy"
	policyHadIt  = "had this policy before"
	changeNotGot = "did not get the change"
	changeHadIt  = "had this before"
)

// Stays counts the rows that the operation changed and that are not put back.
func (p UndoPlan) Stays() int {
	n := 0
	for _, l := range p.LeftOut {
		switch l.Why {
		case policyNotGot, policyHadIt, changeNotGot, changeHadIt:
		default:
			n += l.Rows
		}
	}
	return n
}

// Kept counts the rows that cannot be undone.
func (p UndoPlan) Kept() int {
	n := 0
	for _, l := range p.LeftOut {
		n += l.Rows
	}
	return n
}

// PlanUndo decides what of an assignment can be undone. now are the customer's
// devices and policies as the service has them. Left out are rows that did not
// get the policy, that had none before, whose former policy is gone or was only a
// name, and devices that somebody changed since.
func PlanUndo(o Operation, rows []Row, now []Device, policies []ConfigurationPolicy) UndoPlan {
	p := UndoPlan{Operation: o.ID, Customer: Customer{ID: o.Customer, Name: o.CustomerName}, Title: o.Title}
	have := make(map[DeviceID]Device, len(now))
	for _, d := range now {
		have[d.ID] = d
	}
	names := make(map[string]string, len(policies))
	for _, c := range policies {
		names[string(c.ID)] = c.Name
	}
	left := map[string]int{}
	for _, r := range rows {
		d, there := have[r.Device]
		former := PolicyRef{Value: r.Previous}
		_, isID := former.ID()
		name, known := names[r.Previous]
		switch {
		case r.State != RowDone:
			left[policyNotGot]++
		case !there:
			left["the device is gone"]++
		case d.Policy.Value != o.Target:
			left["somebody changed the device since"]++
		case former.None():
			left["had no policy before"]++
		case !isID:
			left["the former policy was only a name"]++
		case !known:
			left["the former policy is gone"]++
		case r.Previous == o.Target:
			left[policyHadIt]++
		default:
			p.Devices = append(p.Devices, UndoDevice{Device: d, Policy: PolicyID(r.Previous), Name: name})
		}
	}
	for _, why := range []string{policyNotGot, "the device is gone", "somebody changed the device since", "had no policy before",
		"the former policy was only a name", "the former policy is gone", policyHadIt} {
		if n := left[why]; n > 0 {
			p.LeftOut = append(p.LeftOut, UndoLeft{Why: why, Rows: n})
		}
	}
	return p
}

// PlanUndoAutopilot decides what of a change of Autopilot devices can be undone.
// read understands what the operation wrote into a row's Previous and Target; now
// are the customer's devices as the service has them. Left out are rows that
// did not get the change, that had it before, and devices that are gone or that
// somebody changed since.
func PlanUndoAutopilot(o Operation, rows []Row, now []AutopilotDevice, read func(string) (AutopilotChange, bool)) UndoPlan {
	p := UndoPlan{Operation: o.ID, Customer: Customer{ID: o.Customer, Name: o.CustomerName}, Title: o.Title}
	have := make(map[AutopilotID]AutopilotDevice, len(now))
	for _, d := range now {
		have[d.ID] = d
	}
	left := map[string]int{}
	for _, r := range rows {
		d, there := have[r.Autopilot]
		was, known := read(r.Previous)
		want, knows := read(r.Target)
		switch {
		case r.State != RowDone:
			left[changeNotGot]++
		case !known || !knows:
			left["what it had before is not known"]++
		case !there:
			left["the device is gone"]++
		case !want.On(d):
			left["somebody changed the device since"]++
		case was.Same(want):
			left[changeHadIt]++
		default:
			p.Changes = append(p.Changes, UndoChange{Device: d, Back: was})
		}
	}
	for _, why := range []string{changeNotGot, "what it had before is not known", "the device is gone",
		"somebody changed the device since", changeHadIt} {
		if n := left[why]; n > 0 {
			p.LeftOut = append(p.LeftOut, UndoLeft{Why: why, Rows: n})
		}
	}
	return p
}
