package theme

import "charm.land/lipgloss/v2"

// Glyphs is the signs that muster draws. Every sign is one cell wide, but for
// Ellipsis and Arrow in ASCII, which are two.
type Glyphs struct {
	Cursor    string // before the row under the cursor
	Mark      string // before a marked row
	Ellipsis  string // where text is cut off
	Place     string // between the parts of a place
	Separator string // between things of equal rank in a line
	Arrow     string // from old to new
	Up, Down  string // the sorted column, rising and falling
	Good      string // beside what went well
	Bad       string // beside what failed
	Warn      string // beside what needs a look
	Running   string // beside what is on its way
	Full      string // the done part of a bar
	Empty     string // the open part of a bar
	Border    lipgloss.Border
}

func glyphs(ascii bool) Glyphs {
	if ascii {
		return Glyphs{
			Cursor: ">", Mark: "*", Ellipsis: "..", Place: ">", Separator: "|", Arrow: "->",
			Up: "^", Down: "v", Good: "+", Bad: "x", Warn: "!", Running: "~",
			Full: "#", Empty: ".", Border: lipgloss.ASCIIBorder(),
		}
	}
	return Glyphs{
		Cursor: "▌", Mark: "●", Ellipsis: "…", Place: "›", Separator: "·", Arrow: "→",
		Up: "▲", Down: "▼", Good: "✓", Bad: "✗", Warn: "!", Running: "◌",
		Full: "█", Empty: "░", Border: lipgloss.RoundedBorder(),
	}
}
