package simulator_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
)

// rawHash builds a hardware hash of the true structure.
func rawHash(serial, maker, model string) []byte {
	out := []byte{'O', 'A', 0, 0}
	for _, r := range []struct {
		kind uint16
		text string
	}{{1, "\x01\x02\x03\x04"}, {14, serial}, {16, maker}, {17, model}} {
		out = binary.LittleEndian.AppendUint16(out, r.kind)
		out = binary.LittleEndian.AppendUint16(out, uint16(4+len(r.text)))
		out = append(out, r.text...)
	}
	binary.LittleEndian.PutUint16(out[2:], uint16(len(out)))
	sum := sha256.Sum256(out)
	out = append(out, 'C', 'S', 36, 0)
	out = append(out, sum[:]...)
	return append(out, make([]byte, 3000-len(out))...)
}

func hash(serial, maker, model string) string {
	return base64.StdEncoding.EncodeToString(rawHash(serial, maker, model))
}

// broken is a hash with one byte changed.
func broken(serial string, at int) string {
	raw := rawHash(serial, "Dell Inc.", "Latitude 7450")
	raw[at] ^= 1
	return base64.StdEncoding.EncodeToString(raw)
}
