package kit

import (
	"context"
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"muster/model"
)

// BIOSTargetsMsg answers [ReadBIOSTargets].
type BIOSTargetsMsg struct {
	Reply
	Targets []model.Target
	Names   Targeted
	Err     *model.Error // why the targets could not be read
}

// Targeted is what groups and assignment filters are called. What could not be named
// is missing, and Err says why when that was a failure.
type Targeted struct {
	Groups  map[model.GroupID]model.Group
	Filters map[string]model.AssignmentFilter
	Err     *model.Error
}

// Whom says in words whom a target reaches: the name of a group, or its id when it
// has none that is known.
func (n Targeted) Whom(t model.Target) string {
	if t.Kind != model.TargetGroup && t.Kind != model.TargetExclude {
		return t.Kind.Words()
	}
	g, known := n.Groups[t.Group]
	switch name := model.Clean(g.Name); {
	case known && name != "":
		return name
	case n.Err != nil || known:
		return "group " + model.Clean(string(t.Group))
	}
	return "group " + model.Clean(string(t.Group)) + ", which is gone"
}

// Narrowed says in words what a target's filter does, "" for none.
func (n Targeted) Narrowed(t model.Target) string {
	if t.Filter == "" {
		return ""
	}
	name := t.Filter
	if f, ok := n.Filters[t.Filter]; ok && f.Name != "" {
		name = f.Name
	}
	if strings.EqualFold(t.FilterType, "exclude") {
		return "without those of the filter " + model.Clean(name)
	}
	return "only those of the filter " + model.Clean(name)
}

// ReadBIOSTargets returns a command that reads whom a BIOS configuration is assigned
// to and what the groups and filters are called. Targets without names are targets
// all the same.
func ReadBIOSTargets(ctx context.Context, env *Env, re Reply, bios model.BIOSID) tea.Cmd {
	reader, dir, id := env.Backend.BIOS, env.Backend.Directory, env.Customer.ID
	return func() tea.Msg {
		if reader == nil {
			return BIOSTargetsMsg{Reply: re, Err: Unreachable("read assignments")}
		}
		targets, err := reader.BIOSTargets(ctx, id, bios)
		if err != nil {
			return BIOSTargetsMsg{Reply: re, Err: Trouble(err)}
		}
		return BIOSTargetsMsg{Reply: re, Targets: targets, Names: nameTargets(ctx, dir, id, targets)}
	}
}

// nameTargets asks only for the names that are needed.
func nameTargets(ctx context.Context, dir Directory, c model.CustomerID, targets []model.Target) Targeted {
	var n Targeted
	var groups []model.GroupID
	filtered := false
	for _, t := range targets {
		if t.Group != "" {
			groups = append(groups, t.Group)
		}
		filtered = filtered || t.Filter != ""
	}
	if dir == nil {
		n.Err = Unreachable("name groups")
		return n
	}
	if len(groups) > 0 {
		names, err := dir.GroupNames(ctx, c, groups)
		n.Groups, n.Err = names, Trouble(err)
	}
	if filtered {
		filters, err := dir.AssignmentFilters(ctx, c)
		if err != nil && n.Err == nil {
			n.Err = Trouble(err)
		}
		n.Filters = make(map[string]model.AssignmentFilter, len(filters))
		for _, f := range filters {
			n.Filters[f.ID] = f
		}
	}
	return n
}

// FiltersMsg answers [ReadFilters].
type FiltersMsg struct {
	Reply
	Filters []model.AssignmentFilter
	Err     *model.Error
}

// ReadFilters returns a command that lists the assignment filters.
func ReadFilters(ctx context.Context, env *Env, re Reply) tea.Cmd {
	dir, id := env.Backend.Directory, env.Customer.ID
	return func() tea.Msg {
		if dir == nil {
			return FiltersMsg{Reply: re, Err: Unreachable("read filters")}
		}
		filters, err := dir.AssignmentFilters(ctx, id)
		return FiltersMsg{Reply: re, Filters: filters, Err: Trouble(err)}
	}
}

// BIOSSummaryMsg answers [ReadBIOSSummary].
type BIOSSummaryMsg struct {
	Reply
	Summary model.RunSummary
	Err     *model.Error
}

// ReadBIOSSummary returns a command that reads how the runs of a BIOS configuration
// stand.
func ReadBIOSSummary(ctx context.Context, env *Env, re Reply, bios model.BIOSID) tea.Cmd {
	reader, id := env.Backend.BIOS, env.Customer.ID
	return func() tea.Msg {
		if reader == nil {
			return BIOSSummaryMsg{Reply: re, Err: Unreachable("read results")}
		}
		sum, err := reader.BIOSSummary(ctx, id, bios)
		return BIOSSummaryMsg{Reply: re, Summary: sum, Err: Trouble(err)}
	}
}

// ScopeTagsMsg answers [ReadScopeTags].
type ScopeTagsMsg struct {
	Reply
	Tags []model.ScopeTag
	Err  *model.Error
}

// ReadScopeTags returns a command that lists the scope tags.
func ReadScopeTags(env *Env, re Reply) tea.Cmd {
	ctx, dir, id := env.Visit, env.Backend.Directory, env.Customer.ID
	return func() tea.Msg {
		if dir == nil {
			return ScopeTagsMsg{Reply: re, Err: Unreachable("read scope tags")}
		}
		tags, err := dir.ScopeTags(ctx, id)
		return ScopeTagsMsg{Reply: re, Tags: tags, Err: Trouble(err)}
	}
}

// AssignBIOS returns a command that writes down whom a BIOS configuration is assigned
// to and hands it over.
func AssignBIOS(env *Env, re Reply, b model.BIOSConfiguration, was, want []model.Target) tea.Cmd {
	w, c := env.Backend.BIOSWriter, env.Customer
	return ask(env, re, func(ctx context.Context) (model.OperationID, error) {
		if w == nil {
			return "", Unreachable("assign BIOS configuration")
		}
		return w.AssignBIOS(ctx, c, b, was, want)
	})
}

// DeleteBIOS returns a command that writes down the deletion of a BIOS configuration
// and hands it over.
func DeleteBIOS(env *Env, re Reply, b model.BIOSConfiguration) tea.Cmd {
	w, c := env.Backend.BIOSWriter, env.Customer
	return ask(env, re, func(ctx context.Context) (model.OperationID, error) {
		if w == nil {
			return "", Unreachable("delete BIOS configuration")
		}
		return w.DeleteBIOS(ctx, c, b)
	})
}

// Machine is an enrolled device as far as a screen knows it. Its id may be missing:
// the results of a BIOS configuration name a device and no more.
type Machine struct {
	ID     model.ManagedDeviceID
	Name   string
	Serial string
	Run    string // id of the run that named it, which may end with the device's id
}

// MachinesMsg answers [FindMachines].
type MachinesMsg struct {
	Reply
	Found []model.ManagedDevice
	Err   *model.Error
}

// maxMachines is how many devices of one name are told.
const maxMachines = 10

// FindMachines returns a command that finds the managed devices that a machine may
// be: the one whose id ends the run's id, else those of its name or serial.
func FindMachines(ctx context.Context, env *Env, re Reply, m Machine) tea.Cmd {
	reader, id := env.Backend.Autopilot, env.Customer.ID
	return func() tea.Msg {
		const op = "find managed device"
		if reader == nil {
			return MachinesMsg{Reply: re, Err: Unreachable(op)}
		}
		var found []model.ManagedDevice
		more := 0
		for page, err := range reader.ManagedDevices(ctx, id) {
			if err != nil {
				return MachinesMsg{Reply: re, Err: Trouble(err)}
			}
			for _, d := range page {
				switch {
				case m.is(d):
					return MachinesMsg{Reply: re, Found: []model.ManagedDevice{d}}
				case !m.named(d):
				case len(found) < maxMachines:
					found = append(found, d)
				default:
					more++
				}
			}
		}
		if more > 0 {
			return MachinesMsg{Reply: re, Err: &model.Error{Kind: model.Invalid, Op: op,
				Msg: fmt.Sprintf("%d managed devices have this name", len(found)+more), Hint: "open the one that is meant among the devices"}}
		}
		return MachinesMsg{Reply: re, Found: found}
	}
}

// is reports whether d is the machine for certain.
func (m Machine) is(d model.ManagedDevice) bool {
	if d.ID == "" {
		return false
	}
	if m.ID != "" {
		return strings.EqualFold(string(m.ID), string(d.ID))
	}
	_, end, ok := cutLast(m.Run, '_')
	return ok && model.IsGUID(end) && strings.EqualFold(end, string(d.ID)) && strings.EqualFold(m.Name, d.Name)
}

func (m Machine) named(d model.ManagedDevice) bool {
	if m.ID != "" {
		return false
	}
	if m.Serial != "" {
		return strings.EqualFold(strings.TrimSpace(m.Serial), strings.TrimSpace(d.Serial))
	}
	return m.Name != "" && strings.EqualFold(m.Name, d.Name)
}

func cutLast(s string, sep byte) (before, after string, ok bool) {
	i := strings.LastIndexByte(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+1:], true
}

// BIOSPasswordMsg answers [ReadBIOSPassword]. Whoever keeps it lets go of it as soon
// as it has been shown.
type BIOSPasswordMsg struct {
	Reply
	Password model.BIOSPassword
	Err      *model.Error
}

// ReadBIOSPassword returns a command that has it noted that the password of a device
// is read, and reads it. It ends with ctx.
func ReadBIOSPassword(ctx context.Context, env *Env, re Reply, id model.ManagedDeviceID) tea.Cmd {
	w, c := env.Backend.BIOSWriter, env.Customer
	return func() tea.Msg {
		if w == nil {
			return BIOSPasswordMsg{Reply: re, Err: Unreachable("read BIOS password")}
		}
		p, err := w.BIOSPassword(ctx, c, id)
		return BIOSPasswordMsg{Reply: re, Password: p, Err: Trouble(err)}
	}
}

// WakeMsg answers [Wake].
type WakeMsg struct{ Reply }

// Wake returns a command that answers after d. It answers nothing when ctx ends first.
func Wake(ctx context.Context, re Reply, d time.Duration) tea.Cmd {
	return func() tea.Msg {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-timer.C:
			return WakeMsg{re}
		case <-ctx.Done():
			return nil
		}
	}
}
