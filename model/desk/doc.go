// Package desk reads upload lists: the CSV files in which operators keep serials,
// product keys and hardware hashes. It finds out encoding, separator and columns,
// judges every row before anything is sent, mends what a spreadsheet broke and
// says by line and column what it could not mend.
//
// It is pure and it streams: a reader goes in, rows and problems come out, and
// memory does not grow with the hashes of a list (what it keeps of each good row
// is a few digests of eight bytes, for finding duplicates). It opens no file,
// sends nothing, knows no customer and draws nothing.
//
// # What counts
//
// A row is a line that a person would count as a device: blank lines, lines of
// separators only and repetitions of the header line are none. A row is good
// when it has no problem; a repaired row is good. Blanks around a cell are
// dropped without a word; everything else that is changed is a [Repair].
//
// Texts in a [Problem], a [Repair] or a [Column] are cleaned, short and free of
// secrets: no hash, and of a product key its last five characters at most.
package desk
