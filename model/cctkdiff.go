package model

import (
	"slices"
	"strings"
)

// CCTKChange is a setting that two files do not have alike. Its texts are safe to
// draw; the value of a password is hidden.
type CCTKChange struct {
	Name string
	// Was and Now are the values, those of a repeated setting in their order; a nil one
	// means that the file does not set it.
	Was, Now []string
}

// Words says what became of the setting: added, removed or changed.
func (c CCTKChange) Words() string {
	switch {
	case c.Was == nil:
		return "added"
	case c.Now == nil:
		return "removed"
	}
	return "changed"
}

// CCTKChanges compares the settings of two .cctk files by name, whatever their case
// and order: first what was there, in its order, then what is new. Comments do not
// count.
func CCTKChanges(was, now []byte) []CCTKChange {
	before, names := cctkValues(was, nil)
	after, names := cctkValues(now, names)
	var out []CCTKChange
	done := make(map[string]bool, len(names))
	for _, name := range names {
		key := asciiLower(name)
		if done[key] {
			continue
		}
		done[key] = true
		a, b := before[key], after[key]
		if !slices.Equal(a, b) {
			out = append(out, CCTKChange{Name: short(name), Was: shownValues(name, a), Now: shownValues(name, b)})
		}
	}
	return out
}

// cctkValues returns the values by name in lower case, and the names with those that
// were there before.
func cctkValues(content []byte, names []string) (map[string][]string, []string) {
	values := map[string][]string{}
	for l := range CCTKLines(content) {
		if l.Kind == CCTKSetting {
			key := asciiLower(l.Name)
			if values[key] == nil {
				names = append(names, l.Name)
			}
			values[key] = append(values[key], l.Value)
		}
	}
	return values, names
}

func shownValues(name string, values []string) []string {
	if values == nil {
		return nil
	}
	out := make([]string, len(values))
	for i, v := range values {
		line := readCCTKLine(0, name+"="+v)
		if out[i] = Clean(v); line.Secret() {
			out[i] = hiddenPW
		}
	}
	return out
}

// LineChange says what became of a line between two texts.
type LineChange uint8

// What becomes of a line.
const (
	LineKept LineChange = iota
	LineRemoved
	LineAdded
)

// ChangedLine is a line of the difference of two texts, as it is in the text.
type ChangedLine struct {
	Change   LineChange
	Was, Now int // number in the former and the present text, from 1; 0 = not there
	Text     string
}

// maxEdits bounds how many lines may differ for the shortest difference to be looked
// for; beyond, the old lines are given as removed and the new ones as added.
const maxEdits = 1000

// ChangedLines returns the shortest difference of two texts by lines, the kept ones
// included. Line ends do not count: LF and CRLF are alike.
func ChangedLines(was, now []byte) []ChangedLine {
	a, b := textLines(was), textLines(now)
	head := 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	out := make([]ChangedLine, 0, len(a)+len(b)-head-tail)
	for i := range head {
		out = append(out, ChangedLine{LineKept, i + 1, i + 1, a[i]})
	}
	for _, c := range edits(a[head:len(a)-tail], b[head:len(b)-tail]) {
		if c.Was > 0 {
			c.Was += head
		}
		if c.Now > 0 {
			c.Now += head
		}
		out = append(out, c)
	}
	for i := range tail {
		x, y := len(a)-tail+i, len(b)-tail+i
		out = append(out, ChangedLine{LineKept, x + 1, y + 1, a[x]})
	}
	return out
}

func textLines(content []byte) []string {
	s := strings.TrimSuffix(strings.TrimPrefix(string(content), utf8BOM), "\n")
	if s == "" {
		return nil
	}
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = strings.TrimSuffix(lines[i], "\r")
	}
	return lines
}

// edits is Myers' greedy way to a shortest edit script (1986): reach[d] keeps how far
// along a each diagonal came with d edits, and the way is read back from the end.
func edits(a, b []string) []ChangedLine {
	n, m := len(a), len(b)
	var reach [][]int
	v := make([]int, 2*min(n+m, maxEdits)+3)
	mid := len(v) / 2
	for d := 0; d <= min(n+m, maxEdits); d++ {
		reach = append(reach, slices.Clone(v[mid-d:mid+d+1])) // as it was before step d
		for k := -d; k <= d; k += 2 {
			x := v[mid+k-1] + 1
			if k == -d || k != d && v[mid+k-1] < v[mid+k+1] {
				x = v[mid+k+1]
			}
			for x < n && x-k < m && x-k >= 0 && a[x] == b[x-k] {
				x++
			}
			v[mid+k] = x
			if x >= n && x-k >= m {
				return walkBack(a, b, reach)
			}
		}
	}
	return replaced(a, b)
}

// walkBack reads the edit script from what [edits] kept.
func walkBack(a, b []string, reach [][]int) []ChangedLine {
	x, y := len(a), len(b)
	var out []ChangedLine
	kept := func(to int) {
		for x > to {
			out = append(out, ChangedLine{LineKept, x, y, a[x-1]})
			x, y = x-1, y-1
		}
	}
	for d := len(reach) - 1; d > 0; d-- {
		at := func(k int) int { return reach[d][d+k] }
		k := x - y
		if k == -d || k != d && at(k-1) < at(k+1) { // came down: a line of b
			kept(at(k + 1))
			out = append(out, ChangedLine{LineAdded, 0, y, b[y-1]})
			y--
			continue
		}
		kept(at(k-1) + 1)
		out = append(out, ChangedLine{LineRemoved, x, 0, a[x-1]})
		x--
	}
	kept(0)
	slices.Reverse(out)
	return out
}

func replaced(a, b []string) []ChangedLine {
	out := make([]ChangedLine, 0, len(a)+len(b))
	for i, s := range a {
		out = append(out, ChangedLine{LineRemoved, i + 1, 0, s})
	}
	for i, s := range b {
		out = append(out, ChangedLine{LineAdded, 0, i + 1, s})
	}
	return out
}
