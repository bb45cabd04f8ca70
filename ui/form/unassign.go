package form

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"muster/model"
	"muster/ui/kit"
)

// undocumented says what is special about taking policies away.
const undocumented = "takes the policy away. The service documents no way to do it: a device counts as done only when it was read back without one"

// confirmNone is the page that shows whose policy goes and asks.
func (a *assign) confirmNone() kit.Effect {
	lines := func(w int) []string {
		out := labelled(a.env.Theme, "effect", "experimental: "+undocumented, w)
		return append(out, a.changes("", noPolicy, w)...)
	}
	title := fmt.Sprintf("Take the policy off %s?", a.target())
	return a.show(newWrite(&a.Host, model.UnassignPolicy, title, lines, kit.Answer{Key: "y", Text: "take it off", Do: a.unassign}))
}

func (a *assign) unassign() kit.Effect {
	devices := a.devices
	a.written.Devices = devices
	return a.save(noPolicy+" on "+a.target(), func(re kit.Reply) tea.Cmd {
		return kit.Unassign(a.env, re, a.env.Customer, devices)
	})
}
