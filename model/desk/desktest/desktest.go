// Package desktest makes synthetic hardware hashes and upload lists for tests:
// the same on every machine and in every run, of the true structure, of no real
// machine. It is no part of the program.
package desktest

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf16"
)

const hashBytes = 3000

// Hash returns the hardware hash of a machine: 4000 characters of base64. The
// texts together must be shorter than the hash, some 2 900 bytes.
func Hash(serial, maker, model string) string {
	return base64.StdEncoding.EncodeToString(hash(serial, maker, model))
}

// Damaged returns a hash as [Hash] does, but with one byte of its records
// changed, so that its checksum is wrong.
func Damaged(serial, maker, model string) string {
	raw := hash(serial, maker, model)
	raw[8] ^= 0x01
	return base64.StdEncoding.EncodeToString(raw)
}

func hash(serial, maker, model string) []byte {
	raw := make([]byte, 4, hashBytes)
	copy(raw, "OA")
	for _, r := range []struct {
		kind uint16
		text string
	}{{14, serial}, {16, maker}, {17, model}} {
		raw = binary.LittleEndian.AppendUint16(raw, r.kind)
		raw = binary.LittleEndian.AppendUint16(raw, uint16(4+len(r.text)))
		raw = append(raw, r.text...)
	}
	binary.LittleEndian.PutUint16(raw[2:], uint16(len(raw)))
	sum := sha256.Sum256(raw)
	raw = append(raw, 'C', 'S')
	raw = binary.LittleEndian.AppendUint16(raw, uint16(4+len(sum)))
	raw = append(raw, sum[:]...)
	if len(raw) > hashBytes {
		panic(fmt.Sprintf("desktest: %d bytes do not fit into a hash", len(raw)))
	}
	return raw[:hashBytes]
}

// Headers of the layouts that operators have.
const (
	ScriptHeader = "Device Serial Number,Windows Product ID,Hardware Hash"
	IntuneHeader = ScriptHeader + ",Group Tag,Assigned User"
	PortalHeader = ScriptHeader + ",Manufacturer name,Device model"
	ExportHeader = "Serial,Product Key,Hardware Hash,Maker,Model"
)

// Script returns the list that Get-WindowsAutopilotInfo writes on Windows
// PowerShell, for n machines whose serials begin with prefix: UTF-16 LE with a
// byte order mark, CRLF, no quotes.
func Script(prefix string, n int) []byte {
	lines := []string{ScriptHeader}
	for i := range n {
		d := Device(prefix, i)
		lines = append(lines, d.Serial+",,"+d.Hash())
	}
	return UTF16(strings.Join(lines, "\r\n") + "\r\n")
}

// Machine is a synthetic machine.
type Machine struct{ Serial, Maker, Model string }

// Hash returns the machine's hardware hash.
func (m Machine) Hash() string { return Hash(m.Serial, m.Maker, m.Model) }

// Device returns the i-th machine of a series.
func Device(prefix string, i int) Machine {
	models := [...][2]string{{"Dell Inc.", "Latitude 7450"}, {"LENOVO", "21ML0012GE"}, {"HP", "HP EliteBook 840 14 inch G11"},
		{"Microsoft Corporation", "Surface Laptop 7"}}
	m := models[i%len(models)]
	return Machine{fmt.Sprintf("%s%04d", prefix, i+1), m[0], m[1]}
}

// UTF16 returns text as UTF-16 LE with a byte order mark.
func UTF16(text string) []byte {
	out := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(text)) {
		out = binary.LittleEndian.AppendUint16(out, u)
	}
	return out
}
