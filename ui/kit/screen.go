package kit

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"muster/model"
	"muster/ui/theme"
)

// Screen is one view of the program. Screens are pointers, so that an answer finds
// the screen that asked; their state changes in Update and nowhere else.
type Screen interface {
	// Init is called once, when the screen is first shown, after Resize.
	Init() Effect
	// Update takes a key, an answer or news and says what has to follow.
	Update(tea.Msg) Effect
	// View returns exactly as many lines as Resize gave, none wider.
	View() string
	// Resize gives the screen its rectangle; 0×0 is possible.
	Resize(w, h int)
	// Card says what the app draws around the screen: place, facts, keys.
	Card() Card
}

// Card is what a screen says about itself. The app asks for it whenever it draws, so
// it must be cheap: slices are kept, not made.
type Card struct {
	Title   string   // last part of the place in the header: "devices"
	Filter  string   // the filter as typed, "" for none
	Facts   []string // for the second line, most important first: "37 of 12 871", "as of 14:02"
	Actions []Action // what the keys do, most useful first
	// Typing is set while every key but ctrl+c belongs to the screen: a filter that is
	// being typed, a form, a question.
	Typing bool
	// Alone is set for what lies above the views, such as help: only its own keys and
	// the way back are in reach.
	Alone bool
	// Input is the line that is being typed, drawn above the footer; "" for none.
	Input string
	// Unsent says what would be lost by quitting, "" for nothing: "the form is not sent".
	Unsent string
}

// Effect is what a screen wants to happen. Its zero value is nothing. When several
// members are set they happen in this order: Pop, Connect, Visit, Open, Push, Toast, Cmd, Keys.
type Effect struct {
	Cmd   tea.Cmd
	Push  Screen            // open a screen above this one
	Pop   bool              // close this screen
	Toast Toast             // say something
	Pass  bool              // the key is not ours: the app may know it
	Open  Open              // go to one of the main views
	Visit *model.Customer   // work with this customer from now on; one without an id is all of them
	Keys  []tea.KeyPressMsg // handle these as if they were typed now: they had to wait
	Fleet *Fleet            // what is known of the customer's devices now
	// Partner is the list of customers, read anew.
	Partner *Customers
	// Clear takes what ended up to then out of the inbox of the customer, of all when none
	// is chosen.
	Clear time.Time
	// Connect is the name of the connection to work with from now on, "" the simulator's.
	Connect *string
	// Written is what the form that closes has written down, for the screen below it.
	Written *Written
	Quit    bool // end the program without asking again
}

// View names one of the main views, which live as long as the visit to a customer.
type View uint8

// The main views. NoView is none of them.
const (
	NoView View = iota
	HomeView
	DevicesView
	BatchesView
	PoliciesView
	BIOSView
	ProfilesView
	OperationsView
	RequestsView
	ConnectionsView
	CustomersView
)

// Open asks for a main view.
type Open struct {
	View View
	// Filter is put into the view's filter when it is not empty.
	Filter string
	// Above keeps the present view below, so that Esc comes back to it.
	Above bool
}

// Toast is one line of news at the foot of the screen. Its text must be clean.
type Toast struct {
	Text string
	Tone theme.Tone
}

// Written is what a form wrote down.
type Written struct {
	// Devices and Autopilot are those that it is about. Their marks are used up.
	Devices   []model.Device
	Autopilot []model.AutopilotDevice
	// New names the object that is made, "" for none: the list puts its cursor on it.
	New string
}

// WrittenMsg tells the screen below a form what that has written down.
type WrittenMsg struct{ Written }

// Question is asked before something happens. The form package draws it.
type Question struct {
	Title string   // what it is about: "Assign kiosk to 300 devices?"
	Lines []string // what, to how many, the first rows; clean
	// Kind is what the first answer writes, or writes on with: the question says whether it
	// can be undone. OtherOperation writes nothing.
	Kind model.OperationKind
	// Type is what has to be typed before the first answer counts, for what cannot be
	// undone; "" for a single key.
	Type string
	// Answers are offered in this order. Esc is always there and does nothing.
	Answers []Answer
	// Force is done when ctrl+c is pressed while the question is open; nil for nothing.
	Force func() Effect
}

// Answer is one way to answer a question.
type Answer struct {
	Key  string // as in keys: "y"
	Text string // what it does: "continue"
	Do   func() Effect
}

// Forms makes the forms that screens open. The app's wiring fills it, so that
// screens do not import forms. A nil member makes its action unavailable.
type Forms struct {
	Assign   func(env *Env, devices []model.Device) Screen
	Upload   func(env *Env) Screen
	NewBIOS  func(env *Env) Screen
	EditBIOS func(env *Env, b model.BIOSConfiguration) Screen
	// AssignBIOS chooses the groups that get a BIOS configuration, or are left out.
	AssignBIOS func(env *Env, b model.BIOSConfiguration) Screen
	DeleteBIOS func(env *Env, b model.BIOSConfiguration) Screen
	// BIOSPassword shows the BIOS password of a device for a while.
	BIOSPassword func(env *Env, m Machine) Screen
	Confirm      func(env *Env, q Question) Screen

	// AssignEither puts a policy or an Autopilot profile on devices, which are known at
	// Partner Center, in Intune, or on both sides.
	AssignEither func(env *Env, devices []model.Device, autopilot []model.AutopilotDevice) Screen
	// ChangeAutopilot changes group tag, name or user. left is how many of the chosen
	// devices Intune does not know.
	ChangeAutopilot func(env *Env, devices []model.AutopilotDevice, left int) Screen
	DeleteAutopilot func(env *Env, devices []model.AutopilotDevice) Screen
	AssignProfile   func(env *Env, devices []model.AutopilotDevice) Screen
	SyncAutopilot   func(env *Env) Screen

	NewProfile    func(env *Env) Screen
	EditProfile   func(env *Env, p model.DeploymentProfile) Screen
	DeleteProfile func(env *Env, p model.DeploymentProfile) Screen
	// TargetProfile chooses the groups that get a profile, or are left out.
	TargetProfile func(env *Env, p model.DeploymentProfile) Screen

	NewPolicy    func(env *Env) Screen
	EditPolicy   func(env *Env, p model.ConfigurationPolicy) Screen
	DeletePolicy func(env *Env, p model.ConfigurationPolicy) Screen
	// AssignBatch puts a policy on all devices of a batch.
	AssignBatch func(env *Env, b model.DeviceBatch) Screen
	Remove      func(env *Env, devices []model.Device) Screen
	Undo        func(env *Env, o model.Operation) Screen
	// Adopt takes up a job of the customer that was started elsewhere.
	Adopt func(env *Env) Screen
	// MarkList asks for a list of serials and gives the keys of their devices to take.
	MarkList func(env *Env, take func(keys []string) Effect) Screen
	// Find asks for a serial and gives it to search.
	Find func(env *Env, search func(serial string) Effect) Screen

	// NewConnection asks for a connection and adds it to the configuration; added is done
	// when it is there.
	NewConnection func(env *Env, added func(name string) Effect) Screen

	ExportList     func(env *Env, s Sheet) Screen
	ExportEvidence func(env *Env, o model.Operation) Screen
}
