package model

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strings"
)

// The true form of a hardware hash, as Windows writes it: the letters OA, the
// length of header and records, the records, a checksum record of its own kind
// directly behind them, and zeros up to a fixed size.
const (
	HashBytes = 3000 // decoded size
	HashChars = 4000 // size of the base64 text

	hashSerial  = 14
	hashMaker   = 16
	hashProduct = 17
	hashHeader  = 4
	hashSumSize = 4 + sha256.Size
)

// HashFacts is what a hardware hash says about its machine.
type HashFacts struct {
	Serial string
	Maker  string
	Model  string
}

// ReadHash decodes a hardware hash and checks its form and its checksum. A hash
// that does not hold what Windows wrote is called damaged, with the first reason
// found; the error never quotes the hash. Its kind is [Invalid].
func ReadHash(text string) (HashFacts, error) {
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return HashFacts{}, damaged("it is not base64")
	}
	return readHash(raw)
}

func readHash(raw []byte) (HashFacts, error) {
	var f HashFacts
	switch {
	case len(raw) < hashHeader || raw[0] != 'O' || raw[1] != 'A':
		return f, damaged("it does not begin with OA")
	case len(raw) != HashBytes:
		return f, damaged(fmt.Sprintf("it has %d bytes instead of %d", len(raw), HashBytes))
	}
	total := int(binary.LittleEndian.Uint16(raw[2:]))
	if total < hashHeader || total+hashSumSize > len(raw) {
		return f, damaged("its length field points outside")
	}
	sum := raw[total : total+hashSumSize]
	want := sha256.Sum256(raw[:total])
	if sum[0] != 'C' || sum[1] != 'S' || binary.LittleEndian.Uint16(sum[2:]) != hashSumSize || !bytes.Equal(sum[4:], want[:]) {
		return f, damaged("its checksum is wrong")
	}
	for rest := raw[hashHeader:total]; len(rest) > 0; {
		if len(rest) < hashHeader {
			return f, damaged("a record is cut short")
		}
		kind, size := binary.LittleEndian.Uint16(rest), int(binary.LittleEndian.Uint16(rest[2:]))
		if size < hashHeader || size > len(rest) {
			return f, damaged("a record is cut short")
		}
		text := Clean(strings.TrimSpace(string(bytes.TrimRight(rest[hashHeader:size], "\x00"))))
		switch kind {
		case hashSerial:
			f.Serial = text
		case hashMaker:
			f.Maker = text
		case hashProduct:
			f.Model = text
		}
		rest = rest[size:]
	}
	return f, nil
}

func damaged(why string) error {
	return &Error{Kind: Invalid, Op: "read hardware hash", Msg: "the hash is damaged: " + why,
		Hint: "collect it again on the machine"}
}
