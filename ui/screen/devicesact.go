package screen

import (
	"slices"

	"muster/model"
	"muster/model/fleet"
	"muster/ui/kit"
	"muster/ui/theme"
)

// chosen are rows of the device list that something is to be done with.
type chosen struct {
	screen *Devices
	rows   fleet.Rows
}

// partner returns those that Partner Center knows.
func (c chosen) partner() []model.Device {
	out := make([]model.Device, 0, c.rows.Len())
	for _, row := range c.rows.All() {
		if d := c.screen.odd.device(c.screen.list.ix.Row(row)); d.ID != "" {
			out = append(out, d)
		}
	}
	return out
}

// autopilot returns those that Intune knows.
func (c chosen) autopilot() []model.AutopilotDevice {
	out := make([]model.AutopilotDevice, 0, c.rows.Len())
	for _, row := range c.rows.All() {
		if d := c.screen.odd.autopilotDevice(c.screen.list.ix.Row(row)); d.ID != "" {
			out = append(out, d)
		}
	}
	return out
}

// only returns how many rows are known in one place alone.
func (c chosen) only(where string) int {
	n := 0
	for _, row := range c.rows.All() {
		if c.screen.list.ix.Cell(row, deviceKnown) == where {
			n++
		}
	}
	return n
}

// act does something with the marked devices, else with the one under the cursor.
func (s *Devices) act(do func(chosen) kit.Effect) kit.Effect {
	l := s.list
	s.acting = do
	if l.marks.Count() == 0 {
		row, _, _ := l.table.Current()
		return s.form(fleet.RowsOf([]uint32{uint32(row)}))
	}
	if l.marks.Count() <= few {
		return s.form(l.marks.Rows(l.ix))
	}
	l.wait()
	return kit.Effect{Cmd: kit.Pick(kit.Reply{To: s, Seq: l.askSeq}, l.marks, l.ix)}
}

func warn(text string) kit.Effect {
	return kit.Effect{Toast: kit.Toast{Text: text, Tone: theme.WarnTone}}
}

// needDevices says why nothing can be done with devices: it is not available, or there
// is no device.
func (s *Devices) needDevices(available bool) string {
	switch {
	case !available:
		return "not available here"
	case s.list.kept:
		return tooOld(s.env, true, s.list.began)
	case s.list.marks.Count() == 0:
		return s.list.needRow()
	}
	return ""
}

// needIntune is needDevices for what only Intune does.
func (s *Devices) needIntune(form bool) string {
	if form && s.env.Backend.AutopilotWriter == nil {
		return kit.NoIntune
	}
	if why := s.needDevices(form); why != "" {
		return why
	}
	if row, _, ok := s.list.table.Current(); ok && s.list.marks.Count() == 0 && s.list.ix.Cell(row, deviceAutopilot) == "" {
		return "Intune does not know this device"
	}
	return ""
}

func (s *Devices) cannotAssign() string {
	f := s.env.Forms
	if why := s.needDevices(f.Assign != nil || f.AssignEither != nil); why != "" {
		return why
	}
	return s.forbidden(model.VerbPatch)
}

// forbidden says why the service does not let something be done with the device under
// the cursor, when that alone is chosen and nothing but Partner Center knows it.
func (s *Devices) forbidden(verb string) string {
	row, _, ok := s.list.table.Current()
	if !ok || s.list.marks.Count() > 0 || s.list.ix.Cell(row, deviceAllowed) == "" || s.list.ix.Cell(row, deviceAutopilot) != "" {
		return ""
	}
	return notAllowed(s.odd.device(s.list.ix.Row(row)), verb)
}

// letting returns the devices with which the service lets something be done.
func letting(devices []model.Device, verb string) []model.Device {
	return slices.DeleteFunc(slices.Clone(devices), func(d model.Device) bool { return !d.Allows(verb) })
}

// assign opens the form that suits where the devices are known.
func (s *Devices) assign() kit.Effect {
	return s.act(func(c chosen) kit.Effect {
		known := c.partner()
		partner := letting(known, model.VerbPatch)
		if len(partner) == 0 && len(known) > 0 && len(c.autopilot()) == 0 {
			return warn("assign policy: " + notAllowed(known[0], model.VerbPatch))
		}
		if s.env.Backend.AutopilotWriter == nil || s.env.Forms.AssignEither == nil {
			if len(partner) == 0 {
				return warn("assign policy: Partner Center knows none of these devices")
			}
			return s.leftOut(kit.Effect{Push: s.env.Forms.Assign(s.env, partner)}, c.rows.Len()-len(partner), "not at Partner Center")
		}
		return s.leftOut(kit.Effect{Push: s.env.Forms.AssignEither(s.env, partner, c.autopilot())}, len(known)-len(partner), "not to be changed, says Partner Center,")
	})
}

// leftOut says how many of the chosen devices an action is not for.
func (s *Devices) leftOut(e kit.Effect, n int, why string) kit.Effect {
	if n > 0 {
		e.Toast = kit.Toast{Text: kit.Counted(n, "device is", "devices are") + " " + why + " and left out", Tone: theme.WarnTone}
	}
	return e
}

func (s *Devices) cannotChange() string { return s.needIntune(s.env.Forms.ChangeAutopilot != nil) }

func (s *Devices) change() kit.Effect {
	return s.act(func(c chosen) kit.Effect {
		devices := c.autopilot()
		if len(devices) == 0 {
			return warn("group tag: Intune knows none of these devices")
		}
		return kit.Effect{Push: s.env.Forms.ChangeAutopilot(s.env, devices, c.rows.Len()-len(devices))}
	})
}

func (s *Devices) cannotRemove() string {
	f, b := s.env.Forms, s.env.Backend
	if why := s.needDevices(f.Remove != nil && b.Devices != nil || f.DeleteAutopilot != nil && b.AutopilotWriter != nil); why != "" {
		return why
	}
	return s.forbidden(model.VerbDelete)
}

// remove takes devices out of where they are known. Leaving their batch takes them out
// of Intune as well; those that only Intune knows are deleted there. What is marked on
// both sides needs two operations, so the operator says which one.
func (s *Devices) remove() kit.Effect {
	return s.act(func(c chosen) kit.Effect {
		partner, only := c.partner(), c.only(knownIntune)
		switch {
		case only == 0:
			return s.removePartner(partner)
		case len(partner) == 0:
			return s.deleteIntune(c.autopilot())
		}
		var left []model.AutopilotDevice
		for _, row := range c.rows.All() {
			if r := s.list.ix.Row(row); r.Cells[deviceKnown] == knownIntune {
				left = append(left, s.odd.autopilotDevice(r))
			}
		}
		return kit.Effect{Push: s.env.Forms.Confirm(s.env, kit.Question{
			Title: "Which of them go first?",
			Lines: s.unsure([]string{
				kit.Counted(len(partner), "device is", "devices are") + " known at Partner Center: they leave their batches and Autopilot.",
				kit.Counted(only, "device is", "devices are") + " known in Intune alone: their registrations are deleted.",
				"These are two operations. The marks stay, so the other one can follow.",
			}),
			Answers: []kit.Answer{
				{Key: "p", Text: "those at Partner Center", Do: func() kit.Effect { return s.removePartner(partner) }},
				{Key: "i", Text: "those in Intune alone", Do: func() kit.Effect { return s.deleteIntune(left) }},
			},
		})}
	})
}

// unsure says that a device which Intune knows may be known at Partner Center, too.
func (s *Devices) unsure(lines []string) []string {
	if s.list.complete {
		return lines
	}
	return append(lines, "The device list is not whole: some of those in Intune may be known at Partner Center all the same.")
}

func (s *Devices) removePartner(devices []model.Device) kit.Effect {
	if s.env.Forms.Remove == nil || s.env.Backend.Devices == nil {
		return warn("remove: not available here")
	}
	may := letting(devices, model.VerbDelete)
	if len(may) == 0 && len(devices) > 0 {
		return warn("remove: " + notAllowed(devices[0], model.VerbDelete))
	}
	return s.leftOut(kit.Effect{Push: s.env.Forms.Remove(s.env, may)}, len(devices)-len(may), "not to be removed, says Partner Center,")
}

func (s *Devices) deleteIntune(devices []model.AutopilotDevice) kit.Effect {
	if s.env.Forms.DeleteAutopilot == nil || s.env.Backend.AutopilotWriter == nil {
		return warn("remove: " + kit.NoIntune)
	}
	return kit.Effect{Push: s.env.Forms.DeleteAutopilot(s.env, devices)}
}

func (s *Devices) cannotSync() string {
	switch {
	case s.env.Forms.SyncAutopilot == nil:
		return "not available here"
	case s.env.Backend.AutopilotWriter == nil || s.env.Backend.Autopilot == nil:
		return kit.NoIntune
	}
	return ""
}

func (s *Devices) sync() kit.Effect { return kit.Effect{Push: s.env.Forms.SyncAutopilot(s.env)} }

// InIntune is the filter that shows the devices which Intune knows.
const InIntune = "!known:" + knownPartner

// attention is the filter that shows what the two services disagree about.
const attention = "differs:yes"

// attend shows only what the services disagree about, or all again.
func (s *Devices) attend() kit.Effect {
	if s.list.query.String() == attention {
		return s.list.open("")
	}
	return s.list.open(attention)
}

// cannotAttend: until both sides are whole, a device that one of them does not show may
// still come.
func (s *Devices) cannotAttend() string {
	switch {
	case s.list.query.String() == attention:
		return ""
	case s.list.reading && !s.list.read:
		return "still reading"
	case s.list.sides.Err != nil:
		return "Intune was not read to its end"
	case !s.list.complete:
		return "Partner Center was not read to its end"
	}
	return s.list.needAny()
}

func (s *Devices) cannotMarkList() string {
	if s.env.Forms.MarkList == nil {
		return "not available here"
	}
	return s.list.needAny()
}

func (s *Devices) markList() kit.Effect {
	return kit.Effect{Push: s.env.Forms.MarkList(s.env, s.list.markKeys)}
}
