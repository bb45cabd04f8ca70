package form

import (
	"fmt"
	"slices"
	"strconv"

	tea "charm.land/bubbletea/v2"

	"muster/model"
	"muster/ui/kit"
)

// remove takes devices out of their batches, after their number was typed.
type remove struct {
	Host
	devices []model.Device
}

// Remove returns the form that removes these devices, as the operator saw them.
func Remove(env *kit.Env, devices []model.Device) kit.Screen {
	r := &remove{devices: slices.Clone(devices)}
	r.start(env, r, "remove devices", waiting(&r.Host, "no device was chosen: mark devices first, space marks one"))
	return r
}

// Init implements [kit.Screen].
func (r *remove) Init() kit.Effect {
	if refused := r.refusal(); refused != nil {
		return r.swap(refused)
	}
	if len(r.devices) == 0 {
		return r.shown()
	}
	title := "Remove " + r.target() + "?"
	q := newWrite(&r.Host, model.RemoveDevices, title, r.lines, kit.Answer{Key: "enter", Text: "remove", Do: r.send})
	return r.swap(q.spelt(strconv.Itoa(len(r.devices))))
}

func (r *remove) target() string { return kit.Counted(len(r.devices), "device", "devices") }

func (r *remove) lines(w int) []string {
	t := r.env.Theme
	out := labelled(t, "customer", model.Clean(r.env.Customer.Name), w)
	out = append(out, labelled(t, "effect", "the devices leave their batches and Autopilot", w)...)
	batches := map[model.BatchID]bool{}
	for _, d := range r.devices {
		batches[d.Batch] = true
	}
	out = append(out, labelled(t, "from", kit.Counted(len(batches), "batch", "batches"), w)...)
	if locked := withoutRight(r.devices, "DELETE"); locked > 0 {
		out = append(out, labelled(t, "warning", kit.Counted(locked, "device is", "devices are")+" not to be removed, says the service", w)...)
	}
	if part := partial(r.env, len(r.devices)); part != "" {
		out = append(out, labelled(t, "warning", part, w)...)
	}
	out = append(out, labelled(t, "requests", fmt.Sprintf("%s, one for each device", kit.Count(len(r.devices))), w)...)
	return append(append(out, ""), firstDevices(t, r.devices, "batch", func(d model.Device) string { return model.Clean(string(d.Batch)) }, w)...)
}

func (r *remove) send() kit.Effect {
	devices := r.devices
	r.written.Devices = devices
	return r.save("removal of "+r.target(), func(re kit.Reply) tea.Cmd {
		return kit.RemoveDevices(r.env, re, r.env.Customer, devices)
	})
}
