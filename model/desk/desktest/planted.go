package desktest

import (
	"fmt"
	"strings"
)

// Defect is one that was planted, and what has to be said of it.
type Defect struct {
	Kind   string
	Line   int
	Column int // 0 where any will do
	Code   string
}

// defects are twelve ways in which lists are broken in practice: what each does to the
// cells of a row, which it returns as a line.
func defects(first string) []struct {
	Defect
	spoil func(cells []string) string
} {
	with := func(at int, value string) func([]string) string {
		return func(c []string) string {
			c[at] = value
			return csv(c)
		}
	}
	const whole = ",,,Dell Inc.,Latitude 7450"
	type kind = struct {
		Defect
		spoil func(cells []string) string
	}
	at := func(kind, code string, column int) Defect { return Defect{Kind: kind, Code: code, Column: column} }
	return []kind{
		{at("hash cut off", "hash", 3), func(c []string) string { c[2] = c[2][:3900]; return csv(c) }},
		{at("hash with another checksum", "hash", 3), func(c []string) string { c[2] = Damaged(c[0], "Dell Inc.", "Latitude 7450"); return csv(c) }},
		{at("hash that is no base64", "hash", 3), with(2, "not/a*hash")},
		{at("serial of another machine", "serial-mismatch", 1), with(0, "OTHER-MACHINE")},
		{at("second copy", "duplicate", 0), func([]string) string { return first }},
		{at("serial alone", "identification", 1), func(c []string) string { return c[0] + ",,,," }},
		{at("serial and maker alone", "identification", 1), func(c []string) string { return c[0] + ",,,Dell Inc.," }},
		{at("spreadsheet's notation", "scientific", 1), func([]string) string { return "1.23457E+11" + whole }},
		{at("placeholder serial", "placeholder", 1), func([]string) string { return "To be filled by O.E.M." + whole }},
		{at("one cell too many", "fields", 6), func(c []string) string { return csv(c) + ",surplus" }},
		{at("two cells too few", "fields", 4), func(c []string) string { return c[0] + ",," + c[2][:40] }},
		{at("control character", "control", 1), func([]string) string { return "BELL\a1" + whole }},
	}
}

// repairs are ways in which a row is damaged so that it can be mended from its hash.
var repairs = [...]func(cells []string){
	func(c []string) { c[0] = strings.ToLower(c[0]) },
	func(c []string) { c[2] = c[2][:1000] + " " + c[2][1000:] },
	func(c []string) { // a spreadsheet took the zeros for nothing
		c[2] = Hash("00"+c[0][len(c[0])-5:], "Dell Inc.", "Latitude 7450")
		c[0] = strings.TrimLeft(c[0][len(c[0])-5:], "0")
	},
}

func csv(cells []string) string { return strings.Join(cells, ",") }

// Planted returns a list of so many machines, whose serials begin with prefix, with
// defects of all twelve kinds spread over it, and how many of the other rows can be
// repaired: nine of them.
func Planted(prefix string, rows, planted int) (list []byte, want []Defect, repaired int) {
	good := func(i int) []string {
		serial := fmt.Sprintf("%s%05d", prefix, i)
		return []string{serial, "", Hash(serial, "Dell Inc.", "Latitude 7450"), "", ""}
	}
	kinds := defects(csv(good(0)))
	every := (rows - 7) / planted
	var out strings.Builder
	out.WriteString(PortalHeader + "\r\n")
	for i := range rows {
		cells := good(i)
		text := csv(cells)
		switch k := (i - 7) / every; {
		case i >= 7 && (i-7)%every == 0 && k < planted:
			d := kinds[k%len(kinds)]
			text, d.Line = d.spoil(cells), i+2
			want = append(want, d.Defect)
		case i >= 8 && (i-8)%every == 0 && k < 9:
			repairs[k%len(repairs)](cells)
			text = csv(cells)
			repaired++
		}
		out.WriteString(text + "\r\n")
	}
	return []byte(out.String()), want, repaired
}
