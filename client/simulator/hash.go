package simulator

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"strings"
)

// hashed is what a hardware hash says about its machine.
type hashed struct{ serial, maker, model string }

// Records of a hardware hash that the services are known to read.
const (
	recordSerial = 14
	recordMaker  = 16
	recordModel  = 17
	hashHeader   = 4               // the mark OA and the total length
	hashSum      = 4 + sha256.Size // the mark CS, its length, the digest
)

// readHash opens a hardware hash: base64 of the mark OA, the total length,
// records of type, length and data, and after the total a checksum record
// over all that stands before it. It reports false for a damaged one and for
// one without a maker or a serial number inside.
func readHash(text string) (hashed, bool) {
	raw, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil || len(raw) < hashHeader || !bytes.HasPrefix(raw, []byte("OA")) {
		return hashed{}, false
	}
	total := int(binary.LittleEndian.Uint16(raw[2:]))
	if total < hashHeader || total+hashSum > len(raw) {
		return hashed{}, false
	}
	sum := raw[total:]
	digest := sha256.Sum256(raw[:total])
	if sum[0] != 'C' || sum[1] != 'S' || binary.LittleEndian.Uint16(sum[2:]) != hashSum || !bytes.Equal(sum[4:hashSum], digest[:]) {
		return hashed{}, false
	}
	var h hashed
	for rest := raw[hashHeader:total]; len(rest) > 0; {
		if len(rest) < 4 {
			return hashed{}, false
		}
		size := int(binary.LittleEndian.Uint16(rest[2:]))
		if size < 4 || size > len(rest) {
			return hashed{}, false
		}
		data := strings.TrimRight(string(rest[4:size]), "\x00 ")
		switch binary.LittleEndian.Uint16(rest) {
		case recordSerial:
			h.serial = data
		case recordMaker:
			h.maker = data
		case recordModel:
			h.model = data
		}
		rest = rest[size:]
	}
	return h, h.serial != "" && h.maker != ""
}
