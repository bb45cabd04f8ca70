package form

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"muster/model"
	"muster/ui/kit"
)

// biosDelete deletes a BIOS configuration, after its name was typed.
type biosDelete struct {
	Host
	bios    model.BIOSConfiguration
	awaited int
	fault   *model.Error
	targets kit.BIOSTargetsMsg
	summary kit.BIOSSummaryMsg
}

// DeleteBIOS returns the form that deletes a BIOS configuration. What it is and whom it
// reaches is read anew when it opens.
func DeleteBIOS(env *kit.Env, b model.BIOSConfiguration) kit.Screen {
	d := &biosDelete{bios: b}
	d.start(env, d, "delete BIOS configuration", waiting(&d.Host, "reading "+model.Clean(b.Name)))
	return d
}

// Init implements [kit.Screen].
func (d *biosDelete) Init() kit.Effect {
	if refused := d.refusal(); refused != nil {
		return d.swap(refused)
	}
	return d.read()
}

func (d *biosDelete) read() kit.Effect {
	d.swap(waiting(&d.Host, "reading "+model.Clean(d.bios.Name)+" and whom it reaches"))
	d.awaited, d.fault = 3, nil
	re := d.ask()
	return kit.Effect{Cmd: tea.Batch(kit.ReadBIOS(d.env, re, d.bios.ID), kit.ReadBIOSTargets(d.env.Visit, d.env, re, d.bios.ID),
		kit.ReadBIOSSummary(d.env.Visit, d.env, re, d.bios.ID))}
}

// Update implements [kit.Screen].
func (d *biosDelete) Update(msg tea.Msg) kit.Effect {
	switch msg := msg.(type) {
	case kit.BIOSMsg:
		return d.told(msg.Reply, func() {
			if d.fault = msg.Err; msg.Err == nil {
				d.bios = msg.Configuration
				d.bios.Content = nil // nothing here needs it
			}
		})
	case kit.BIOSTargetsMsg:
		return d.told(msg.Reply, func() { d.targets = msg })
	case kit.BIOSSummaryMsg:
		return d.told(msg.Reply, func() { d.summary = msg })
	}
	return d.Host.Update(msg)
}

func (d *biosDelete) told(re kit.Reply, take func()) kit.Effect {
	if re.Seq != d.seq || d.awaited == 0 {
		return kit.Effect{}
	}
	take()
	if d.awaited--; d.awaited > 0 {
		return kit.Effect{}
	}
	if d.fault != nil {
		fault := d.fault
		return d.swap(newMessage(&d.Host, d.read, func(w int) []string {
			return append(wrap(d.env.Theme.Glyphs.Bad+" the BIOS configuration could not be read", w), wrap(model.Clean(fault.Error()), w)...)
		}))
	}
	name := model.Clean(d.bios.Name)
	return d.swap(newWrite(&d.Host, model.DeleteBIOS, fmt.Sprintf("Delete BIOS configuration %s?", name), d.lines,
		kit.Answer{Key: "enter", Text: "delete", Do: d.send}).spelt(spellable(name, "delete")))
}

func (d *biosDelete) lines(w int) []string {
	t := d.env.Theme
	out := labelled(t, "customer", model.Clean(d.env.Customer.Name), w)
	switch {
	case d.targets.Err != nil:
		out = append(out, labelled(t, "assigned", "not known: "+model.Clean(d.targets.Err.Error()), w)...)
	case len(d.targets.Targets) == 0:
		out = append(out, labelled(t, "assigned", "to nobody", w)...)
	}
	for i, to := range d.targets.Targets {
		label := "assigned"
		if i > 0 {
			label = ""
		}
		out = append(out, labelled(t, label, to.Kind.Words()+": "+d.targets.Names.Whom(to), w)...)
	}
	out = append(out, labelled(t, "devices", d.devices(), w)...)
	var sum *model.RunSummary
	if d.summary.Err == nil {
		sum = &d.summary.Summary
	}
	if warn := passwordsStay(d.bios, sum, true); warn != "" {
		for _, l := range wrap(t.Glyphs.Warn+" "+warn, w) {
			out = append(out, t.Warn.Render(l))
		}
	}
	out = append(out, labelled(t, "effect", "its assignments go with it; settings that devices have applied stay as they are", w)...)
	return append(out, labelled(t, "requests", "1", w)...)
}

// devices says what became of it so far.
func (d *biosDelete) devices() string {
	if d.summary.Err != nil {
		return "not known: " + model.Clean(d.summary.Err.Error())
	}
	all := 0
	for _, n := range d.summary.Summary.Devices {
		all += n
	}
	if all == 0 {
		return "none has reported"
	}
	return fmt.Sprintf("%s reported, %s succeeded", kit.Count(all), kit.Count(d.summary.Summary.Devices[model.RunSuccess]))
}

func (d *biosDelete) send() kit.Effect {
	b := d.bios
	return d.save("deletion of BIOS configuration "+model.Clean(b.Name), func(re kit.Reply) tea.Cmd { return kit.DeleteBIOS(d.env, re, b) })
}
