package screen

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"muster/model/fleet"
	"muster/ui/kit"
)

// Changes names the devices that came and went between two readings of the list.
type Changes struct{ detail }

// newChanges returns what came and went until the list of the moment now.
func newChanges(env *kit.Env, since kit.Since, now time.Time) *Changes {
	s := &Changes{}
	s.detail = detail{env: env, name: "what changed", facts: []string{env.AsOf(now)}}
	s.write = func() {
		s.section("Gone since "+env.Stamp(since.At), since.Gone, since.GoneRows)
		s.section("New since "+env.Stamp(since.At), since.Fresh, since.FreshRows)
	}
	s.actions = s.moves(env)
	return s
}

// section lists rows under a title with their number.
func (s *Changes) section(title string, n int, rows []fleet.Row) {
	s.title(title + ": " + kit.Counted(n, "device", "devices"))
	for _, r := range rows {
		s.field(r.Cells[deviceSerial], words(s.env, r.Cells[deviceModel], r.Cells[deviceBatch], r.Cells[deviceTag], r.Cells[deviceProfile], "known: "+r.Cells[deviceKnown]))
	}
	if more := n - len(rows); more > 0 {
		s.add("  and " + kit.Count(more) + " more")
	}
}

// Init implements kit.Screen.
func (s *Changes) Init() kit.Effect { return kit.Effect{} }

// Update implements kit.Screen.
func (s *Changes) Update(msg tea.Msg) kit.Effect { return s.still(msg) }
