package cli

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"

	"muster/model"
	"muster/ui/kit"
)

// reachable refuses a verb on a backend without that part of Intune.
func reachable(op string, have bool) error {
	if !have {
		return kit.Unreachable(op)
	}
	return nil
}

// gathered reads a list whole. One that could not be read to its end is not one: what
// is named may stand in what is missing.
func gathered[T any](ctx context.Context, pages iter.Seq2[[]T, error]) ([]T, error) {
	var all []T
	for page, err := range pages {
		if err != nil {
			return nil, err
		}
		all = append(all, page...)
	}
	return all, ctx.Err()
}

// theOne finds what is named by its id, or by an exact name that only one has.
func theOne[T any](op, what, name string, all []T, id, called func(T) string) (T, error) {
	var none T
	var hits []T
	for _, x := range all {
		if strings.EqualFold(id(x), name) {
			return x, nil
		}
		if called(x) == name {
			hits = append(hits, x)
		}
	}
	switch len(hits) {
	case 1:
		return hits[0], nil
	case 0:
		return none, usage(op, fmt.Sprintf("no %s has the id or the exact name %q", what, model.Clean(name)), "")
	}
	var ids []string
	for _, h := range hits[:min(3, len(hits))] {
		ids = append(ids, model.Clean(id(h)))
	}
	return none, usage(op, fmt.Sprintf("%d have the name %q: %s", len(hits), model.Clean(name), strings.Join(ids, ", ")), "name it by its id")
}

// mostGroups is how many groups a name is looked for among.
const mostGroups = 200

// group finds an Entra group by its id or its exact name.
func (s *session) group(ctx context.Context, op string, c model.CustomerID, name string) (model.Group, error) {
	if err := reachable(op, s.Directory != nil); err != nil {
		return model.Group{}, err
	}
	if model.IsGUID(name) {
		names, err := s.Directory.GroupNames(ctx, c, []model.GroupID{model.GroupID(name)})
		if err != nil {
			return model.Group{}, err
		}
		for _, g := range names {
			return g, nil
		}
		return model.Group{}, usage(op, "no group has the id "+name, "")
	}
	found, err := s.Directory.Groups(ctx, c, name, mostGroups)
	if err != nil {
		return model.Group{}, err
	}
	return theOne(op, "group", name, found, func(g model.Group) string { return string(g.ID) }, func(g model.Group) string { return g.Name })
}

// targeting is how flags change whom something is assigned to.
type targeting struct {
	add, exclude, remove []string
	clear                bool
	filter, filterType   string
}

// any reports whether the flags change anything.
func (t targeting) any() bool { return t.clear || len(t.add)+len(t.exclude)+len(t.remove) > 0 }

// applied returns the set as the flags leave it, and what the groups are called. A
// group has one place in it: included or excluded.
func (s *session) applied(ctx context.Context, op string, c model.CustomerID, was []model.Target, t targeting) ([]model.Target, kit.Targeted, error) {
	names := kit.Targeted{Groups: map[model.GroupID]model.Group{}, Filters: map[string]model.AssignmentFilter{}}
	want := slices.Clone(was)
	if t.clear {
		want = nil
	}
	filter, err := s.filter(ctx, op, c, t)
	if err != nil {
		return nil, names, err
	}
	names.Filters[filter.ID] = filter
	put := func(list []string, kind model.TargetKind) error {
		for _, name := range list {
			g, err := s.group(ctx, op, c, name)
			if err != nil {
				return err
			}
			names.Groups[g.ID] = g
			want = slices.DeleteFunc(want, func(x model.Target) bool { return x.Group == g.ID })
			if kind == "" {
				if !slices.ContainsFunc(was, func(x model.Target) bool { return x.Group == g.ID }) {
					return usage(op, "group "+model.Clean(g.Name)+" is not assigned", "")
				}
				continue
			}
			to := model.Target{Kind: kind, Group: g.ID}
			if filter.ID != "" {
				to.Filter, to.FilterType = filter.ID, t.filterType
			}
			want = append(want, to)
		}
		return nil
	}
	for _, x := range []struct {
		list []string
		kind model.TargetKind
	}{{t.remove, ""}, {t.add, model.TargetGroup}, {t.exclude, model.TargetExclude}} {
		if err := put(x.list, x.kind); err != nil {
			return nil, names, err
		}
	}
	if s.Directory != nil {
		s.nameTargets(ctx, c, was, &names)
	}
	return want, names, nil
}

// filter finds the assignment filter that the flags name; none is the zero value.
func (s *session) filter(ctx context.Context, op string, c model.CustomerID, t targeting) (model.AssignmentFilter, error) {
	if t.filter == "" {
		return model.AssignmentFilter{}, nil
	}
	if t.filterType != "include" && t.filterType != "exclude" {
		return model.AssignmentFilter{}, usage(op, "--filter-type is neither include nor exclude", "")
	}
	if err := reachable(op, s.Directory != nil); err != nil {
		return model.AssignmentFilter{}, err
	}
	all, err := s.Directory.AssignmentFilters(ctx, c)
	if err != nil {
		return model.AssignmentFilter{}, err
	}
	return theOne(op, "filter", t.filter, all, func(f model.AssignmentFilter) string { return f.ID }, func(f model.AssignmentFilter) string { return f.Name })
}

// nameTargets adds what the groups of a set are called, as far as that can be read.
func (s *session) nameTargets(ctx context.Context, c model.CustomerID, set []model.Target, names *kit.Targeted) {
	var ids []model.GroupID
	for _, t := range set {
		if t.Group != "" {
			ids = append(ids, t.Group)
		}
	}
	if len(ids) == 0 {
		return
	}
	known, err := s.Directory.GroupNames(ctx, c, ids)
	names.Err = kit.Trouble(err)
	for id, g := range known {
		names.Groups[id] = g
	}
}

// targetChanges is what a plan says about two sets.
func targetChanges(was, want []model.Target, names kit.Targeted) []changeRecord {
	var out []changeRecord
	for _, t := range want {
		if !slices.Contains(was, t) {
			out = append(out, changeRecord{t.Kind.Words(), "", whom(t, names)})
		}
	}
	for _, t := range was {
		if !slices.Contains(want, t) {
			out = append(out, changeRecord{t.Kind.Words(), whom(t, names), ""})
		}
	}
	return out
}

func whom(t model.Target, names kit.Targeted) string {
	say := names.Whom(t)
	if only := names.Narrowed(t); only != "" {
		say += ", " + only
	}
	return say
}

// targetRecord is a target in JSON.
type targetRecord struct {
	Kind       model.TargetKind `json:"kind"`
	Group      model.GroupID    `json:"group,omitempty"`
	Name       string           `json:"name,omitempty"`
	Filter     string           `json:"filter,omitempty"`
	FilterType string           `json:"filterType,omitempty"`
}

func targetRecords(list []model.Target, names kit.Targeted) []targetRecord {
	out := make([]targetRecord, len(list))
	for i, t := range list {
		out[i] = targetRecord{t.Kind, t.Group, names.Groups[t.Group].Name, t.Filter, t.FilterType}
	}
	return out
}
