package model

import (
	"bytes"
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"
)

// BIOSLevel says how much a problem of a BIOS configuration weighs.
type BIOSLevel uint8

// The levels, the lightest first.
const (
	BIOSWarning    BIOSLevel = iota // worth knowing, nothing stands in the way
	BIOSOverridden                  // refused unless the operator says that it is meant
	BIOSError                       // refused
)

// String returns the level in words.
func (l BIOSLevel) String() string {
	switch l {
	case BIOSError:
		return "error"
	case BIOSOverridden:
		return "error unless overridden"
	}
	return "warning"
}

// BIOSProblem is something that is wrong, or may be, with a BIOS configuration.
type BIOSProblem struct {
	Line  int // of the file, from 1; 0 = not of a line
	Level BIOSLevel
	Text  string // one sentence, lower case, safe to draw; never a value of the file
}

// String returns the problem with its line.
func (p BIOSProblem) String() string {
	if p.Line == 0 {
		return p.Text
	}
	return fmt.Sprintf("line %d: %s", p.Line, p.Text)
}

// maxBIOSProblems bounds the problems of one level: a file with an error in every
// line needs no list of them.
const maxBIOSProblems = 50

// Problems judges a BIOS configuration before it is sent: the limits of the Graph
// reference, what the portal's guide says about file names, and for the format dell
// what a .cctk file has to be. Those without a line come first, the others by line.
func (b BIOSConfiguration) Problems() []BIOSProblem {
	var found biosProblems
	stop := func(msg string) {
		if msg != "" {
			found.add(0, BIOSError, msg)
		}
	}
	stop(checkLength("display name", b.Name, 1, MaxBIOSName))
	stop(checkLength("description", b.Description, 0, MaxBIOSDescription))
	stop(CheckBIOSFileName(b.FileName))
	switch n := len(b.Content); {
	case n > MaxBIOSOverride || n == 0:
		stop(CheckBIOSContent(b.Content, MaxBIOSOverride))
	case n > MaxBIOSContent:
		found.add(0, BIOSOverridden, CheckBIOSContent(b.Content, MaxBIOSContent))
	}
	if !slices.Contains(BIOSFormats(), b.Format) {
		stop(fmt.Sprintf("format %q is not dell, surface or surfaceDock", Clean(string(b.Format))))
	}
	b.extension(&found)
	if n := len(b.Content); b.Format == FormatDell && n > 0 && n <= MaxBIOSOverride {
		judgeCCTK(&found, b.Content)
	}
	return found.sorted()
}

// extension warns when the file name contradicts the format.
func (b BIOSConfiguration) extension(found *biosProblems) {
	if CheckBIOSFileName(b.FileName) != "" {
		return
	}
	switch cctk := strings.EqualFold(path.Ext(b.FileName), ".cctk"); {
	case b.Format == FormatDell && !cctk:
		found.add(0, BIOSWarning, "the portal asks for a file name that ends in .cctk for the format dell")
	case (b.Format == FormatSurface || b.Format == FormatSurfaceDock) && cctk:
		found.add(0, BIOSWarning, "a .cctk file is one of Dell's, the format is "+string(b.Format))
	}
}

// first returns the first problem that weighs at least as much as level, as an error.
func (b BIOSConfiguration) first(level BIOSLevel) error {
	for _, p := range b.Problems() {
		if p.Level >= level {
			return &Error{Kind: Invalid, Op: "check BIOS configuration", Msg: p.String()}
		}
	}
	return nil
}

// biosProblems collects problems, of each level a bounded number.
type biosProblems struct {
	list []BIOSProblem
	of   [BIOSError + 1]int
}

func (f *biosProblems) add(line int, level BIOSLevel, text string) {
	f.of[level]++
	if f.of[level] <= maxBIOSProblems {
		f.list = append(f.list, BIOSProblem{Line: line, Level: level, Text: text})
	}
}

func (f *biosProblems) sorted() []BIOSProblem {
	slices.SortStableFunc(f.list, func(a, b BIOSProblem) int { return cmp.Compare(a.Line, b.Line) })
	for level, n := range f.of {
		if n > maxBIOSProblems {
			f.list = append(f.list, BIOSProblem{Level: BIOSLevel(level), Text: fmt.Sprintf("%d more of the kind %q are not listed", n-maxBIOSProblems, BIOSLevel(level))})
		}
	}
	return f.list
}

func unreadableCCTK(content []byte) bool {
	return bytes.HasPrefix(content, []byte{0xff, 0xfe}) || bytes.HasPrefix(content, []byte{0xfe, 0xff}) || bytes.IndexByte(content, 0) >= 0
}

// judgeCCTK finds what the maker's tool cannot read, what would be a secret in clear,
// and what an operator may not have meant.
func judgeCCTK(found *biosProblems, content []byte) {
	if unreadableCCTK(content) {
		found.add(0, BIOSError, "the file is UTF-16 or binary; a .cctk file is plain text")
		return
	}
	if HasBOM(content) {
		found.add(1, BIOSWarning, "a UTF-8 byte order mark hides the section [cctk] from the maker's tool; take it off")
	}
	j := cctkJudge{found: found, seen: map[string]int{}}
	for l := range CCTKLines(content) {
		j.line(l)
	}
	if len(j.seen) == 0 && !j.headless {
		found.add(0, BIOSError, "the file holds no setting")
	}
}

type cctkJudge struct {
	found    *biosProblems
	begun    bool           // a significant line was met
	headless bool           // it was not [cctk]
	section  int            // line of the first section
	seen     map[string]int // lines by name in lower case
}

func (j *cctkJudge) line(l CCTKLine) {
	switch l.Kind {
	case CCTKBlank:
		return
	case CCTKComment, CCTKReadOnly:
		if l.Secret() {
			j.found.add(l.Number, BIOSWarning, "a comment holds what looks like a password; every reader of the tenant sees it")
		}
		return
	}
	if !j.begun && !l.isCCTK() {
		j.headless = true
		j.found.add(l.Number, BIOSError, "a .cctk file begins with the section [cctk]")
	}
	j.begun = true
	if l.Secret() {
		j.found.add(l.Number, BIOSOverridden, cmp.Or(short(l.Name), "the line")+" holds a password; Intune manages BIOS passwords, take it out")
	}
	switch l.Kind {
	case CCTKSection:
		if j.section > 0 {
			j.found.add(l.Number, BIOSWarning, fmt.Sprintf("a second section [%s]; the first one is in line %d", short(l.Name), j.section))
			return
		}
		j.section = l.Number
	case CCTKSetting:
		j.setting(l)
	default:
		j.found.add(l.Number, BIOSWarning, "neither a setting with = nor a comment nor a section")
	}
}

func (j *cctkJudge) setting(l CCTKLine) {
	name := short(l.Name)
	key := asciiLower(l.Name)
	if key == "" {
		j.found.add(l.Number, BIOSWarning, "there is no name before the =")
		return
	}
	if before, twice := j.seen[key]; twice {
		j.found.add(l.Number, BIOSWarning, fmt.Sprintf("%s stands in line %d already; which of the two counts is not known", name, before))
	} else {
		j.seen[key] = l.Number
	}
	switch key {
	case "sysname", "sysid", "biosver":
		j.found.add(l.Number, BIOSWarning, name+" ties the file to the one model that it was exported from")
	case "svctag":
		j.found.add(l.Number, BIOSWarning, name+" would write one service tag to every device")
	case "asset", "assettag":
		j.found.add(l.Number, BIOSWarning, name+" would write one asset number to every device")
	}
}

// short cuts the name of a setting or a section for a sentence; it may hold anything.
func short(name string) string {
	const most = 40
	if at := passwordAt(name); at >= 0 {
		name = name[:at] + hiddenPW
	}
	r := []rune(Clean(name))
	if len(r) > most {
		return string(r[:most]) + "..."
	}
	return string(r)
}
