package desk

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode"
)

// Field is what a column holds.
type Field uint8

// The fields that muster knows. GroupTag and User are Intune's; Partner Center
// has no place for them.
const (
	Ignored Field = iota
	Serial
	ProductKey
	Hash
	Maker
	Model
	GroupTag
	User
	fields
)

var fieldNames = [...]string{"ignored", "serial", "product key", "hash", "maker", "model", "group tag", "assigned user"}

// String returns the field in words.
func (f Field) String() string {
	if int(f) < len(fieldNames) {
		return fieldNames[f]
	}
	return fieldNames[Ignored]
}

// MarshalText writes the field in words.
func (f Field) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// identifies reports whether a column of this kind can identify a device, alone
// or with maker and model beside it.
func (f Field) identifies() bool { return f == Serial || f == ProductKey || f == Hash }

// ExpectedHeader is the header line that muster recommends: that of
// Get-WindowsAutopilotInfo and of the Partner Center portal.
const ExpectedHeader = "Device Serial Number,Windows Product ID,Hardware Hash,Manufacturer name,Device model"

// FieldOf returns what a header names. Case, blanks and punctuation do not
// matter. The names are those of Get-WindowsAutopilotInfo, the Partner Center
// portal, Intune, the ConfigMgr report, Graph, WMI, muster's own export, and
// what people write.
func FieldOf(header string) Field {
	switch headerKey(header) {
	case "deviceserialnumber", "serialnumber", "serial", "serialno", "deviceserial", "deviceserialno", "servicetag":
		return Serial
	case "windowsproductid", "windowsproductkey", "productkey", "productid", "productkeyid", "windowsproductkeyid", "pkid":
		return ProductKey
	case "hardwarehash", "hash", "devicehash", "hardwarehashdata", "devicehardwaredata", "hardwareidentifier", "4khh", "4khardwarehash":
		return Hash
	case "manufacturername", "manufacturer", "maker", "make", "oemmanufacturername", "oemmanufacturer", "oemname",
		"devicemanufacturer", "devicemanufacturername":
		return Maker
	case "devicemodel", "devicemodelname", "modelname", "model":
		return Model
	case "grouptag", "orderid", "orderidentifier":
		return GroupTag
	case "assigneduser", "assigneduserprincipalname", "userprincipalname", "upn":
		return User
	}
	return Ignored
}

func headerKey(header string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r):
			return unicode.ToLower(r)
		}
		return -1
	}, header)
}

// layout is what a header line says about the lines below.
type layout struct {
	sep     byte
	line    int
	raw     []byte // the header line itself, to notice its repetitions
	columns []Column
	named   int // columns up to the last one that has a header
}

func separatorName(sep byte) string {
	switch sep {
	case ';':
		return "semicolon"
	case '\t':
		return "tab"
	}
	return "comma"
}

var separators = [...]byte{',', ';', '\t'}

// maxTitles is how many lines may stand above the header line.
const maxTitles = 10

// findHeader reads up to the header line: the first one with a column that
// identifies a device. Above it may stand what Excel (sep=;), PowerShell (#TYPE)
// and report servers (a title) write there; a line as wide as the header is no
// title but a row without a header, and refused.
func findHeader(s *scanner, enc *encoding) (layout, error) {
	var forced byte
	var widest [len(separators)]int
	first := 0
	for titles := 0; titles <= maxTitles; {
		raw, line, err := s.physical()
		if err == io.EOF {
			break
		}
		if err != nil {
			return layout{}, err
		}
		raw = bytes.Trim(raw, " ")
		if len(bytes.TrimSpace(raw)) == 0 || bytes.HasPrefix(raw, []byte("#TYPE ")) {
			continue
		}
		if len(raw) == 5 && bytes.EqualFold(raw[:4], []byte("sep=")) && bytes.IndexByte(separators[:], raw[4]) >= 0 {
			forced = raw[4]
			continue
		}
		if first == 0 {
			first = line
		}
		l, at := bestLayout(raw, line, forced, enc)
		if l.known() {
			if widest[at] >= len(l.columns) {
				return layout{}, noColumn(first)
			}
			return l, l.twice()
		}
		for i, sep := range separators {
			widest[i] = max(widest[i], bytes.Count(raw, []byte{sep})+1)
		}
		titles++
	}
	if first == 0 {
		return layout{}, bad(CodeEmpty, "", 0, "the file is empty: it holds only blank lines")
	}
	return layout{}, noColumn(first)
}

func noColumn(line int) error {
	return bad(CodeNoColumn, "the first line must name the columns, for example: "+ExpectedHeader, line,
		"no column with a serial, a product key or a hardware hash is named")
}

// bestLayout reads a line as a header with each separator and returns the
// reading that knows most, and the index of its separator.
func bestLayout(raw []byte, line int, forced byte, enc *encoding) (best layout, at int) {
	most := -1
	for i, sep := range separators {
		if forced != 0 && sep != forced {
			continue
		}
		l := layout{sep: sep, line: line, raw: bytes.Clone(raw)}
		score := 0
		for n, cell := range headerCells(raw, sep) {
			text, _ := enc.text(cell)
			text = strings.TrimFunc(text, blankOrInvisible)
			c := Column{Number: n + 1, Header: show(text), Field: FieldOf(text)}
			l.columns = append(l.columns, c)
			if text != "" {
				l.named = n + 1
			}
			if c.Field != Ignored {
				score += 1000
			}
		}
		if score += len(l.columns); score > most {
			best, at, most = l, i, score
		}
	}
	return best, at
}

// headerCells splits a header line, which holds no line ends.
func headerCells(raw []byte, sep byte) [][]byte {
	var cells [][]byte
	for {
		cell, rest, more := bytes.Cut(raw, []byte{sep})
		if quote := bytes.TrimLeft(raw, " "); len(quote) > 0 && quote[0] == '"' {
			if shut := bytes.IndexByte(quote[1:], '"'); shut >= 0 {
				cell = quote[1 : 1+shut]
				_, rest, more = bytes.Cut(quote[shut+2:], []byte{sep})
			}
		}
		cells = append(cells, cell)
		if !more {
			return cells
		}
		raw = rest
	}
}

func (l layout) known() bool {
	for _, c := range l.columns {
		if c.Field.identifies() {
			return true
		}
	}
	return false
}

// twice refuses two columns for the same field: nobody could say which counts.
func (l layout) twice() error {
	var seen [fields]int
	for _, c := range l.columns {
		if c.Field == Ignored {
			continue
		}
		if n := seen[c.Field]; n > 0 {
			return bad(CodeTwice, "remove or rename one of them", l.line, fmt.Sprintf("columns %d (%s) and %d (%s) both hold the %s",
				n, l.columns[n-1].Header, c.Number, c.Header, c.Field))
		}
		seen[c.Field] = c.Number
	}
	return nil
}

// width returns the number of the first cell that a row has too many or too
// few, from 1, or 0 when the row fits. Empty cells behind the last named column
// may be there or not.
func (l layout) width(row [][]byte) int {
	switch n := len(row); {
	case n == len(l.columns):
		return 0
	case n < l.named:
		return n + 1
	case n > l.named:
		for i := l.named; i < n; i++ {
			if i >= len(l.columns) && len(bytes.TrimSpace(row[i])) > 0 {
				return i + 1
			}
		}
	}
	return 0
}

func widthText(have, want int) string {
	return fmt.Sprintf("the row has %s, the header %d", count(have, "cell"), want)
}
