package form

import (
	"charm.land/bubbles/v2/key"
	"charm.land/huh/v2"
	"charm.land/lipgloss/v2"

	"muster/ui/kit"
)

// styles is muster's theme for huh, whichever it is when a field is drawn. The field
// with the focus has a bar at its left.
func styles(env *kit.Env) huh.Theme {
	return huh.ThemeFunc(func(bool) *huh.Styles {
		t := env.Theme
		plain := lipgloss.NewStyle()
		var s huh.Styles
		s.FieldSeparator = plain.SetString("\n")
		side := lipgloss.Border{Left: string([]rune(focusBar(t))[0])}
		f := &s.Focused
		f.Base = plain.Border(side, false, false, false, true).BorderForeground(t.Accent.GetForeground()).PaddingLeft(1)
		f.Title = t.Title
		f.Description = t.Muted
		f.ErrorIndicator = t.Bad.SetString(" " + t.Glyphs.Bad)
		f.ErrorMessage = t.Bad
		f.TextInput = huh.TextInputStyles{Cursor: t.Cursor, Placeholder: t.Muted, Prompt: t.Accent, Text: plain}
		s.Blurred = s.Focused
		s.Blurred.Base = plain.PaddingLeft(2)
		s.Blurred.Title = t.Label
		return &s
	})
}

// huhKeys is the keymap of huh's own fields: next only, so that a field checks itself.
// The host moves the focus. An external editor, suggestions and huh's quit have no key.
func huhKeys() *huh.KeyMap {
	next := key.NewBinding(key.WithKeys(checkKey))
	return &huh.KeyMap{Input: huh.InputKeyMap{Next: next, Submit: next}}
}

// checkKey is what the host sends a field to make it check itself. No terminal sends it.
const checkKey = "f63"
