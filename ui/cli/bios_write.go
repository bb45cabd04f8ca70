package cli

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"iter"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"muster/model"
)

// onlyFailed leaves out the runs that nobody has to look at.
func onlyFailed(runs iter.Seq2[[]model.DeviceRun, error], failed bool) iter.Seq2[[]model.DeviceRun, error] {
	if !failed {
		return runs
	}
	return func(yield func([]model.DeviceRun, error) bool) {
		for page, err := range runs {
			page = slices.DeleteFunc(slices.Clone(page), func(r model.DeviceRun) bool { return !r.State.Failed() })
			if !yield(page, err) {
				return
			}
		}
	}
}

// biosFlags are what a BIOS configuration is made of on the command line.
type biosFlags struct {
	write
	name, description string
	file, fileName    string
	format            string
	passwords         string
	tags              []string
	override, strip   bool
}

func (f *biosFlags) add(c *cobra.Command, create bool) {
	fl := c.Flags()
	fl.StringVar(&f.name, "name", "", "what it is called")
	fl.StringVar(&f.description, "description", "", "what it is for")
	fl.StringVar(&f.file, "file", "", "the file of the maker's tool")
	fl.StringVar(&f.fileName, "file-name", "", "its name at the service, when it is to be another one")
	fl.StringVar(&f.passwords, "bios-passwords", "", "on: Intune keeps one for each device; off: those that it made are removed")
	fl.StringSliceVar(&f.tags, "scope-tag", nil, "a scope tag by id or name, repeated or separated by commas")
	fl.BoolVar(&f.override, "override", false, "send a file above 5 120 bytes, or one with passwords in it")
	fl.BoolVar(&f.strip, "strip-bom", false, "take a UTF-8 byte order mark off the file")
	if create {
		fl.StringVar(&f.format, "format", string(model.FormatDell), "dell, surface or surfaceDock")
	}
	f.write.flags(c)
}

// fill puts what the flags name into b.
func (f biosFlags) fill(c *cobra.Command, b *model.BIOSConfiguration, content []byte) error {
	set := c.Flags().Changed
	if set("name") {
		b.Name = f.name
	}
	if set("description") {
		b.Description = f.description
	}
	if set("file") {
		if b.Content = content; f.strip {
			b.Content = model.StripBOM(content)
		}
		if b.FileName == "" {
			b.FileName = filepath.Base(f.file)
		}
	}
	if set("file-name") {
		b.FileName = f.fileName
	}
	switch {
	case !set("bios-passwords"):
	case f.passwords == "on", f.passwords == "off":
		b.PasswordsOff = f.passwords == "off"
	default:
		return usage("check BIOS configuration", fmt.Sprintf("--bios-passwords %q is neither on nor off", model.Clean(f.passwords)), "")
	}
	return nil
}

// content reads the file, up to what even an override allows.
func (p *program) content(ctx context.Context, path string) ([]byte, error) {
	if path == "" {
		return nil, nil
	}
	f, err := p.open(ctx, path, model.MaxBIOSOverride)
	if err != nil {
		return nil, failure{exitFailed, err}
	}
	defer func() { _ = f.Close() }()
	content, err := io.ReadAll(io.LimitReader(f, model.MaxBIOSOverride+1))
	if err != nil {
		return nil, failure{exitFailed, &model.Error{Kind: model.Incomplete, Op: "read file", Msg: "it could not be read to its end", Err: err}}
	}
	return content, nil
}

// judged says what is wrong with a file and refuses what must not be sent.
func (p *program) judgeBIOS(b model.BIOSConfiguration, override bool) error {
	refused := 0
	for _, x := range b.Problems() {
		p.say("%s: %s", x.Level, x)
		if x.Level == model.BIOSError || x.Level == model.BIOSOverridden && !override {
			refused++
		}
	}
	if refused == 0 {
		return nil
	}
	err := b.Validate()
	if override {
		err = b.ValidateOverride()
	}
	hint := ""
	if b.ValidateOverride() == nil {
		hint = "--override sends it all the same"
	}
	return usage("check BIOS configuration", model.AsError(err).Msg, hint)
}

const biosFileHelp = `The file is judged first, each problem named with its line. More than 5 120 bytes, or
a password inside, is refused unless --override says that it is meant; more than 2 MiB
always. HP and Lenovo have no format at Intune; for Surface nobody has published which
file it expects.`

func (p *program) biosCreate() *cobra.Command {
	var f biosFlags
	c := &cobra.Command{
		Use: "create", Short: "make a BIOS configuration", Long: "Makes a BIOS configuration. It reaches no device until it is assigned.\n\n" + biosFileHelp, Args: noArgs,
		Example: "  muster bios create --customer Contoso --name 'Counter PCs' --file counter.cctk --bios-passwords off --yes --wait",
		RunE: func(c *cobra.Command, _ []string) error {
			const op = "create BIOS configuration"
			if f.file == "" {
				return usage(op, "--file is missing", "name the file of the maker's tool")
			}
			if f.passwords == "" {
				return usage(op, "--bios-passwords is missing", "on: Intune keeps a BIOS password for each device; off: none")
			}
			content, err := p.content(c.Context(), f.file)
			if err != nil {
				return err
			}
			want := model.BIOSConfiguration{Format: model.BIOSFormat(f.format), ScopeTags: []string{model.DefaultScopeTag}}
			if err := f.fill(c, &want, content); err != nil {
				return err
			}
			if err := p.judgeBIOS(want, f.override); err != nil {
				return err
			}
			if err := p.mayWrite(op, f.write, false); err != nil {
				return err
			}
			return p.connected(c.Context(), func(ctx context.Context, s *session) error { return s.createBIOS(ctx, f, want) })
		},
	}
	f.add(c, true)
	return c
}

func (s *session) createBIOS(ctx context.Context, f biosFlags, want model.BIOSConfiguration) error {
	if err := s.writable("create BIOS configuration"); err != nil {
		return err
	}
	c, err := s.customer(ctx)
	if err != nil {
		return err
	}
	if want.ScopeTags, err = s.scopeTags(ctx, c.ID, f.tags, want.ScopeTags); err != nil {
		return err
	}
	p := plan{What: "make BIOS configuration " + model.Clean(want.Name), Kind: model.CreateBIOS.String(), Customer: namedCustomer(c.ID, c.Name),
		BIOS: &named{Name: want.Name}, Rows: 1, Jobs: 1, notes: []string{want.FileName + ", " + count(len(want.Content), "byte"), want.PasswordEffect(), "it reaches no device until it is assigned"}}
	p.notes[0] = model.Clean(p.notes[0])
	return s.do(ctx, f.write, p, func() (model.OperationID, error) { return s.Writer.CreateBIOS(ctx, c, want) })
}

// scopeTags finds the ids of scope tags that are named by id or name.
func (s *session) scopeTags(ctx context.Context, c model.CustomerID, names, otherwise []string) ([]string, error) {
	const op = "choose scope tags"
	if len(names) == 0 {
		return otherwise, nil
	}
	if err := reachable(op, s.Directory != nil); err != nil {
		return nil, err
	}
	all, err := s.Directory.ScopeTags(ctx, c)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, name := range names {
		t, err := theOne(op, "scope tag", name, all, func(t model.ScopeTag) string { return t.ID }, func(t model.ScopeTag) string { return t.Name })
		if err != nil {
			return nil, err
		}
		if !slices.Contains(ids, t.ID) {
			ids = append(ids, t.ID)
		}
	}
	return ids, nil
}

func (p *program) biosEdit() *cobra.Command {
	var f biosFlags
	c := &cobra.Command{
		Use: "edit BIOS", Short: "change a BIOS configuration", Args: exactly("BIOS"),
		Long:    "Changes a BIOS configuration. Only what differs is sent; the difference is shown first.\nAnother file name, content or password setting raises the version, and every device\nthat it is assigned to applies it again.\n\n" + biosFileHelp,
		Example: "  muster bios edit 'Counter PCs' --customer Contoso --file better.cctk --dry-run",
		RunE: func(c *cobra.Command, args []string) error {
			const op = "edit BIOS configuration"
			if err := p.mayWrite(op, f.write, false); err != nil {
				return err
			}
			content, err := p.content(c.Context(), f.file)
			if err != nil {
				return err
			}
			return p.connected(c.Context(), func(ctx context.Context, s *session) error { return s.editBIOS(ctx, c, f, args[0], content) })
		},
	}
	f.add(c, false)
	return c
}

func (s *session) editBIOS(ctx context.Context, cmd *cobra.Command, f biosFlags, name string, content []byte) error {
	const op = "edit BIOS configuration"
	if err := s.writable(op); err != nil {
		return err
	}
	c, was, err := s.configuration(ctx, op, name)
	if err != nil {
		return err
	}
	want := was
	if err := f.fill(cmd, &want, content); err != nil {
		return err
	}
	if want.ScopeTags, err = s.scopeTags(ctx, c.ID, f.tags, was.ScopeTags); err != nil {
		return err
	}
	patch := was.Patch(want)
	if patch.Empty() {
		return usage(op, "nothing would be different, so nothing is sent", "")
	}
	if patch.Content != nil || patch.Name != nil || patch.Description != nil || patch.FileName != nil {
		if err := s.judgeBIOS(want, f.override || patch.Content == nil); err != nil {
			return err
		}
	}
	p := plan{What: "change BIOS configuration " + model.Clean(was.Name), Kind: model.EditBIOS.String(), Customer: namedCustomer(c.ID, c.Name),
		BIOS: &named{string(was.ID), was.Name}, Rows: 1, Jobs: 1, Changes: biosDifference(was, want, patch)}
	if patch.RaisesVersion() {
		p.notes = append(p.notes, fmt.Sprintf("the version rises from %d: every device that it is assigned to applies it", was.Version))
	}
	return s.do(ctx, f.write, p, func() (model.OperationID, error) { return s.Writer.EditBIOS(ctx, c, was, patch) })
}

// biosDifference lists what changes; of a content each setting and how many lines.
func biosDifference(was, want model.BIOSConfiguration, patch model.BIOSPatch) []changeRecord {
	var out []changeRecord
	add := func(set bool, property, old, now string) {
		if set {
			out = append(out, changeRecord{property, old, now})
		}
	}
	add(patch.Name != nil, "name", was.Name, want.Name)
	add(patch.Description != nil, "description", was.Description, want.Description)
	add(patch.FileName != nil, "file name", was.FileName, want.FileName)
	add(patch.PasswordsOff != nil, "BIOS passwords", was.PasswordEffect(), want.PasswordEffect())
	add(patch.ScopeTags != nil, "scope tags", fmt.Sprint(was.ScopeTags), fmt.Sprint(want.ScopeTags))
	add(patch.Content != nil, "content", count(len(was.Content), "byte"), count(len(want.Content), "byte"))
	if patch.Content != nil && model.IsCCTK(was.Content) && model.IsCCTK(want.Content) {
		for _, c := range model.CCTKChanges(was.Content, want.Content) {
			add(true, c.Name, strings.Join(c.Was, " and "), strings.Join(c.Now, " and "))
		}
	}
	return out
}

func (p *program) biosDelete() *cobra.Command {
	var w write
	c := &cobra.Command{
		Use: "delete BIOS", Short: "delete a BIOS configuration", Args: exactly("BIOS"),
		Long:    "Deletes a BIOS configuration with its assignments, which cannot be undone. BIOS passwords\nthat Intune made stay on the devices. On a terminal its name must be typed.",
		Example: "  muster bios delete 'Counter PCs' --customer Contoso --dry-run",
		RunE: func(c *cobra.Command, args []string) error {
			if err := p.mayWrite("delete BIOS configuration", w, false); err != nil {
				return err
			}
			return p.connected(c.Context(), func(ctx context.Context, s *session) error { return s.deleteBIOS(ctx, w, args[0]) })
		},
	}
	w.flags(c)
	return c
}

func (s *session) deleteBIOS(ctx context.Context, w write, name string) error {
	const op = "delete BIOS configuration"
	if err := s.writable(op); err != nil {
		return err
	}
	c, b, err := s.configuration(ctx, op, name)
	if err != nil {
		return err
	}
	if err := reachable(op, s.BIOSWriter != nil); err != nil {
		return err
	}
	p := plan{What: "delete BIOS configuration " + model.Clean(b.Name), Kind: model.DeleteBIOS.String(), Customer: namedCustomer(c.ID, c.Name),
		BIOS: &named{string(b.ID), b.Name}, Rows: 1, Jobs: 1, typed: cmp.Or(b.Name, string(b.ID))}
	s.noteLosses(ctx, c.ID, b, &p)
	return s.do(ctx, w, p, func() (model.OperationID, error) { return s.BIOSWriter.DeleteBIOS(ctx, c, b) })
}

// noteLosses adds to a plan how many devices succeeded, and that their BIOS passwords
// stay when Intune made them.
func (s *session) noteLosses(ctx context.Context, c model.CustomerID, b model.BIOSConfiguration, p *plan) {
	sum, err := s.resultsOf(ctx, c, b.ID)
	n := sum.Devices[model.RunSuccess]
	switch {
	case err != nil:
		p.notes = append(p.notes, "how many devices have it is not known: "+describe(err))
	default:
		p.notes = append(p.notes, "succeeded on "+count(n, "device")+"; what was set there stays as it is")
	}
	if !b.PasswordsOff && (err != nil || n > 0) {
		p.notes = append(p.notes, "BIOS passwords that Intune made stay on the devices: to take them off, first edit it with --bios-passwords off and wait until it was applied")
	}
}

func (p *program) biosAssign() *cobra.Command {
	var w write
	var t targeting
	c := &cobra.Command{
		Use: "assign BIOS", Short: "choose the groups that get a BIOS configuration", Args: exactly("BIOS"),
		Long:    "Changes whom a BIOS configuration is assigned to. The service knows only the whole set:\nit is read, what the flags say is done to it, shown, and written. When somebody else\nchanged it meanwhile, that is refused. Groups are named by id or exact name.",
		Example: "  muster bios assign 'Counter PCs' --customer Contoso --add FrontDesk-Clinic --exclude Lab --dry-run",
		RunE: func(c *cobra.Command, args []string) error {
			const op = "assign BIOS configuration"
			if !t.any() {
				return usage(op, "there is nothing to change", "give --add, --exclude, --remove or --clear")
			}
			if err := p.mayWrite(op, w, false); err != nil {
				return err
			}
			return p.connected(c.Context(), func(ctx context.Context, s *session) error { return s.assignBIOS(ctx, w, t, args[0]) })
		},
	}
	t.flags(c, true)
	w.flags(c)
	return c
}

func (t *targeting) flags(c *cobra.Command, filters bool) {
	f := c.Flags()
	f.StringArrayVar(&t.add, "add", nil, "a group that gets it, by id or exact name; may be repeated")
	f.StringArrayVar(&t.exclude, "exclude", nil, "a group that is left out; may be repeated")
	f.StringArrayVar(&t.remove, "remove", nil, "a group that is taken out of the set; may be repeated")
	if filters {
		f.BoolVar(&t.clear, "clear", false, "take all out of the set first")
		f.StringVar(&t.filter, "filter", "", "an assignment filter for the groups that are added, by id or name")
		f.StringVar(&t.filterType, "filter-type", "include", "what the filter does: include or exclude")
	}
}

func (s *session) assignBIOS(ctx context.Context, w write, t targeting, name string) error {
	const op = "assign BIOS configuration"
	if err := s.writable(op); err != nil {
		return err
	}
	c, b, err := s.configuration(ctx, op, name)
	if err != nil {
		return err
	}
	if err := reachable(op, s.BIOS != nil && s.BIOSWriter != nil); err != nil {
		return err
	}
	was, err := s.BIOS.BIOSTargets(ctx, c.ID, b.ID)
	if err != nil {
		return err
	}
	want, names, err := s.applied(ctx, op, c.ID, was, t)
	if err != nil {
		return err
	}
	changes := targetChanges(was, want, names)
	if len(changes) == 0 {
		return usage(op, "nothing would be different, so nothing is sent", "")
	}
	p := plan{What: "assign BIOS configuration " + model.Clean(b.Name) + " to " + count(len(want), "target"), Kind: model.AssignBIOS.String(), Customer: namedCustomer(c.ID, c.Name),
		BIOS: &named{string(b.ID), b.Name}, Rows: 1, Jobs: 1, Changes: changes, typed: strconv.Itoa(len(want)),
		notes: []string{"the whole set is replaced; " + count(len(want), "target") + " afterwards"}}
	if slices.ContainsFunc(was, func(x model.Target) bool { return !slices.Contains(want, x) }) {
		s.noteLosses(ctx, c.ID, b, &p)
	}
	return s.do(ctx, w, p, func() (model.OperationID, error) { return s.BIOSWriter.AssignBIOS(ctx, c, b, was, want) })
}
