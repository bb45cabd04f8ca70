package ui

import (
	"fmt"
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
		text := fmt.Sprintf("muster needs %d×%d, this is %d×%d", leastWidth, leastHeight, w, h)
		if a.ascii {
			text = strings.ReplaceAll(text, "×", "x")
		}
		return ansi.Truncate(text, w, "") + strings.Repeat("\n", h-1)
	}
	top := a.top()
	card := top.Card()
	lines := make([]string, 0, h)
	lines = append(lines, a.place(card), a.facts(card))
	lines = append(lines, strings.Split(top.View(), "\n")...)
	message := a.message(card)
	if over := len(message) - 1; over > 0 {
		lines = lines[:max(len(lines)-over, 2)]
	}
	lines = append(lines, message...)
	lines = append(lines, a.footer(card))
	return strings.Join(lines, "\n")
}

// place is the first line: where we are, and the words that must not be missed.
func (a *App) place(card kit.Card) string {
	t, p := a.env.Theme, a.env.Place
	var badges []string
	if p.Simulated {
		word := "SIMULATED"
		if p.Forgotten && a.env.Width >= 70 {
			word = "SIMULATED, forgotten on exit"
		}
		badges = append(badges, t.Badge.Render(word))
	}
	if p.ReadOnly {
		badges = append(badges, t.Badge.Render("READ-ONLY"))
	}
	right := strings.Join(badges, " ")
	var parts []string
	for _, s := range []string{model.Clean(p.Connection), model.Clean(a.env.Customer.Name)} {
		if s != "" {
			parts = append(parts, t.Place.Render(s))
		}
	}
	for i, s := range a.stack[1:] {
		if i < len(a.stack)-2 {
			parts = append(parts, t.Place.Render(s.Card().Title))
		}
	}
	parts = append(parts, t.Here.Render(card.Title))
	if card.Filter != "" {
		parts = append(parts, t.Accent.Render("/"+card.Filter))
	}
	left := strings.Join(parts, " "+t.Glyphs.Place+" ")
	room := a.env.Width - ansi.StringWidth(right) - 3
	if cut := ansi.StringWidth(left) - room; cut > 0 {
		// What is nearest to the operator stands at the end.
		left = ansi.TruncateLeft(left, cut+ansi.StringWidth(t.Glyphs.Ellipsis), t.Glyphs.Ellipsis)
		left = ansi.Truncate(left, max(room, 0), "")
	}
	return a.spread(" "+left, right)
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
	if len(lines) > mostMessage {
		lines = lines[:mostMessage]
		lines[mostMessage-1] = ansi.Truncate(lines[mostMessage-1], w-4, "") + t.Glyphs.Ellipsis
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
	last := ""
	actions := card.Actions
	if !card.Typing {
		last = hint(t.Key, a.env.Keys.Help.String(), "help")
		actions = append(actions[:len(actions):len(actions)], a.actions...)
	}
	room := a.env.Width - 2 - ansi.StringWidth(last)
	var b strings.Builder
	b.WriteByte(' ')
	for i := range actions {
		act := &actions[i]
		if act.Quiet || act.Key.String() == a.env.Keys.Help.String() || act.Why(a.env) != "" {
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

func hint(style lipgloss.Style, key, name string) string { return style.Render(key) + " " + name }
