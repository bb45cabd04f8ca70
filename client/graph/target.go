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

// targetBody is a target as it is sent; the type comes first.
type targetBody struct {
	Type       string `json:"@odata.type"`
	Group      string `json:"groupId,omitempty"`
	Filter     string `json:"deviceAndAppManagementAssignmentFilterId,omitempty"`
	FilterType string `json:"deviceAndAppManagementAssignmentFilterType,omitempty"`
}

// assignment carries a target.
type assignment struct {
	Target targetBody `json:"target"`
}

// targeting returns a target as it is sent. A kind that muster does not know is
// sent back as it came, so that writing a whole set loses nothing.
func targeting(op string, t model.Target) (targetBody, error) {
	bad := func(msg string) (targetBody, error) {
		return targetBody{}, &model.Error{Kind: model.Invalid, Op: op, Msg: msg}
	}
	groups := t.Kind == model.TargetGroup || t.Kind == model.TargetExclude
	switch {
	case t.Kind == "":
		return bad("the kind of the target is missing")
	case groups && !model.IsGUID(string(t.Group)):
		return bad("the id of the group is not a GUID")
	case t.Filter != "" && !model.IsGUID(t.Filter):
		return bad("the id of the filter is not a GUID")
	case t.Filter != "" && t.FilterType != "include" && t.FilterType != "exclude":
		return bad("a filter includes or excludes")
	}
	b := targetBody{Type: "#" + typePrefix + string(t.Kind), Group: string(t.Group), Filter: t.Filter}
	if b.Filter != "" {
		b.FilterType = t.FilterType
	}
	return b, nil
}
