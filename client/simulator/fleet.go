package simulator

import (
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// serialForm is the look of a maker's serial numbers. Each form holds a
// number below 1<<serialBits, so that every serial number leads back.
type serialForm int

const (
	formService  serialForm = iota // 7 letters and digits
	formHP                         // 5CG and 7 letters and digits
	formLenovo                     // PF and 7 letters and digits
	formSurface                    // 12 digits
	formVirtual                    // six groups of four digits and one of two, the Hyper-V form
	formReturned                   // SIM-807- and 7 letters and digits: listed, but no longer registered
)

const (
	serialBits  = 34
	idBits      = 40
	maxDevices  = 50_000_000 // of one option; far below what serialBits can tell apart
	serialChars = "0123456789BCDFGHJKLMNPQRSTUVWXYZ"
	coreLength  = 7
	digitLength = 11 // digits of the largest number of serialBits bits

	returnedPrefix = magicPrefix + "807-"
	returnedMost   = 12
)

// device is one machine as Partner Center shows it.
type device struct {
	id, serial, key string
	maker, model    string
	sum             string  // digest of the hash that an upload named it by
	policy          *string // nil is no policy; else a policy id or a display name
	uploaded        time.Time
	zone            *time.Location // in which the date is written
	by              string         // another tenant that registered it; empty is this partner
	allowed         []string       // what the service lets do; nil is not said
	home            *batch         // of an added device
	place           int            // in home
	number          uint64         // of an added device, once it is registered
}

// fleet computes the devices that exist from the start.
type fleet struct {
	seed    seed
	total   uint64 // of the devices that Partner Center starts with
	whole   uint64 // with those that customers registered by themselves
	hostile bool
	serials shuffle
	keys    shuffle
	ids     shuffle
	aliases [aliases]shuffle

	restricted bool // some devices say what may be done to them

	returned, returnedEnd uint64 // the devices that went back to their vendor
	foreign, foreignEnd   uint64 // the batch in which other tenants registered some devices
}

func newFleet(s seed, total uint64, hostile bool) fleet {
	f := fleet{
		seed: s, total: total, whole: total, hostile: hostile,
		serials: shuffle{s.at(kindSerial, 0, 0), serialBits / 2},
		keys:    shuffle{s.at(kindKey, 0, 0), serialBits / 2},
		ids:     shuffle{s.at(kindDeviceID, 0, 0), idBits / 2},
	}
	for a := range aliases {
		f.aliases[a] = shuffle{s.at(kindAlias, uint64(a), 0), idBits / 2}
	}
	return f
}

// maker picks who built a device.
func (f *fleet) maker(n uint64) *maker {
	draw := f.seed.at(kindMaker, n, 0) % 100
	for i := range makers {
		if draw < makers[i].share {
			return &makers[i]
		}
		draw -= makers[i].share
	}
	return &makers[0]
}

// form is the look of a device's serial number.
func (f *fleet) form(n uint64) serialForm {
	if n >= f.returned && n < f.returnedEnd {
		return formReturned
	}
	return f.maker(n).form
}

// serial writes a device's serial number.
func (f *fleet) serial(n uint64) string {
	v := f.serials.of(n)
	switch f.form(n) {
	case formReturned:
		return returnedPrefix + core(v)
	case formHP:
		return "5CG" + core(v)
	case formLenovo:
		return "PF" + core(v)
	case formSurface:
		return "0" + digits(v, digitLength)
	case formVirtual:
		return hyphenate(digits(v, digitLength) + digits(f.seed.at(kindDeviceTail, n, 1)%1e15, 15))
	}
	return core(v)
}

// bySerial finds the device that has a serial number, whatever its case. It may
// be one that a customer registered by itself; those have numbers from total on.
func (f *fleet) bySerial(serial string) (uint64, bool) {
	serial = strings.ToUpper(serial)
	var v uint64
	var ok bool
	switch {
	case len(serial) == coreLength:
		v, ok = uncore(serial)
	case len(serial) == coreLength+3 && serial[:3] == "5CG":
		v, ok = uncore(serial[3:])
	case len(serial) == coreLength+2 && serial[:2] == "PF":
		v, ok = uncore(serial[2:])
	case len(serial) == coreLength+len(returnedPrefix) && strings.HasPrefix(serial, returnedPrefix):
		v, ok = uncore(serial[len(returnedPrefix):])
	case len(serial) == digitLength+1:
		v, ok = undigits(serial[1:])
	case len(serial) == 32:
		v, ok = undigits(strings.ReplaceAll(serial, "-", "")[:min(digitLength, 32-strings.Count(serial, "-"))])
	}
	if !ok || v>>serialBits != 0 {
		return 0, false
	}
	n := f.serials.back(v)
	return n, n < f.whole && f.serial(n) == serial
}

// key writes a device's product key; most devices have none on record.
func (f *fleet) key(n uint64) string {
	if f.seed.at(kindHasKey, n, 0)%20 != 0 {
		return ""
	}
	return "33" + digits(f.keys.of(n), digitLength)
}

// byKey finds the device that has a product key.
func (f *fleet) byKey(key string) (uint64, bool) {
	if len(key) != digitLength+2 {
		return 0, false
	}
	v, ok := undigits(key[2:])
	if !ok || v>>serialBits != 0 {
		return 0, false
	}
	n := f.keys.back(v)
	return n, n < f.whole && f.key(n) == key
}

// id writes a device's opaque id: a GUID, or for a virtual machine its serial
// number.
func (f *fleet) id(n uint64) string {
	if f.form(n) == formVirtual {
		return f.serial(n)
	}
	v := f.ids.of(n)
	tail := f.seed.at(kindDeviceTail, n, 0)
	return guid(v<<24|tail&0xffffff, mix(tail))
}

// byID finds the device that has an id, by equality.
func (f *fleet) byID(id string) (uint64, bool) {
	if len(id) == 32 {
		n, ok := f.bySerial(id)
		return n, ok && f.form(n) == formVirtual
	}
	if len(id) != 36 || id[8] != '-' {
		return 0, false
	}
	raw, err := hex.DecodeString(id[:8] + id[9:11])
	if err != nil {
		return 0, false
	}
	var v uint64
	for _, b := range raw {
		v = v<<8 | uint64(b)
	}
	n := f.ids.back(v)
	return n, n < f.total && f.id(n) == id
}

// device computes everything about a device but its policy.
func (f *fleet) device(n uint64, day time.Time) device {
	m := f.maker(n)
	d := device{
		id: f.id(n), serial: f.serial(n), key: f.key(n), maker: m.name,
		model:    m.models[f.seed.at(kindModel, n, 0)%uint64(len(m.models))],
		uploaded: day.Add(time.Duration(f.seed.at(kindDate, n, 0) % uint64(90*time.Minute))),
		zone:     time.UTC,
	}
	if f.seed.at(kindDate, n, 1)%3 == 0 {
		d.zone = time.FixedZone("", 2*60*60)
	}
	if n >= f.foreign && n < f.foreignEnd && (n-f.foreign)%foreignEach == foreignEach-1 {
		d.by = guid(f.seed.at(kindForeign, n, 0), f.seed.at(kindForeign, n, 1))
	}
	if f.restricted {
		d.allowed = f.allowed(n, d.by != "")
	}
	if f.hostile && n%7 == 3 {
		d.model += hostileTexts[n%uint64(len(hostileTexts))]
	}
	return d
}

// allowed says what the service would let do with a device; nil is what it
// mostly says, nothing.
func (f *fleet) allowed(n uint64, foreign bool) []string {
	draw := f.seed.at(kindAllowed, n, 0) % 10
	switch {
	case foreign || draw == 0:
		return []string{http.MethodGet, http.MethodPatch}
	case draw == 1:
		return []string{http.MethodGet}
	case draw == 2:
		return []string{http.MethodGet, http.MethodDelete}
	case draw < 6:
		return []string{http.MethodGet, http.MethodPatch, http.MethodDelete}
	}
	return nil
}

// choice says which of a customer's policies a device starts with: -1 for
// none, count for a profile that is not the partner's.
func (f *fleet) choice(n uint64, count int) int {
	switch draw := f.seed.at(kindPolicyValue, n, 0) % 100; {
	case draw < 26 || count == 0:
		return -1
	case draw < 29:
		return count
	default:
		return int(f.seed.at(kindPolicyValue, n, 1) % uint64(count))
	}
}

func core(v uint64) string {
	var out [coreLength]byte
	for i := range out {
		out[coreLength-1-i] = serialChars[v&31]
		v >>= 5
	}
	return string(out[:])
}

func uncore(t string) (uint64, bool) {
	var v uint64
	for i := range len(t) {
		at := strings.IndexByte(serialChars, t[i])
		if at < 0 {
			return 0, false
		}
		v = v<<5 | uint64(at)
	}
	return v, true
}

func digits(v uint64, width int) string {
	t := strconv.FormatUint(v, 10)
	return strings.Repeat("0", max(width-len(t), 0)) + t
}

func undigits(t string) (uint64, bool) {
	v, err := strconv.ParseUint(t, 10, 64)
	return v, err == nil
}

// hyphenate cuts 26 digits the way Hyper-V prints them.
func hyphenate(t string) string {
	var b strings.Builder
	for i := range len(t) {
		if i > 0 && i%4 == 0 {
			b.WriteByte('-')
		}
		b.WriteByte(t[i])
	}
	return b.String()
}
