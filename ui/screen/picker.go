package screen

import (
	tea "charm.land/bubbletea/v2"

	"muster/ui/kit"
	"muster/ui/table"
)

// picker is a short list that is sifted as one types and of which one row is taken. It
// finds its rows at once: no key has to wait.
type picker struct {
	env     *kit.Env
	table   *table.Model
	line    line
	facts   []string
	actions []kit.Action
	sift    func()            // shows what fits the line
	choose  func() kit.Effect // takes the row under the cursor
}

// update takes keys, pastes and themes.
func (p *picker) update(msg tea.Msg) kit.Effect {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return p.key(msg)
	case tea.PasteMsg:
		if p.line.paste(msg.Content) {
			p.sift()
		}
	case kit.ThemeMsg:
		p.table.SetTheme(p.env.Theme)
	}
	return kit.Effect{}
}

func (p *picker) key(msg tea.KeyPressMsg) kit.Effect {
	switch k := p.env.Keys; {
	case k.Back.Matches(msg):
		return kit.Effect{Pop: true}
	case k.Open.Matches(msg):
		return p.choose()
	case k.Up.Matches(msg) && msg.Text == "":
		p.table.Move(-1)
	case k.Down.Matches(msg) && msg.Text == "":
		p.table.Move(1)
	case k.PageUp.Matches(msg):
		p.table.Page(-1)
	case k.PageDown.Matches(msg):
		p.table.Page(1)
	default:
		if p.line.key(msg) {
			p.sift()
		}
	}
	return kit.Effect{}
}

// View implements kit.Screen.
func (p *picker) View() string { return p.table.View() }

// Resize implements kit.Screen.
func (p *picker) Resize(w, h int) { p.table.Resize(w, h) }

// card is what the screen says about itself; prompt stands before what is typed.
func (p *picker) card(title, prompt string) kit.Card {
	return kit.Card{Title: title, Facts: p.facts, Actions: p.actions, Typing: true, Alone: true, Input: prompt + p.line.view()}
}
