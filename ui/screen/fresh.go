package screen

import (
	"cmp"
	"slices"
	"strings"

	"charm.land/lipgloss/v2"

	"muster/model"
	"muster/ui/kit"
)

// fresh is the part of a detail that reads its object anew: the list that the detail was
// opened from keeps no more of it than its columns.
type fresh struct {
	self     kit.Screen
	customer model.CustomerID
	ref      model.ItemRef
	seq      uint64
	reading  bool
	item     model.Item // of the last reading that succeeded; its Read is zero before
	err      *model.Error
}

// anew makes a detail one that reads its object by itself, with a key to read it again.
// Where the backend cannot, it does nothing.
func (d *detail) anew(self kit.Screen, customer model.CustomerID, ref model.ItemRef) {
	if d.env.Backend.Items == nil || ref.ID == "" {
		return
	}
	d.fresh = fresh{self: self, customer: customer, ref: ref}
	d.actions = append(d.actions, kit.Action{Name: "refresh", Key: d.env.Keys.Refresh, Help: "Read it again. It changes nothing.", Do: d.readItem,
		Off: func() string {
			if d.fresh.reading {
				return "still reading"
			}
			return ""
		}})
}

// readItem reads the object of the detail, when it is one that can be read.
func (d *detail) readItem() kit.Effect {
	f := &d.fresh
	if f.self == nil {
		return kit.Effect{}
	}
	f.seq++
	f.reading = true
	d.redraw()
	return kit.Effect{Cmd: kit.ReadItem(d.env, kit.Reply{To: f.self, Seq: f.seq}, f.customer, f.ref)}
}

// takeItem brings in what a reading found.
func (d *detail) takeItem(msg kit.ItemMsg) {
	f := &d.fresh
	if msg.Seq != f.seq {
		return
	}
	f.reading, f.err = false, msg.Err
	if msg.Err == nil {
		f.item = msg.Item
		d.source.began = msg.Item.Read
	}
	d.age()
	d.redraw()
}

// said is what the service says now of a property, else what the list said.
func (d *detail) said(name, listed string) string {
	if d.fresh.item.Read.IsZero() {
		return listed
	}
	return cmp.Or(d.fresh.item.Fact(name), listed)
}

// date is a date that the service says, in full; year 1 is its word for none.
func (d *detail) date(value string) string {
	if t := model.ParseTime(value); !t.IsZero() {
		return d.env.Stamp(t)
	}
	return ""
}

// factWords are properties of section 6 of the Partner reference in our words.
var factWords = map[string]string{
	"createdBy": "created by", "uploadedBy": "uploaded by", "attributes.etag": "etag", "links.self.uri": "link", "devicesLink.uri": "devices at",
	"attributes.objectType": "kind", "companyProfile.links.self.uri": "profile at", "category": "category", "status": "status", "productKey": "product key", "hardwareHash": "hardware hash",
	"startedTime": "started", "completedTime": "completed", "devicesStatus": "devices",
}

// others appends what the service sent beside the properties that were told already,
// with when it was read.
func (d *detail) others(told ...string) {
	f := &d.fresh
	if f.self == nil {
		return
	}
	head := "Of the service"
	if !f.item.Read.IsZero() {
		head += ", read " + d.env.Second(f.item.Read)
	}
	d.title(head)
	switch {
	case f.reading && f.item.Read.IsZero():
		d.add("  Reading" + d.env.Theme.Glyphs.Ellipsis)
	case f.err != nil:
		d.text(2, "It could not be read: "+f.err.Error()+". "+d.env.Keys.Refresh.String()+" tries again.", d.env.Theme.Bad)
	}
	for _, fact := range f.item.Facts {
		if fact.Value == "" || slices.ContainsFunc(told, func(t string) bool { return strings.EqualFold(t, fact.Name) }) {
			continue
		}
		value := fact.Value
		if t := model.ParseTime(value); strings.HasPrefix(value, "0001-01-01") {
			value = "not said"
		} else if !t.IsZero() && len(value) > len("2026-01-02") {
			value = d.env.Stamp(t)
		}
		word, known := factWords[fact.Name]
		if !known && len(fact.Name) > labelWidth {
			d.text(1, fact.Name+": "+value, lipgloss.NewStyle())
			continue
		}
		d.field(cmp.Or(word, fact.Name), value)
	}
	if d.env.Place.Simulated && len(f.item.Facts) > 0 {
		d.text(1, "Dates of devices, batches, policies and jobs are of the simulator's own clock.", d.env.Theme.Muted)
	}
}
