package ui

import (
	"context"
	"maps"
	"slices"

	tea "charm.land/bubbletea/v2"

	"muster/model"
	"muster/ui/kit"
	"muster/ui/screen"
)

// declare returns the actions that work on every screen.
func (a *App) declare() []kit.Action {
	k := a.env.Keys
	out := append(a.goTo(),
		kit.Action{Name: "upload", Key: k.Upload, Hurt: true, Do: a.upload, Off: a.cannotUpload, Help: "A device list from a file."},
		kit.Action{Name: "find device", Key: k.Find, Quiet: true, Do: a.find, Off: a.cannotFind,
			Help: "By its whole serial, across all customers of the partner."},
		kit.Action{Name: "requests", Key: k.Requests, Quiet: true, Off: a.cannotLog, Help: "The latest requests to the services, with the ids that support asks for.",
			Do: func() kit.Effect { return kit.Effect{Open: kit.Open{View: kit.RequestsView, Above: true}} }},
		kit.Action{Name: "bell", Key: k.Bell, Quiet: true, Do: a.toggleBell, Help: "Whether the terminal is told when an operation ends; --bell turns it on from the start."},
		kit.Action{Name: "actions", Key: k.Palette, Quiet: true, Do: a.palette, Help: "Every action in reach: type a part of its name, Enter does it."},
		kit.Action{Name: "help", Key: k.Help, Do: a.help, Help: "This page: every key in reach and why some cannot be used now."},
	)
	return append(append(out, a.signInAction()...), a.leaving...)
}

// leave are the actions that lead back.
func (a *App) leave() []kit.Action {
	k := a.env.Keys
	return []kit.Action{
		{Name: "back", Key: k.Back, Quiet: true, Do: a.back, Help: "Close what is on top, then the filter, then the view. It never quits."},
		{Name: "back, quit", Key: k.Quit, Quiet: true, Do: a.backOrQuit, Help: "At home it quits. Jobs go on at the service and are taken up again."},
		{Name: "quit", Key: k.Interrupt, Quiet: true, Do: func() kit.Effect { return kit.Effect{Cmd: a.interrupt()} },
			Help: "From anywhere; asks while something is unsent, twice forces."},
	}
}

// reach are the app's actions that work beside those of the screen in sight.
func (a *App) reach(card kit.Card) []kit.Action {
	switch {
	case card.Typing:
		return nil
	case card.Alone:
		return a.leaving
	}
	return a.actions
}

// goTo are the actions that lead to the main views.
func (a *App) goTo() []kit.Action {
	k := a.env.Keys
	to := func(v kit.View, above bool) func() kit.Effect {
		return func() kit.Effect { return kit.Effect{Open: kit.Open{View: v, Above: above}} }
	}
	return []kit.Action{
		{Name: "home", Key: k.Home, Quiet: true, Do: to(kit.HomeView, false), Help: "How things stand."},
		{Name: "devices", Key: k.Devices, Quiet: true, Do: to(kit.DevicesView, false), Off: a.needCustomer, Help: "All devices of the customer."},
		{Name: "batches", Key: k.Batches, Quiet: true, Do: to(kit.BatchesView, false), Off: a.needCustomer, Help: "The customer's device batches."},
		{Name: "policies", Key: k.Policies, Quiet: true, Do: to(kit.PoliciesView, false), Off: a.needCustomer, Help: "The customer's configuration policies."},
		{Name: "BIOS", Key: k.BIOS, Quiet: true, Do: to(kit.BIOSView, false), Off: a.needCustomer, Help: "The customer's BIOS configurations; of Intune. " + intuneTerms},
		{Name: "profiles", Key: k.Profiles, Quiet: true, Do: to(kit.ProfilesView, false), Off: a.needCustomer, Help: "The customer's Autopilot deployment profiles, in Intune. " + intuneTerms},
		{Name: "Autopilot", Key: k.Autopilot, Quiet: true, Off: a.needCustomer, Help: "The devices that Intune knows, among all devices. " + intuneTerms,
			Do: func() kit.Effect { return kit.Effect{Open: kit.Open{View: kit.DevicesView, Filter: screen.InIntune}} }},
		{Name: "operations", Key: k.Operations, Do: a.operations, Help: "What was asked for and what became of it; after news of an operation, that one."},
		{Name: "customers", Key: k.Customers, Quiet: true, Help: "Switch to another customer: Enter takes the one before, letters find any.",
			Do: func() kit.Effect { return kit.Effect{Push: screen.NewSwitch(a.env)} }},
		{Name: "connections", Key: k.Connections, Quiet: true, Do: to(kit.ConnectionsView, true), Off: a.cannotConnect, Help: "Choose, add or remove a connection to a tenant."},
		{Name: "connect a tenant", Key: k.Tenant, Quiet: true, Help: "What a tenant needs: application, permissions, roles, consent.",
			Do: func() kit.Effect { return kit.Effect{Push: screen.NewTenantNeeds(a.env)} }},
	}
}

func (a *App) needCustomer() string {
	if a.env.Customer.ID == "" {
		return "choose a customer first: " + a.env.Keys.Customers.String()
	}
	return ""
}

func (a *App) cannotUpload() string {
	if a.env.Forms.Upload == nil {
		return "not available here"
	}
	return a.needCustomer()
}

func (a *App) cannotFind() string {
	if a.env.Forms.Find == nil {
		return "not available here"
	}
	return ""
}

func (a *App) cannotLog() string {
	if a.env.Backend.Requests == nil {
		return "not available here"
	}
	return ""
}

func (a *App) find() kit.Effect {
	return kit.Effect{Push: a.env.Forms.Find(a.env, func(serial string) kit.Effect {
		return kit.Effect{Push: screen.NewFoundDevices(a.env, serial)}
	})}
}

func (a *App) upload() kit.Effect { return kit.Effect{Push: a.env.Forms.Upload(a.env)} }

func (a *App) help() kit.Effect {
	card := a.top().Card()
	all := slices.Concat(card.Actions, a.actions)
	if card.Typing { // what is typed into has all other keys for itself
		all = slices.Concat(card.Actions, a.leaving[len(a.leaving)-1:])
	}
	return kit.Effect{Push: screen.NewHelp(a.env, card.Title, all)}
}

func (a *App) palette() kit.Effect {
	return kit.Effect{Push: screen.NewPalette(a.env, slices.Concat(a.top().Card().Actions, a.actions))}
}

func (a *App) back() kit.Effect {
	if len(a.stack) > 1 {
		return kit.Effect{Pop: true}
	}
	return kit.Effect{}
}

func (a *App) backOrQuit() kit.Effect {
	if len(a.stack) > 1 {
		return kit.Effect{Pop: true}
	}
	return kit.Effect{Cmd: a.quit()}
}

func (a *App) top() kit.Screen { return a.stack[len(a.stack)-1] }

// alive are all screens that hold something: those in the stack and the main views
// that were opened in this visit.
func (a *App) alive() []kit.Screen {
	out := slices.Clone(a.stack)
	for v := kit.HomeView; v <= kit.CustomersView; v++ {
		if s := a.views[v]; s != nil && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// begin starts a visit: everything of the former one is dropped and cancelled.
func (a *App) begin(c model.Customer) {
	if a.cancel != nil {
		a.cancel()
		a.env.Epoch++
	}
	a.env.Visit, a.cancel = context.WithCancel(a.env.Root)
	// News and toasts can name devices of the customer that is left.
	a.env.Customer, a.env.Fleet, a.env.News, a.toast = c, kit.Fleet{}, nil, kit.Toast{}
	home := screen.NewHome(a.env, a.goTo())
	a.views = map[kit.View]kit.Screen{kit.HomeView: home}
	a.begun = map[kit.Screen]bool{}
	a.stack, a.quitting = []kit.Screen{home}, nil
	a.fit(home)
}

// view returns a main view, made when it is first wanted.
func (a *App) view(v kit.View) kit.Screen {
	if s := a.views[v]; s != nil {
		return s
	}
	var s kit.Screen
	switch v {
	case kit.DevicesView:
		s = screen.NewDevices(a.env)
	case kit.BatchesView:
		s = screen.NewBatches(a.env)
	case kit.PoliciesView:
		s = screen.NewPolicies(a.env)
	case kit.BIOSView:
		s = screen.NewBIOSConfigurations(a.env)
	case kit.ProfilesView:
		s = screen.NewProfiles(a.env)
	case kit.OperationsView:
		s = screen.NewOperations(a.env)
	case kit.RequestsView:
		s = screen.NewRequests(a.env)
	case kit.CustomersView:
		s = screen.NewCustomers(a.env)
	case kit.ConnectionsView:
		s = screen.NewConnections(a.env)
	default:
		return a.views[kit.HomeView]
	}
	a.views[v] = s
	return s
}

// perform does what an effect asks for, in the order that kit.Effect fixes. Where an
// answer comes to a screen that is no longer in sight, nothing is opened above what
// the operator is looking at.
func (a *App) perform(from kit.Screen, e kit.Effect) tea.Cmd {
	inSight := from == a.top()
	cmds := []tea.Cmd{e.Cmd}
	if e.Fleet != nil {
		a.env.Fleet = *e.Fleet
		a.fit(a.views[kit.HomeView])
	}
	if e.Partner != nil {
		a.env.Partner = *e.Partner
	}
	if !e.Clear.IsZero() {
		whose := a.env.Customer.ID
		cmds = append(cmds, a.remember(func(s model.Seat) model.Seat { return s.Clear(whose, e.Clear) }))
		a.fit(a.views[kit.HomeView])
	}
	below := a.below(from)
	if e.Pop {
		cmds = append(cmds, a.pop(from))
	}
	if e.Written != nil && below != nil {
		cmds = append(cmds, a.perform(below, below.Update(kit.WrittenMsg{Written: *e.Written})))
	}
	if e.Connect != nil && inSight {
		return tea.Batch(append(cmds, a.connect(*e.Connect))...)
	}
	if e.Visit != nil && inSight {
		cmds = append(cmds, a.visit(*e.Visit))
	}
	if e.Open.View != kit.NoView && inSight {
		cmds = append(cmds, a.open(e.Open))
	}
	if e.Push != nil && inSight {
		cmds = append(cmds, a.push(e.Push))
	}
	if e.Toast.Text != "" {
		a.say(e.Toast)
	}
	for _, key := range e.Keys {
		cmds = append(cmds, a.key(key))
	}
	if e.Quit {
		cmds = append(cmds, tea.Quit)
	}
	return tea.Batch(cmds...)
}

// push opens a screen above the others.
func (a *App) push(s kit.Screen) tea.Cmd {
	a.stack = append(a.stack, s)
	return a.enter(s)
}

// pop closes a screen; home stays.
func (a *App) pop(s kit.Screen) tea.Cmd {
	i := slices.Index(a.stack, s)
	if i < 1 {
		return nil
	}
	a.stack = slices.Delete(a.stack, i, i+1)
	a.forget()
	return tea.Batch(a.enter(a.top()), a.payOwed())
}

// below returns the screen under another one, nil where there is none.
func (a *App) below(s kit.Screen) kit.Screen {
	if i := slices.Index(a.stack, s); i > 0 {
		return a.stack[i-1]
	}
	return nil
}

// forget lets go of screens that were closed.
func (a *App) forget() {
	alive := a.alive()
	if !slices.Contains(alive, a.quitting) {
		a.quitting = nil
	}
	maps.DeleteFunc(a.begun, func(s kit.Screen, _ bool) bool { return !slices.Contains(alive, s) })
}

// open goes to a main view: back to it when it is below, else above home or above
// what is in sight.
func (a *App) open(o kit.Open) tea.Cmd {
	s := a.view(o.View)
	if i := slices.Index(a.stack, s); i >= 0 {
		a.stack = a.stack[:i+1]
	} else if o.Above {
		a.stack = append(a.stack, s)
	} else {
		a.stack = append(a.stack[:1], s)
	}
	a.forget()
	cmd := a.enter(s)
	if ops, ok := s.(*screen.Operations); ok {
		ops.Newest()
	}
	if f, ok := s.(interface {
		Show(filter string) kit.Effect
	}); ok && o.Filter != "" {
		return tea.Batch(cmd, a.perform(s, f.Show(o.Filter)))
	}
	return cmd
}

// visit begins to work with a customer, or with none in particular.
func (a *App) visit(c model.Customer) tea.Cmd {
	a.begin(c)
	a.placed = true
	if c.ID == "" {
		return a.open(kit.Open{View: kit.HomeView})
	}
	now := a.env.Now()
	return tea.Batch(a.remember(func(s model.Seat) model.Seat { return s.Visit(c, now) }), a.open(kit.Open{View: kit.DevicesView}))
}

// enter shows a screen.
func (a *App) enter(s kit.Screen) tea.Cmd {
	a.fit(s)
	return a.start(s)
}

// start runs a screen's Init when it is first shown.
func (a *App) start(s kit.Screen) tea.Cmd {
	if a.begun[s] || a.env.Width == 0 {
		return nil
	}
	a.begun[s] = true
	return a.perform(s, s.Init())
}

// fit gives a screen its rectangle.
func (a *App) fit(s kit.Screen) { s.Resize(a.env.Width, max(a.env.Height-frameLines, 0)) }

// customers takes the answer to who the customer is.
func (a *App) customers(msg kit.CustomersMsg) tea.Cmd {
	if msg.Epoch != a.env.Epoch || a.placed {
		return nil
	}
	a.placed = true
	var cmd tea.Cmd
	switch {
	case msg.Err == nil && len(msg.Customers) == 1:
		cmd = a.visit(msg.Customers[0])
	default:
		if msg.Err != nil && (msg.Err.Kind != model.SignedOut || a.env.Backend.Identity == nil) {
			a.say(kit.Failed(msg.Err))
		}
		if slices.Contains(a.stack, a.view(kit.CustomersView)) { // they are in sight since, or below what was opened since
			break
		}
		cmd = a.open(kit.Open{View: kit.CustomersView, Above: true})
		if len(a.env.Seat.Recent) > 0 { // whoever was here before goes on with one of a few
			cmd = tea.Batch(cmd, a.push(screen.NewSwitch(a.env)))
		}
	}
	a.liftSignIn()
	return tea.Batch(cmd, a.askStopped())
}

// intuneTerms is what the help says of every view of Intune.
const intuneTerms = "These are beta APIs, which Microsoft may change; the tenant needs an Intune licence."
