package form

import (
	"strings"

	"muster/model"
	"muster/ui/kit"
)

// batchPage is the page on which the batch of an upload is named, a new one or one
// that is there. Whether it is there is known before the page can be left.
type batchPage struct {
	fields
	upload  *upload
	input   *line
	name    string
	batches []model.DeviceBatch
	known   bool // the batches were read
	reading bool
	seq     uint64
	err     *model.Error
	offered string // the name that the list itself suggests
}

func newBatchPage(u *upload) *batchPage {
	b := &batchPage{upload: u, name: u.list.Report.GroupTag, offered: u.list.Report.GroupTag}
	b.input = newLine("Batch", &b.name, b.check)
	b.fields = *newFields(&u.Host, b.take, b.input)
	b.input.set(b.name)
	b.head = func(w int) []string { return wrap("Into which batch go the "+u.devices()+"?", w) }
	b.tab = func() (kit.Effect, bool) { b.complete(); return kit.Effect{}, true }
	b.noteLines = 9
	b.note = b.remarks
	b.says = []kit.Action{hint("enter", "next"), hint("tab", "complete"), hint("esc", "back")}
	return b
}

// read asks for the customer's batches.
func (b *batchPage) read() kit.Effect {
	re := b.host.ask()
	b.seq, b.reading, b.err = re.Seq, true, nil
	return kit.Effect{Cmd: kit.ReadBatches(b.host.env, re)}
}

func (b *batchPage) got(msg kit.BatchesMsg) {
	if b == nil || msg.Seq != b.seq {
		return
	}
	b.reading, b.batches, b.err = false, msg.Batches, msg.Err
	b.known = msg.Err == nil
}

// find returns the batch that the typed name means, if it is there.
func (b *batchPage) find() (model.DeviceBatch, bool) {
	return model.FindBatch(b.batches, model.BatchID(b.name))
}

// check judges the name. An existing batch may have any name.
func (b *batchPage) check(name string) error {
	if _, ok := model.FindBatch(b.batches, model.BatchID(name)); ok {
		return nil
	}
	return model.ValidateBatchID(model.BatchID(name))
}

// take goes on with the name, or reads the batches again when that had failed.
func (b *batchPage) take() kit.Effect {
	switch {
	case b.reading:
		return kit.Effect{}
	case !b.known:
		return b.read()
	}
	u := b.upload
	u.wanted, u.appends = model.BatchID(b.name), false
	if have, ok := b.find(); ok {
		u.wanted, u.exists, u.appends = have.ID, have, true
	}
	return u.confirm()
}

// complete fills in the first batch that is shown below.
func (b *batchPage) complete() {
	if matches := b.matches(); len(matches) > 0 {
		b.input.set(string(matches[0].ID))
	}
}

// matches returns the batches whose name holds what was typed.
func (b *batchPage) matches() []model.DeviceBatch {
	var out []model.DeviceBatch
	part := strings.ToLower(strings.TrimSpace(b.name))
	for _, have := range b.batches {
		if strings.Contains(strings.ToLower(string(have.ID)), part) {
			out = append(out, have)
		}
	}
	return out
}

func (b *batchPage) remarks(w int) []string {
	t := b.host.env.Theme
	var out []string
	say := func(text string) {
		for _, line := range wrap(text, w-2) {
			out = append(out, blank+line)
		}
	}
	have, exists := b.find()
	switch {
	case b.reading:
		say("reading the batches of " + model.Clean(b.host.env.Customer.Name))
		return out
	case b.err != nil:
		say(t.Glyphs.Bad + " the batches could not be read, so whether this one is new is not known: " + model.Clean(b.err.Error()))
		say("Enter reads them again")
		return out
	case exists:
		say("Adds to batch " + model.Clean(string(have.ID)) + holds(have) + ".")
		return out
	case b.name == "":
		say("Type the name of a new batch, or part of the name of one that is there.")
	case model.ValidateBatchID(model.BatchID(b.name)) != nil:
		say(t.Bad.Render(t.Glyphs.Bad + " " + model.Clean(kit.Trouble(model.ValidateBatchID(model.BatchID(b.name))).Msg)))
	default:
		say("A NEW batch. Its name becomes the group tag in Intune and cannot be changed.")
		if b.offered != "" && b.name == b.offered {
			say("Offered because every good row of the list has this group tag.")
		}
	}
	matches := b.matches()
	if len(matches) > 0 {
		out = append(out, blank+t.Muted.Render("there is already (tab takes the first):"))
	}
	for i, m := range matches {
		if i == 4 {
			out = append(out, blank+t.Muted.Render("and "+kit.Count(len(matches)-i)+" more"))
			break
		}
		out = append(out, blank+model.Clean(string(m.ID))+t.Muted.Render(holds(m)))
	}
	return out
}

// holds says how many devices a batch has, as the service counts; "" when it did not say.
func holds(b model.DeviceBatch) string {
	if b.Devices == model.CountUnknown {
		return ""
	}
	return " with " + kit.Counted(b.Devices, "device", "devices")
}
