package cli

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"muster/model"
)

// write is what the flags say about something that changes a tenant.
type write struct {
	json    bool
	yes     bool
	dryRun  bool
	expect  int // -1 = nothing is expected
	wait    bool
	timeout time.Duration // 0 = none
}

// flags adds the flags of every writing verb.
func (w *write) flags(c *cobra.Command) {
	f := c.Flags()
	jsonFlag(c, &w.json)
	f.BoolVar(&w.yes, "yes", false, "do not ask")
	w.dryRunFlag(c)
	w.expect = -1
	f.Var(expected{&w.expect}, "expect", "refuse, with exit code 6, unless it concerns exactly so many rows")
	w.following(c)
}

// dryRunFlag is the flag that makes a plan of a write. With it the whole run is over a
// backend that can only read, see [Target].
const dryRunFlag = "dry-run"

func (w *write) dryRunFlag(c *cobra.Command) {
	c.Flags().BoolVar(&w.dryRun, dryRunFlag, false, "say what would be sent, send nothing")
}

// expected is the flag of a number of rows. Without the flag it is -1.
type expected struct{ n *int }

// String implements pflag.Value.
func (e expected) String() string {
	if e.n == nil || *e.n < 0 {
		return ""
	}
	return strconv.Itoa(*e.n)
}

// Type implements pflag.Value.
func (e expected) Type() string { return "rows" }

// Set implements pflag.Value.
func (e expected) Set(s string) error {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 {
		return fmt.Errorf("%q is not a number of rows", model.Clean(s))
	}
	*e.n = n
	return nil
}

// following adds the flags of waiting.
func (w *write) following(c *cobra.Command) {
	c.Flags().BoolVar(&w.wait, "wait", false, "wait until every row is final")
	c.Flags().Var(age{&w.timeout}, "timeout", "how long to wait at most, such as 30m")
}

// sample is how many rows a question shows.
const sample = 5

// plan is what is about to be sent.
type plan struct {
	What     string
	Kind     string
	Customer *named
	Policy   *named
	BIOS     *named
	Profile  *named
	Batch    model.BatchID
	NewBatch bool
	Rows     int
	Jobs     int
	Changes  []changeRecord
	LeftOut  []leftRecord
	Devices  *int       // that are concerned besides the rows; nil = none
	notes    []string   // what else to know, one line each
	first    [][]string // the first rows
	undo     string     // whether it can be undone; empty = as the kind says
	question string     // what is asked; empty = whether to go on
	typed    string     // what must be typed instead of a y, for what cannot be undone
}

// changeRecord is one property that changes.
type changeRecord struct {
	Property string `json:"property"`
	Old      string `json:"old"`
	New      string `json:"new"`
}

// leftRecord counts rows that are left out, and says why.
type leftRecord struct {
	Why  string `json:"why"`
	Rows int    `json:"rows"`
}

// named is a thing with its id and its name.
type named struct {
	ID   string `json:"id,omitempty"`
	Name string `json:"name,omitempty"`
}

func namedCustomer(id model.CustomerID, name string) *named { return &named{string(id), name} }

// planRecord is a plan in JSON.
type planRecord struct {
	DryRun   bool           `json:"dryRun"`
	Kind     string         `json:"kind"`
	Customer *named         `json:"customer,omitempty"`
	Policy   *named         `json:"policy,omitempty"`
	BIOS     *named         `json:"bios,omitempty"`
	Profile  *named         `json:"profile,omitempty"`
	Batch    model.BatchID  `json:"batch,omitempty"`
	NewBatch bool           `json:"newBatch,omitempty"`
	Rows     int            `json:"rows"`
	Jobs     int            `json:"jobs"`
	Changes  []changeRecord `json:"changes,omitempty"`
	LeftOut  []leftRecord   `json:"leftOut,omitempty"`
	Devices  *int           `json:"devices,omitempty"`
}

func (planRecord) record() {}

// chunks is how many jobs n rows take.
func chunks(n, size int) int {
	if size <= 0 {
		size = model.ChunkDevices
	}
	return (n + size - 1) / size
}

// badChunk reports whether a number of devices a job was given and is none that the
// service can take.
func badChunk(c *cobra.Command, n int) bool {
	return c.Flags().Changed("chunk") && n < 1 || n > model.MaxChunk
}

// mayWrite refuses, before anything is read or opened, what cannot be agreed to.
func (p *program) mayWrite(op string, w write, inputTaken bool) error {
	switch {
	case w.dryRun: // only reads, wherever that is
		return nil
	case p.target.ReadOnly:
		return readOnly(op)
	case w.yes || p.o.InTerminal && !inputTaken:
		return nil
	case inputTaken:
		return usage(op, "standard input is the list, so there is nobody to ask", "say yes with --yes, or look first with --dry-run")
	}
	return usage(op, "this wants a yes, and there is no terminal to ask on", "say yes with --yes, or look first with --dry-run")
}

// writable refuses in a read-only place. A plan may be made there.
func (s *session) writable(op string) error {
	if s.place.ReadOnly && !s.target.DryRun {
		return readOnly(op)
	}
	return nil
}

func readOnly(op string) error {
	return &model.Error{Kind: model.Refused, Op: op, Msg: "this session is read-only, nothing was sent"}
}

// agree checks the number that was expected, shows a dry run, or asks. It reports
// whether to go on.
func (s *session) agree(ctx context.Context, w write, p plan) (bool, error) {
	if w.expect >= 0 && w.expect != p.Rows {
		for _, l := range p.LeftOut {
			s.say("%s left out: %s", count(l.Rows, "row"), model.Clean(l.Why))
		}
		return false, &model.Error{Kind: model.Refused, Op: p.Kind,
			Msg: fmt.Sprintf("%s, but --expect says %s; nothing was sent", count(p.Rows, "row"), number(w.expect))}
	}
	switch {
	case w.dryRun && w.json:
		return false, s.out.object(planRecord{true, p.Kind, p.Customer, p.Policy, p.BIOS, p.Profile, p.Batch, p.NewBatch, p.Rows, p.Jobs, p.Changes, p.LeftOut, p.Devices})
	case w.dryRun:
		s.show(s.out, p)
		s.out.line("dry run: nothing was sent")
		return false, nil
	case w.yes:
		return true, nil
	}
	question := newOutput(s.o.Err, true, s.out.zone)
	s.show(question, p)
	_, _ = fmt.Fprint(question.w, p.prompt())
	if err := question.flush(); err != nil {
		return false, err
	}
	answer, err := s.answer(ctx)
	if err != nil {
		return false, err
	}
	if !p.agreed(answer) {
		return false, &model.Error{Kind: model.Cancelled, Op: p.Kind, Msg: "not confirmed, nothing was sent"}
	}
	return true, nil
}

// undoing says whether what a plan writes can be undone, "" when it writes nothing.
func (p plan) undoing() string {
	clause, can := model.ParseOperationKind(p.Kind).Inverse()
	switch {
	case p.undo != "":
		return p.undo
	case can:
		return "muster operations undo " + clause
	case clause != "":
		return "none: " + clause
	}
	return ""
}

// prompt is the question under a plan.
func (p plan) prompt() string {
	if p.typed != "" {
		return fmt.Sprintf("This cannot be undone. Type %s to go on: ", model.Clean(p.typed))
	}
	if p.question != "" {
		return p.question + " [y/N] "
	}
	return "Go on? [y/N] "
}

// agreed reports whether an answer is a yes. What has to be typed is compared
// exactly, or as it was shown.
func (p plan) agreed(answer string) bool {
	if p.typed != "" {
		return answer != "" && (answer == strings.TrimSpace(p.typed) || answer == strings.TrimSpace(model.Clean(p.typed)))
	}
	return strings.EqualFold(answer, "y") || strings.EqualFold(answer, "yes")
}

// do asks about a plan, writes its intent down and follows it.
func (s *session) do(ctx context.Context, w write, p plan, record func() (model.OperationID, error)) error {
	if proceed, err := s.agree(ctx, w, p); !proceed || err != nil {
		return err
	}
	id, err := record()
	if err != nil {
		return unwritten(err)
	}
	s.say("operation %s is written down", model.Clean(string(id)))
	return s.conclude(ctx, id, w)
}

// show writes a plan for a person.
func (s *session) show(o *output, p plan) {
	o.line("%s", p.What)
	if p.Customer != nil {
		o.line("  customer  %s (%s)", model.Clean(p.Customer.Name), model.Clean(p.Customer.ID))
	}
	o.line("  at        %s", s.where())
	o.line("  in        %s", count(p.Jobs, "job"))
	for _, c := range p.Changes {
		o.line("  change    %s: %s -> %s", model.Clean(c.Property), quotedOr(c.Old), quotedOr(c.New))
	}
	for _, l := range p.LeftOut {
		o.line("  left out  %s: %s", count(l.Rows, "row"), model.Clean(l.Why))
	}
	for _, n := range p.notes {
		o.line("  note      %s", n)
	}
	if undo := p.undoing(); undo != "" {
		o.line("  undo      %s", undo)
	}
	for i, cells := range p.first {
		word := "first"
		if i > 0 {
			word = ""
		}
		var known []string
		for _, c := range cells {
			if c = model.Clean(c); c != "" {
				known = append(known, c)
			}
		}
		o.line("  %-8s  %s", word, strings.Join(known, "  "))
	}
	all := p.Rows
	if p.Devices != nil {
		all = *p.Devices
	}
	if more := all - len(p.first); more > 0 && len(p.first) > 0 {
		o.line("            … and %s more", number(more))
	}
}

// quotedOr is a value for a person, a dash for none.
func quotedOr(s string) string {
	if s == "" {
		return "-"
	}
	return model.Clean(s)
}

// where names the place as the header of the dashboard does.
func (s *session) where() string {
	text := model.Clean(s.place.Connection)
	if s.place.Simulated {
		text += ", SIMULATED"
	}
	return text
}

// answer reads one line from the operator.
func (s *session) answer(ctx context.Context) (string, error) {
	in, end := s.input(ctx)
	defer end()
	line, err := bufio.NewReader(io.LimitReader(in, 1024)).ReadString('\n')
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if err != nil && err != io.EOF {
		return "", &model.Error{Kind: model.Cancelled, Op: "ask", Msg: "no answer, nothing was sent", Err: err}
	}
	return strings.TrimSpace(line), nil
}

// unwritten is an error of recording the intent: nothing was sent. What the rules
// of model refuse is a matter of the command line.
func unwritten(err error) error {
	if model.KindOf(err) == model.Invalid {
		return asUsage(err)
	}
	return err
}
