package kit

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"muster/model"
	"muster/model/fleet"
)

// MaxSerials bounds a list of serials, typed, pasted or from a file.
const MaxSerials = 200_000

// MaxSerialFile bounds a file of serials, in bytes.
const MaxSerialFile = 16 << 20

// MatchedMsg answers [MatchSerials].
type MatchedMsg struct {
	Reply
	Keys      []string // of the devices that were named, each once, in the order of the list
	Ambiguous []string // serials that several devices have; none of these is among Keys
	Missing   []string // serials that no device has
	Whole     bool     // whether all devices were known
	Err       *model.Error
}

// MatchSerials returns a command that looks for the devices of a list of serials by
// equality, ignoring case. A list of one line that begins with @ is the path of a file
// that holds the list.
func MatchSerials(ctx context.Context, env *Env, re Reply, list string) tea.Cmd {
	files, known := env.Backend.Files, env.Fleet
	return func() tea.Msg {
		msg := MatchedMsg{Reply: re, Whole: known.Whole}
		if path, ok := strings.CutPrefix(strings.TrimSpace(list), "@"); ok {
			raw, err := readAll(ctx, files, strings.TrimSpace(path), MaxSerialFile)
			if err != nil {
				msg.Err = Trouble(err)
				return msg
			}
			list = strings.TrimPrefix(string(raw), "\ufeff")
		}
		serials, err := Serials(list)
		if err == nil {
			err = msg.match(ctx, known.Known, serials)
		}
		msg.Err = Trouble(err)
		return msg
	}
}

// Serials cuts a list into serials: one a line, or separated by commas, semicolons or
// tabs, with or without quotes, each once. Blanks may be part of a serial.
func Serials(list string) ([]string, error) {
	const op = "read serials"
	var out []string
	seen := map[string]bool{}
	for part := range strings.FieldsFuncSeq(list, func(r rune) bool { return strings.ContainsRune("\r\n,;\t", r) }) {
		part = strings.TrimSpace(strings.Trim(strings.TrimSpace(part), `"'`))
		fold := strings.ToLower(part)
		if part == "" || seen[fold] || strings.HasPrefix(part, "#") {
			continue
		}
		if len(out) == MaxSerials {
			return nil, &model.Error{Kind: model.Invalid, Op: op, Msg: "there are more than " + Count(MaxSerials) + " serials"}
		}
		seen[fold] = true
		out = append(out, part)
	}
	if len(out) == 0 {
		return nil, &model.Error{Kind: model.Invalid, Op: op, Msg: "there is no serial in it"}
	}
	return out, nil
}

// match sorts the serials into those that name one device, several or none. One that
// nobody has and that holds blanks is taken for several serials.
func (m *MatchedMsg) match(ctx context.Context, known Known, serials []string) error {
	where, err := bySerial(ctx, known)
	if err != nil {
		return err
	}
	taken := map[int]bool{}
	take := func(serial string) {
		switch row, found := where[strings.ToLower(serial)]; {
		case !found:
			m.Missing = append(m.Missing, model.Clean(serial))
		case row == several:
			m.Ambiguous = append(m.Ambiguous, model.Clean(serial))
		case !taken[row]:
			taken[row] = true
			m.Keys = append(m.Keys, known.Index.Key(row))
		}
	}
	for _, s := range serials {
		words := strings.Fields(s)
		if _, found := where[strings.ToLower(s)]; found || len(words) < 2 {
			take(s)
			continue
		}
		for _, w := range words {
			take(w)
		}
	}
	return nil
}

// several stands for the row of a serial that more than one device has.
const several = -1

// bySerial finds rows by serial in lower case.
func bySerial(ctx context.Context, known Known) (map[string]int, error) {
	if known.Index == nil {
		return nil, nil
	}
	where := make(map[string]int, known.Index.Len())
	for row := range known.Index.Len() {
		if row%4096 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		serial := strings.ToLower(known.Index.Cell(row, known.Serial))
		if serial == "" {
			continue
		}
		if _, twice := where[serial]; twice {
			where[serial] = several
			continue
		}
		where[serial] = row
	}
	return where, nil
}

// RowsWithKeys returns the rows of ix that have one of these keys.
func RowsWithKeys(ix *fleet.Index, keys []string) fleet.Rows {
	list := make([]uint32, 0, len(keys))
	for _, key := range keys {
		if row, ok := ix.Find(key); ok {
			list = append(list, uint32(row))
		}
	}
	return fleet.RowsOf(list)
}
