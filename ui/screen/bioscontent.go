package screen

import (
	"encoding/hex"
	"iter"
	"strings"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"muster/model"
	"muster/model/fleet"
	"muster/ui/kit"
	"muster/ui/table"
)

var contentSchema = fleet.Schema{{Name: "line", Title: "LINE", Kind: fleet.Count}, {Name: "text", Title: "TEXT"}, {Name: "problem", Title: "PROBLEM"}}

var contentCols = []table.Col{{Name: "line", Min: 5, Max: 6, Right: true, Priority: 9}, {Name: "text", Min: 30, Max: 400, Priority: 8}, {Name: "problem", Min: 20, Max: 60, Priority: 7}}

// contentLine is a line of the content with what is wrong with it. Its texts are safe
// to draw and hold no password.
type contentLine struct {
	number   int
	text     string
	problems []model.BIOSProblem
}

// Bounds of what is shown of a content.
const (
	maxContentLines = 20_000
	maxHexBytes     = 8 << 10
)

// contentListing shows the content that was read, line by line. A content that is no
// text is shown as bytes.
func (s *BIOSConfiguration) contentListing() listing[contentLine] {
	return listing[contentLine]{
		one: "line", many: "lines", idName: "", schema: contentSchema, cols: contentCols, live: true,
		none: []string{"The file is empty."},
		pages: func() iter.Seq2[kit.Page[contentLine], error] {
			b := s.bios
			return atOnce(func() ([]contentLine, error) { return contentOf(b), nil }, lineRow)
		},
	}
}

func lineRow(l contentLine) fleet.Row {
	problems := make([]string, len(l.problems))
	for i, p := range l.problems {
		problems[i] = "error: " + p.Text
		if p.Level == model.BIOSWarning {
			problems[i] = "warning: " + p.Text
		}
	}
	n := ""
	if l.number > 0 {
		n = kit.Count(l.number)
	}
	return fleet.Row{Key: kit.Count(l.number), Cells: []string{n, l.text, strings.Join(problems, "; ")}, Sort: []int64{0: int64(l.number)}}
}

// contentOf splits a content. Problems of the file as a whole stand on its first line.
func contentOf(b model.BIOSConfiguration) []contentLine {
	if !utf8.Valid(b.Content) && !model.IsCCTK(b.Content) || strings.IndexByte(string(b.Content), 0) >= 0 {
		return hexLines(b.Content)
	}
	problems := map[int][]model.BIOSProblem{}
	for _, p := range b.Problems() {
		n := max(p.Line, 1)
		problems[n] = append(problems[n], p)
	}
	var out []contentLine
	for l := range model.CCTKLines(b.Content) {
		if len(out) == maxContentLines {
			return append(out, contentLine{text: "what follows is not shown: the file has more than " + kit.Count(maxContentLines) + " lines"})
		}
		out = append(out, contentLine{l.Number, l.Shown(), problems[l.Number]})
	}
	return out
}

// hexLines shows bytes, sixteen a line, beside the letters among them.
func hexLines(content []byte) []contentLine {
	dump := strings.TrimSuffix(hex.Dump(content[:min(len(content), maxHexBytes)]), "\n")
	var out []contentLine
	for i, text := range strings.Split(dump, "\n") {
		out = append(out, contentLine{number: i + 1, text: text})
	}
	if len(content) > maxHexBytes {
		out = append(out, contentLine{text: "the first " + kit.Count(maxHexBytes) + " of " + kit.Count(len(content)) + " bytes"})
	}
	return out
}

func (s *BIOSConfiguration) contentActions() []kit.Action {
	return []kit.Action{{Name: "whole line", Key: s.env.Keys.Open, Do: s.openLine, Off: s.lines.needRow, Help: "The line under the cursor in full, with what is wrong with it."}}
}

func (s *BIOSConfiguration) openLine() kit.Effect {
	l, _, ok := s.lines.current()
	if !ok {
		return kit.Effect{}
	}
	return kit.Effect{Push: newLineDetail(s.env, l)}
}

// lineDetail shows one line of a content in full.
type lineDetail struct {
	detail
	line contentLine
}

func newLineDetail(env *kit.Env, l contentLine) *lineDetail {
	s := &lineDetail{line: l}
	s.detail = detail{env: env, name: "line " + kit.Count(l.number), write: s.fill}
	s.actions = s.moves(env)
	return s
}

// Init implements kit.Screen.
func (s *lineDetail) Init() kit.Effect { return kit.Effect{} }

// Update implements kit.Screen.
func (s *lineDetail) Update(msg tea.Msg) kit.Effect { return s.turn(msg) }

func (s *lineDetail) fill() {
	s.title("Line " + kit.Count(s.line.number))
	s.text(2, s.line.text, s.env.Theme.Tone(0))
	for _, p := range s.line.problems {
		s.add("")
		s.text(2, s.env.Theme.Glyphs.Warn+" "+p.Level.String()+": "+p.Text, s.env.Theme.Tone(levelTone(p.Level)))
	}
}
