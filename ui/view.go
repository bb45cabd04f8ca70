package ui

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"muster/model"
	"muster/ui/kit"
)

// frameLines is how many lines the app draws around a screen: place, facts, message
// and keys.
const frameLines = 4

// View implements tea.Model.
func (a *App) View() tea.View {
	if !a.fresh {
		a.frame, a.fresh = a.draw(), true
	}
	v := tea.NewView(a.frame)
	v.AltScreen = true
	v.WindowTitle = "muster"
	return v
}

// draw returns exactly as many lines as the terminal has, none wider.
func (a *App) draw() string {
	w, h := a.env.Width, a.env.Height
	if w == 0 || h == 0 {
		return ""
	}
	if a.small() {
		return a.tooSmall(w, h) + strings.Repeat("\n", h-1)
	}
	top := a.top()
	card := top.Card()
	a.dress(card)
	body := top.View()
	if over := len(a.chrome.message) - 1; over > 0 {
		lines := strings.Split(body, "\n")
		body = strings.Join(lines[:max(len(lines)-over, 0)], "\n")
	}
	return a.chrome.above + body + a.chrome.below
}

// tooSmall is the line for a terminal on which nothing can be done, in the longest
// wording that has room.
func (a *App) tooSmall(w, h int) string {
	needs, has := fmt.Sprintf("%d×%d", leastWidth, leastHeight), fmt.Sprintf("%d×%d", w, h)
	for _, text := range []string{"muster needs " + needs + ", this is " + has, "needs " + needs + ", has " + has, "needs " + needs, needs} {
		if a.ascii {
			text = strings.ReplaceAll(text, "×", "x")
		}
		if ansi.StringWidth(text) <= w {
			return text
		}
	}
	return ""
}

// chrome is what the app draws around a screen. Most keys change the screen and leave
// this as it is.
type chrome struct {
	of           chromeKey
	above, below string
	message      []string
}

// chromeKey is what tells one chrome from another while keys are typed; any other
// message has it drawn anew.
type chromeKey struct {
	top           kit.Screen
	title, filter string
	input         string
	facts         *string
	actions       *kit.Action
	count         int
	depth         int
	toast         kit.Toast
	off           uint64 // which of the actions cannot be done now
	known         bool
}

// dress draws the chrome when it is another one.
func (a *App) dress(card kit.Card) {
	key := chromeKey{top: a.top(), title: card.Title, filter: card.Filter, input: card.Input, count: len(card.Facts), depth: len(a.stack),
		toast: a.toast, known: true}
	if len(card.Facts) > 0 {
		key.facts = &card.Facts[0]
	}
	if len(card.Actions) > 0 {
		key.actions = &card.Actions[0]
	}
	for i := range card.Actions {
		if act := &card.Actions[i]; !act.Quiet && act.Why(a.env) != "" {
			key.off |= 1 << (i & 63)
		}
	}
	if key == a.chrome.of {
		return
	}
	message := a.message(card)
	a.chrome = chrome{
		of:      key,
		above:   a.place(card) + "\n" + a.facts(card) + "\n",
		message: message,
		below:   "\n" + strings.Join(message, "\n") + "\n" + a.footer(card),
	}
}

// place is the first line: where we are, and the words that must not be missed.
func (a *App) place(card kit.Card) string {
	t := a.env.Theme
	last := []string{t.Here.Render(card.Title)}
	if card.Filter != "" {
		last = append(last, t.Accent.Render("/"+card.Filter))
	}
	var middle []string
	for i := 1; i < len(a.stack)-1; i++ {
		middle = append(middle, t.Place.Render(a.stack[i].Card().Title))
	}
	connection, customer := nonEmpty(model.Clean(a.env.Place.Connection)), nonEmpty(model.Clean(a.env.Customer.Name))
	dots := []string{t.Glyphs.Ellipsis}
	if len(middle) == 0 {
		dots = nil
	}
	long, short := a.badges()
	join := func(parts ...[]string) string {
		return " " + strings.Join(slices.Concat(parts...), " "+t.Glyphs.Place+" ")
	}
	room := func(right string) int { return a.env.Width - 2 - ansi.StringWidth(right) }
	// The connection and the badges never go: they say whom a key would strike. The
	// middle of the trail goes first, then the ends of long names.
	for _, try := range []struct{ left, right string }{
		{join(connection, customer, middle, last), long},
		{join(connection, customer, middle, last), short},
		{join(connection, customer, dots, last), short},
	} {
		if ansi.StringWidth(try.left) <= room(try.right) {
			return a.spread(try.left, try.right)
		}
	}
	for _, names := range [][]string{customer, connection} {
		over := ansi.StringWidth(join(connection, customer, dots, last)) - room(short)
		for i, name := range names {
			if wide := ansi.StringWidth(name); over > 0 && wide > leastName {
				names[i] = ansi.Truncate(name, max(wide-over, leastName), t.Glyphs.Ellipsis)
			}
		}
	}
	return a.spread(ansi.Truncate(join(connection, customer, dots, last), max(room(short), 0), t.Glyphs.Ellipsis), short)
}

// leastName is how far the names in the place are shortened before its end is cut.
const leastName = 8

func nonEmpty(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

// badges are the words that must not be missed, with and without what they mean.
func (a *App) badges() (long, short string) {
	t, p := a.env.Theme, a.env.Place
	if p.Simulated {
		short = t.Badge.Render("SIMULATED")
		if long = short; p.Forgotten {
			long = t.Badge.Render("SIMULATED, forgotten on exit")
		}
	}
	add := func(style lipgloss.Style, word string) {
		word = style.Render(word)
		long, short = strings.TrimSpace(long+" "+word), strings.TrimSpace(short+" "+word)
	}
	if p.Word != "" {
		add(t.Coloured(p.Colour), model.Clean(p.Word))
	}
	if p.Custom {
		add(t.Badge, "CUSTOM")
	}
	if p.ReadOnly {
		add(t.Badge, "READ-ONLY")
	}
	if word := identityBadge(a.env.SignIn); word != "" {
		add(t.Badge, word)
	}
	return long, short
}

// facts is the second line: what the screen says about its list, and how the jobs go.
func (a *App) facts(card kit.Card) string {
	t := a.env.Theme
	var right string
	if b := a.env.Jobs; b != nil {
		var parts []string
		if b.Problem != nil {
			parts = append(parts, t.Bad.Render("ledger: "+b.Problem.Kind.String()))
		}
		if b.Waiting != "" {
			parts = append(parts, t.Warn.Render("waiting: "+model.Clean(b.Waiting)))
		}
		if n := b.Running(); n > 0 {
			parts = append(parts, t.Accent.Render(kit.Count(n)+" running"))
		}
		if n := b.Stopped(); n > 0 {
			parts = append(parts, t.Warn.Render(kit.Count(n)+" stopped"))
		}
		right = strings.Join(parts, " "+t.Glyphs.Separator+" ")
		right = ansi.Truncate(right, a.env.Width/2, t.Glyphs.Ellipsis)
	}
	left := strings.Join(card.Facts, " "+t.Glyphs.Separator+" ")
	left = ansi.Truncate(left, max(a.env.Width-ansi.StringWidth(right)-4, 0), t.Glyphs.Ellipsis)
	return a.spread(" "+t.Muted.Render(left), right)
}

// spread puts two texts at the two ends of a line.
func (a *App) spread(left, right string) string {
	if right == "" {
		return ansi.Truncate(left, a.env.Width, "")
	}
	gap := max(a.env.Width-ansi.StringWidth(left)-ansi.StringWidth(right)-1, 1)
	return ansi.Truncate(left+strings.Repeat(" ", gap)+right, a.env.Width, "")
}

// mostMessage is how many lines a toast may take.
const mostMessage = 3

// message is the line above the keys: what is being typed, or the toast.
func (a *App) message(card kit.Card) []string {
	w, t := a.env.Width, a.env.Theme
	switch {
	case card.Input != "":
		text := card.Input
		if over := ansi.StringWidth(text) - (w - 2); over > 0 {
			text = ansi.TruncateLeft(text, over, "")
		}
		return []string{" " + t.Accent.Render(text)}
	case a.toast.Text == "":
		return []string{""}
	}
	lines := strings.Split(ansi.Wrap(a.toast.Text, w-2, " "), "\n")
	most := mostMessage
	if card.Typing { // the last lines of a form are its answers
		most = 1
	}
	if len(lines) > most {
		lines = lines[:most]
		lines[most-1] = ansi.Truncate(lines[most-1], w-4, "") + t.Glyphs.Ellipsis
	}
	style := t.Toast.Inherit(t.Tone(a.toast.Tone))
	for i := range lines {
		lines[i] = " " + style.Render(ansi.Truncate(lines[i], w-2, ""))
	}
	return lines
}

// footer is the last line: the keys that work here now, most useful first, as many as
// there is room for. Help is always among them.
func (a *App) footer(card kit.Card) string {
	t := a.env.Theme
	last := a.always(card)
	actions := card.Actions
	actions = append(actions[:len(actions):len(actions)], a.reach(card)...)
	room := a.env.Width - 2 - ansi.StringWidth(last)
	var b strings.Builder
	b.WriteByte(' ')
	for i := range actions {
		act := &actions[i]
		if act.Quiet || card.Typing && a.stays(act) || strings.Contains(last, hint(t.Key, act.Key.String(), act.Name)) || act.Why(a.env) != "" {
			continue
		}
		h := hint(t.Key, act.Key.String(), act.Name)
		n := ansi.StringWidth(h) + 2
		if n > room {
			break
		}
		room -= n
		b.WriteString(h + "  ")
	}
	b.WriteString(last)
	return b.String()
}

// always is the part of the footer that never falls out of it: the way back and help.
func (a *App) always(card kit.Card) string {
	k, key := a.env.Keys, a.env.Theme.Key
	switch {
	case card.Typing:
		var parts []string
		for i := range card.Actions {
			if act := &card.Actions[i]; a.stays(act) {
				parts = append(parts, hint(key, act.Key.String(), act.Name))
			}
		}
		return strings.Join(parts, "  ")
	case card.Alone:
		return hint(key, k.Back.String(), "back")
	case a.detailed():
		return hint(key, k.Back.String(), "back") + "  " + hint(key, k.Help.String(), "help")
	}
	return hint(key, k.Help.String(), "help")
}

// detailed reports whether a detail is in sight: what lies above the main views.
func (a *App) detailed() bool {
	for _, s := range a.views {
		if s == a.top() {
			return false
		}
	}
	return len(a.stack) > 1
}

// stays reports whether an action of something that is typed into is always in the
// footer.
func (a *App) stays(act *kit.Action) bool {
	return len(act.Key) > 0 && (slices.Contains(a.env.Keys.Back, act.Key[0]) || slices.Contains(a.env.Keys.Help, act.Key[0]) || act.Key[0] == helpAnywhere)
}

func hint(style lipgloss.Style, key, name string) string { return style.Render(key) + " " + name }
