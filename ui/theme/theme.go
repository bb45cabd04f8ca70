// Package theme names colours and signs by what they mean, so that no screen knows
// a colour. It uses the sixteen colours that the terminal's owner has chosen and sets
// no background, so that it is legible on dark and on light. Colour is never the only
// carrier: whoever uses a [Tone] shows a word or a sign beside it.
//
// It asks the terminal nothing and remembers nothing: what it needs to know, [New] is
// told. What becomes of colours on a terminal without them, the program's renderer
// decides.
package theme

import (
	"image/color"

	"charm.land/lipgloss/v2"
)

// Theme is the styles and signs of a session.
type Theme struct {
	Title  lipgloss.Style // the name of a screen, dialog or section
	Place  lipgloss.Style // where we are: connection › customer › view
	Here   lipgloss.Style // the last part of the place
	Header lipgloss.Style // column titles
	Label  lipgloss.Style // the name of a field in a detail
	Key    lipgloss.Style // a key to press, in footers and help
	Muted  lipgloss.Style // what may be overlooked
	Good   lipgloss.Style // done, registered, complete
	Warn   lipgloss.Style // not known, waiting, incomplete
	Bad    lipgloss.Style // failed, refused, damaged
	Accent lipgloss.Style // a match, a figure that counts
	Mark   lipgloss.Style // the sign of a marked row
	Cursor lipgloss.Style // the sign and the key cell of the row under the cursor
	Badge  lipgloss.Style // words that must not be missed: SIMULATED, READ-ONLY
	Toast  lipgloss.Style // news at the edge of the screen
	Dialog lipgloss.Style // the frame of a form or a question; Width counts border and padding

	Glyphs Glyphs
	Dark   bool // whether it was made for a dark background
}

// New returns the theme for a dark or a light background, with signs in plain ASCII
// for terminals without UTF-8.
func New(dark, ascii bool) *Theme {
	plain := lipgloss.NewStyle()
	in := func(onDark, onLight color.Color) lipgloss.Style {
		if dark {
			return plain.Foreground(onDark)
		}
		return plain.Foreground(onLight)
	}
	// Cyan and yellow vanish on white; bright black vanishes on some dark palettes,
	// where faint is at worst plain.
	accent := in(lipgloss.Cyan, lipgloss.Blue)
	t := &Theme{
		Title:  accent.Bold(true),
		Place:  plain,
		Here:   plain.Bold(true),
		Header: plain.Bold(true),
		Label:  plain.Faint(true),
		Key:    accent,
		Muted:  plain.Faint(true),
		Good:   plain.Foreground(lipgloss.Green),
		Warn:   in(lipgloss.Yellow, lipgloss.Magenta),
		Bad:    plain.Foreground(lipgloss.Red),
		Accent: accent,
		Mark:   in(lipgloss.Yellow, lipgloss.Magenta),
		Cursor: accent,
		Badge:  plain.Reverse(true).Padding(0, 1),
		Toast:  plain.Bold(true),
		Glyphs: glyphs(ascii),
		Dark:   dark,
	}
	t.Dialog = plain.Border(t.Glyphs.Border).BorderForeground(accent.GetForeground()).Padding(0, 1)
	return t
}

// Tone is a style chosen by a value, such as a job's state.
type Tone uint8

// The tones, named like the styles they stand for.
const (
	PlainTone Tone = iota
	MutedTone
	GoodTone
	WarnTone
	BadTone
	AccentTone
	tones
)

// Tone returns the style of a tone; an unknown one is plain.
func (t *Theme) Tone(tone Tone) lipgloss.Style {
	switch tone {
	case MutedTone:
		return t.Muted
	case GoodTone:
		return t.Good
	case WarnTone:
		return t.Warn
	case BadTone:
		return t.Bad
	case AccentTone:
		return t.Accent
	}
	return lipgloss.NewStyle()
}

// Coloured returns the badge in one of the sixteen colours by its name, for the word of
// a connection; an unknown name is the plain badge.
func (t *Theme) Coloured(name string) lipgloss.Style {
	colours := map[string]color.Color{"red": lipgloss.Red, "yellow": lipgloss.Yellow, "green": lipgloss.Green,
		"blue": lipgloss.Blue, "magenta": lipgloss.Magenta, "cyan": lipgloss.Cyan}
	if c, ok := colours[name]; ok {
		return t.Badge.Foreground(c)
	}
	return t.Badge
}

// Tones is how many tones there are: tones are numbered from 0.
const Tones = int(tones)
