package form

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"muster/model"
	"muster/ui/kit"
	"muster/ui/theme"
)

// changeAutopilot changes group tag, name or user of Autopilot devices: what is typed
// or ticked changes, the same on every device, all else stays.
type changeAutopilot struct {
	Host
	devices []model.AutopilotDevice
	left    int // chosen devices that Intune does not know
	texts   [4]string
	now     [4]string // what all devices have at present, "" where they differ
	what    *checks
	sending []model.AutopilotDevice // those on which something changes
}

// The properties that can be changed, in the order of the form.
const (
	changeTag = iota
	changeName
	changeUser
	changeGreeting
)

var changeNames = [...]string{"Group tag", "Name", "User", "Greeting name"}

// ChangeAutopilot returns the form that changes these devices, as the operator saw
// them. left is how many of the chosen ones Intune does not know.
func ChangeAutopilot(env *kit.Env, devices []model.AutopilotDevice, left int) kit.Screen {
	c := &changeAutopilot{devices: slices.Clone(devices), left: left}
	c.start(env, c, "change in Intune", waiting(&c.Host, "no device was chosen: mark devices first, space marks one"))
	return c
}

// Init implements [kit.Screen].
func (c *changeAutopilot) Init() kit.Effect {
	if refused := c.refusal(); refused != nil {
		return c.swap(refused)
	}
	if len(c.devices) == 0 {
		return c.shown()
	}
	return c.swap(c.page())
}

// value is a property of a device.
func (c *changeAutopilot) value(d model.AutopilotDevice, property int) string {
	return [...]string{d.GroupTag, d.DisplayName, d.User, d.AddressableUser}[property]
}

// common is what all devices have, and whether they have the same.
func (c *changeAutopilot) common(property int) (string, bool) {
	first := c.value(c.devices[0], property)
	for _, d := range c.devices[1:] {
		if c.value(d, property) != first {
			return "", false
		}
	}
	return first, true
}

func (c *changeAutopilot) page() stage {
	options := make([]option, len(changeNames))
	for i := range changeNames {
		now, same := c.common(i)
		c.now[i] = model.Clean(now)
		more := "now " + cmp.Or(model.Clean(now), "none")
		if !same {
			more = "now different ones"
		}
		options[i] = option{name: changeNames[i], more: more}
	}
	c.what = newChecks(c.env, "What changes", -1, c.check, options...)
	field := func(title string, property int) *line {
		return newLine(title, &c.texts[property], c.checks(property)).over(c.now[property])
	}
	f := newFields(&c.Host, c.confirm, field("Group tag", changeTag), field("Name, of the computer", changeName),
		field("User, pre-assigned: name@example.com", changeUser), field("Greeting name of the user", changeGreeting), c.what)
	f.changed = func() {
		if i := f.place(); i < len(c.texts) {
			c.what.on[i] = c.texts[i] != ""
		}
	}
	f.head = func(w int) []string { return wrap("What changes on "+c.target()+"? The same on each.", w) }
	f.noteLines = 2
	f.note = func(w int) []string {
		var out []string
		for _, l := range wrap("What is typed takes the place of what is there; right brings that in to be changed. An empty field stays as it is, or is cleared when it is ticked below.", w-2) {
			out = append(out, blank+c.env.Theme.Muted.Render(l))
		}
		return out
	}
	return f
}

func (c *changeAutopilot) target() string {
	return kit.Counted(len(c.devices), "Autopilot device", "Autopilot devices")
}

// checks judges one text when it is one that changes.
func (c *changeAutopilot) checks(property int) func(string) error {
	return func(s string) error {
		if s == "" || property == changeGreeting { // that one needs the user
			return nil
		}
		return c.to(func(i int) bool { return i == property }).Validate()
	}
}

// to is the change of the properties that on likes.
func (c *changeAutopilot) to(on func(int) bool) model.AutopilotChange {
	var ch model.AutopilotChange
	for i, member := range []**string{&ch.GroupTag, &ch.DisplayName, &ch.User, &ch.AddressableUser} {
		if on(i) {
			text := strings.TrimSpace(c.texts[i])
			if i == changeTag {
				text = c.texts[i]
			}
			*member = &text
		}
	}
	return ch
}

func (c *changeAutopilot) want() model.AutopilotChange {
	return c.to(func(i int) bool { return c.what.on[i] })
}

func (c *changeAutopilot) check() error { return c.want().Validate() }

// confirm shows old and new and asks.
func (c *changeAutopilot) confirm() kit.Effect {
	want := c.want()
	c.sending = nil
	for _, d := range c.devices {
		if !want.Now(d).Same(want) {
			c.sending = append(c.sending, d)
		}
	}
	if len(c.sending) == 0 {
		return c.show(newMessage(&c.Host, nil, func(w int) []string {
			return wrap("All of them have that already, so nothing is sent. Esc goes back to the form.", w)
		}))
	}
	title := fmt.Sprintf("Change %s to %s?", kit.Counted(len(c.sending), "device", "devices"), want.Words())
	return c.show(newWrite(&c.Host, model.ChangeAutopilot, title, c.lines(want), kit.Answer{Key: "y", Text: "change", Do: func() kit.Effect { return c.send(want) }}))
}

func (c *changeAutopilot) lines(want model.AutopilotChange) func(w int) []string {
	return func(w int) []string {
		t := c.env.Theme
		out := labelled(t, "customer", model.Clean(c.env.Customer.Name), w)
		for i, line := range c.before(want) {
			out = append(out, labelled(t, first(i, "now"), line, w)...)
		}
		if same := len(c.devices) - len(c.sending); same > 0 {
			out = append(out, labelled(t, "left out", kit.Counted(same, "device", "devices")+" that have it already", w)...)
		}
		if c.left > 0 {
			out = append(out, labelled(t, "left out", kit.Counted(c.left, "device", "devices")+" that Intune does not know", w)...)
		}
		if want.DisplayName != nil && *want.DisplayName != "" && len(c.sending) > 1 {
			out = append(out, labelled(t, "warning", "computers of one network should not share a name; this gives the same to all", w)...)
		}
		if want.GroupTag != nil {
			out = append(out, labelled(t, "effect", "dynamic groups follow the group tag, and profiles follow the groups; that takes the service a while", w)...)
		}
		out = append(out, labelled(t, "requests", intuneRequests(len(c.sending)), w)...)
		return append(append(out, ""), firstAutopilot(t, c.sending, "now", func(d model.AutopilotDevice) string { return cmp.Or(want.Now(d).Words(), "none") }, w)...)
	}
}

// first is the label of the first of several lines.
func first(i int, label string) string {
	if i > 0 {
		return ""
	}
	return label
}

// before counts what the devices have now and what it becomes, most frequent first.
func (c *changeAutopilot) before(want model.AutopilotChange) []string {
	counts := map[string]int{}
	for _, d := range c.sending {
		counts[want.Now(d).Words()]++
	}
	var words []string
	for w := range counts {
		words = append(words, w)
	}
	slices.SortFunc(words, func(a, b string) int { return cmp.Or(counts[b]-counts[a], strings.Compare(a, b)) })
	var out []string
	rest := 0
	for i, w := range words {
		if i >= shownFormer {
			rest += counts[w]
			continue
		}
		out = append(out, kit.Count(counts[w])+" with "+w+" "+c.env.Theme.Glyphs.Arrow+" "+want.Words())
	}
	if rest > 0 {
		out = append(out, fmt.Sprintf("%s with one of %d others", kit.Count(rest), len(words)-shownFormer))
	}
	return out
}

// intuneRequests says how many changes go to Intune and about how long that takes: it
// takes a hundred in twenty seconds of one tenant.
func intuneRequests(n int) string {
	say := kit.Count(n) + ", twenty in one"
	if n == 1 {
		return "1"
	}
	if seconds := n / 5; seconds > 60 {
		say += fmt.Sprintf("; about %d minutes at the service's pace", (seconds+59)/60)
	}
	return say
}

// firstAutopilot shows the first devices, a line each, with one more fact of each under
// that title.
func firstAutopilot(t *theme.Theme, devices []model.AutopilotDevice, title string, fact func(model.AutopilotDevice) string, w int) []string {
	plain := make([]model.Device, min(len(devices), shownRows))
	facts := make(map[model.DeviceID]string, len(plain))
	for i := range plain {
		d := devices[i]
		plain[i] = model.Device{ID: model.DeviceID(d.ID), Serial: d.Serial, Model: d.Model}
		facts[plain[i].ID] = fact(d)
	}
	return more(firstDevices(t, plain, title, func(d model.Device) string { return facts[d.ID] }, w), len(devices)-shownRows)
}

func (c *changeAutopilot) send(want model.AutopilotChange) kit.Effect {
	devices := c.sending
	c.written.Autopilot = c.devices
	return c.save(want.Words()+" on "+kit.Counted(len(devices), "device", "devices"), func(re kit.Reply) tea.Cmd {
		return kit.ChangeAutopilot(c.env, re, c.env.Customer, devices, want)
	})
}
