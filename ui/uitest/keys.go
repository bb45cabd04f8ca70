package uitest

import tea "charm.land/bubbletea/v2"

// The keys that are no letters.
var (
	Enter     = tea.KeyPressMsg{Code: tea.KeyEnter}
	Esc       = tea.KeyPressMsg{Code: tea.KeyEscape}
	Up        = tea.KeyPressMsg{Code: tea.KeyUp}
	Down      = tea.KeyPressMsg{Code: tea.KeyDown}
	Left      = tea.KeyPressMsg{Code: tea.KeyLeft}
	Right     = tea.KeyPressMsg{Code: tea.KeyRight}
	Backspace = tea.KeyPressMsg{Code: tea.KeyBackspace}
	Home      = tea.KeyPressMsg{Code: tea.KeyHome}
	End       = tea.KeyPressMsg{Code: tea.KeyEnd}
	PgUp      = tea.KeyPressMsg{Code: tea.KeyPgUp}
	PgDown    = tea.KeyPressMsg{Code: tea.KeyPgDown}
	Tab       = tea.KeyPressMsg{Code: tea.KeyTab}
	CtrlC     = tea.KeyPressMsg{Code: 'c', Mod: tea.ModCtrl}
	CtrlD     = tea.KeyPressMsg{Code: 'd', Mod: tea.ModCtrl}
	CtrlU     = tea.KeyPressMsg{Code: 'u', Mod: tea.ModCtrl}

	ShiftTab = tea.KeyPressMsg{Code: tea.KeyTab, Mod: tea.ModShift}
)

// Key is the key with this letter or sign on it.
func Key(letter string) tea.KeyPressMsg {
	return tea.KeyPressMsg{Code: []rune(letter)[0], Text: letter}
}
