package form

import (
	"context"
	"fmt"
	"path"
	"strings"

	tea "charm.land/bubbletea/v2"

	"muster/model"
	"muster/model/desk"
	"muster/ui/kit"
)

// upload sends a list of devices into a batch: name the file, look at what was read,
// name the batch, say yes. The list is read again when it is sent; one that was changed
// since the preview is refused.
type upload struct {
	Host
	file    *pathPage
	batch   *batchPage
	stop    context.CancelFunc // ends the reading of a list; nil when none is read
	path    string             // of the file, as it was named
	source  string             // the file's name, clean
	looked  stage              // the preview
	mend    mending
	mended  string        // what was written to a file to mend, clean; "" = nothing
	list    *desk.List    // its first rows hold secrets; an empty one before and after
	wanted  model.BatchID // as it will be sent
	exists  model.DeviceBatch
	appends bool
	tag     string // of an import straight into Intune
}

// Upload returns the form that uploads a list of devices.
func Upload(env *kit.Env) kit.Screen {
	u := &upload{list: &desk.List{}}
	u.env = env
	u.file = newPathPage(&u.Host, "List", "A CSV file with serials, product keys or hardware hashes: "+
		"as Intune imports it, as Partner Center takes it, or as Get-WindowsAutopilotInfo writes it. "+
		"It is read and judged first; nothing is sent before you have seen it.", u.read)
	u.file.head = func(w int) []string {
		return wrap("Upload devices of "+model.Clean(env.Customer.Name)+". Which list?", w)
	}
	u.start(env, u, "upload", u.file)
	u.leave = u.forget
	return u
}

// Init implements [kit.Screen].
func (u *upload) Init() kit.Effect {
	if refused := u.refusal(); refused != nil {
		return u.swap(refused)
	}
	return u.shown()
}

// forget ends what is under way and drops the secrets.
func (u *upload) forget() {
	u.halt()
	u.list = &desk.List{}
}

// halt ends what is under way.
func (u *upload) halt() {
	if u.stop != nil {
		u.stop()
	}
	u.stop = nil
}

// Update implements [kit.Screen].
func (u *upload) Update(msg tea.Msg) kit.Effect {
	var e kit.Effect
	switch msg := msg.(type) {
	case kit.CompletedMsg:
		u.file.completed(msg)
	case kit.CheckedMsg:
		e = u.checked(msg)
	case kit.ExportedMsg:
		e = u.wrote(msg)
	case kit.BatchesMsg:
		u.batch.got(msg)
	default:
		return u.Host.Update(msg)
	}
	u.layout()
	return e
}

// read has the list read and judged.
func (u *upload) read(file string) kit.Effect {
	u.forget()
	ctx, cancel := context.WithCancel(u.env.Visit)
	u.stop = cancel
	u.path, u.mended = file, ""
	u.source = model.Clean(path.Base(strings.ReplaceAll(file, `\`, "/")))
	page := waiting(&u.Host, "reading "+u.source+"; Esc stops")
	page.stop = cancel
	u.show(page)
	return kit.Effect{Cmd: kit.CheckList(ctx, u.env, u.ask(), file)}
}

func (u *upload) checked(msg kit.CheckedMsg) kit.Effect {
	if msg.Seq != u.seq || u.stop == nil {
		return kit.Effect{}
	}
	u.halt()
	if msg.Err != nil {
		e := u.back()
		u.file.err = msg.Err
		return e
	}
	u.list = msg.List
	return u.swap(u.preview())
}

// named asks for the batch, once the operator has seen the preview.
func (u *upload) named() kit.Effect {
	u.batch = newBatchPage(u)
	u.show(u.batch)
	return u.batch.read()
}

func (u *upload) devices() string { return kit.Counted(u.list.Report.Good, "device", "devices") }

// confirm is the page that shows what will be sent and asks.
func (u *upload) confirm() kit.Effect {
	name := model.Clean(string(u.wanted))
	title := fmt.Sprintf("Send %s to the new batch %s?", u.devices(), name)
	target := name + ", new; the name becomes the group tag in Intune and cannot be changed"
	if u.appends {
		title = fmt.Sprintf("Add %s to batch %s?", u.devices(), name)
		target = name + ", which is there" + holds(u.exists) + "; the list is added to it"
	}
	return u.show(newWrite(&u.Host, model.UploadDevices, title, u.sending(target), kit.Answer{Key: "y", Text: "send", Do: u.send}))
}

func (u *upload) send() kit.Effect {
	wanted := u.order(u.wanted)
	return u.save(fmt.Sprintf("%s into batch %s", u.devices(), model.Clean(string(u.wanted))), func(re kit.Reply) tea.Cmd {
		return kit.Upload(u.env, re, wanted)
	})
}

// order is the list as it is sent into a batch, or with a group tag in its place.
func (u *upload) order(batch model.BatchID) model.Upload {
	c := u.env.Customer
	source := u.source
	if left := u.list.Report.Rows - u.list.Report.Good; left > 0 { // the record of the upload has to say so, too
		source += ", " + kit.Counted(left, "row", "rows") + " left out"
	}
	return model.Upload{Customer: c.ID, CustomerName: c.Name, Batch: batch, Source: source,
		Count: u.list.Report.Good, Rows: u.list.Rows(u.env.Root, nil)}
}
