package desk

import (
	"bytes"
	"context"
	"io"
	"slices"
)

// scanner cuts a text into physical lines and into records. Its slices are
// valid until the next call.
type scanner struct {
	ctx    context.Context
	src    io.Reader
	buf    []byte
	start  int // first byte not yet handed out
	end    int
	line   int // number of the physical line that begins at start, from 1
	eof    bool
	lf, cr mark
	fields [][]byte
	plain  []byte // cells whose doubled quotes were undone
}

// mark remembers where the next byte of a kind is, so that a file without that
// kind is not searched again for every line.
type mark struct {
	c        byte
	from, at int // nothing in [from, at); buf[at] is one, or at is the end of the buffer
}

// record is one row of a list as it stands in the file.
type record struct {
	line   int      // where it begins
	raw    []byte   // without the line end
	fields [][]byte // unquoted, untrimmed
	quote  int      // the cell whose quotation mark is wrong, from 1; 0 = none
}

const firstBuffer = 64 << 10

func newScanner(ctx context.Context, src io.Reader) *scanner {
	return &scanner{ctx: ctx, src: src, buf: make([]byte, firstBuffer), line: 1, lf: mark{c: '\n'}, cr: mark{c: '\r'}}
}

// fill reads more text behind end. It returns io.EOF when there is none.
func (s *scanner) fill() error {
	if s.eof {
		return io.EOF
	}
	if err := s.ctx.Err(); err != nil {
		return cancelled(err)
	}
	if s.start > 0 {
		copy(s.buf, s.buf[s.start:s.end])
		s.end -= s.start
		for _, m := range []*mark{&s.lf, &s.cr} {
			m.from, m.at = max(0, m.from-s.start), max(0, m.at-s.start)
		}
		s.start = 0
	}
	if s.end == len(s.buf) {
		s.buf = append(s.buf, make([]byte, len(s.buf))...)
	}
	for range 100 { // a reader that gives nothing a hundred times is broken
		n, err := s.src.Read(s.buf[s.end:])
		s.end += n
		switch {
		case err == io.EOF:
			s.eof = true
			if n == 0 {
				return io.EOF
			}
			return nil
		case err == errTooBig:
			return tooBig(s.line + bytes.Count(s.buf[s.start:s.end], []byte{'\n'}))
		case err != nil:
			if s.ctx.Err() != nil {
				return cancelled(s.ctx.Err())
			}
			return unreadable(err, s.line)
		case n > 0:
			return nil
		}
	}
	return unreadable(io.ErrNoProgress, s.line)
}

// find returns where the mark's byte is next, counted in buf, or s.end.
func (s *scanner) find(m *mark, from int) int {
	begin := from
	if m.from <= from && from <= m.at {
		if m.at < s.end && s.buf[m.at] == m.c {
			return m.at
		}
		begin = min(m.at, s.end)
	}
	at := s.end
	if i := bytes.IndexByte(s.buf[begin:s.end], m.c); i >= 0 {
		at = begin + i
	}
	m.from, m.at = from, at
	return at
}

// lineEnd returns, relative to start, where the line that holds the byte at
// from ends and where the next one begins. CRLF, LF and CR end a line.
func (s *scanner) lineEnd(from int) (end, next int, err error) {
	for {
		at := min(s.find(&s.lf, s.start+from), s.find(&s.cr, s.start+from))
		end = at - s.start
		if end-from > MaxLine {
			return 0, 0, bad(CodeLong, "check that the file is a list with one device a line", s.line, "the line is longer than 1 MiB")
		}
		if at+1 < s.end || at < s.end && (s.eof || s.buf[at] == '\n') {
			next = end + 1
			if s.buf[at] == '\r' && at+1 < s.end && s.buf[at+1] == '\n' {
				next++
			}
			return end, next, nil
		}
		lone := at < s.end // a CR is the last byte so far; fill moves what at counts
		switch err := s.fill(); {
		case err == io.EOF && lone:
			return end, end + 1, nil
		case err == io.EOF:
			return s.end - s.start, s.end - s.start, nil
		case err != nil:
			return 0, 0, err
		}
	}
}

// physical returns the next physical line and its number, or io.EOF.
func (s *scanner) physical() (raw []byte, line int, err error) {
	end, next, err := s.lineEnd(0)
	if err != nil {
		return nil, 0, err
	}
	if next == 0 {
		return nil, 0, io.EOF
	}
	raw = s.buf[s.start : s.start+end]
	if bytes.IndexByte(raw, 0) >= 0 {
		return nil, 0, s.nul()
	}
	line = s.line
	s.start += next
	s.line++
	return raw, line, nil
}

func (s *scanner) nul() error {
	return bad(CodeBinary, "choose a CSV file", s.line, "the file is binary: it holds a NUL")
}

// record returns the next record, or io.EOF. A record is a line; a quoted cell
// may carry it over line ends. A quotation mark that opens a cell and does not
// close it spoils its own line only: the next record begins on the next line.
func (s *scanner) record(sep byte) (record, error) {
	end, next, err := s.lineEnd(0)
	if err != nil {
		return record{}, err
	}
	if next == 0 {
		return record{}, io.EOF
	}
	rec := record{line: s.line}
	lines := 1
	if bytes.IndexByte(s.buf[s.start:s.start+end], '"') < 0 {
		rec.fields = s.split(s.buf[s.start:s.start+end], sep)
	} else if rec.quote, err = s.quoted(sep, &end, &next); err != nil {
		return record{}, err
	} else if rec.quote == 0 {
		rec.fields = s.fields
		lines = countLines(s.buf[s.start : s.start+next])
	}
	rec.raw = s.buf[s.start : s.start+end]
	if bytes.IndexByte(rec.raw, 0) >= 0 {
		return record{}, s.nul()
	}
	s.start += next
	s.line += lines
	return rec, nil
}

func (s *scanner) split(raw []byte, sep byte) [][]byte {
	s.fields = s.fields[:0]
	for {
		i := bytes.IndexByte(raw, sep)
		if i < 0 {
			s.fields = append(s.fields, raw)
			return s.fields
		}
		s.fields = append(s.fields, raw[:i])
		raw = raw[i+1:]
	}
}

// span is a cell, relative to start.
type span struct {
	from, to int
	doubled  bool // holds doubled quotes
}

// quoted splits a record whose first line holds a quotation mark. It moves end
// and next behind the record's last line, and returns the number of a cell whose
// quotes are wrong, in which case end and next are left alone.
func (s *scanner) quoted(sep byte, end, next *int) (wrong int, err error) {
	var spans []span
	e, n := *end, *next
	for pos := 0; ; {
		open := pos
		for open < e && s.buf[s.start+open] == ' ' {
			open++
		}
		if open == e || s.buf[s.start+open] != '"' {
			i := bytes.IndexByte(s.buf[s.start+pos:s.start+e], sep)
			if i < 0 {
				spans = append(spans, span{from: pos, to: e})
				break
			}
			spans = append(spans, span{from: pos, to: pos + i})
			pos += i + 1
			continue
		}
		shut, doubled, err := s.closing(open + 1)
		if err != nil {
			return 0, err
		}
		if shut < 0 {
			return len(spans) + 1, nil
		}
		spans = append(spans, span{open + 1, shut, doubled})
		if shut >= e {
			if e, n, err = s.lineEnd(shut); err != nil {
				return 0, err
			}
		}
		for pos = shut + 1; pos < e && s.buf[s.start+pos] == ' ' && sep != ' '; {
			pos++
		}
		if pos == e {
			break
		}
		if s.buf[s.start+pos] != sep {
			return len(spans), nil
		}
		pos++
	}
	if e > MaxLine {
		return 1, nil
	}
	*end, *next = e, n
	s.collect(spans)
	return 0, nil
}

// closing returns where the quotation mark is that ends a cell which begins at
// from, or -1 when there is none within MaxLine.
func (s *scanner) closing(from int) (at int, doubled bool, err error) {
	for seek := from; ; {
		i := bytes.IndexByte(s.buf[s.start+seek:s.end], '"')
		if i >= 0 && s.start+seek+i+1 < s.end || i >= 0 && s.eof {
			at = seek + i
			if s.start+at+1 < s.end && s.buf[s.start+at+1] == '"' {
				doubled, seek = true, at+2
				continue
			}
			return at, doubled, nil
		}
		if i < 0 {
			seek = s.end - s.start
		} else {
			seek += i
		}
		if s.end-s.start > MaxLine+2 {
			return -1, false, nil
		}
		if err := s.fill(); err == io.EOF {
			if i >= 0 {
				continue // it is the last byte of the file
			}
			return -1, false, nil
		} else if err != nil {
			return 0, false, err
		}
	}
}

// collect turns spans into fields, with doubled quotes made single.
func (s *scanner) collect(spans []span) {
	s.fields, s.plain = s.fields[:0], s.plain[:0]
	size := 0
	for _, p := range spans {
		size += p.to - p.from
	}
	s.plain = slices.Grow(s.plain, size) // no later growth may move what fields point at
	for _, p := range spans {
		b := s.buf[s.start+p.from : s.start+p.to]
		if p.doubled {
			at := len(s.plain)
			for i := 0; i < len(b); i++ {
				s.plain = append(s.plain, b[i])
				if b[i] == '"' {
					i++
				}
			}
			b = s.plain[at:]
		}
		s.fields = append(s.fields, b)
	}
}

// countLines counts the line ends in a record, at least one.
func countLines(b []byte) int {
	lf, cr, crlf := bytes.Count(b, []byte{'\n'}), bytes.Count(b, []byte{'\r'}), bytes.Count(b, []byte("\r\n"))
	return max(1, lf+cr-crlf)
}
