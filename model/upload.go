package model

import (
	"fmt"
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Identity is what identifies one machine in an upload. Empty fields are absent.
type Identity struct {
	Serial     string
	ProductKey Secret
	Hash       Secret
	Maker      string // exact SMBIOS text, never prettified
	Model      string // exact SMBIOS text, never prettified
}

// Combination is one of the six ways in which the service accepts a device.
type Combination uint8

// The six accepted combinations; NoCombination is everything else.
const (
	NoCombination Combination = iota
	HashAndKey
	HashAndSerial
	HashKeyAndSerial
	HashOnly
	KeyOnly
	SerialMakerModel
)

var combinationNames = [...]string{"none of the six accepted combinations", "hash and product key", "hash and serial",
	"hash, product key and serial", "hash", "product key", "serial, maker and model"}

// String returns the combination in words.
func (c Combination) String() string {
	if int(c) < len(combinationNames) {
		return combinationNames[c]
	}
	return combinationNames[0]
}

// Combination returns which of the six ways identifies the machine.
func (d Identity) Combination() Combination {
	hash, key, serial := !d.Hash.Empty(), !d.ProductKey.Empty(), d.Serial != ""
	switch {
	case hash && key && serial:
		return HashKeyAndSerial
	case hash && key:
		return HashAndKey
	case hash && serial:
		return HashAndSerial
	case hash:
		return HashOnly
	case key:
		return KeyOnly
	case serial && d.Maker != "" && d.Model != "":
		return SerialMakerModel
	}
	return NoCombination
}

// Sent returns the members that go over the wire: exactly those of the
// combination. Maker and model beside a hash, or a serial beside a lone product
// key, are in none of the six and stay at home.
func (d Identity) Sent() Identity {
	switch d.Combination() {
	case HashAndKey, HashAndSerial, HashKeyAndSerial, HashOnly:
		return Identity{Serial: d.Serial, ProductKey: d.ProductKey, Hash: d.Hash}
	case KeyOnly:
		return Identity{ProductKey: d.ProductKey}
	}
	return d
}

// Validate reports why the service could not identify the machine.
func (d Identity) Validate() error {
	if d.Combination() != NoCombination {
		return nil
	}
	e := &Error{Kind: Invalid, Op: "check device", Code: "identification",
		Hint: "give a hardware hash, a product key, or serial, maker and model"}
	switch {
	case d.Serial == "" && d.Maker == "" && d.Model == "":
		e.Msg = "nothing identifies the device"
	case d.Serial == "":
		e.Msg = "maker and model without a serial do not identify a device"
	default:
		e.Msg = "a serial alone does not identify a device"
	}
	return e
}

// Limits of an upload. Only the first three are muster's own choice; the service
// publishes none.
const (
	MaxBatchID   = 128 // characters
	ChunkDevices = 500 // devices a job, unless told otherwise
	MaxChunk     = 5000
)

// ValidateBatchID reports what an operator must change in the name of a new
// batch. The name becomes a path segment and, in Intune, the group tag.
func ValidateBatchID(b BatchID) error {
	const op = "check batch name"
	bad := func(msg string) error { return &Error{Kind: Invalid, Op: op, Msg: msg} }
	s := string(b)
	switch {
	case s == "":
		return bad("a batch name is required")
	case strings.TrimSpace(s) != s:
		return bad("the batch name begins or ends with a blank")
	case len([]rune(s)) > MaxBatchID:
		return bad(fmt.Sprintf("the batch name has %d characters; the limit is %d", len([]rune(s)), MaxBatchID))
	case s == "." || s == "..":
		return bad("the batch name cannot be a dot or two")
	}
	for _, r := range s {
		if strings.ContainsRune(`/\?#%`, r) || unicode.IsControl(r) || r == unicode.ReplacementChar {
			return bad(fmt.Sprintf("the batch name holds %q; none of / \\ ? # %% and no control character may stand there", r))
		}
	}
	return nil
}

// FindBatch returns the batch that b names, compared ignoring case as the
// service does when it refuses a second one; the service's spelling is in the
// result.
func FindBatch(batches []DeviceBatch, b BatchID) (DeviceBatch, bool) {
	for _, have := range batches {
		if have.ID == b {
			return have, true
		}
	}
	for _, have := range batches {
		if have.ID.Same(b) {
			return have, true
		}
	}
	return DeviceBatch{}, false
}

// DeviceBatchCreationRequest asks for a new batch with its first devices.
type DeviceBatchCreationRequest struct {
	Batch   BatchID
	Devices []Identity
}

// Validate reports the first thing an operator must change.
func (r DeviceBatchCreationRequest) Validate() error {
	if err := ValidateBatchID(r.Batch); err != nil {
		return err
	}
	return validateDevices(r.Devices)
}

func validateDevices(devices []Identity) error {
	switch {
	case len(devices) == 0:
		return &Error{Kind: Invalid, Op: "check upload", Msg: "there is no device to send"}
	case len(devices) > MaxChunk:
		return &Error{Kind: Invalid, Op: "check upload",
			Msg: fmt.Sprintf("%d devices in one request; the limit is %d", len(devices), MaxChunk)}
	}
	for i, d := range devices {
		if err := d.Validate(); err != nil {
			e := *AsError(err)
			e.Msg = fmt.Sprintf("row %d: %s", i+1, e.Msg)
			return &e
		}
	}
	return nil
}

// Upload is what an operator asks for: these devices into this batch.
type Upload struct {
	Customer     CustomerID
	CustomerName string // for display
	Batch        BatchID
	Source       string     // where the list came from, for display
	Count        int        // devices that Rows yields
	Rows         UploadRows // read once; a list of hashes is too large to be held
	Chunk        int        // devices a job; 0 = ChunkDevices
}

// UploadRows yields the devices of an upload in their order. An error is its last
// word: then nothing of the upload may be sent.
type UploadRows iter.Seq2[UploadRow, error]

// Of returns the upload with rows that are in memory.
func (u Upload) Of(rows ...UploadRow) Upload {
	u.Count = len(rows)
	u.Rows = func(yield func(UploadRow, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}
	return u
}

// UploadRow is one device of an upload and where it stands in its file.
type UploadRow struct {
	Line     int // 1-based line in the file, 0 when there is none
	Identity Identity
	Facts    HashFacts // what the hash says, zero without one
	GroupTag string    // for Intune only
	User     string    // pre-assigned; for Intune only
}

// Serial returns the serial that the machine is known by: the one beside the
// hash, else the one inside it.
func (r UploadRow) Serial() string {
	if r.Identity.Serial != "" {
		return r.Identity.Serial
	}
	return r.Facts.Serial
}

// Validate reports what an operator must change in the row, by its line.
func (r UploadRow) Validate() error {
	err := r.Identity.Validate()
	if err == nil || r.Line == 0 {
		return err
	}
	e := *AsError(err)
	e.Msg = fmt.Sprintf("line %d: %s", r.Line, e.Msg)
	return &e
}

// Validate reports the first thing an operator must change, the rows aside: each
// is validated as it is read.
func (u Upload) Validate() error {
	if !u.Customer.Valid() {
		return &Error{Kind: Invalid, Op: "check upload", Msg: "the customer id is not a GUID"}
	}
	if err := ValidateBatchID(u.Batch); err != nil {
		return err
	}
	if u.Chunk < 0 || u.Chunk > MaxChunk {
		return &Error{Kind: Invalid, Op: "check upload", Msg: fmt.Sprintf("%d devices a job; choose 1 to %d", u.Chunk, MaxChunk)}
	}
	if u.Count <= 0 || u.Rows == nil {
		return &Error{Kind: Invalid, Op: "check upload", Msg: "there is no device to send"}
	}
	return nil
}

// ValidateImport reports the first thing an operator must change before the list
// can go straight into Intune, the rows aside. There the batch is no batch but the
// group tag of rows that name none, and may be "".
func (u Upload) ValidateImport(maxChunk int) error {
	bad := func(msg string, args ...any) error {
		return &Error{Kind: Invalid, Op: "check import", Msg: fmt.Sprintf(msg, args...)}
	}
	switch {
	case !u.Customer.Valid():
		return bad("the customer id is not a GUID")
	case u.Chunk < 0 || u.Chunk > maxChunk:
		return bad("%d devices a request; choose 1 to %d", u.Chunk, maxChunk)
	case utf8.RuneCountInString(string(u.Batch)) > MaxGroupTag:
		return bad("the group tag is longer than %d characters", MaxGroupTag)
	case u.Count <= 0 || u.Rows == nil:
		return bad("there is no device to send")
	}
	return nil
}

// ValidateImport reports what an operator must change in the row before it can go
// straight into Intune.
func (r UploadRow) ValidateImport() error {
	msg := ""
	switch {
	case r.Identity.Hash.Empty() && r.Identity.ProductKey.Empty():
		msg = "Intune registers by hardware hash or product key; this row has neither"
	case utf8.RuneCountInString(r.GroupTag) > MaxGroupTag:
		msg = fmt.Sprintf("the group tag is longer than %d characters", MaxGroupTag)
	default:
		return nil
	}
	if r.Line > 0 {
		msg = fmt.Sprintf("line %d: %s", r.Line, msg)
	}
	return &Error{Kind: Invalid, Op: "check import", Msg: msg}
}
