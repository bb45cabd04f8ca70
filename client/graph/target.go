package graph

import (
	"strings"

	"muster/client/rest"
	"muster/model"
)

// typePrefix stands before the type's name in @odata.type, with a # before it
// where the writer knows the rules.
const typePrefix = "microsoft.graph."

// target is the wire form of an assignment's target.
type target struct {
	Type       rest.Text `json:"@odata.type"`
	Group      rest.Text `json:"groupId"`
	Filter     rest.Text `json:"deviceAndAppManagementAssignmentFilterId"`
	FilterType rest.Text `json:"deviceAndAppManagementAssignmentFilterType"`
}

// model returns the target with one spelling for "no filter", so that targets can
// be compared.
func (w target) model() model.Target {
	kind := strings.TrimPrefix(strings.TrimPrefix(string(w.Type), "#"), typePrefix)
	t := model.Target{Kind: model.TargetKind(model.Clean(kind)), Group: model.GroupID(presentID(w.Group)), Filter: presentID(w.Filter)}
	if t.Filter != "" && w.FilterType != "none" {
		t.FilterType = w.FilterType.Clean()
	}
	return t
}
