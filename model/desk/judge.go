package desk

import (
	"bytes"
	"fmt"
	"strings"

	"muster/model"
)

// judge is the judgement of one record.
type judge struct {
	walk *walk
	rec  record
	row  Row
	cell [fields]string // mended, what there is
	at   [fields]int    // the column of each field, from 1; 0 = the list has none
}

func (j *judge) run() {
	l := &j.walk.layout
	if q := j.rec.quote; q > 0 {
		j.problem(q, CodeQuote, "a quotation mark opens the cell and does not close it", "take the quotation mark out or double it")
		return
	}
	if n := l.width(j.rec.fields); n > 0 {
		j.problem(n, CodeFields, widthText(len(j.rec.fields), l.named), "look for a missing or an extra separator in the row")
		return
	}
	for i, c := range l.columns[:min(len(l.columns), len(j.rec.fields))] {
		if c.Field != Ignored {
			j.at[c.Field] = c.Number
			j.read(c, j.rec.fields[i])
		}
	}
	if j.row.Good() {
		j.identify()
	}
	if j.row.Good() {
		j.unique()
	}
}

func (j *judge) problem(column int, code, text, what string) {
	j.row.Problems = append(j.row.Problems, Problem{j.rec.line, column, code, text, what})
}

func (j *judge) repair(f Field, before, after, text string) {
	switch f {
	case Hash:
		before, after = "", ""
	case ProductKey:
		before, after = showKey(before), showKey(after)
	default:
		before, after = show(before), show(after)
	}
	j.row.Repairs = append(j.row.Repairs, Repair{j.rec.line, j.at[f], f, before, after, f.String() + ": " + text})
}

// read takes one cell of a known column.
func (j *judge) read(c Column, raw []byte) {
	if len(raw) == 0 {
		return
	}
	if c.Field == Hash {
		j.readHash(c, raw)
		return
	}
	text, ok := j.walk.enc.text(raw)
	if !ok {
		j.problem(c.Number, CodeEncoding, fmt.Sprintf("the %s holds bytes that are no text", c.Field), "save the list as UTF-8")
		return
	}
	mended, why := mend(text)
	if code, text := unfit(c.Field, mended); code != "" {
		j.problem(c.Number, code, text, "type the "+c.Field.String()+" again")
		return
	}
	if why != "" {
		j.repair(c.Field, text, mended, why)
	}
	if c.Field == ProductKey && scientific(mended) {
		j.problem(c.Number, CodeScientific, "the product key was rounded by a spreadsheet: "+showKey(mended),
			"read it from the label and format the column as text")
		return
	}
	j.cell[c.Field] = mended
}

// readHash takes a hash. One that is whole after blanks and line ends are taken
// out of it is repaired.
func (j *judge) readHash(c Column, raw []byte) {
	raw = bytes.TrimFunc(raw, asciiBlank)
	if len(raw) == 0 {
		return
	}
	text := string(raw)
	facts, err := model.ReadHash(text)
	if err != nil || len(text) != model.HashChars {
		text, _ = j.walk.enc.text(raw)
		small := compact(text)
		if small == "" {
			return
		}
		if facts, err = model.ReadHash(small); err == nil && small != string(raw) {
			j.repair(Hash, "", "", "blanks and line ends removed")
			text = small
		}
	}
	if err != nil {
		e := model.AsError(err)
		j.problem(c.Number, CodeHash, e.Msg, e.Hint)
		return
	}
	j.cell[Hash], j.row.Upload.Facts = text, facts
}

// identify judges what the row says about its machine as a whole.
func (j *judge) identify() {
	j.row.GroupTag, j.row.User = j.cell[GroupTag], j.cell[User]
	j.row.Upload.GroupTag, j.row.Upload.User = model.Clean(j.cell[GroupTag]), model.Clean(j.cell[User])
	if j.cell[Serial] != "" {
		j.serial()
	}
	id := model.Identity{Serial: j.cell[Serial], ProductKey: model.NewSecret(j.cell[ProductKey]),
		Hash: model.NewSecret(j.cell[Hash]), Maker: j.cell[Maker], Model: j.cell[Model]}
	j.row.Upload.Identity = id
	if !j.row.Good() {
		return
	}
	if err := model.AsError(id.Validate()); err != nil {
		j.problem(j.somewhere(), CodeIdentification, err.Msg, err.Hint)
		return
	}
	if id.Combination() == model.SerialMakerModel && model.PlaceholderSerial(id.Serial) {
		j.problem(j.at[Serial], CodePlaceholder, fmt.Sprintf("the serial %q is a placeholder that many machines share", show(id.Serial)),
			"give a hardware hash or a product key instead")
	}
}

// serial judges the serial, with the one inside the hash beside it where there
// is one.
func (j *judge) serial() {
	have, inside := j.cell[Serial], j.row.Upload.Facts.Serial
	if inside == "" || inside == have {
		if scientific(have) && inside == "" {
			j.problem(j.at[Serial], CodeScientific, "the serial was rounded by a spreadsheet: "+show(have),
				"read it from the machine and format the column as text")
		}
		return
	}
	why := ""
	switch {
	case strings.EqualFold(have, inside):
		why = "upper and lower case as in the hash"
	case digits(have) && strings.TrimLeft(inside, "0") == have:
		why = "leading zeros put back from the hash"
	case scientific(have) && rounded(have, inside), clipped(have, inside):
		why = "digits put back from the hash"
	default:
		j.problem(j.at[Serial], CodeMismatch, fmt.Sprintf("the serial is %s, but the hash is of the machine %s", show(have), show(inside)),
			"find out which of the two is right, and collect the hash again")
		return
	}
	j.cell[Serial] = inside
	j.repair(Serial, have, inside, why)
}

// somewhere returns the column to point at when the row as a whole is wrong.
func (j *judge) somewhere() int {
	for f := Serial; f <= Model; f++ {
		if j.cell[f] != "" {
			return j.at[f]
		}
	}
	return 0
}

// unique looks for the device among the rows above and among the customer's.
func (j *judge) unique() {
	w := j.walk
	if by, what, line := w.seen.first(j.rec.line, j.row.Upload); line > 0 {
		column := j.at[by]
		if by == Serial && j.cell[Serial] == "" { // it is the serial inside the hash
			column = j.at[Hash]
		}
		j.problem(column, CodeDuplicate, fmt.Sprintf("the same device is on line %d (same %s)", line, what), "remove one of the two rows")
		return
	}
	if w.o.Have == nil {
		return
	}
	if where := w.o.Have(j.row.Upload); where != "" {
		j.problem(j.somewhere(), CodeHave, "the customer has this device already: "+show(where), "remove the row")
	}
}
