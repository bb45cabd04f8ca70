package graph

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"muster/client/rest"
	"muster/model"
)

// eventual is the header without which the directory refuses a search. It returns
// a new one each time, as requests own their headers.
func eventual() http.Header { return http.Header{"ConsistencyLevel": {"eventual"}} }

const groupSelect = "id,displayName,description,groupTypes,securityEnabled,mailEnabled,membershipRule"

// group is the wire form of an Entra group.
type group struct {
	ID          string      `json:"id"`
	Name        rest.Text   `json:"displayName"`
	Description rest.Text   `json:"description"`
	Types       []rest.Text `json:"groupTypes"`
	Security    bool        `json:"securityEnabled"`
	Mail        bool        `json:"mailEnabled"`
	Rule        rest.Text   `json:"membershipRule"`
}

func (w group) model() (model.Group, bool) {
	g := model.Group{ID: model.OneCase(model.GroupID(w.ID)), Name: w.Name.Clean(), Description: w.Description.Clean(), Rule: w.Rule.Clean(),
		Security: w.Security, Mail: w.Mail}
	for _, t := range w.Types {
		g.Dynamic = g.Dynamic || t == "DynamicMembership"
	}
	return g, model.IsGUID(w.ID)
}

func groupKey(g model.Group) string { return string(g.ID) }

// Limits of a group search.
const (
	groupPage  = 25  // groups when the caller names no number
	maxGroups  = 999 // groups a page, the service's limit
	maxQueried = 256 // characters of a query
)

// Groups searches the names of groups, in their order, for words that begin as
// those of the query do; an empty query lists the first ones. At most limit come
// back, 25 when it is not above zero. Beside an error of kind Incomplete stands
// what was found before. Results may be minutes old.
//
// GET /groups?$search="displayName:…"
func (c *Client) Groups(ctx context.Context, query string, limit int) ([]model.Group, error) {
	if limit <= 0 {
		limit = groupPage
	}
	k := rest.Call{Op: "find groups", Path: []string{"groups"}, Header: eventual(), Query: url.Values{
		"$select": {groupSelect}, "$orderby": {"displayName"}, "$count": {"true"}, "$top": {strconv.Itoa(min(limit, maxGroups))}}}
	if q := strings.TrimSpace(query); q != "" {
		k.Query.Set("$search", `"displayName:`+searchText(q)+`"`)
	}
	var found []model.Group
	for page, err := range walk(ctx, c, k, group.model, groupKey) {
		if err != nil {
			return found, err
		}
		found = append(found, page...)
		if len(found) >= limit {
			return found[:limit], nil
		}
	}
	return found, nil
}

// searchText escapes what would end the quoted clause.
func searchText(q string) string {
	if r := []rune(q); len(r) > maxQueried {
		q = string(r[:maxQueried])
	}
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(q)
}

// Group reads one group.
//
// GET /groups/{id}
func (c *Client) Group(ctx context.Context, id model.GroupID) (model.Group, error) {
	const op = "read group"
	if err := guid(op, "group", string(id)); err != nil {
		return model.Group{}, err
	}
	return read(ctx, c, rest.Call{Op: op, Path: []string{"groups", string(id)}, Query: url.Values{"$select": {groupSelect}}}, "a group", group.model)
}

// maxByID is how many ids the service takes in one getByIds.
const maxByID = 1000

// byIDs asks for objects by their ids.
type byIDs struct {
	IDs   []string `json:"ids"`
	Types []string `json:"types"`
}

// GroupNames reads groups by their ids, up to 1000 in a request; in a read-only
// session, which sends no POST, each by itself. A deleted group, and an id that is
// none, is missing from the answer. Beside an error stands what was read before.
//
// POST /directoryObjects/getByIds
// GET /groups/{id}
func (c *Client) GroupNames(ctx context.Context, ids []model.GroupID) (map[model.GroupID]model.Group, error) {
	named := make(map[model.GroupID]model.Group, len(ids))
	asked := map[string]model.GroupID{} // by the one spelling that is compared
	var open []string
	for _, id := range ids {
		if low := strings.ToLower(string(id)); model.IsGUID(low) && asked[low] == "" {
			asked[low] = id
			open = append(open, string(id))
		}
	}
	keep := func(g model.Group) {
		if id, ok := asked[strings.ToLower(string(g.ID))]; ok {
			named[id] = g
		}
	}
	if c.ReadOnly {
		return named, c.eachGroup(ctx, open, keep)
	}
	const op = "read group names"
	for len(open) > 0 {
		some := open[:min(len(open), maxByID)]
		open = open[len(some):]
		a, err := send(ctx, c, rest.Call{Op: op, Method: http.MethodPost, Path: []string{"directoryObjects", "getByIds"}, Safe: true}, byIDs{some, []string{"group"}})
		if err != nil {
			return named, err
		}
		list, err := rest.Decode[collection[group]](op, a)
		if err != nil {
			return named, err
		}
		for _, w := range list.Value {
			if g, ok := w.model(); ok {
				keep(g)
			}
		}
	}
	return named, nil
}

func (c *Client) eachGroup(ctx context.Context, ids []string, keep func(model.Group)) error {
	for _, id := range ids {
		g, err := c.Group(ctx, model.GroupID(id))
		if err != nil && model.KindOf(err) != model.NotFound {
			return err
		}
		if err == nil {
			keep(g)
		}
	}
	return nil
}

// EntraObject returns the object id of the Entra device with a device id, which is
// another id space. An error of kind NotFound says that there is none.
//
// GET /devices?$filter=deviceId eq '…'
func (c *Client) EntraObject(ctx context.Context, entraDeviceID string) (objectID string, err error) {
	const op = "find Entra device"
	if err := guid(op, "Entra device", entraDeviceID); err != nil {
		return "", err
	}
	type device struct {
		ID     string `json:"id"`
		Device string `json:"deviceId"`
	}
	k := rest.Call{Op: op, Path: []string{"devices"},
		Query: url.Values{"$filter": {"deviceId eq " + literal(entraDeviceID)}, "$select": {"id,deviceId"}}}
	all := walk(ctx, c, k, func(w device) (device, bool) { return w, model.IsGUID(w.ID) }, func(d device) string { return d.ID })
	found, err := gathered(only(all, func(d device) bool { return strings.EqualFold(d.Device, entraDeviceID) }))
	if err != nil {
		return "", err
	}
	if len(found) == 0 {
		return "", &model.Error{Kind: model.NotFound, Op: op, Msg: "Entra has no such device", Hint: "it may have been deleted there"}
	}
	return found[0].ID, nil
}

// reference points at another object.
type reference struct {
	ID string `json:"@odata.id"`
}

// refer returns the reference to what path names, under the client's own root.
func (c *Client) refer(path ...string) reference {
	u := c.root
	u.Path, u.RawPath = u.Path+strings.Join(path, "/"), ""
	return reference{u.String()}
}

// AddMember puts an object into a static group. That it is there already is no
// error.
//
// POST /groups/{id}/members/$ref
func (c *Client) AddMember(ctx context.Context, group model.GroupID, objectID, requestID string) error {
	const op = "add to group"
	if err := guid(op, "group", string(group)); err != nil {
		return err
	}
	if err := guid(op, "Entra object", objectID); err != nil {
		return err
	}
	_, err := write(ctx, c, op, http.MethodPost, []string{"groups", string(group), "members", "$ref"}, c.refer("directoryObjects", objectID), requestID)
	if e := model.AsError(err); e != nil && e.Kind == model.Invalid && strings.Contains(e.Msg, "object references already exist") {
		return nil
	}
	return err
}

// scopeTag is the wire form of a roleScopeTag.
type scopeTag struct {
	ID          rest.Text `json:"id"`
	Name        rest.Text `json:"displayName"`
	Description rest.Text `json:"description"`
	BuiltIn     bool      `json:"isBuiltIn"`
}

func (w scopeTag) model() (model.ScopeTag, bool) {
	return model.ScopeTag{ID: string(w.ID), Name: w.Name.Clean(), Description: w.Description.Clean(), BuiltIn: w.BuiltIn}, rest.UsableID(string(w.ID))
}

// ScopeTags lists the role scope tags.
//
// GET /deviceManagement/roleScopeTags
func (c *Client) ScopeTags(ctx context.Context) ([]model.ScopeTag, error) {
	k := rest.Call{Op: "list scope tags", Path: []string{"deviceManagement", "roleScopeTags"}}
	return gathered(walk(ctx, c, k, scopeTag.model, func(t model.ScopeTag) string { return t.ID }))
}

// assignmentFilter is the wire form of a deviceAndAppManagementAssignmentFilter.
type assignmentFilter struct {
	ID       string    `json:"id"`
	Name     rest.Text `json:"displayName"`
	Platform rest.Text `json:"platform"`
	Rule     rest.Text `json:"rule"`
}

func (w assignmentFilter) model() (model.AssignmentFilter, bool) {
	return model.AssignmentFilter{ID: model.OneCase(w.ID), Name: w.Name.Clean(), Platform: w.Platform.Clean(), Rule: w.Rule.Clean()}, model.IsGUID(w.ID)
}

// AssignmentFilters lists the filters that can narrow an assignment.
//
// GET /deviceManagement/assignmentFilters
func (c *Client) AssignmentFilters(ctx context.Context) ([]model.AssignmentFilter, error) {
	k := rest.Call{Op: "list assignment filters", Path: []string{"deviceManagement", "assignmentFilters"}}
	return gathered(walk(ctx, c, k, assignmentFilter.model, func(f model.AssignmentFilter) string { return f.ID }))
}
