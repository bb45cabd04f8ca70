package fleet

import (
	"bufio"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"hash/maphash"
	"io"
	"math"
	"slices"
	"unsafe"
)

// magic begins an encoded index; its last digit is the version of the format.
const magic = "MUSTERF2"

// maxColumns and maxEncoded bound what [Decode] believes.
const (
	maxColumns = 256
	maxEncoded = 1 << 32 // rows
)

// errDamaged says that what was to be decoded is not what [Index.Encode] wrote.
var errDamaged = errors.New("the fleet is damaged or of another version")

// castagnoli is the sum that processors compute by themselves.
var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Encode writes the index in columns, chunk by chunk, each with its checksum.
//
// Everything is little-endian and stands at a multiple of eight bytes, so that
// [Decode] can use the bytes where they lie. A block is its length, its sum and its
// content; the first one holds the schema, the others a chunk each, the last of which
// may have fewer rows.
func (ix *Index) Encode(w io.Writer) error {
	out := bufio.NewWriterSize(w, 1<<20)
	if _, err := out.WriteString(magic); err != nil {
		return err
	}
	var e encoder
	e.number(uint64(len(ix.schema)))
	e.number(uint64(ix.Len()))
	for _, c := range ix.schema {
		e.number(uint64(c.Kind))
		e.text(c.Name)
	}
	if err := e.flush(out); err != nil {
		return err
	}
	for _, c := range ix.chunks {
		if len(c.patches) > 0 {
			c = c.resealed(ix.schema)
		}
		e.chunk(c)
		if err := e.flush(out); err != nil {
			return err
		}
	}
	if len(ix.tail) > 0 {
		e.chunk(seal(ix.schema, ix.tail))
		if err := e.flush(out); err != nil {
			return err
		}
	}
	return out.Flush()
}

// encoder collects the content of one block.
type encoder struct{ buf []byte }

func (e *encoder) number(n uint64) { e.buf = binary.LittleEndian.AppendUint64(e.buf, n) }

func (e *encoder) pad() {
	for len(e.buf)%8 != 0 {
		e.buf = append(e.buf, 0)
	}
}

func (e *encoder) text(s string) {
	e.number(uint64(len(s)))
	e.buf = append(e.buf, s...)
	e.pad()
}

func (e *encoder) arena(a *arena) {
	if a.ids != "" { // no text has no offset at all
		e.number(0)
		e.text(a.ids)
		return
	}
	e.number(uint64(len(a.offs)))
	for _, o := range a.offs {
		e.buf = binary.LittleEndian.AppendUint32(e.buf, o)
	}
	e.pad()
	e.text(a.text)
}

func (e *encoder) chunk(c *chunk) {
	e.arena(&c.keys)
	for i := range c.cols {
		col := &c.cols[i]
		e.number(uint64(len(col.codes)))
		for _, code := range col.codes {
			e.buf = binary.LittleEndian.AppendUint16(e.buf, code)
		}
		e.pad()
		e.number(uint64(len(col.nums)))
		for _, n := range col.nums {
			e.number(uint64(n))
		}
		e.arena(&col.text)
		if col.fold.same(&col.text) {
			e.number(0)
		} else {
			e.number(1)
			e.arena(&col.fold)
		}
	}
}

// flush writes the block and begins the next one.
func (e *encoder) flush(w io.Writer) error {
	head := binary.LittleEndian.AppendUint64(nil, uint64(len(e.buf)))
	head = binary.LittleEndian.AppendUint64(head, uint64(crc32.Checksum(e.buf, castagnoli)))
	if _, err := w.Write(head); err != nil {
		return err
	}
	_, err := w.Write(e.buf)
	e.buf = e.buf[:0]
	return err
}

// Decode reads what [Index.Encode] wrote for the same schema. The index keeps data,
// which must not change any more. Anything that is damaged, foreign, of another
// version or of another schema is an error: the caller drops it. Keys are made ready
// when the first one is looked for, which takes some tenths of a second for a million.
func Decode(schema Schema, data []byte) (*Index, error) {
	if len(data) < len(magic) || string(data[:len(magic)]) != magic || !littleEndian() {
		return nil, errDamaged
	}
	blocks, err := split(data[len(magic):])
	if err != nil || len(blocks) == 0 {
		return nil, errDamaged
	}
	rows, err := heading(schema, blocks[0])
	if err != nil {
		return nil, err
	}
	blocks = blocks[1:]
	if len(blocks) != (rows+chunkRows-1)/chunkRows {
		return nil, errDamaged
	}
	ix := &Index{schema: schema, seed: maphash.MakeSeed(), orders: &orders{}, line: (&lineage{}).grow(0, rows), chunks: make([]*chunk, rows/chunkRows)}
	chunks := make([]*chunk, len(blocks))
	each(len(blocks), func(i int) { chunks[i] = decodeChunk(schema, blocks[i], min(chunkRows, rows-i*chunkRows)) })
	if slices.Contains(chunks, nil) {
		return nil, errDamaged
	}
	if end := copy(ix.chunks, chunks); end < len(chunks) {
		for pos := range rows - end*chunkRows {
			ix.tail = append(ix.tail, chunks[end].loosened(schema, pos))
		}
	}
	if rows > 0 {
		ix.tables = []*keyTable{lazyKeyTable(rows)}
	}
	return ix, nil
}

// littleEndian reports whether this machine orders bytes as the format does.
func littleEndian() bool {
	return binary.NativeEndian.Uint16([]byte{1, 0}) == 1
}

// split cuts data into its blocks and checks their sums, on all cores.
func split(data []byte) ([][]byte, error) {
	var blocks [][]byte
	var sums []uint32
	for len(data) > 0 {
		if len(data) < 16 {
			return nil, errDamaged
		}
		size, sum := binary.LittleEndian.Uint64(data), binary.LittleEndian.Uint64(data[8:])
		data = data[16:]
		if size > uint64(len(data)) || size%8 != 0 || sum > math.MaxUint32 {
			return nil, errDamaged
		}
		blocks, sums = append(blocks, data[:size:size]), append(sums, uint32(sum))
		data = data[size:]
	}
	return blocks, checkSums(blocks, sums)
}

// heading reads the first block: the schema, which must be the one wanted, and the
// number of rows.
func heading(schema Schema, block []byte) (rows int, err error) {
	d := decoder{buf: block}
	columns, n := d.number(), d.number()
	if d.bad || columns > maxColumns || n > maxEncoded || int(columns) != len(schema) {
		return 0, errDamaged
	}
	for _, c := range schema {
		kind, name := d.number(), d.text()
		if d.bad || kind != uint64(c.Kind) || name != c.Name {
			return 0, errDamaged
		}
	}
	return int(n), nil
}

// decodeChunk returns nil for a block that is no chunk of so many rows.
func decodeChunk(schema Schema, block []byte, rows int) *chunk {
	d := decoder{buf: block}
	c := &chunk{keys: d.arena(), cols: make([]column, len(schema))}
	ok := !d.bad && c.keys.len() == rows
	for i := range c.cols {
		col := &c.cols[i]
		if n := d.number(); n > 0 {
			col.codes = words[uint16](&d, n)
		}
		if n := d.number(); n > 0 {
			col.nums = words[int64](&d, n)
		}
		col.text = d.arena()
		if col.fold = col.text; d.number() != 0 {
			col.fold = d.arena()
		}
		ok = ok && !d.bad && col.sound(rows, schema[i].Kind)
	}
	if !ok || len(d.buf) > 0 {
		return nil
	}
	return c
}

// sound reports whether every cell of the column can be looked up.
func (c *column) sound(rows int, kind Kind) bool {
	values := c.text.len()
	switch {
	case (kind != Text) != (c.nums != nil) || c.nums != nil && len(c.nums) != rows, c.fold.len() != values:
		return false
	case c.codes == nil:
		return values == rows
	case len(c.codes) != rows || values > maxDistinct:
		return false
	}
	for _, code := range c.codes {
		if int(code) >= values {
			return false
		}
	}
	return true
}

// decoder reads one block, never beyond its end.
type decoder struct {
	buf []byte
	bad bool
}

func (d *decoder) take(n uint64) []byte {
	padded := (n + 7) &^ 7
	if d.bad || n > uint64(len(d.buf)) || padded > uint64(len(d.buf)) {
		d.bad, d.buf = true, nil
		return nil
	}
	out := d.buf[:n:n]
	d.buf = d.buf[padded:]
	return out
}

func (d *decoder) number() uint64 {
	if b := d.take(8); b != nil {
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}

func (d *decoder) text() string {
	b := d.take(d.number())
	return unsafe.String(unsafe.SliceData(b), len(b))
}

// arena reads a list of strings whose offsets ascend within its text, or of packed ids.
func (d *decoder) arena() arena {
	n := d.number()
	if n == 0 {
		a := arena{ids: d.text()}
		if d.bad || a.ids == "" || len(a.ids)%idSize != 0 {
			d.bad = true
			return arena{offs: []uint32{0}}
		}
		return a
	}
	a := arena{offs: words[uint32](d, n), text: d.text()}
	if d.bad || len(a.offs) == 0 || a.offs[0] != 0 || int(a.offs[len(a.offs)-1]) != len(a.text) {
		d.bad = true
		return arena{offs: []uint32{0}}
	}
	for i, o := range a.offs[1:] {
		if o <= a.offs[i] || uint64(o) > uint64(len(a.text)) || a.text[o-1:o] != gap {
			d.bad = true
			return arena{offs: []uint32{0}}
		}
	}
	return a
}

// words reads n numbers where they lie, when they lie as the processor wants them.
func words[T uint16 | uint32 | int64](d *decoder, n uint64) []T {
	var one T
	size := uint64(unsafe.Sizeof(one))
	if n > uint64(len(d.buf)) {
		d.bad = true
		return nil
	}
	b := d.take(n * size)
	if len(b) == 0 {
		return nil
	}
	p := unsafe.Pointer(unsafe.SliceData(b))
	if uintptr(p)%uintptr(size) == 0 {
		return unsafe.Slice((*T)(p), n)
	}
	out := make([]T, n)
	for i := range out {
		switch size {
		case 2:
			out[i] = T(binary.LittleEndian.Uint16(b[2*i:]))
		case 4:
			out[i] = T(binary.LittleEndian.Uint32(b[4*i:]))
		default:
			out[i] = T(binary.LittleEndian.Uint64(b[8*i:]))
		}
	}
	return out
}

// checkSums compares the sums of blocks, on all cores.
func checkSums(blocks [][]byte, sums []uint32) error {
	bad := make([]bool, len(blocks))
	each(len(blocks), func(i int) { bad[i] = crc32.Checksum(blocks[i], castagnoli) != sums[i] })
	for _, b := range bad {
		if b {
			return errDamaged
		}
	}
	return nil
}
