package cli

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"muster/model"
	"muster/ui/kit"
)

func (p *program) bios() *cobra.Command {
	return group("bios", "BIOS configurations of Intune (beta, needs an Intune licence)",
		p.biosList(), p.biosShow(), p.biosCreate(), p.biosEdit(), p.biosDelete(), p.biosAssign(), p.biosRuns(), p.biosPassword())
}

func (p *program) biosList() *cobra.Command {
	return lists(p, &cobra.Command{
		Use: "list", Short: "the BIOS configurations of a customer", Args: noArgs,
		Example: "  muster bios list --customer Contoso --json\n  muster bios list --customer Contoso --filter 'format:dell' --fields name,version,modified",
	}, biosListing(), func(ctx context.Context, s *session, k look, _ []string) error {
		c, err := s.customer(ctx)
		if err != nil {
			return err
		}
		return biosListing().pages(ctx, s, k, s.Reader.BIOSConfigurations(ctx, c.ID))
	})
}

// configuration finds a BIOS configuration by its id or its exact name and reads it
// with its content.
func (s *session) configuration(ctx context.Context, op, name string) (model.Customer, model.BIOSConfiguration, error) {
	var b model.BIOSConfiguration
	c, err := s.customer(ctx)
	if err != nil {
		return c, b, err
	}
	all, err := gathered(ctx, s.Reader.BIOSConfigurations(ctx, c.ID))
	if err != nil {
		return c, b, err
	}
	b, err = theOne(op, "BIOS configuration", name, all, func(b model.BIOSConfiguration) string { return string(b.ID) },
		func(b model.BIOSConfiguration) string { return b.Name })
	if err != nil {
		return c, b, err
	}
	b, err = s.Writer.ReadBIOS(ctx, c.ID, b.ID)
	return c, b, err
}

// biosDetail is a BIOS configuration with what else is known of it. What could not be
// read is absent and said in problems.
type biosDetail struct {
	biosRecord
	Size     int                    `json:"size"`
	Problems []biosProblem          `json:"problems"`
	Targets  []targetRecord         `json:"targets,omitempty"`
	Results  map[model.RunState]int `json:"results,omitempty"`
	Users    map[model.RunState]int `json:"users,omitempty"`
	LastRun  *time.Time             `json:"lastRun,omitempty"`
	Unread   []string               `json:"unread,omitempty"`
}

// biosProblem is what may be wrong with a file.
type biosProblem struct {
	Line  int    `json:"line,omitempty"`
	Level string `json:"level"`
	Text  string `json:"text"`
}

func (biosDetail) record() {}

const biosShowHelp = `Shows a BIOS configuration: properties, what may be wrong with its file, whom it is
assigned to and how the devices fared. What cannot be read is said, the rest stands,
and the exit code is 1. --content writes the file itself; on a terminal the values of
passwords in it are hidden.`

func (p *program) biosShow() *cobra.Command {
	var json, content bool
	c := &cobra.Command{
		Use: "show BIOS", Short: "all that is known of a BIOS configuration", Long: biosShowHelp, Args: exactly("BIOS"),
		Example: "  muster bios show 'Counter PCs' --customer Contoso\n  muster bios show 'Counter PCs' --customer Contoso --content > counter.cctk",
		RunE: p.on(func(ctx context.Context, s *session, args []string) error {
			c, b, err := s.configuration(ctx, "show BIOS configuration", args[0])
			if err != nil {
				return err
			}
			if content {
				return s.biosContent(b.Content)
			}
			return s.biosPage(ctx, c, b, json)
		}),
	}
	jsonFlag(c, &json)
	c.Flags().BoolVar(&content, "content", false, "write the file and nothing else")
	return c
}

// biosContent writes a file as it is, or line by line to a terminal.
func (s *session) biosContent(content []byte) error {
	if !s.o.OutTerminal {
		_, err := s.out.w.Write(content)
		return err
	}
	for l := range model.CCTKLines(content) {
		s.out.line("%s", l.Shown())
	}
	return nil
}

func (s *session) biosPage(ctx context.Context, c model.Customer, b model.BIOSConfiguration, json bool) error {
	d := biosDetail{biosRecord: biosListing().json(b).(biosRecord), Size: len(b.Content), Problems: []biosProblem{}}
	for _, x := range b.Problems() {
		d.Problems = append(d.Problems, biosProblem{x.Line, x.Level.String(), x.Text})
	}
	names := kit.Targeted{Groups: map[model.GroupID]model.Group{}}
	targets, terr := s.targetsOf(ctx, c.ID, b.ID, &names)
	sum, serr := s.resultsOf(ctx, c.ID, b.ID)
	d.Targets = targetRecords(targets, names)
	d.Results, d.Users, d.LastRun = sum.Devices, sum.Users, stamp(sum.LastRun)
	var unread error
	for _, err := range []error{terr, serr} {
		if err != nil {
			d.Unread, unread = append(d.Unread, describe(err)), err
		}
	}
	if json {
		if err := s.out.object(d); err != nil {
			return err
		}
		return unread
	}
	s.facts([][2]string{{"BIOS configuration", b.Name}, {"id", string(b.ID)}, {"description", b.Description}, {"format", string(b.Format)},
		{"version", strconv.Itoa(b.Version)}, {"file", b.FileName}, {"size", count(len(b.Content), "byte")}, {"passwords", b.PasswordEffect()},
		{"created", s.out.moment(b.Created)}, {"modified", s.out.moment(b.Modified)}})
	for _, x := range b.Problems() {
		s.out.line("%s: %s", x.Level, x.String())
	}
	for _, t := range targets {
		s.out.line("assigned  %s: %s", t.Kind.Words(), whom(t, names))
	}
	for _, st := range model.RunStates() {
		if n := sum.Devices[st]; n > 0 {
			s.out.line("results   %s %s", count(n, "device"), st.Words())
		}
	}
	if len(d.Unread) > 1 {
		s.say("%s", d.Unread[0])
	}
	return unread
}

func (s *session) targetsOf(ctx context.Context, c model.CustomerID, id model.BIOSID, names *kit.Targeted) ([]model.Target, error) {
	if err := reachable("read assignments", s.BIOS != nil); err != nil {
		return nil, err
	}
	targets, err := s.BIOS.BIOSTargets(ctx, c, id)
	if err == nil && s.Directory != nil {
		s.nameTargets(ctx, c, targets, names)
	}
	return targets, err
}

func (s *session) resultsOf(ctx context.Context, c model.CustomerID, id model.BIOSID) (model.RunSummary, error) {
	if err := reachable("read results", s.BIOS != nil); err != nil {
		return model.RunSummary{}, err
	}
	return s.BIOS.BIOSSummary(ctx, c, id)
}

type runRecord struct {
	Device  string         `json:"device"`
	State   model.RunState `json:"state"`
	Error   string         `json:"error,omitempty"`
	Output  string         `json:"output,omitempty"`
	Version int            `json:"version"`
	Current bool           `json:"current"`
	System  string         `json:"system,omitempty"`
	User    string         `json:"user,omitempty"`
	At      *time.Time     `json:"at,omitempty"`
}

type userRunRecord struct {
	User    string                 `json:"user"`
	Name    string                 `json:"name,omitempty"`
	Devices map[model.RunState]int `json:"devices"`
	At      *time.Time             `json:"at,omitempty"`
}

func (runRecord) record()     {}
func (userRunRecord) record() {}

func runListing(now int) listing[model.DeviceRun] {
	return listing[model.DeviceRun]{
		one: "result", empty: "no device has reported on it",
		columns: []column[model.DeviceRun]{
			texts("DEVICE", "device", "", func(r model.DeviceRun) string { return r.Device }),
			texts("STATE", "state", "", func(r model.DeviceRun) string { return r.State.Words() }),
			texts("VERSION", "version", "", func(r model.DeviceRun) string {
				if r.Version != now {
					return strconv.Itoa(r.Version) + ", not " + strconv.Itoa(now)
				}
				return strconv.Itoa(r.Version)
			}),
			texts("ERROR", "error", "", func(r model.DeviceRun) string { return r.Problem }),
			times("AT", "when", "at", func(r model.DeviceRun) time.Time { return r.At }),
			texts("", "user", "", func(r model.DeviceRun) string { return r.User }),
			texts("", "windows", "system", func(r model.DeviceRun) string { return r.System }),
		},
		json: func(r model.DeviceRun) record {
			return runRecord{r.Device, r.State, r.Problem, r.Output, r.Version, r.Version == now, r.System, r.User, stamp(r.At)}
		},
	}
}

func userRunListing() listing[model.UserRun] {
	of := func(states ...model.RunState) func(model.UserRun) int {
		return func(u model.UserRun) (n int) {
			for _, st := range states {
				n += u.Devices[st]
			}
			return n
		}
	}
	return listing[model.UserRun]{
		one: "user", empty: "no user's devices have reported on it",
		columns: []column[model.UserRun]{
			texts("USER", "user", "", func(u model.UserRun) string { return u.User }),
			counts("SUCCEEDED", "succeeded", "", of(model.RunSuccess)),
			counts("FAILED", "failed", "", of(model.RunFail, model.RunScriptError)),
			counts("PENDING", "pending", "", of(model.RunPending)),
			times("AT", "when", "at", func(u model.UserRun) time.Time { return u.At }),
			texts("", "name", "", func(u model.UserRun) string { return u.Name }),
		},
		json: func(u model.UserRun) record { return userRunRecord{u.User, u.Name, u.Devices, stamp(u.At)} },
	}
}

func (p *program) biosRuns() *cobra.Command {
	var k look
	var failed, users bool
	devices, owners := runListing(0), userRunListing()
	c := &cobra.Command{
		Use: "runs BIOS", Short: "what became of a BIOS configuration on each device", Args: exactly("BIOS"),
		Long: describeList("Lists what became of a BIOS configuration on each device.", devices) + "\n\nWith --users, by user: columns " +
			owners.filterable() + "; fields " + strings.Join(fieldNames(owners.fields()), ", ") + ".",
		Example: "  muster bios runs 'Counter PCs' --customer Contoso --failed\n" +
			"  muster bios runs 'Counter PCs' --customer Contoso --filter state:pending --fields device,at\n" +
			"  muster bios runs 'Counter PCs' --customer Contoso --users",
		RunE: func(c *cobra.Command, args []string) error {
			if failed && users {
				return usage("read results", "--failed and --users do not go together", "")
			}
			ready := devices.ready
			if users {
				ready = owners.ready
			}
			if err := ready(p, c, &k); err != nil {
				return err
			}
			return p.connected(c.Context(), func(ctx context.Context, s *session) error { return s.listRuns(ctx, args[0], k, failed, users) })
		},
	}
	k.flags(c, devices.fields())
	c.Flags().BoolVar(&failed, "failed", false, "only those on which it failed")
	c.Flags().BoolVar(&users, "users", false, "by user instead of by device")
	return c
}

func (s *session) listRuns(ctx context.Context, name string, k look, failed, users bool) error {
	const op = "read results"
	c, b, err := s.configuration(ctx, op, name)
	if err != nil {
		return err
	}
	if err := reachable(op, s.BIOS != nil); err != nil {
		return err
	}
	if users {
		return userRunListing().pages(ctx, s, k, s.BIOS.BIOSUserRuns(ctx, c.ID, b.ID))
	}
	return runListing(b.Version).pages(ctx, s, k, onlyFailed(s.BIOS.BIOSRuns(ctx, c.ID, b.ID), failed))
}
