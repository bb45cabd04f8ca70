package model

import (
	"strings"
	"time"
)

// JobState is how far an asynchronous task, or one device inside it, has come.
type JobState uint8

// The states of a job and of its devices. JobUnknown also stands for every word
// that this version does not know.
const (
	JobUnknown JobState = iota
	JobQueued
	JobProcessing
	JobFinished
	JobFinishedWithErrors
)

var jobWords = [...]string{"unknown", "queued", "processing", "finished", "finished with errors"}

// String returns the state in words.
func (s JobState) String() string {
	if int(s) < len(jobWords) {
		return jobWords[s]
	}
	return jobWords[0]
}

// Ended reports whether the state is final. It says nothing about success: a
// job is as good as its devices.
func (s JobState) Ended() bool { return s == JobFinished || s == JobFinishedWithErrors }

// ParseJobState reads the service's word, or its number, in any letter case.
// "in-progress" stands in its documentation where the service says "processing".
func ParseJobState(s string) JobState {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "queued", "1":
		return JobQueued
	case "processing", "in-progress", "in_progress", "inprogress", "2":
		return JobProcessing
	case "finished", "3":
		return JobFinished
	case "finished_with_errors", "finishedwitherrors", "4":
		return JobFinishedWithErrors
	}
	return JobUnknown
}

// BatchUpload is the service's report on one job (its batchJobStatus).
type BatchUpload struct {
	ID        JobID
	State     JobState
	Raw       string // the service's own word, cleaned
	Started   time.Time
	Completed time.Time // zero while it runs
	Devices   []DeviceUpload
}

// DeviceUpload is the service's report on one device of a job. Which of the
// three ids it holds depends on what was sent; it may be none.
type DeviceUpload struct {
	ID     DeviceID
	Serial string
	KeySum string // digest of the product key, see [Secret.Digest]
	State  JobState
	Raw    string
	Code   string
	Name   string // the code's name as the service spells it
}

// Failed reports whether the device ended badly.
func (d DeviceUpload) Failed() bool {
	return d.State == JobFinishedWithErrors || d.State == JobFinished && d.Code != "" && d.Code != "0"
}

// CodeMeaning says what a per-device code means and what an operator can do.
type CodeMeaning struct {
	Text string
	What string
}

// MeaningOf explains a per-device (Autopilot) code. The name decides before the
// number, since the same condition has been seen under different numbers. An
// unknown code returns ok false and is to be shown as it came.
func MeaningOf(code, name string) (CodeMeaning, bool) {
	n := strings.ToLower(name)
	for _, m := range codeMeanings {
		if n != "" && strings.EqualFold(m.name, n) {
			return m.CodeMeaning, true
		}
	}
	if n != "" && n != strings.ToLower(code) && strings.HasPrefix(n, "ztd") {
		return CodeMeaning{}, false
	}
	for _, m := range codeMeanings {
		if m.code != "" && m.code == code {
			return m.CodeMeaning, true
		}
	}
	return CodeMeaning{}, false
}

// codeMeanings follows the reference on Partner Center, section 9.3.
var codeMeanings = []struct {
	code, name string
	CodeMeaning
}{
	{"801", "InvalidZtdRequestBody", CodeMeaning{"the request was malformed", "report it with the correlation id"}},
	{"802", "InvalidZtdHardwareHash", CodeMeaning{"the hardware hash is invalid or incomplete", "collect the hash again on the machine, do not edit it"}},
	{"803", "MissingZtdSerialNumberAndProductKey", CodeMeaning{"serial and product key are both empty or invalid", "supply a product key, a hash, or serial, maker and model"}},
	{"806", "ZtdDeviceAlreadyAssigned", CodeMeaning{"already registered to this customer", "said to be there; looked for and found, it counts as done"}},
	{"807", "ZtdDeviceIsNotRegistered", CodeMeaning{"not registered to this customer", "refresh the list of devices"}},
	{"808", "ZtdDeviceAssignedToOtherTenant", CodeMeaning{"registered to another tenant", "the previous owner, the vendor or Microsoft support must deregister it"}},
	{"", "ZtdDeviceAssignedToAnotherTenant", CodeMeaning{"registered to another tenant", "the previous owner, the vendor or Microsoft support must deregister it"}},
	{"809", "ZtdProfileIsNotRegistered", CodeMeaning{"the policy is not known to the customer's tenant", "refresh the policies and choose again"}},
	{"810", "ZtdProfileAssignedToOtherTenant", CodeMeaning{"the policy belongs to another tenant", "report it with the correlation id"}},
	{"811", "ZtdDeviceRegisteredByOtherTenant", CodeMeaning{"registered by another tenant", "whoever registered it must remove it"}},
	{"812", "ZtdDeviceNotFound", CodeMeaning{"maker, model and serial match no known device", "check the exact SMBIOS spelling and case, or use a hash or product key"}},
	{"813", "ZtdDeviceIsNotUnique", CodeMeaning{"the hash does not identify one device", "use another identification"}},
	{"814", "ZtdDeviceAlreadyAadRegistered", CodeMeaning{"already joined to Entra", "remove the Entra device first"}},
	{"", "ZtdDeviceDuplicated", CodeMeaning{"the same device stands twice in the upload", "look at the other copy"}},
	{"640", "StorageError", CodeMeaning{"a passing fault of the service", "try again later"}},
	{"", "HashNot4k", CodeMeaning{"the hash is too short", "collect the hash again with a current Windows"}},
}
