package fleet

// Since returns the rows of the index whose keys an older list of the same schema does
// not have, and the rows of the older one that the index has no more. For a million rows
// it takes some tenths of a second: call it off the loop.
func (ix *Index) Since(old *Index) (fresh, gone Rows) {
	seen := newBitmap(old.Len())
	var came []uint32
	next := 0 // where the row probably is: lists come in much the same order
	for row := range ix.Len() {
		key := ix.Key(row)
		at, ok := next, next < old.Len() && old.keyIs(next, key)
		if !ok {
			at, ok = old.Find(key)
		}
		if !ok {
			came = append(came, uint32(row))
			continue
		}
		seen.add(at)
		next = at + 1
	}
	var went []uint32
	for row := range old.Len() {
		if !seen.has(row) {
			went = append(went, uint32(row))
		}
	}
	return RowsOf(came), RowsOf(went)
}
