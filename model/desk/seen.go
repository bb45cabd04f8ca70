package desk

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"strings"

	"muster/model"
)

// seen remembers which devices a list has had, as digests of eight bytes: a
// million rows can be told apart, and no secret is kept.
type seen map[uint64]uint32 // digest → line of the first copy

func digest(kind, text string) uint64 {
	sum := sha256.Sum256([]byte(kind + "\x00" + text))
	return binary.LittleEndian.Uint64(sum[:])
}

// hashDigest takes a sound hash's own checksum instead of computing another.
func hashDigest(hash string) uint64 {
	var head [6]byte
	if _, err := base64.StdEncoding.Decode(head[:], []byte(hash[:8])); err != nil {
		return digest("hash", hash)
	}
	from := (int(binary.LittleEndian.Uint16(head[2:])) + 4 + 2) / 3 // the first group of four characters that is all checksum
	to := min(4*from+16, len(hash))
	var sum [12]byte
	if n, err := base64.StdEncoding.Decode(sum[:], []byte(hash[min(4*from, to):to])); err != nil || n < 8 {
		return digest("hash", hash)
	}
	return binary.LittleEndian.Uint64(sum[:])
}

// trait is one of the things of which no two devices have the same.
type trait struct {
	field Field
	what  string
	sum   uint64
}

// traits appends what makes the row's device unique. Serials are compared
// ignoring case, and with their maker, since makers do not ask each other.
func traits(to []trait, row model.UploadRow) []trait {
	id := row.Identity
	if !id.Hash.Empty() {
		to = append(to, trait{Hash, "hash", hashDigest(id.Hash.Reveal())})
	}
	if !id.ProductKey.Empty() {
		to = append(to, trait{ProductKey, "product key", digest("key", strings.ToUpper(id.ProductKey.Reveal()))})
	}
	if serial := row.Serial(); serial != "" && !placeholder(serial) {
		maker := row.Facts.Maker
		if maker == "" {
			maker = id.Maker
		}
		to = append(to, trait{Serial, "serial and maker", digest("serial", strings.ToLower(maker)+"\x00"+strings.ToUpper(serial))})
	}
	return to
}

// first returns the trait that an earlier row had, and its line; 0 when the
// device is new, which is then remembered with its line.
func (s seen) first(line int, traits []trait) (trait, int) {
	for _, t := range traits {
		if at, ok := s[t.sum]; ok {
			return t, int(at)
		}
	}
	for _, t := range traits {
		s[t.sum] = uint32(line)
	}
	return trait{}, 0
}
