package form

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	tea "charm.land/bubbletea/v2"

	"muster/model"
	"muster/ui/kit"
)

// lockedAtOnce is of how many devices it is asked whether Intune keeps a BIOS password
// for them: one request each.
const lockedAtOnce = 20

// deleteAutopilot deletes registrations, after their number was typed. Enrolled devices
// have to leave Intune first.
type deleteAutopilot struct {
	Host
	devices  []model.AutopilotDevice
	enrolled int // left out, beside others that are not enrolled
	locked   kit.LockedMsg
	stop     context.CancelFunc
}

// DeleteAutopilot returns the form that deletes the registrations of these devices.
func DeleteAutopilot(env *kit.Env, devices []model.AutopilotDevice) kit.Screen {
	d := &deleteAutopilot{devices: slices.Clone(devices)}
	d.start(env, d, "delete registrations", waiting(&d.Host, "no device was chosen: mark devices first, space marks one"))
	d.leave = func() {
		if d.stop != nil {
			d.stop()
		}
	}
	return d
}

// Init implements [kit.Screen].
func (d *deleteAutopilot) Init() kit.Effect {
	if refused := d.refusal(); refused != nil {
		return d.swap(refused)
	}
	if len(d.devices) == 0 {
		return d.shown()
	}
	var managed []model.ManagedDeviceID
	var free []model.AutopilotDevice
	for _, have := range d.devices {
		if have.Enrolled() {
			managed = append(managed, have.ManagedDevice)
		} else {
			free = append(free, have)
		}
	}
	if len(managed) == 0 {
		return d.swap(d.question())
	}
	if len(free) > 0 { // else the client looks whether their managed devices are still there
		d.devices, d.enrolled = free, len(managed)
	}
	var ctx context.Context
	ctx, d.stop = context.WithCancel(d.env.Visit)
	d.swap(waiting(&d.Host, "asking whether Intune keeps BIOS passwords for them; Esc stops"))
	return kit.Effect{Cmd: kit.LockedBIOS(ctx, d.env, d.ask(), managed, lockedAtOnce)}
}

// Update implements [kit.Screen].
func (d *deleteAutopilot) Update(msg tea.Msg) kit.Effect {
	if msg, ok := msg.(kit.LockedMsg); ok {
		if msg.Seq != d.seq || d.stop == nil {
			return kit.Effect{}
		}
		d.stop()
		d.stop, d.locked = nil, msg
		return d.swap(d.question())
	}
	return d.Host.Update(msg)
}

func (d *deleteAutopilot) target() string {
	return kit.Counted(len(d.devices), "registration", "registrations")
}

func (d *deleteAutopilot) question() stage {
	return newWrite(&d.Host, model.DeleteAutopilot, "Delete "+d.target()+"?", d.lines,
		kit.Answer{Key: "enter", Text: "delete", Do: d.send}).spelt(strconv.Itoa(len(d.devices)))
}

func (d *deleteAutopilot) lines(w int) []string {
	t := d.env.Theme
	out := labelled(t, "customer", model.Clean(d.env.Customer.Name), w)
	out = append(out, labelled(t, "effect", "the devices are no longer Autopilot devices; only another upload or import brings them back. "+
		"The service takes some minutes, until it has synchronised", w)...)
	switch {
	case d.enrolled > 0:
		out = append(out, labelled(t, "left out", kit.Counted(d.enrolled, "device that is enrolled: its managed device", "devices that are enrolled: their managed devices")+
			" must be deleted from Intune first", w)...)
	case d.locked.Of > 0:
		out = append(out, labelled(t, "warning", "enrolled, says the list: refused before anything is sent while the managed device is there", w)...)
	}
	if warn := d.warning(); warn != "" {
		for _, l := range wrap(t.Glyphs.Warn+" "+warn, w) {
			out = append(out, t.Warn.Render(l))
		}
	}
	out = append(out, labelled(t, "requests", intuneRequests(len(d.devices)), w)...)
	return append(append(out, ""), firstAutopilot(t, d.devices, "group tag", func(a model.AutopilotDevice) string { return model.Clean(a.Tag()) }, w)...)
}

// warning says what is known of BIOS passwords, "" when nobody can be locked out.
func (d *deleteAutopilot) warning() string {
	l := d.locked
	asked := ""
	if l.Asked < l.Of {
		asked = fmt.Sprintf("; of %s enrolled devices %s were asked about", kit.Count(l.Of), kit.Count(l.Asked))
	}
	switch {
	case l.Of == 0:
		return ""
	case len(l.Locked) > 0:
		return "Intune keeps a BIOS password for " + kit.Counted(len(l.Locked), "of them", "of them") +
			": read it first (b in the device), for it is gone with the managed device" + asked
	case l.Err != nil:
		return "whether Intune keeps BIOS passwords for them could not be asked: " + model.Clean(l.Err.Error())
	}
	return "no BIOS password is kept for those that were asked about" + asked
}

func (d *deleteAutopilot) send() kit.Effect {
	devices := d.devices
	d.written.Autopilot = d.devices
	return d.save("deletion of "+d.target(), func(re kit.Reply) tea.Cmd {
		return kit.DeleteAutopilot(d.env, re, d.env.Customer, devices)
	})
}
