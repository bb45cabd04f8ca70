package form

import (
	"strings"

	"muster/model"
	"muster/ui/kit"
)

// maxPaths is how many completions are asked for.
const maxPaths = 200

// pathPage is the page on which a file is named: typed with tab completion, or pasted.
// It looks at nothing itself.
type pathPage struct {
	fields
	input *line
	path  string
	seen  []string // what the last completion found
	none  bool     // the last completion found nothing
	seq   uint64   // of the completion that is awaited
	err   *model.Error
	help  string // what kind of file is wanted
}

// newPathPage returns a page that calls open with the path that was named.
func newPathPage(h *Host, title, help string, open func(path string) kit.Effect) *pathPage {
	p := &pathPage{help: help}
	p.input = newLine(title, &p.path, func(s string) error {
		if strings.TrimSpace(s) == "" {
			return &model.Error{Kind: model.Invalid, Msg: "type or paste the path of a file"}
		}
		return nil
	})
	p.fields = *newFields(h, func() kit.Effect { return open(cleanPath(p.path)) }, p.input)
	p.tab = func() (kit.Effect, bool) { return p.complete(), true }
	p.changed = func() { p.seen, p.none, p.err, p.seq = nil, false, nil, 0 }
	p.noteLines = 7
	p.note = p.remarks
	p.says = []kit.Action{hint("enter", "read it"), hint("tab", "complete"), hint("esc", "back")}
	return p
}

func (p *pathPage) complete() kit.Effect {
	re := p.host.ask()
	p.seq = re.Seq
	return kit.Effect{Cmd: kit.Complete(p.host.env, re, cleanPath(p.path), maxPaths)}
}

// completed takes the answer to a completion.
func (p *pathPage) completed(msg kit.CompletedMsg) {
	if msg.Seq != p.seq {
		return
	}
	p.seq, p.err, p.seen, p.none = 0, msg.Err, nil, false
	switch {
	case msg.Err != nil:
	case len(msg.Paths) == 0:
		p.none = true
	default:
		if len(msg.Paths) > 1 {
			p.seen = msg.Paths
		}
		if common := prefix(msg.Paths); len(common) > len(cleanPath(p.path)) || len(msg.Paths) == 1 {
			p.input.set(common)
		}
	}
}

func (p *pathPage) paste(text string) { p.fields.paste(pastedPath(text)) }

// remarks shows what is wrong, the completions, or what kind of file is wanted.
func (p *pathPage) remarks(w int) []string {
	t := p.host.env.Theme
	var out []string
	switch {
	case p.err != nil:
		for _, line := range wrap(t.Glyphs.Bad+" "+model.Clean(p.err.Msg), w-2) {
			out = append(out, blank+t.Bad.Render(line))
		}
		if p.err.Hint != "" {
			out = append(out, blank+model.Clean(p.err.Hint))
		}
	case p.none:
		out = append(out, blank+"no file begins like that")
	case len(p.seen) > 0:
		n := min(len(p.seen), p.noteLines-1)
		for _, path := range p.seen[:n] {
			out = append(out, blank+model.Clean(lastPart(path)))
		}
		if more := len(p.seen) - n; more > 0 {
			out = append(out, blank+t.Muted.Render("and "+kit.Count(more)+" more"))
		}
	default:
		for _, line := range wrap(p.help, w-2) {
			out = append(out, blank+t.Muted.Render(line))
		}
	}
	return out
}

// lastPart returns the name in a path, of a folder with the slash at its end.
func lastPart(path string) string {
	end := strings.TrimRight(path, `/\`)
	return path[strings.LastIndexAny(end, `/\`)+1:]
}

// prefix returns what all paths begin with.
func prefix(paths []string) string {
	common := paths[0]
	for _, p := range paths[1:] {
		for !strings.HasPrefix(p, common) {
			r := []rune(common)
			common = string(r[:len(r)-1])
		}
	}
	return common
}

// cleanPath returns the path in what was typed: without blanks around it, and without
// the quotes and backslashes that a shell needs and no file name has. A quote that is
// not closed yet is taken off as well, for completion.
func cleanPath(s string) string {
	s = strings.TrimSpace(s)
	for _, q := range []string{`"`, `'`} {
		if rest, quoted := strings.CutPrefix(s, q); quoted {
			return strings.TrimSuffix(rest, q)
		}
	}
	return unescape(s)
}

// escaped are the characters before which a shell wants a backslash. The backslash
// itself is not among them: it separates folders on some machines.
const escaped = ` '"()[]{}&;$!#*?|<>~` + "`"

// unescape takes off the backslashes before what a shell would read otherwise.
func unescape(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if s[i] == '\\' && i+1 < len(s) && strings.IndexByte(escaped, s[i+1]) >= 0 {
			continue
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// pastedPath returns the path in what a terminal pastes when a file is dropped on it:
// one line, in quotes, as a file address, or with its blanks escaped.
func pastedPath(s string) string {
	s = strings.TrimSpace(lineFeeds(s))
	s, _, _ = strings.Cut(s, "\n")
	for _, q := range []string{`"`, `'`} {
		if len(s) > 1 && strings.HasPrefix(s, q) && strings.HasSuffix(s, q) {
			return s[1 : len(s)-1]
		}
	}
	return unescape(strings.TrimPrefix(s, "file://"))
}
