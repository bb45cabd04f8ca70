package desk

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"strings"

	"muster/model"
)

// seen remembers which devices a list has had. It keeps digests only, so that a
// million rows can be told apart and no secret stays.
type seen struct {
	sums     map[uint64]uint32    // digest of a hash or product key → line of the first copy
	machines map[uint64]machine   // digest of a serial → the first machine that has it
	others   map[uint64][]machine // further machines of the same serial, at most maxOthers
}

// machine is a machine among those of one serial.
type machine struct {
	line         uint32
	maker, model uint32 // digests; 0 = not known
}

// maxOthers bounds the machines that are told apart behind one serial, so that a
// list which repeats one serial for ever cannot make the judging slow.
const maxOthers = 64

func newSeen() *seen {
	return &seen{sums: map[uint64]uint32{}, machines: map[uint64]machine{}, others: map[uint64][]machine{}}
}

func digest(kind, text string) uint64 {
	sum := sha256.Sum256([]byte(kind + "\x00" + text))
	return binary.LittleEndian.Uint64(sum[:])
}

// word is a short digest of a maker or model; 0 stands for none.
func word(text string) uint32 {
	if text == "" {
		return 0
	}
	return uint32(digest("word", strings.ToLower(text))) | 1
}

// same is the rule of [model.Machine.Same] for two machines of one serial.
func (m machine) same(o machine) bool {
	like := func(a, b uint32) bool { return a == 0 || b == 0 || a == b }
	return like(m.maker, o.maker) && like(m.model, o.model)
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

// first returns what an earlier row has in common with this one, of which no two
// devices have the same, and that row's line; 0 when the device is new, which is
// then remembered with its line.
func (s *seen) first(line int, row model.UploadRow) (by Field, what string, at int) {
	id := row.Identity
	var hash, key, serial uint64
	if !id.Hash.Empty() {
		hash = hashDigest(id.Hash.Reveal())
		if at, ok := s.sums[hash]; ok {
			return Hash, "hash", int(at)
		}
	}
	if !id.ProductKey.Empty() {
		key = digest("key", strings.ToUpper(id.ProductKey.Reveal()))
		if at, ok := s.sums[key]; ok {
			return ProductKey, "product key", int(at)
		}
	}
	m := row.Machine()
	one := machine{uint32(line), word(m.Maker), word(m.Model)}
	if m.Serial != "" && !model.PlaceholderSerial(m.Serial) {
		serial = digest("serial", strings.ToUpper(m.Serial))
		if at := s.machine(serial, one); at > 0 {
			return Serial, "serial, and no other maker or model", at
		}
	}
	s.add(hash, key, serial, one)
	return Ignored, "", 0
}

// machine returns the line of a machine that is the same as one, or 0.
func (s *seen) machine(serial uint64, one machine) int {
	have, ok := s.machines[serial]
	if !ok {
		return 0
	}
	if have.same(one) {
		return int(have.line)
	}
	for _, have := range s.others[serial] {
		if have.same(one) {
			return int(have.line)
		}
	}
	return 0
}

// add remembers a device by what it has; 0 is what it has not.
func (s *seen) add(hash, key, serial uint64, one machine) {
	for _, sum := range []uint64{hash, key} {
		if sum != 0 {
			s.sums[sum] = one.line
		}
	}
	if serial == 0 {
		return
	}
	if _, ok := s.machines[serial]; !ok {
		s.machines[serial] = one
		return
	}
	if len(s.others[serial]) < maxOthers {
		s.others[serial] = append(s.others[serial], one)
	}
}
