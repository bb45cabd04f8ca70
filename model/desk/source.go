package desk

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"muster/model"
)

const op = "read list"

// sniffed is how much of a file decides what kind of file it is.
const sniffed = 4096

// encoding is how the bytes of a list became text.
type encoding uint8

const (
	ascii encoding = iota // nothing has decided yet between UTF-8 and Windows-1252
	utf8Plain
	utf8BOM
	utf16LE
	utf16BE
	windows1252
)

var encodingNames = [...]string{"UTF-8", "UTF-8", "UTF-8 with BOM", "UTF-16 LE", "UTF-16 BE", "Windows-1252"}

func (e encoding) String() string { return encodingNames[e] }

// bad says why a list cannot be read; line 0 means the file as a whole.
func bad(code, hint string, line int, msg string) *model.Error {
	if line > 0 {
		msg = fmt.Sprintf("line %d: %s", line, msg)
	}
	return &model.Error{Kind: model.Invalid, Op: op, Code: code, Msg: msg, Hint: hint, Err: place(line)}
}

// place is the line at which a list stopped to be readable, 0 = the file as a whole.
type place int

// Error implements error.
func (p place) Error() string { return fmt.Sprintf("line %d", int(p)) }

// LineOf returns the line that an error of this package stands at, and its message
// without it; 0 when the file as a whole is meant or the error is not ours.
func LineOf(err error) (line int, msg string) {
	e := model.AsError(err)
	if e == nil {
		return 0, ""
	}
	var at place
	if errors.As(e.Err, &at) && at > 0 {
		return int(at), strings.TrimPrefix(e.Msg, at.Error()+": ")
	}
	return 0, e.Msg
}

// errTooBig marks the end of what is read of a file that is too big.
var errTooBig = errors.New("file too big")

// bounded fails once a file is longer than MaxFile.
type bounded struct {
	r    io.Reader
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left < 0 {
		return 0, errTooBig
	}
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.r.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return n - 1, errTooBig
	}
	return n, err
}

// open finds out what kind of file r is and returns its text: UTF-8 for the
// Unicode encodings, else the bytes as they are, without a byte order mark.
func open(r io.Reader, limit int64) (io.Reader, encoding, error) {
	r = &bounded{r, limit}
	head := make([]byte, sniffed)
	n, err := io.ReadFull(r, head)
	head = head[:n]
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		if err == errTooBig {
			return nil, ascii, tooBig(1)
		}
		return nil, ascii, unreadable(err, 1)
	}
	if n == 0 {
		return nil, ascii, bad(CodeEmpty, "", 0, "the file is empty")
	}
	if what := binaryKind(head); what != "" {
		hint := "choose a CSV file"
		if what == "a zip archive or an Excel workbook" || what == "an old Excel workbook" {
			hint = "save the sheet as CSV"
		}
		return nil, ascii, bad(CodeBinary, hint, 0, "the file is "+what+", not a list")
	}
	enc, mark := detect(head)
	text := io.MultiReader(bytes.NewReader(head[mark:]), r)
	if enc == utf16LE || enc == utf16BE {
		return &utf16Reader{r: text, big: enc == utf16BE}, enc, nil
	}
	if noisy(head) {
		return nil, ascii, bad(CodeBinary, "choose a CSV file", 0, "the file is binary, not a list")
	}
	return text, enc, nil
}

// detect returns the encoding and the length of its byte order mark. Without a
// mark, UTF-16 shows by a NUL in every other byte of plain text.
func detect(head []byte) (encoding, int) {
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		return utf8BOM, 3
	case bytes.HasPrefix(head, []byte("\xff\xfe")):
		return utf16LE, 2
	case bytes.HasPrefix(head, []byte("\xfe\xff")):
		return utf16BE, 2
	}
	var nul [2]int
	for i, c := range head {
		if c == 0 {
			nul[i&1]++
		}
	}
	pairs := len(head) / 2
	switch {
	case nul[1]*10 > pairs*7 && nul[0]*20 <= pairs && pairs > 1:
		return utf16LE, 0
	case nul[0]*10 > pairs*7 && nul[1]*20 <= pairs && pairs > 1:
		return utf16BE, 0
	}
	return ascii, 0
}

// binaryKind names the kind of file that begins like this, or "".
func binaryKind(head []byte) string {
	for _, k := range []struct{ magic, name string }{
		{"PK\x03\x04", "a zip archive or an Excel workbook"}, {"PK\x05\x06", "a zip archive or an Excel workbook"},
		{"\xd0\xcf\x11\xe0", "an old Excel workbook"}, {"%PDF-", "a PDF"}, {"\x89PNG", "a picture"},
		{"\xff\xd8\xff", "a picture"}, {"GIF8", "a picture"}, {"\x1f\x8b", "a compressed file"},
		{"7z\xbc\xaf", "a compressed file"}, {"Rar!", "a compressed file"}, {"MZ", "a program"},
		{"\x7fELF", "a program"}, {"SQLite format 3\x00", "a database"},
		{"\xff\xfe\x00\x00", "UTF-32 text"}, {"\x00\x00\xfe\xff", "UTF-32 text"},
	} {
		if bytes.HasPrefix(head, []byte(k.magic)) && (k.magic != "MZ" || bytes.IndexByte(head, 0) >= 0) {
			return k.name
		}
	}
	return ""
}

// noisy reports whether the beginning holds a NUL or so many control
// characters that it cannot be text.
func noisy(head []byte) bool {
	odd := 0
	for _, c := range head {
		switch {
		case c == 0:
			return true
		case c < 0x20 && c != '\t' && c != '\n' && c != '\r':
			odd++
		}
	}
	return odd*10 > len(head)
}

func tooBig(line int) error {
	return bad(CodeTooBig, "split the list", line, "the file is larger than 1 GiB")
}

func unreadable(err error, line int) error {
	return &model.Error{Kind: model.Incomplete, Op: op, Code: CodeUnreadable, Err: err,
		Msg: fmt.Sprintf("line %d: the file could not be read further", line), Hint: "check the disk or the connection and try again"}
}

func cancelled(err error) error {
	return &model.Error{Kind: model.Cancelled, Op: op, Msg: "the reading was stopped", Err: err}
}
