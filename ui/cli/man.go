package cli

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"muster/model"
)

const manHelp = `Writes manual pages, made of the commands themselves: the page of muster, or that of
the verb that is named. --dir DIR writes all of them into a folder, one file a
command, as man finds them.

  muster man | man -l -
  muster man --dir ~/.local/share/man/man1`

// man writes manual pages in roff.
func (p *program) man() *cobra.Command {
	var dir string
	c := &cobra.Command{
		Use: "man [VERB…]", Short: "manual pages", Long: manHelp,
		Example: "  muster man\n  muster man devices list\n  muster man --dir .\n  muster man devices fly      # exit 2: there is no such verb",
		RunE: func(c *cobra.Command, args []string) error {
			root := c.Root()
			if dir != "" {
				if len(args) > 0 {
					return usage("write manual", "--dir writes every page, so no verb is named", "")
				}
				return p.manual(root, dir)
			}
			page, rest, err := root.Find(args)
			if err != nil || len(rest) > 0 {
				return usage("write manual", fmt.Sprintf("there is no verb %q", model.Clean(strings.Join(args, " "))), "see muster --help")
			}
			return manPage(p.out.w, page, p.o.Version)
		},
	}
	c.Flags().StringVar(&dir, "dir", "", "write every page into this folder, which is made")
	return c
}

// manual writes a file for every command.
func (p *program) manual(root *cobra.Command, dir string) error {
	failed := func(err error) error {
		return &model.Error{Kind: model.Unexpected, Op: "write manual", Msg: describe(err), Err: err}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return failed(err)
	}
	n := 0
	for c := range commands(root) {
		f, err := os.Create(filepath.Join(dir, manName(c)+".1"))
		if err != nil {
			return failed(err)
		}
		w := bufio.NewWriter(f)
		err = manPage(w, c, p.o.Version)
		if ferr := w.Flush(); err == nil {
			err = ferr
		}
		if cerr := f.Close(); err == nil {
			err = cerr
		}
		if err != nil {
			return failed(err)
		}
		n++
	}
	p.out.line("%s written to %s", count(n, "page"), model.Clean(dir))
	return nil
}

// commands walks a command and all below it that are offered.
func commands(c *cobra.Command) func(func(*cobra.Command) bool) {
	return func(yield func(*cobra.Command) bool) { walk(c, yield) }
}

func walk(c *cobra.Command, yield func(*cobra.Command) bool) bool {
	if !yield(c) {
		return false
	}
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() && !walk(sub, yield) {
			return false
		}
	}
	return true
}

func manName(c *cobra.Command) string { return strings.ReplaceAll(c.CommandPath(), " ", "-") }

// manPage writes the manual page of one command.
func manPage(to io.Writer, c *cobra.Command, version string) error {
	w := roff{w: to}
	w.macro("TH", strings.ToUpper(manName(c)), "1", "", "muster "+version, "muster")
	w.macro("SH", "NAME")
	w.text(manName(c) + ` \- ` + roffText(c.Short))
	w.macro("SH", "SYNOPSIS")
	w.macro("B", c.UseLine())
	if c.HasAvailableSubCommands() {
		w.macro("br")
		w.macro("B", c.CommandPath()+" COMMAND")
	}
	w.macro("SH", "DESCRIPTION")
	long := c.Long
	if long == "" {
		long = c.Short
	}
	w.paragraphs(long)
	w.commands(c)
	w.flags("OPTIONS", c.NonInheritedFlags())
	w.flags("COMMON OPTIONS", c.InheritedFlags())
	if c.Example != "" {
		w.macro("SH", "EXAMPLES")
		w.literal(c.Example)
	}
	w.macro("SH", "EXIT STATUS")
	for _, e := range exitWords {
		w.macro("TP", "5")
		w.macro("B", fmt.Sprint(e.code))
		w.text(roffText(e.words))
	}
	w.also(c)
	return w.err
}

// roff writes the macros of man(7). The first error is kept.
type roff struct {
	w   io.Writer
	err error
}

func (r *roff) text(line string) {
	if _, err := io.WriteString(r.w, line+"\n"); err != nil && r.err == nil {
		r.err = err
	}
}

func (r *roff) macro(name string, args ...string) {
	line := "." + name
	for _, a := range args {
		line += ` "` + strings.ReplaceAll(roffEscape(a), `"`, `\(dq`) + `"`
	}
	r.text(line)
}

// paragraphs writes prose. What is indented stands as it was written.
func (r *roff) paragraphs(s string) {
	for i, part := range strings.Split(strings.TrimSpace(s), "\n\n") {
		if strings.HasPrefix(part, "  ") {
			r.literal(part)
			continue
		}
		if i > 0 {
			r.macro("PP")
		}
		for line := range strings.SplitSeq(part, "\n") {
			r.text(roffText(line))
		}
	}
}

func (r *roff) literal(s string) {
	for _, m := range []string{"PP", "RS", "nf"} {
		r.macro(m)
	}
	for line := range strings.SplitSeq(s, "\n") {
		r.text(roffText(strings.TrimPrefix(line, "  ")))
	}
	r.macro("fi")
	r.macro("RE")
}

func (r *roff) commands(c *cobra.Command) {
	if !c.HasAvailableSubCommands() {
		return
	}
	r.macro("SH", "COMMANDS")
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() {
			r.macro("TP")
			r.macro("B", sub.Use)
			r.text(roffText(sub.Short))
		}
	}
}

func (r *roff) flags(title string, set *pflag.FlagSet) {
	if !set.HasAvailableFlags() {
		return
	}
	r.macro("SH", title)
	set.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		what, text := pflag.UnquoteUsage(f)
		name := "--" + f.Name
		if f.Shorthand != "" {
			name = "-" + f.Shorthand + ", " + name
		}
		if what != "" {
			name += " " + what
		}
		if !slices.Contains([]string{"", "false", "[]", "0", "0s"}, f.DefValue) {
			text += " (default " + f.DefValue + ")"
		}
		r.macro("TP")
		r.macro("B", name)
		r.text(roffText(text))
	})
}

func (r *roff) also(c *cobra.Command) {
	var names []string
	if c.HasParent() {
		names = append(names, manName(c.Parent()))
	}
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() {
			names = append(names, manName(sub))
		}
	}
	if len(names) == 0 {
		return
	}
	r.macro("SH", "SEE ALSO")
	for i, n := range names {
		end := ","
		if i == len(names)-1 {
			end = ""
		}
		r.macro("BR", n, "(1)"+end)
	}
}

// roffEscape keeps characters that roff takes for more than themselves.
func roffEscape(s string) string {
	s = strings.NewReplacer(`\`, `\e`, "-", `\-`, "'", `\(aq`, "`", `\(ga`, "^", `\(ha`, "~", `\(ti`).Replace(model.Clean(s))
	var b strings.Builder
	for _, r := range s {
		if r > 0x7e { // whatever the encoding that the page is read in
			fmt.Fprintf(&b, `\[u%04X]`, r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// roffText is a line of prose: a leading dot is no request.
func roffText(line string) string {
	line = roffEscape(line)
	if strings.HasPrefix(line, ".") {
		line = `\&` + line
	}
	return line
}
