package screen

import (
	"cmp"
	"slices"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"muster/model"
	"muster/ui/kit"
	"muster/ui/theme"
)

// fill writes the overview: what the configuration is, how its runs stand, whom it is
// assigned to. Each section says itself when it could not be read.
func (s *BIOSConfiguration) fill() {
	b, o := s.bios, &s.overview
	o.title("BIOS configuration")
	o.field("name", b.Name)
	o.field("description", b.Description)
	o.field("format", string(b.Format))
	o.field("version", kit.Count(b.Version))
	o.field("passwords", b.PasswordEffect())
	s.fillFile()
	s.fillResults()
	s.fillTargets()
	o.title("Kept by the service")
	o.field("scope tags", s.scopeTags())
	o.field("created", s.env.Stamp(b.Created))
	o.field("changed", s.env.Stamp(b.Modified))
	o.field("id", string(b.ID))
}

func (s *BIOSConfiguration) fillFile() {
	b, o := s.bios, &s.overview
	o.field("file", b.FileName)
	switch {
	case s.err != nil:
		o.field("content", kit.IntuneTrouble("It could not be read", s.err)+". r tries again.")
		return
	case !s.read:
		o.field("content", "reading"+s.env.Theme.Glyphs.Ellipsis)
		return
	}
	o.field("size", kit.Count(len(b.Content))+" of "+kit.Count(model.MaxBIOSContent)+" bytes")
	problems := b.Problems()
	if len(problems) == 0 {
		return
	}
	worst := slices.MaxFunc(problems, func(a, b model.BIOSProblem) int { return cmp.Compare(a.Level, b.Level) })
	say := worst.String()
	if len(problems) > 1 {
		say += "; " + kit.Count(len(problems)-1) + " more in the content"
	}
	o.text(labelWidth+2, s.env.Theme.Glyphs.Warn+" "+say, s.env.Theme.Tone(levelTone(worst.Level)))
}

// fillResults draws how the runs stand, a bar for devices and one for users.
func (s *BIOSConfiguration) fillResults() {
	o, t := &s.overview, s.env.Theme
	o.title("Results")
	switch {
	case !s.summary.came:
		o.add("  reading" + t.Glyphs.Ellipsis)
		return
	case s.summary.msg.Err != nil:
		o.text(2, kit.IntuneTrouble("The results could not be read", s.summary.msg.Err)+". r tries again.", t.Bad)
		return
	}
	sum := s.summary.msg.Summary
	s.resultBar("device", "devices", sum.Devices)
	if total(sum.Users) > 0 {
		s.resultBar("user", "users", sum.Users)
	}
	if !sum.LastRun.IsZero() {
		o.field("last run", s.env.Stamp(sum.LastRun))
	}
}

func total(counts map[model.RunState]int) int {
	n := 0
	for _, c := range counts {
		n += max(c, 0)
	}
	return n
}

// resultBar draws a bar with a line below that names its parts: each state has a sign
// of its own in the bar, so that it can be read without colours.
func (s *BIOSConfiguration) resultBar(one, many string, counts map[model.RunState]int) {
	o, t := &s.overview, s.env.Theme
	all := total(counts)
	if all == 0 {
		o.add("  no " + one + " has reported yet")
		return
	}
	states := runOrder(counts)
	shares := make([]int, len(states))
	for i, st := range states {
		shares[i] = counts[st]
	}
	name := kit.Counted(all, one, many)
	room := max(min(s.w-labelWidth-4, 60), 0)
	var bar strings.Builder
	for i, cells := range share(shares, room) {
		bar.WriteString(t.Tone(runTone(states[i])).Render(strings.Repeat(runSign(t, states[i]), cells)))
	}
	o.add("  " + cell(name, labelWidth) + bar.String())
	line := ""
	for i, st := range states {
		say := runSign(t, st) + " " + kit.Count(shares[i]) + " " + st.Words()
		if line != "" && ansi.StringWidth(line+say) > s.w-labelWidth-5 { // a sign stays with its words
			o.text(labelWidth+2, line, lipgloss.NewStyle())
			line = ""
		}
		if line != "" {
			line += "   "
		}
		line += say
	}
	o.text(labelWidth+2, line, lipgloss.NewStyle())
}

// cell pads a short text of ours.
func cell(text string, w int) string { return text + strings.Repeat(" ", max(w-len(text), 0)) }

// runOrder lists the states that have any, the known ones in their order first.
func runOrder(counts map[model.RunState]int) []model.RunState {
	var out []model.RunState
	for _, st := range model.RunStates() {
		if counts[st] > 0 {
			out = append(out, st)
		}
	}
	var others []model.RunState
	for st, n := range counts {
		if n > 0 && !slices.Contains(out, st) {
			others = append(others, st)
		}
	}
	slices.Sort(others)
	return append(out, others...)
}

// share gives each number its part of the room, at least a cell to what is not zero
// while there is room for it.
func share(numbers []int, room int) []int {
	all, out := 0, make([]int, len(numbers))
	for _, n := range numbers {
		all += n
	}
	if all == 0 || room <= 0 {
		return out
	}
	left := room
	for i, n := range numbers {
		if out[i] = int(int64(n) * int64(room) / int64(all)); out[i] == 0 && n > 0 {
			out[i] = 1
		}
		left -= out[i]
	}
	for ; left != 0; left -= sign(left) { // what rounding left, to the largest or from it
		at := 0
		for i := range out {
			if left > 0 && numbers[i] > numbers[at] || left < 0 && out[i] > out[at] {
				at = i
			}
		}
		if out[at]+sign(left) < 0 {
			break
		}
		out[at] += sign(left)
	}
	return out
}

func sign(n int) int {
	if n < 0 {
		return -1
	}
	return 1
}

// runSign is the sign of a state, one cell wide, another one for each.
func runSign(t *theme.Theme, s model.RunState) string {
	switch s {
	case model.RunSuccess:
		return t.Glyphs.Full
	case model.RunPending:
		return t.Glyphs.Empty
	case model.RunFail:
		return t.Glyphs.Bad
	case model.RunScriptError:
		return "e"
	case model.RunNotApplicable:
		return "-"
	}
	return "?"
}

func runTone(s model.RunState) theme.Tone {
	switch {
	case s == model.RunSuccess:
		return theme.GoodTone
	case s.Failed():
		return theme.BadTone
	case s == model.RunPending:
		return theme.AccentTone
	case s == model.RunNotApplicable:
		return theme.MutedTone
	}
	return theme.WarnTone
}

// fillTargets names the groups that get the configuration and those that do not.
func (s *BIOSConfiguration) fillTargets() {
	o, t := &s.overview, s.env.Theme
	o.title("Assigned to")
	msg := s.targets.msg
	switch {
	case !s.targets.came:
		o.add("  reading" + t.Glyphs.Ellipsis)
	case msg.Err != nil:
		o.text(2, kit.IntuneTrouble("The assignments could not be read", msg.Err)+". r tries again.", t.Bad)
	case len(msg.Targets) == 0:
		o.add("  nobody: " + t.Key.Render(s.env.Keys.Assign.String()) + " assigns it")
	}
	for _, to := range msg.Targets {
		say := msg.Names.Whom(to)
		if only := msg.Names.Narrowed(to); only != "" {
			say += ", " + only
		}
		name := to.Kind.Words()
		if name == msg.Names.Whom(to) { // it is no group
			name = "included"
		}
		o.field(name, say)
	}
	if msg.Names.Err != nil && len(msg.Targets) > 0 {
		o.text(2, kit.IntuneTrouble("Groups and filters could not all be named", msg.Names.Err), t.Warn)
	}
}

// scopeTags names the scope tags; those without a known name keep their id.
func (s *BIOSConfiguration) scopeTags() string {
	var out []string
	for _, id := range s.bios.ScopeTags {
		if name := s.tags[id]; name != "" {
			out = append(out, name)
			continue
		}
		out = append(out, "tag "+id)
	}
	return strings.Join(out, ", ")
}
