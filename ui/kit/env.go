package kit

import (
	"context"
	"time"

	"muster/model"
	"muster/ui/keys"
	"muster/ui/theme"
)

// Env is what all screens share. It is read at view time and written by the app's
// Update alone; a command captures the values it needs and never keeps the Env.
type Env struct {
	// Root ends with the connection. What changes the tenant runs on it, since a switch
	// to another customer must not cancel it.
	Root context.Context
	// Origin says which connection this is the environment of.
	Origin
	// Visit ends when another customer is chosen. What reads runs on it.
	Visit context.Context
	// Epoch numbers the visits; what belongs to a former one is dropped.
	Epoch uint64

	Backend Backend
	Forms   Forms
	Place   Place
	Tmux    bool // texts for the clipboard go through tmux
	Version string
	// Configuration is the file of connections, nil where there is none. It reads the
	// disk: commands call it.
	Configuration Configuration

	Theme *theme.Theme
	Keys  *keys.Map

	Customer model.Customer    // the zero value while none is chosen
	SignIn   model.SignInState // of a real tenant; the zero value for a simulator
	Jobs     *model.Board      // nil until the first one came
	Seat     model.Seat        // what is remembered of the operator at this connection
	Partner  Customers         // the partner's customers, as far as they were read
	Fleet    Fleet             // what the devices screen knows, for others to show
	News     []News            // toasts that were shown, newest last, at most MaxNews

	Width, Height int // of the terminal
	// Now is the clock, Zone where its times are shown. Neither changes after the
	// start, so what writes times may be used in commands.
	Now  func() time.Time
	Zone *time.Location
	// Crashed is told of a panic, see [model.Guard]; nil lets it end the process.
	Crashed func(what any, stack []byte)
}

// NewEnv returns an environment with muster's own keys, the dark theme and the clock
// of this machine, no customer and no board, for a program that ends with ctx.
func NewEnv(ctx context.Context, b Backend) *Env {
	return &Env{
		Root: ctx, Visit: ctx, Epoch: 1, Backend: b,
		Theme: theme.New(true, false), Keys: keys.Default(),
		Now: time.Now, Zone: time.Local,
	}
}

// Fleet is what is known of the customer's devices without looking at each.
type Fleet struct {
	Devices int            // at Partner Center
	Groups  map[string]int // devices by policy name, "" for those without; never changed
	Began   time.Time      // when reading began; zero while nothing was read
	Whole   bool           // all devices were read
	Kept    bool           // they were read at an earlier start; today's reading is not whole yet
	Sides   Sides          // where they are known
	Known                  // the devices themselves
}

// Customers is the list of the partner's customers, when it was read to its end.
type Customers struct {
	List  []model.Customer // never changed
	Began time.Time        // when reading began; zero while nothing was read
}

// MaxNews bounds the history of toasts.
const MaxNews = 100

// News is a toast and when it was shown.
type News struct {
	At time.Time
	Toast
}

// AsOf says how old facts are: "as of 14:02 CET", with the day when it is not today,
// and "" for the zero time.
func (e *Env) AsOf(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	t = t.In(e.Zone)
	format := "15:04 MST"
	if now := e.Now().In(e.Zone); now.YearDay() != t.YearDay() || now.Year() != t.Year() {
		format = "2006-01-02 15:04 MST"
	}
	return "as of " + t.Format(format)
}

// Clock returns the time of day, "14:02", and "" for the zero time.
func (e *Env) Clock(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(e.Zone).Format("15:04")
}

// Second returns the time of day to the second, "14:02:07", and "" for the zero time.
func (e *Env) Second(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(e.Zone).Format("15:04:05")
}

// Stamp returns date and time with the zone, and "" for the zero time.
func (e *Env) Stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(e.Zone).Format("2006-01-02 15:04 MST")
}

// Day returns the date without the time, as crowded lists show it.
func (e *Env) Day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(e.Zone).Format("2006-01-02")
}

// When returns the time of day of today's moments and the date of all others.
func (e *Env) When(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	if day := e.Day(t); day != e.Day(e.Now()) {
		return day
	}
	return e.Clock(t)
}

// Moment returns date and time without the zone, as lists show it.
func (e *Env) Moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(e.Zone).Format("2006-01-02 15:04")
}
