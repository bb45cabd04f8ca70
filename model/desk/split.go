package desk

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"muster/model"
)

// ProblemHeader names the column that [Split] puts before the rows to mend.
// Muster ignores it when the mended list is read.
const ProblemHeader = "Problem"

// Split judges a list as [Walk] does and writes it in two parts, either of which
// may be nil. Good gets what would be sent, repairs made, below
// [ExpectedHeader], with group tag and user behind it where the list has them.
// Rest gets the other rows as they stand in the list, below its own header,
// each with its problems in front.
//
// Both are UTF-8 with commas, every cell quoted, CRLF. A cell that a spreadsheet
// would run gets an apostrophe before it, which reading undoes; control
// characters are replaced. Both hold hashes and product keys in clear. An error
// of a writer is returned as it is.
func Split(ctx context.Context, r io.Reader, o Options, good, rest io.Writer) (Report, error) {
	g, b := newSheet(good), newSheet(rest)
	var w *walk
	w = newWalk(ctx, o, func(row Row) error {
		if row.Good() {
			if g.empty() {
				g.row(w.layout.goodHeader()...)
			}
			return g.row(w.layout.goodCells(row)...)
		}
		if b.empty() {
			b.row(w.layout.restHeader(w.enc)...)
		}
		return b.row(append([]string{problemCell(row.Problems)}, row.Cells...)...)
	})
	err := w.run(r)
	for _, s := range []*sheet{g, b} {
		if failed := s.close(); err == nil {
			err = failed
		}
	}
	return w.finish(), err
}

// ToMend names the file for the rest of a list beside path: its name with
// .problems.csv for its ending. Both separators of folders are known.
func ToMend(path string) string {
	at := strings.LastIndexAny(path, `/\`) + 1
	if dot := strings.LastIndexByte(path[at:], '.'); dot > 0 {
		switch strings.ToLower(path[at+dot:]) {
		case ".csv", ".txt", ".tsv":
			path = path[:at+dot]
		}
	}
	return path + ".problems.csv"
}

func problemCell(problems []Problem) string {
	texts := make([]string, len(problems))
	for i, p := range problems {
		texts[i] = p.Text
	}
	return fmt.Sprintf("line %d: %s", problems[0].Line, strings.Join(texts, "; "))
}

func (l layout) has(f Field) bool {
	for _, c := range l.columns {
		if c.Field == f {
			return true
		}
	}
	return false
}

func (l layout) goodHeader() []string {
	cells := strings.Split(ExpectedHeader, ",")
	if l.has(GroupTag) || l.has(User) {
		cells = append(cells, "Group Tag", "Assigned User")
	}
	return cells
}

func (l layout) goodCells(row Row) []string {
	id := row.Upload.Identity
	cells := []string{id.Serial, id.ProductKey.Reveal(), id.Hash.Reveal(), id.Maker, id.Model}
	if l.has(GroupTag) || l.has(User) {
		cells = append(cells, row.GroupTag, row.User)
	}
	return cells
}

func (l layout) restHeader(enc encoding) []string {
	cells := []string{ProblemHeader}
	for _, c := range headerCells(l.raw, l.sep) {
		text, _ := enc.text(c)
		cells = append(cells, strings.TrimFunc(text, blankOrInvisible))
	}
	return cells
}

// sheet writes one part of a list; a nil one drops everything.
type sheet struct {
	out  *bufio.Writer
	rows int
}

func newSheet(w io.Writer) *sheet {
	if w == nil {
		return &sheet{}
	}
	return &sheet{out: bufio.NewWriterSize(w, 64<<10)}
}

func (s *sheet) empty() bool { return s.out != nil && s.rows == 0 }

// row writes the cells of one row. bufio keeps the first error for later calls.
func (s *sheet) row(cells ...string) error {
	if s.out == nil {
		return nil
	}
	s.rows++
	for i, c := range cells {
		if i > 0 {
			s.out.WriteByte(',')
		}
		s.out.WriteByte('"')
		s.out.WriteString(strings.ReplaceAll(harmless(c), `"`, `""`))
		s.out.WriteByte('"')
	}
	_, err := s.out.WriteString("\r\n")
	return err
}

func (s *sheet) close() error {
	if s.out == nil {
		return nil
	}
	return s.out.Flush()
}

// harmless returns a cell that neither a terminal nor a spreadsheet obeys.
func harmless(s string) string {
	s = model.Clean(s)
	r, _ := utf8.DecodeRuneInString(strings.TrimLeft(s, " "))
	if strings.ContainsRune("=+-@\uff1d\uff0b\uff0d\uff20", r) {
		return "'" + s
	}
	return s
}
