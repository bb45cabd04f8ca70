package uitest

import (
	"context"
	"iter"

	"muster/model"
)

// StillBIOS answers from its fields what screens ask Intune about BIOS configurations
// and about groups. Writing is refused.
type StillBIOS struct {
	TargetList []model.Target
	Summary    model.RunSummary
	RunList    []model.DeviceRun
	UserList   []model.UserRun
	GroupList  []model.Group
	TagList    []model.ScopeTag
	FilterList []model.AssignmentFilter
	// What could not be read, each by itself.
	TargetErr, SummaryErr, RunErr, UserErr, GroupErr, TagErr error
}

// BIOSTargets implements kit.BIOS.
func (s *StillBIOS) BIOSTargets(context.Context, model.CustomerID, model.BIOSID) ([]model.Target, error) {
	return s.TargetList, s.TargetErr
}

// BIOSSummary implements kit.BIOS.
func (s *StillBIOS) BIOSSummary(context.Context, model.CustomerID, model.BIOSID) (model.RunSummary, error) {
	return s.Summary, s.SummaryErr
}

// BIOSRuns implements kit.BIOS.
func (s *StillBIOS) BIOSRuns(context.Context, model.CustomerID, model.BIOSID) iter.Seq2[[]model.DeviceRun, error] {
	return once(s.RunList, s.RunErr)
}

// BIOSUserRuns implements kit.BIOS.
func (s *StillBIOS) BIOSUserRuns(context.Context, model.CustomerID, model.BIOSID) iter.Seq2[[]model.UserRun, error] {
	return once(s.UserList, s.UserErr)
}

// DeleteBIOS implements kit.BIOSWriter.
func (s *StillBIOS) DeleteBIOS(context.Context, model.Customer, model.BIOSConfiguration) (model.OperationID, error) {
	return "", errStill
}

// AssignBIOS implements kit.BIOSWriter.
func (s *StillBIOS) AssignBIOS(context.Context, model.Customer, model.BIOSConfiguration, []model.Target, []model.Target) (model.OperationID, error) {
	return "", errStill
}

// BIOSPassword implements kit.BIOSWriter.
func (s *StillBIOS) BIOSPassword(context.Context, model.Customer, model.ManagedDeviceID) (model.BIOSPassword, error) {
	return model.BIOSPassword{}, errStill
}

// Groups implements kit.Directory.
func (s *StillBIOS) Groups(_ context.Context, _ model.CustomerID, _ string, limit int) ([]model.Group, error) {
	return s.GroupList[:min(limit, len(s.GroupList))], s.GroupErr
}

// GroupNames implements kit.Directory.
func (s *StillBIOS) GroupNames(_ context.Context, _ model.CustomerID, ids []model.GroupID) (map[model.GroupID]model.Group, error) {
	out := map[model.GroupID]model.Group{}
	for _, g := range s.GroupList {
		for _, id := range ids {
			if g.ID == id {
				out[id] = g
			}
		}
	}
	return out, s.GroupErr
}

// ScopeTags implements kit.Directory.
func (s *StillBIOS) ScopeTags(context.Context, model.CustomerID) ([]model.ScopeTag, error) {
	return s.TagList, s.TagErr
}

// AssignmentFilters implements kit.Directory.
func (s *StillBIOS) AssignmentFilters(context.Context, model.CustomerID) ([]model.AssignmentFilter, error) {
	return s.FilterList, s.GroupErr
}
