package model

import "strings"

// PairedBy says by what a row and its outcome were brought together.
type PairedBy uint8

// The ways of pairing, surest first.
const (
	Unpaired PairedBy = iota
	ByDevice
	BySerial
	ByKey
	ByPosition
)

var pairedNames = [...]string{"not paired", "device id", "serial", "product key", "position"}

// String returns the way in words.
func (p PairedBy) String() string {
	if int(p) < len(pairedNames) {
		return pairedNames[p]
	}
	return pairedNames[0]
}

// RowIdentity is what is still known of a row after its secrets are erased.
type RowIdentity struct {
	Device  DeviceID
	Serial  string // as it was sent; empty when only a hash or a key was sent
	KeySum  string // digest of the product key
	HashSum string // digest of the hash
}

// Pairing says which outcome belongs to a row: an index, or -1.
type Pairing struct {
	Outcome int
	By      PairedBy
}

// Pair brings the rows of a job and the outcomes that the service reported
// together: by device id, serial and product key, and by position for what is
// left, but only when the service reported exactly as many outcomes as rows and
// the one at that position does not name something else. Two rows of the same serial take
// their outcomes in order.
func Pair(rows []RowIdentity, outcomes []DeviceUpload) []Pairing {
	out := make([]Pairing, len(rows))
	for i := range out {
		out[i].Outcome = -1
	}
	taken := make([]bool, len(outcomes))
	match := func(by PairedBy, row func(RowIdentity) string, outcome func(DeviceUpload) string) {
		at := map[string][]int{}
		for i, o := range outcomes {
			if k := outcome(o); k != "" && !taken[i] {
				at[k] = append(at[k], i)
			}
		}
		for i, r := range rows {
			k := row(r)
			if k == "" || out[i].Outcome >= 0 || len(at[k]) == 0 {
				continue
			}
			out[i] = Pairing{at[k][0], by}
			taken[at[k][0]] = true
			at[k] = at[k][1:]
		}
	}
	match(ByDevice, func(r RowIdentity) string { return string(r.Device) }, func(o DeviceUpload) string { return string(o.ID) })
	match(BySerial, func(r RowIdentity) string { return strings.ToUpper(r.Serial) }, func(o DeviceUpload) string { return strings.ToUpper(o.Serial) })
	match(ByKey, func(r RowIdentity) string { return r.KeySum }, func(o DeviceUpload) string { return o.KeySum })
	if len(rows) != len(outcomes) {
		return out
	}
	for i := range rows {
		if out[i].Outcome < 0 && !taken[i] && !contradicts(rows[i], outcomes[i]) {
			out[i] = Pairing{i, ByPosition}
			taken[i] = true
		}
	}
	return out
}

// contradicts reports whether row and outcome name the same kind of thing: since
// they were not paired by it, they name different ones.
func contradicts(r RowIdentity, o DeviceUpload) bool {
	return r.Device != "" && o.ID != "" || r.Serial != "" && o.Serial != "" || r.KeySum != "" && o.KeySum != ""
}
