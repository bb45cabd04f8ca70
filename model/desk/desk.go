package desk

import (
	"context"
	"io"

	"muster/model"
)

// Limits of a list. They are muster's own; the services publish none that fit.
const (
	MaxFile     = 1 << 30   // bytes of a file, before decoding
	MaxLine     = 1 << 20   // bytes of a line, and of a quoted cell with line ends in it
	MaxRows     = 1_000_000 // rows of a list, which bounds the memory for duplicates
	MaxProblems = 10_000    // problems and repairs kept; the rest is counted
	MaxCell     = 256       // characters of a serial, product key, maker or model
)

// The codes of problems: what is wrong with a row.
const (
	CodeFields         = "fields"          // more or fewer cells than the header
	CodeQuote          = "quote"           // a quotation mark that opens and does not close its cell
	CodeIdentification = "identification"  // none of the six accepted combinations
	CodeHash           = "hash"            // not base64, wrong length, wrong checksum
	CodeMismatch       = "serial-mismatch" // hash and serial belong to different machines
	CodeDuplicate      = "duplicate"       // a second copy of a device in the same list
	CodeHave           = "already-there"   // the customer has the device already
	CodeScientific     = "scientific"      // a number that a spreadsheet rounded
	CodePlaceholder    = "placeholder"     // a serial that thousands of machines share
	CodeControl        = "control"         // characters that cannot be drawn truthfully
	CodeEncoding       = "encoding"        // bytes that are no text
	CodeLong           = "too-long"        // a cell, or as an error a line, beyond its limit
)

// The codes of errors: why a list cannot be read at all.
const (
	CodeEmpty      = "empty"            // no text in the file
	CodeBinary     = "binary"           // not a text file
	CodeNoColumn   = "no-known-column"  // no header line with a column that identifies a device
	CodeTwice      = "duplicate-column" // two columns for the same thing
	CodeNoDevice   = "no-device"        // a header and nothing below
	CodeTooBig     = "too-big"          // beyond MaxFile
	CodeTooMany    = "too-many-rows"    // beyond MaxRows
	CodeUnreadable = "unreadable"       // the reader failed
)

// Problem says why a row will not be sent.
type Problem struct {
	Line   int    `json:"line"`   // physical line of the file, from 1, where the row begins
	Column int    `json:"column"` // number of the cell in its row, from 1; 0 = the whole row
	Code   string `json:"code"`   // one of the problem codes
	Text   string `json:"text"`   // what is wrong, safe to draw
	What   string `json:"what"`   // what to do about it
}

// Repair says what was changed in a cell before it was judged.
type Repair struct {
	Line   int    `json:"line"`
	Column int    `json:"column"`
	Field  Field  `json:"field"`
	Old    string `json:"old"` // as it stands in the file, cleaned; empty for secrets
	New    string `json:"new"` // as it will be sent, cleaned; empty for secrets
	Text   string `json:"text"`
}

// Column says what a header was understood as.
type Column struct {
	Number int    `json:"number"` // from 1
	Header string `json:"header"` // as it stands in the file, cleaned
	Field  Field  `json:"field"`  // Ignored when muster does not know it
}

// Use says in words what is done with the column.
func (c Column) Use() string {
	switch c.Field {
	case Ignored:
		return "not known: ignored"
	case GroupTag, User:
		return c.Field.String() + ", for Intune only"
	}
	return c.Field.String()
}

// Report is the judgement of a whole list, or of its part before an error.
type Report struct {
	Rows        int       `json:"rows"`
	Good        int       `json:"good"` // repaired ones included
	Repaired    int       `json:"repaired"`
	Problems    []Problem `json:"problems"` // never nil, in the order of the file, the first MaxProblems
	More        int       `json:"more,omitempty"`
	Repairs     []Repair  `json:"repairs"` // never nil, in the order of the file, the first MaxProblems
	MoreRepairs int       `json:"moreRepairs,omitempty"`
	Encoding    string    `json:"encoding"`
	Separator   string    `json:"separator"` // comma, semicolon or tab
	HeaderLine  int       `json:"headerLine"`
	Columns     []Column  `json:"columns"`
	// GroupTag is the one tag on which all good rows agree, raw; "" when they
	// do not, or when it could not be the name of a batch.
	GroupTag string `json:"groupTag,omitempty"`
}

// Row is one judged row of a list.
type Row struct {
	Upload   model.UploadRow // what would be sent; incomplete when there are problems
	GroupTag string          // raw; for Intune only
	User     string          // the user principal name, raw; for Intune only
	Problems []Problem       // none = good
	Repairs  []Repair
	Cells    []string // every cell as it stands in the file, only when there are problems
}

// Good reports whether the row would be sent.
func (r Row) Good() bool { return len(r.Problems) == 0 }

// Options changes how a list is judged. The zero value judges a list alone.
type Options struct {
	// Have says where the customer has a device already, in words that go on
	// ("batch spring"), or "" when it is new. It is asked for good rows only.
	Have func(model.UploadRow) string
}

// Check judges a list. The error is for a list that is unreadable as a whole:
// a [*model.Error] of kind Invalid with one of the error codes; Incomplete when
// the reader failed, Cancelled when ctx ended. The report then holds what was
// read before.
func Check(ctx context.Context, r io.Reader) (Report, error) {
	return Walk(ctx, r, Options{}, nil)
}

// Read judges a list and hands over the good rows as they are found. An error
// of each ends the reading and is returned as it is; other errors are as
// [Check] has them. Since an error may come late, nothing should be sent before
// Read has returned.
func Read(ctx context.Context, r io.Reader, each func(model.UploadRow) error) (Report, error) {
	return Walk(ctx, r, Options{}, func(row Row) error {
		if !row.Good() {
			return nil
		}
		return each(row.Upload)
	})
}

// Walk judges a list and hands over every row, good or not, as it is found. A
// nil each is allowed. Errors are as [Read] has them.
func Walk(ctx context.Context, r io.Reader, o Options, each func(Row) error) (Report, error) {
	w := newWalk(ctx, o, each)
	err := w.run(r)
	return w.finish(), err
}
