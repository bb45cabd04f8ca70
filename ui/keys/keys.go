// Package keys says which key does what, once for the whole program. Actions take
// their key from [Map], so that footer, help and manual cannot differ from it.
//
// It decides nothing: whether an action is in reach, and what it does, belongs to
// the screen that declares it. Nothing is bound to ctrl+m, ctrl+i, shift+enter or alt,
// which over SSH may be other keys, and nothing that destroys to a ctrl key.
package keys

import (
	"slices"
	"strings"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
)

// Binding is the keys of one action, the one to show first.
type Binding []string

// Of returns a binding to these keystrokes, spelt as Bubble Tea spells them: "g",
// "G", "enter", "ctrl+d", "space", "pgup".
func Of(keys ...string) Binding { return Binding(keys) }

// Matches reports whether the key press is one of the binding's.
func (b Binding) Matches(msg tea.KeyPressMsg) bool { return slices.Contains(b, msg.String()) }

// String returns the key to show, "" for an empty binding.
func (b Binding) String() string {
	if len(b) == 0 {
		return ""
	}
	return Show(b[0])
}

// codes are the keys that are no letters.
var codes = map[string]rune{"enter": tea.KeyEnter, "esc": tea.KeyEscape, "tab": tea.KeyTab, "space": tea.KeySpace, "up": tea.KeyUp,
	"down": tea.KeyDown, "home": tea.KeyHome, "end": tea.KeyEnd, "pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown}

// Press returns the press of the binding's first key, the zero value for an empty one.
func (b Binding) Press() tea.KeyPressMsg {
	if len(b) == 0 {
		return tea.KeyPressMsg{}
	}
	name, control := strings.CutPrefix(b[0], "ctrl+")
	if code, ok := codes[name]; ok {
		return tea.KeyPressMsg{Code: code}
	}
	r, _ := utf8.DecodeRuneInString(name)
	if control {
		return tea.KeyPressMsg{Code: r, Mod: tea.ModCtrl}
	}
	return tea.KeyPressMsg{Code: r, Text: name}
}

// Show returns how a keystroke is written for people: "Enter", "PgDn", "ctrl+d".
func Show(key string) string {
	switch key {
	case "enter":
		return "Enter"
	case "esc":
		return "Esc"
	case "home":
		return "Home"
	case "end":
		return "End"
	case "pgup":
		return "PgUp"
	case "pgdown":
		return "PgDn"
	case "f1":
		return "F1"
	}
	return key
}

// Map is every key of the dashboard outside of forms.
type Map struct {
	// Moving.
	Up, Down, PageUp, PageDown, HalfUp, HalfDown, Top, Bottom Binding

	// Opening, leaving, asking.
	Open, Back, Quit, Interrupt, Help, Palette, Filter, Find, Pane Binding

	// Marking and ordering.
	Mark, MarkAll, Unmark, Range, Same, MarkList, Sort, Reverse, Attention Binding

	// Acting on rows. Each letter is the same verb on every screen.
	Assign, New, Edit, Remove, Upload, Refresh, Halt, Again, Continue, Drop, Undo, Why, Export, Password, Tag, Sync Binding

	// Looking at one row more closely, and taking texts of it away.
	Raw, Difference, Details, Copy, CopyMenu Binding

	// Whether the end of an operation is announced beyond the screen.
	Bell Binding

	// Going somewhere else.
	Home, Devices, Batches, Policies, BIOS, Profiles, Autopilot, Operations, Customers, Requests, SignIn, Connections, Tenant, Usual Binding

	// Answering a question.
	Yes, No Binding
}

// Default returns the keys that muster has from the start.
func Default() *Map {
	return &Map{
		Up: Of("up", "k"), Down: Of("down", "j"), PageUp: Of("pgup"), PageDown: Of("pgdown"),
		HalfUp: Of("ctrl+u"), HalfDown: Of("ctrl+d"), Top: Of("g", "home"), Bottom: Of("G", "end"),

		Open: Of("enter"), Back: Of("esc"), Quit: Of("q"), Interrupt: Of("ctrl+c"), Help: Of("?"), Palette: Of(":", "ctrl+p"), Filter: Of("/"), Find: Of("F"), Pane: Of("tab"),

		Mark: Of("space"), MarkAll: Of("*"), Unmark: Of("u"),
		Range: Of("v"), Same: Of(","), MarkList: Of("M"), Sort: Of("s"), Reverse: Of("S"), Attention: Of("!"),

		Assign: Of("p"), New: Of("n"), Edit: Of("e"), Upload: Of("U"), Refresh: Of("r"), Halt: Of("."), Again: Of("a"),
		Remove: Of("x"), Continue: Of("c"), Drop: Of("X"), Undo: Of("z"), Why: Of("w"), Export: Of("E"), Password: Of("b"), Tag: Of("t"), Sync: Of("i"),

		Raw: Of("J"), Difference: Of("d"), Details: Of("D"), Copy: Of("y"), CopyMenu: Of("Y"), Bell: Of("B"),

		Home: Of("1"), Devices: Of("2"), Batches: Of("3"), Policies: Of("4"), BIOS: Of("5"), Profiles: Of("7"), Autopilot: Of("8"),
		Operations: Of("o", "6"), Customers: Of("C"), Requests: Of("L"), SignIn: Of("I"),
		Connections: Of("9"), Tenant: Of("H"), Usual: Of("m"),

		Yes: Of("y"), No: Of("n"),
	}
}

// unsafe are keystrokes that some terminals send for other keys.
var unsafe = [...]string{"ctrl+m", "ctrl+i", "ctrl+j", "ctrl+h", "ctrl+[", "shift+enter"}

// Safe reports whether a keystroke means the same on every terminal over SSH.
func Safe(key string) bool {
	if slices.Contains(unsafe[:], key) {
		return false
	}
	return len(key) < 4 || key[:4] != "alt+"
}
