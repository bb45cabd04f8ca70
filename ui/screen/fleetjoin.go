package screen

import (
	"hash/maphash"
	"strings"
	"unicode/utf8"

	"muster/model"
	"muster/model/fleet"
	"muster/ui/kit"
)

// joiner brings the devices of the two services together into one list, page by page
// and in whatever order the pages come. Rows are joined by serial; a serial that one
// side has twice joins nothing. Devices that only Intune has are appended when all of
// Partner Center's are there, so that a row keeps the key it begins with: the Partner
// Center id, else the Autopilot id.
type joiner struct {
	day   momentFunc
	names map[string]string // of policies, by id
	seed  maphash.Seed
	where map[uint64]spot // by the hash of the serial

	main   grower // the list
	groups map[string]int
	// changed are rows of main that became others and are put in place together.
	changed map[int]fleet.Row
	// left are the devices of Intune that have no row in main yet, and those that had to
	// give theirs up; rowOf says where they are by now, -1 for nowhere.
	left    grower
	rowOf   []int32
	flushed int // of left
	spent   int // of left: joined since it was last made smaller
	odd     *oddities

	sides kit.Sides
}

// spot is what is known of a serial.
type spot struct {
	row   int32 // in main, of the device at Partner Center; none without one
	left  int32 // in left, of the device in Intune; none without one, joined when row has it
	twice bool  // one side has the serial twice
}

const (
	none   = -1
	joined = -2
)

func newJoiner(day momentFunc) *joiner {
	return &joiner{day: day, seed: maphash.MakeSeed(), where: map[uint64]spot{}, groups: map[string]int{}, changed: map[int]fleet.Row{},
		main: grower{ix: fleet.New(deviceSchema)}, left: grower{ix: fleet.New(deviceSchema)}, odd: &oddities{}}
}

// hash returns what a row's serial is looked up by; it is not ok when the serial
// identifies nothing, or cannot be compared as it is shown.
func (j *joiner) hash(row fleet.Row) (h uint64, ok bool) {
	key := model.JoinSerial(row.Cells[deviceSerial])
	return maphash.String(j.seed, key), key != "" && !strings.ContainsRune(key, utf8.RuneError)
}

// same reports whether two rows have the same serial, and not only the same hash of it.
func same(a, b fleet.Row) bool {
	return model.JoinSerial(a.Cells[deviceSerial]) == model.JoinSerial(b.Cells[deviceSerial])
}

// row returns a row of main as it will be.
func (j *joiner) row(n int) fleet.Row {
	if r, ok := j.changed[n]; ok {
		return r
	}
	return j.main.row(n)
}

// partner brings in devices of Partner Center.
func (j *joiner) partner(devices []model.Device) {
	for _, d := range devices {
		if j.main.has(string(d.ID)) {
			continue
		}
		name, known := j.names[d.Policy.Value]
		if !known {
			name = model.Clean(d.Policy.Value)
		}
		row := partnerRow(d, name, j.day)
		j.odd.partner(d, row)
		kit.CountGroup(j.groups, name, 1)
		j.sides.Partner++
		j.main.add(j.met(row))
	}
	j.shrink()
}

// met returns the row that a device of Partner Center begins with, which is the next
// of main.
func (j *joiner) met(row fleet.Row) fleet.Row {
	h, ok := j.hash(row)
	if !ok {
		return row
	}
	n := int32(j.main.len())
	s, seen := j.where[h]
	switch {
	case !seen:
		s = spot{row: n, left: none}
	case s.twice:
		disagree(row, differsSerial)
	case s.row != none:
		j.doubt(&s)
		disagree(row, differsSerial)
	case s.left >= 0 && same(row, j.left.row(int(s.left))):
		row = bothRow(row, j.left.row(int(s.left)))
		j.rowOf[s.left] = n
		j.spent++
		j.join(row, 1)
		s.row, s.left = n, joined
	}
	j.where[h] = s
	return row
}

// join counts a row that came to be on both sides, or ceased to be with by -1.
func (j *joiner) join(row fleet.Row, by int) {
	j.sides.Both += by
	j.sides.Partner -= by
	if row.Cells[deviceDiffers] == differsTag {
		j.sides.Differ += by
	}
}

// autopilot brings in devices of Intune.
func (j *joiner) autopilot(devices []model.AutopilotDevice) {
	j.sides.Read += len(devices)
	for _, d := range devices {
		row := intuneRow(d, j.day)
		if j.left.has(row.Key) {
			continue
		}
		h, ok := j.hash(row)
		if !ok {
			j.keep(row)
			j.odd.intune(d, row)
			continue
		}
		s, seen := j.where[h]
		if s.left == joined && seen && j.row(int(s.row)).Cells[deviceAutopilot] == row.Cells[deviceAutopilot] {
			continue // a page that came twice
		}
		j.odd.intune(d, row)
		switch {
		case !seen:
			s = spot{row: none, left: j.keep(row)}
		case s.twice:
			disagree(row, differsSerial)
			j.keep(row)
		case s.left != none:
			j.doubt(&s)
			disagree(row, differsSerial)
			j.keep(row)
		case !same(row, j.row(int(s.row))):
			j.keep(row)
		default:
			both := bothRow(j.row(int(s.row)), row)
			j.changed[int(s.row)] = both
			j.join(both, 1)
			s.left = joined
		}
		j.where[h] = s
	}
}

// keep puts a device of Intune among those that have no row in main.
func (j *joiner) keep(row fleet.Row) int32 {
	j.left.add(row)
	j.rowOf = append(j.rowOf, none)
	return int32(j.left.len() - 1)
}

// shrink forgets the devices of left that have found their row, once they are the most
// of it: otherwise the whole of Intune would lie in memory twice while both sides come.
func (j *joiner) shrink() {
	if j.flushed > 0 || j.spent < 4*grown || 2*j.spent < j.left.len() {
		return
	}
	left := grower{ix: fleet.New(deviceSchema)}
	to := make([]int32, j.left.len())
	for n := range to {
		if j.rowOf[n] == none {
			to[n] = int32(left.len())
			left.add(j.left.row(n))
		}
	}
	for h, s := range j.where {
		if s.left >= 0 {
			s.left = to[s.left]
			j.where[h] = s
		}
	}
	j.left, j.rowOf, j.spent = left, j.rowOf[:left.len()], 0
	for n := range j.rowOf {
		j.rowOf[n] = none
	}
}

// doubt parts what a serial joined, which turned out not to be unique.
func (j *joiner) doubt(s *spot) {
	s.twice = true
	if s.left == joined {
		both := j.row(int(s.row))
		j.join(both, -1)
		p, i := parted(both)
		j.changed[int(s.row)] = p
		j.keep(i)
		return
	}
	if s.left >= 0 {
		s.row = j.rowOf[s.left]
	}
	if s.row != none {
		row := j.row(int(s.row))
		disagree(row, differsSerial)
		j.changed[int(s.row)] = row
	}
}

// flush appends the devices that only Intune has, once it is known that Partner Center
// does not have them. whole says that all of Partner Center's devices were read.
func (j *joiner) flush(whole bool) {
	for ; j.flushed < j.left.len(); j.flushed++ {
		if j.rowOf[j.flushed] != none {
			continue
		}
		row := j.left.row(j.flushed)
		if at, ok := j.main.find(row.Key); ok { // both services call the device the same
			j.rowOf[j.flushed] = int32(at)
			if have := j.row(at); have.Cells[deviceKnown] == knownPartner {
				both := bothRow(have, row)
				j.changed[at] = both
				j.join(both, 1)
			}
			continue
		}
		if h, ok := j.hash(row); ok && j.where[h].twice {
			disagree(row, differsSerial)
		} else if whole {
			disagree(row, differsPartner)
		}
		j.rowOf[j.flushed] = int32(j.main.len())
		j.sides.Intune++
		j.main.add(row)
	}
}

// withLeft returns the list with the devices of Intune that have no row yet, because
// Partner Center, which was not read to its end, may know them. The joiner stays as it
// is, so that it can go on.
func (j *joiner) withLeft(ix *fleet.Index, intune int) (*fleet.Index, int) {
	var rows []fleet.Row
	for n := j.flushed; n < j.left.len(); n++ {
		row := j.left.row(n)
		if j.rowOf[n] != none || j.main.has(row.Key) {
			continue
		}
		if h, ok := j.hash(row); ok && j.where[h].twice {
			disagree(row, differsSerial)
		}
		rows = append(rows, row)
	}
	return ix.With(rows...), intune + len(rows)
}

// missing notes on rows which only Partner Center has that all of Intune was read.
func (j *joiner) missing() {
	for n := range j.main.len() {
		if j.main.cell(n, deviceKnown) != knownPartner {
			continue
		}
		if row := j.row(n); row.Cells[deviceKnown] == knownPartner && row.Cells[deviceDiffers] == "" {
			disagree(row, differsIntune)
			j.changed[n] = row
		}
	}
}

// waits is from how many changed rows on they are put in place: changing a few of many
// costs as much as changing many.
func (j *joiner) waits() bool {
	return j.main.len() > grown && len(j.changed) < min(j.main.len()/4, 8*grown)
}

// snapshot returns the list as far as it has come. all puts every changed row in place.
func (j *joiner) snapshot(all bool) *fleet.Index {
	if len(j.changed) > 0 && (all || !j.waits()) {
		rows := make([]fleet.Row, 0, len(j.changed))
		for _, r := range j.changed {
			rows = append(rows, r)
		}
		j.main.put(rows...)
		clear(j.changed)
	}
	if all {
		j.main.pack()
	}
	return j.main.settle()
}

// grower is an index that rows are added to one by one: they are taken in page by page.
type grower struct {
	ix    *fleet.Index
	fresh []fleet.Row
	at    map[string]int // in fresh, by key
}

func (g *grower) len() int { return g.ix.Len() + len(g.fresh) }

func (g *grower) has(key string) bool {
	_, ok := g.find(key)
	return ok
}

func (g *grower) find(key string) (n int, ok bool) {
	if n, ok = g.at[key]; ok {
		return g.ix.Len() + n, true
	}
	return g.ix.Find(key)
}

func (g *grower) row(n int) fleet.Row {
	if n < g.ix.Len() {
		return g.ix.Row(n)
	}
	return g.fresh[n-g.ix.Len()]
}

func (g *grower) cell(n, col int) string {
	if n < g.ix.Len() {
		return g.ix.Cell(n, col)
	}
	return g.fresh[n-g.ix.Len()].Cells[col]
}

// add appends a row whose key is new.
func (g *grower) add(row fleet.Row) {
	if g.at == nil {
		g.at = map[string]int{}
	}
	g.at[row.Key] = len(g.fresh)
	g.fresh = append(g.fresh, row)
	if len(g.fresh) >= grown {
		g.settle()
	}
}

// grown is how many rows are taken in at once, at most.
const grown = 4096

// put replaces rows by their keys.
func (g *grower) put(rows ...fleet.Row) {
	g.settle()
	g.ix = g.ix.With(rows...)
}

// pack settles and has the rows in as little memory as they can be.
func (g *grower) pack() {
	g.settle()
	g.ix = g.ix.Packed()
}

// settle takes in what was added.
func (g *grower) settle() *fleet.Index {
	if len(g.fresh) > 0 {
		g.ix = g.ix.With(g.fresh...)
		g.fresh = g.fresh[:0]
		clear(g.at)
	}
	return g.ix
}
