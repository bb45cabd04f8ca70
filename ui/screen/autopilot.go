package screen

import (
	"cmp"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"muster/model"
	"muster/ui/kit"
)

// Autopilot shows one device that Intune knows: what Intune says of it, read anew, and
// what its list says of it at Partner Center.
type Autopilot struct {
	detail
	partner model.Device // without an id when Partner Center does not know it
	policy  string       // the name of its policy there
	device  model.AutopilotDevice
	list    source
	apart   bool // opened from a list that does not say what Partner Center knows
	seq     uint64
	reading bool
	shown   *model.AutopilotDetail // nil until it was read
	asked   time.Time              // when the profile that is pending was asked for from here
	err     *model.Error
}

// NewAutopilot returns the detail of a device as its list has it; Init reads more.
func NewAutopilot(env *kit.Env, partner model.Device, policy string, d model.AutopilotDevice, list source) *Autopilot {
	s := &Autopilot{partner: partner, policy: policy, device: d, list: list}
	s.detail = detail{env: env, name: cmp.Or(model.Clean(d.Serial), model.Clean(string(d.ID))), write: s.fill}
	k := env.Keys
	s.actions = append([]kit.Action{
		{Name: "assign", Key: k.Assign, Hurt: true, Do: s.assign, Off: s.cannotAssign, Help: "A deployment profile, or a policy where Partner Center knows the device."},
		{Name: "group tag", Key: k.Tag, Hurt: true, Do: s.change, Off: s.cannotChange, Help: "Change group tag, name or user."},
		{Name: "remove", Key: k.Remove, Hurt: true, Do: s.remove, Off: s.cannotRemove, Help: "Out of its batch, or out of Intune. It cannot be undone."},
		{Name: "sync", Key: k.Sync, Hurt: true, Do: s.sync, Off: s.cannotSync, Help: "Have Intune and the Autopilot service brought in line, once in ten minutes."},
		{Name: "at Partner Center", Key: k.Open, Do: s.there, Off: s.notThere, Help: "What Partner Center says of the device."},
		{Name: "refresh", Key: k.Refresh, Do: s.refresh, Help: "Read the device again. It changes nothing."},
		rawAction(env, func() (model.CustomerID, model.ItemRef, string, bool) {
			return env.Customer.ID, model.ItemRef{Kind: model.AutopilotItem, ID: string(s.device.ID)}, s.name, true
		}),
	}, s.moves(env)...)
	if env.Forms.BIOSPassword != nil {
		s.actions = append(s.actions, kit.Action{Name: "BIOS password", Key: k.Password, Hurt: true, Do: s.password, Off: s.cannotRead,
			Help: "Shown for a while, after its serial was typed. That it was read is recorded."})
	}
	return s
}

func (s *Autopilot) notThere() string {
	if s.apart {
		return "open the device among all devices: " + s.env.Keys.Devices.String()
	}
	if s.partner.ID == "" {
		return "Partner Center does not know this device"
	}
	return ""
}

// there opens what Partner Center says of the device.
func (s *Autopilot) there() kit.Effect {
	d := NewDevice(s.env, s.partner, s.partner.UploadedBy, s.policy, s.list.began)
	d.follow(s.list)
	return kit.Effect{Push: d}
}

// Init implements kit.Screen.
func (s *Autopilot) Init() kit.Effect { return s.refresh() }

func (s *Autopilot) refresh() kit.Effect {
	s.seq++
	s.reading = true
	s.redraw()
	return kit.Effect{Cmd: kit.ReadAutopilot(s.env.Visit, s.env, kit.Reply{To: s, Seq: s.seq}, s.device.ID)}
}

// Update implements kit.Screen.
func (s *Autopilot) Update(msg tea.Msg) kit.Effect {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return kit.Dispatch(s.env, msg, s.actions)
	case kit.ThemeMsg:
		s.redraw()
	case kit.JobsMsg:
		s.age()
	case kit.AutopilotMsg:
		if msg.Seq != s.seq {
			return kit.Effect{}
		}
		s.reading, s.err = false, msg.Err
		if msg.Err == nil {
			s.shown = &msg.Detail
			s.device = msg.Detail.Device
			s.source = source{began: msg.Detail.ReadAt, kinds: s.list.kinds}
			s.age()
		}
		s.redraw()
		if s.pending() {
			return kit.Effect{Cmd: kit.AskedProfile(s.env.Visit, s.env, kit.Reply{To: s, Seq: s.seq}, s.device.ID)}
		}
	case kit.AskedMsg:
		if msg.Seq == s.seq {
			s.asked = msg.Since
			s.redraw()
		}
	}
	return kit.Effect{}
}

// pending reports whether a profile was on its way to the device when it was read.
func (s *Autopilot) pending() bool {
	return s.shown != nil && s.device.Assignment == model.AssignmentPending
}

// needWriter says why something cannot be changed in Intune.
func (s *Autopilot) needWriter(form bool) func() string {
	return func() string {
		switch {
		case !form:
			return "not available here"
		case s.env.Backend.AutopilotWriter == nil:
			return kit.NoIntune
		}
		return ""
	}
}

func (s *Autopilot) cannotAssign() string {
	return cmp.Or(s.needWriter(s.env.Forms.AssignEither != nil)(), s.tooOld())
}

func (s *Autopilot) cannotChange() string {
	return cmp.Or(s.needWriter(s.env.Forms.ChangeAutopilot != nil)(), s.tooOld())
}

// tooOld says why nothing is changed by what the list says of the device.
func (s *Autopilot) tooOld() string { return tooOld(s.env, s.list.kept, s.list.began) }

func (s *Autopilot) assign() kit.Effect {
	var partner []model.Device
	if s.partner.ID != "" {
		partner = append(partner, s.partner)
	}
	return kit.Effect{Push: s.env.Forms.AssignEither(s.env, partner, []model.AutopilotDevice{s.device})}
}

func (s *Autopilot) change() kit.Effect {
	return kit.Effect{Push: s.env.Forms.ChangeAutopilot(s.env, []model.AutopilotDevice{s.device}, 0)}
}

func (s *Autopilot) canLeaveBatch() bool {
	return s.partner.ID != "" && s.env.Forms.Remove != nil && s.env.Backend.Devices != nil
}

func (s *Autopilot) cannotRemove() string {
	if s.canLeaveBatch() {
		return s.tooOld()
	}
	return cmp.Or(s.needWriter(s.env.Forms.DeleteAutopilot != nil)(), s.tooOld())
}

// remove takes the device out of its batch, or deletes its registration: where it is
// known on both sides, the operator says which.
func (s *Autopilot) remove() kit.Effect {
	leave := func() kit.Effect { return kit.Effect{Push: s.env.Forms.Remove(s.env, []model.Device{s.partner})} }
	drop := func() kit.Effect {
		return kit.Effect{Push: s.env.Forms.DeleteAutopilot(s.env, []model.AutopilotDevice{s.device})}
	}
	switch deletes := s.needWriter(s.env.Forms.DeleteAutopilot != nil)() == ""; {
	case !deletes:
		return leave()
	case !s.canLeaveBatch():
		return drop()
	}
	return kit.Effect{Push: s.env.Forms.Confirm(s.env, kit.Question{
		Title: "Remove " + s.name + " where?",
		Lines: []string{
			"At Partner Center it leaves batch " + model.Clean(string(s.partner.Batch)) + " and Autopilot.",
			"In Intune its registration is deleted; Partner Center may go on listing it.",
			"Nothing is sent yet: what you choose asks again.",
		},
		Answers: []kit.Answer{{Key: "p", Text: "at Partner Center", Do: leave}, {Key: "i", Text: "in Intune", Do: drop}},
	})}
}

func (s *Autopilot) cannotSync() string { return s.needWriter(s.env.Forms.SyncAutopilot != nil)() }

func (s *Autopilot) sync() kit.Effect { return kit.Effect{Push: s.env.Forms.SyncAutopilot(s.env)} }

func (s *Autopilot) cannotRead() string {
	switch {
	case s.env.Backend.BIOSWriter == nil:
		return kit.NoIntune
	case s.managed() == "":
		return "the device is not enrolled"
	}
	return ""
}

// managed is the id of the device's managed device, as far as it is known, "" for none.
func (s *Autopilot) managed() model.ManagedDeviceID {
	switch {
	case s.shown != nil && s.shown.Managed != nil:
		return s.shown.Managed.ID
	case s.device.Enrolled():
		return s.device.ManagedDevice
	}
	return ""
}

func (s *Autopilot) password() kit.Effect {
	m := kit.Machine{ID: s.managed(), Serial: s.device.Serial}
	if s.shown != nil && s.shown.Managed != nil {
		m.Name = s.shown.Managed.Name
	}
	return kit.Effect{Push: s.env.Forms.BIOSPassword(s.env, m)}
}

func (s *Autopilot) fill() {
	s.fillTrouble()
	s.fillProfile()
	s.fillDevice()
	s.fillEnrolment()
	s.fillPartner()
	s.fillHub()
}

// fillTrouble says what of the device is not shown, and why.
func (s *Autopilot) fillTrouble() {
	switch {
	case s.err != nil:
		s.text(1, kit.IntuneTrouble("The device could not be read", s.err)+". What is shown is from the list; r tries again.", s.env.Theme.Bad)
	case s.shown == nil:
		s.add(" Reading" + s.env.Theme.Glyphs.Ellipsis + " what is shown is from the list")
	default:
		for _, part := range s.shown.Missing {
			s.text(1, kit.IntuneTrouble("Not shown: "+cmp.Or(part.Op, "a part"), part)+". r tries again.", s.env.Theme.Warn)
		}
	}
}

func (s *Autopilot) fillProfile() {
	d := s.device
	s.title("Deployment profile")
	if s.shown != nil {
		s.field("profile", profileName(s.shown.Profile))
		if in := s.shown.Intended; in != nil && (s.shown.Profile == nil || in.ID != s.shown.Profile.ID) {
			s.field("intended", profileName(in))
		}
	}
	status := d.Assignment.Words()
	if why := model.AssignmentDetailWords(d.AssignmentDetail); why != "" {
		status += ": " + why
	}
	if s.pending() { // the service gives no time; what was asked for from here has one
		if !s.asked.IsZero() {
			status += " since " + s.env.Stamp(s.asked) + ","
		}
		status += " " + s.env.AsOf(s.shown.ReadAt)
	}
	s.field("status", status)
	s.field("assigned", s.env.Stamp(d.AssignedAt))
	s.field("group tag", cmp.Or(d.Tag(), "none"))
	if s.partner.ID != "" && model.Clean(d.Tag()) != model.Clean(string(s.partner.Batch)) {
		s.field("", "differs from the batch, "+string(s.partner.Batch))
	}
	s.field("name wanted", d.DisplayName)
	s.field("user", d.User)
	s.field("greeting", d.AddressableUser)
}

// profileName names a profile with how it works.
func profileName(p *model.DeploymentProfile) string {
	if p == nil {
		return "none"
	}
	return cmp.Or(p.Name, string(p.ID)) + ", " + p.OutOfBox.Mode() + ", " + p.Kind()
}

func (s *Autopilot) fillDevice() {
	d := s.device
	s.title("Autopilot device")
	s.field("serial", d.Serial)
	s.field("maker", d.Maker)
	s.field("model", d.Model)
	s.field("family", d.Family)
	s.field("SKU", d.SKU)
	s.field("product key", d.ProductKey.Words())
	s.field("order", d.OrderIdentifier)
	s.field("purchase", d.PurchaseOrder)
	s.field("resource", d.ResourceName)
	s.field("remediation", model.RemediationWords(d.Remediation))
	s.field("", s.env.Stamp(d.RemediationAt))
	s.field("autopilot id", string(d.ID))
	s.field("Entra device", d.EntraDevice)
}

func (s *Autopilot) fillEnrolment() {
	d := s.device
	s.title("Enrolment")
	s.field("state", model.EnrollmentWords(d.Enrollment))
	s.field("last contact", s.env.Stamp(d.LastContact))
	s.field("userless", model.UserlessWords(d.Userless))
	if id := s.managed(); id != "" {
		s.field("managed id", string(id))
	} else {
		s.field("managed", "not enrolled")
	}
	if s.shown == nil {
		return
	}
	m := s.shown.Managed
	switch {
	case m == nil && d.Enrolled():
		s.field("managed", "this id leads nowhere: the managed device is gone, or could not be read")
		return
	case m == nil:
		return
	case s.shown.BySerial && d.Enrolled():
		s.field("joined", "by its serial; the managed device that it names itself, "+string(d.ManagedDevice)+", is gone or another machine's")
	case s.shown.BySerial:
		s.field("joined", "by its serial; it names no managed device itself")
	}
	s.field("name", m.Name)
	s.field("user", m.User)
	s.field("system", strings.TrimSpace(m.System+" "+m.SystemVersion))
	s.field("compliance", m.Compliance)
	s.field("management", m.Management)
	s.field("owner", m.Owner)
	s.field("enrolled by", m.EnrollmentType)
	s.field("enrolled", s.env.Stamp(m.Enrolled))
	s.field("last sync", s.env.Stamp(m.LastSync))
	s.field("join", m.JoinType)
	s.field("encrypted", yesNo(m.Encrypted))
	s.field("by Autopilot", yesNo(m.AutopilotJoined))
	s.field("enrolment", m.ProfileName)
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func (s *Autopilot) fillPartner() {
	s.title("Partner Center")
	if s.apart {
		s.add("  see the device among all devices: " + s.env.Keys.Devices.String())
		return
	}
	if s.partner.ID == "" {
		s.add("  not known there")
		return
	}
	d := s.partner
	s.field("batch", string(d.Batch))
	s.field("policy", s.policy)
	s.field("uploaded", s.env.Stamp(d.Uploaded))
	s.field("uploaded by", d.UploadedBy)
	s.field("allowed", strings.Join(d.Allowed, ", "))
	s.field("device id", string(d.ID))
	s.field("", "as of the list: "+strings.TrimPrefix(s.env.AsOf(s.list.began), "as of "))
}

// fillHub shows what only a Surface Hub has.
func (s *Autopilot) fillHub() {
	if s.device.AccountUser == "" && s.device.FriendlyName == "" {
		return
	}
	s.title("Surface Hub")
	s.field("account", s.device.AccountUser)
	s.field("friendly name", s.device.FriendlyName)
}
