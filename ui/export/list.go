package export

import (
	"bufio"
	"fmt"
	"io"
	"iter"

	"muster/model"
)

// WriteList writes rows below their columns in one of [ListFormats] and returns
// how many rows that were. A row has a cell for each column; missing ones are
// empty, surplus ones dropped. CSV is UTF-8 with every cell quoted and CRLF, and
// its cells are made harmless; JSON and NDJSON hold the exact texts, by the names
// of the columns. An error of w is returned as it is.
func WriteList(w io.Writer, f Format, columns []string, rows iter.Seq[[]string]) (int, error) {
	out := bufio.NewWriterSize(w, 64<<10)
	n := 0
	var line []byte
	put := func(b []byte) error { _, err := out.Write(b); return err }
	switch f {
	case CSV:
		if err := put(appendCSV(nil, columns)); err != nil {
			return 0, err
		}
		for cells := range rows {
			line = appendCSV(line[:0], fitted(cells, len(columns)))
			if err := put(line); err != nil {
				return n, err
			}
			n++
		}
	case JSON, NDJSON:
		names := make([][]byte, len(columns))
		for i, c := range columns {
			names[i] = text(c)
		}
		begin, between, end := "", "\n", "\n"
		if f == JSON {
			begin, between, end = "[\n", ",\n", "\n]\n"
		}
		line = append(line, begin...)
		for cells := range rows {
			if n > 0 {
				line = append(line, between...)
			}
			line = appendObject(line, names, fitted(cells, len(columns)))
			if err := put(line); err != nil {
				return n, err
			}
			line = line[:0]
			n++
		}
		if n > 0 || f == JSON {
			line = append(line, end...)
		}
		if err := put(line); err != nil {
			return n, err
		}
	default:
		return 0, &model.Error{Kind: model.Invalid, Op: "export", Msg: fmt.Sprintf("a list cannot be written as %s", f)}
	}
	return n, out.Flush()
}

func appendObject(to []byte, names [][]byte, cells []string) []byte {
	to = append(to, '{')
	for i, name := range names {
		if i > 0 {
			to = append(to, ',')
		}
		to = append(append(append(to, name...), ':'), text(cells[i])...)
	}
	return append(to, '}')
}

// fitted returns exactly n cells.
func fitted(cells []string, n int) []string {
	if len(cells) >= n {
		return cells[:n]
	}
	return append(append(make([]string, 0, n), cells...), make([]string, n-len(cells))...)
}
