package simulator

import "encoding/hex"

// kind keeps numbers that are drawn for different purposes apart.
type kind uint64

const (
	kindCustomer kind = iota + 1
	kindName
	kindPartner
	kindBatch
	kindBatchSize
	kindBatchDate
	kindSerial
	kindKey
	kindDeviceID
	kindDeviceTail
	kindMaker
	kindModel
	kindPolicy
	kindPolicyValue
	kindDate
	kindHasKey
	kindHardware
	kindQueue
	kindPlain
	kindUnknownModel
	kindFault
	kindToken
	kindVector
	kindJob
	kindAdded
	kindRequest
	kindHostile
	kindMade
	kindForeign
	kindAllowed
	kindAlias
	kindEnrolled
	kindUser
	kindManaged
	kindOrder
	kindGroup
	kindIdentity
	kindStanding
	kindProfile
	kindTicket
	kindRun
	kindSecret
	kindBatchOrder
)

// seed is where every believable detail comes from.
type seed uint64

// at draws the number that belongs to a purpose and two coordinates; the same
// arguments always give the same number.
func (s seed) at(k kind, a, b uint64) uint64 {
	v := mix(uint64(s) ^ uint64(k)*0x9e3779b97f4a7c15)
	v = mix(v ^ a*0xd1342543de82ef95)
	return mix(v ^ b*0xaf251af3b0f025b5)
}

// text folds a text into a seed, so that ids can depend on it.
func (s seed) text(t string) seed {
	v := uint64(s)
	for i := range len(t) {
		v = mix(v ^ uint64(t[i])<<1)
	}
	return seed(mix(v ^ uint64(len(t))))
}

// mix is the finishing step of splitmix64.
func mix(v uint64) uint64 {
	v += 0x9e3779b97f4a7c15
	v = (v ^ v>>30) * 0xbf58476d1ce4e5b9
	v = (v ^ v>>27) * 0x94d049bb133111eb
	return v ^ v>>31
}

// guid writes two numbers as a random GUID.
func guid(hi, lo uint64) string {
	hi = hi&^0xf000 | 0x4000
	lo = lo&^(0xc<<60) | 0x8<<60
	var raw [16]byte
	for i := range 8 {
		raw[i] = byte(hi >> (56 - 8*i))
		raw[8+i] = byte(lo >> (56 - 8*i))
	}
	return formatGUID(raw)
}

func formatGUID(raw [16]byte) string {
	var out [36]byte
	hex.Encode(out[:8], raw[:4])
	out[8] = '-'
	hex.Encode(out[9:13], raw[4:6])
	out[13] = '-'
	hex.Encode(out[14:18], raw[6:8])
	out[18] = '-'
	hex.Encode(out[19:23], raw[8:10])
	out[23] = '-'
	hex.Encode(out[24:], raw[10:])
	return string(out[:])
}

// isGUID reports whether a text has the usual form with four hyphens.
func isGUID(t string) bool {
	if len(t) != 36 {
		return false
	}
	for i := range len(t) {
		c := t[i]
		switch i {
		case 8, 13, 18, 23:
			if c != '-' {
				return false
			}
		default:
			if (c < '0' || c > '9') && (c < 'a' || c > 'f') && (c < 'A' || c > 'F') {
				return false
			}
		}
	}
	return true
}

// shuffle is a reversible rearrangement of the numbers below 1<<(2*half): it
// lets a serial number look drawn by lot and still lead back to its device.
type shuffle struct {
	key  uint64
	half uint
}

const shuffleRounds = 4

func (p shuffle) round(i int, v uint64) uint64 {
	return mix(p.key^v^uint64(i)<<56) & (1<<p.half - 1)
}

// of returns the number's place in the arrangement.
func (p shuffle) of(v uint64) uint64 {
	left, right := v>>p.half, v&(1<<p.half-1)
	for i := range shuffleRounds {
		left, right = right, left^p.round(i, right)
	}
	return left<<p.half | right
}

// back undoes of.
func (p shuffle) back(v uint64) uint64 {
	left, right := v>>p.half, v&(1<<p.half-1)
	for i := shuffleRounds - 1; i >= 0; i-- {
		left, right = right^p.round(i, left), left
	}
	return left<<p.half | right
}
