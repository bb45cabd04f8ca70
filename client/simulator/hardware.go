package simulator

import (
	"encoding/base64"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

func hardwareRoutes() []route {
	f := familyConfiguration()
	item := hardwareSet + "/{id}"
	get := func(do handler) map[string]handler { return map[string]handler{http.MethodGet: do} }
	runs := f.failing(switchRunsDown)
	return []route{
		f.route(hardwareSet, map[string]handler{http.MethodGet: listHardware, http.MethodPost: createHardware}),
		f.route(item, map[string]handler{http.MethodGet: getHardware, http.MethodPatch: updateHardware, http.MethodDelete: deleteHardware}),
		f.route(item+"/assign", map[string]handler{http.MethodPost: assignHardware}),
		f.route(item+"/assignments", get(listAssignments)),
		f.route(item+"/assignments/{assignment}", get(getAssignment)),
		runs.route(item+"/runSummary", get(runSummary)),
		runs.route(item+"/deviceRunStates", get(listDeviceRuns)),
		runs.route(item+"/deviceRunStates/{state}", get(getDeviceRun)),
		runs.route(item+"/userRunStates", get(listUserRuns)),
		runs.route(item+"/userRunStates/{state}", get(getUserRun)),
	}
}

// hardware is a BIOS configuration.
type hardware struct {
	number                              uint64 // apart from its id, for what is drawn about it
	id, name, description, file, format string
	version                             int
	content                             []byte
	tags                                []string
	noPassword                          bool
	created, modified                   time.Time
	targets                             []target  // who has it now
	past                                []target  // who had it, the latest last
	editions                            []edition // what it was, by version, the present one last
}

const hardwareSet = "deviceManagement/hardwareConfigurations"

// Limits of a BIOS configuration: characters of the texts, bytes of the file.
const (
	maxHardwareName        = 150
	maxHardwareDescription = 1000
	maxHardwareFileName    = 150
	maxHardwareFile        = 5120
	maxHardwareFileLarge   = 2 << 20 // with the switch: the portal's guide says so much
)

// maxFile is the limit of a file in bytes.
func (w *world) maxFile() int {
	if w.switches.is(switchLargeFiles) {
		return maxHardwareFileLarge
	}
	return maxHardwareFile
}

type wireHardware struct {
	ID                 string            `json:"id"`
	Version            int               `json:"version"`
	Name               string            `json:"displayName"`
	Description        string            `json:"description"`
	Created            string            `json:"createdDateTime"`
	Modified           string            `json:"lastModifiedDateTime"`
	File               string            `json:"fileName"`
	Content            []byte            `json:"configurationFileContent"`
	Format             string            `json:"hardwareConfigurationFormat"`
	Tags               []string          `json:"roleScopeTagIds"`
	NoPassword         bool              `json:"perDevicePasswordDisabled"`
	AssignmentsContext string            `json:"assignments@odata.context,omitempty"`
	Assignments        *[]wireAssignment `json:"assignments,omitempty"`
}

func (h *hardware) wire() wireHardware {
	return wireHardware{
		ID: h.id, Version: h.version, Name: h.name, Description: h.description,
		Created: h.created.UTC().Format(dateSeven), Modified: h.modified.UTC().Format(dateSeven),
		File: h.file, Content: h.content, Format: h.format, Tags: h.tags, NoPassword: h.noPassword,
	}
}

// hardwareView is wire with the assignments when they are asked for.
func (c *call) hardwareView(h *hardware, q odata) wireHardware {
	out := h.wire()
	if q.expands("assignments") {
		all := h.wireAssignments()
		out.Assignments = &all
		out.AssignmentsContext = c.context("/$metadata#" + hardwareSet + "('" + h.id + "')/assignments")
	}
	return out
}

// hardwarePage is how many configurations one answer holds.
const hardwarePage = 100

// hostileToken leads back to where it came from.
const hostileToken = "again"

// hardwareQuery reads the options of a request about configurations: the only
// navigation that can be expanded is the assignments.
func (c *call) hardwareQuery() (odata, error) {
	q, err := c.odata()
	if err != nil {
		return q, err
	}
	for _, name := range q.expanded {
		if name, _, _ = strings.Cut(name, "("); !strings.EqualFold(name, "assignments") {
			return q, graphRefuse(shapeGateway, http.StatusBadRequest, "BadRequest",
				"Parsing OData Select and Expand failed: Could not find a property named '%.64s' on type 'microsoft.graph.hardwareConfiguration'.", name)
		}
	}
	return q, nil
}

// listHardware is GET /deviceManagement/hardwareConfigurations.
func listHardware(c *call) (answer, error) {
	q, err := c.hardwareQuery()
	if err != nil {
		return answer{}, err
	}
	if q.filter != nil || q.search != "" {
		return answer{}, serviceFlaw("An error has occurred")
	}
	hostile := c.s.options.has("hostile")
	var from uint64
	if q.from != hostileToken || !hostile {
		if from, err = q.offset(); err != nil {
			return answer{}, err
		}
	}
	limit := min(orDefault(q.top, hardwarePage), hardwarePage)
	var out page[wireHardware]
	c.w.view(c.now, func() {
		all := c.customer.hardware
		begin := min(int(from)+q.skip*boolInt(q.from == ""), len(all))
		end := min(begin+limit, len(all))
		for _, h := range all[begin:end] {
			out.items = append(out.items, c.hardwareView(h, q))
		}
		if end < len(all) {
			out.next = strconv.Itoa(end)
		}
	})
	if hostile {
		out.next = hostileToken
		if c.s.turn("hardware")%2 == 1 {
			out.link = "https://collector.invalid/beta/" + hardwareSet + "?$skiptoken=x"
		}
	}
	return graphList(c, hardwareSet, q, out)
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// getHardware is GET /deviceManagement/hardwareConfigurations/{id}, with the
// assignments when they are asked for.
func getHardware(c *call) (answer, error) {
	q, err := c.hardwareQuery()
	if err != nil {
		return answer{}, err
	}
	var out wireHardware
	if err := c.hardware(func(h *hardware) { out = c.hardwareView(h, q) }); err != nil {
		return answer{}, err
	}
	return graphItem(c, hardwareSet, q, out)
}

// hardware runs a reader on the configuration that the path names, under the
// world's lock; the error is its absence.
func (c *call) hardware(read func(*hardware)) error {
	found := false
	c.w.view(c.now, func() {
		if h := c.customer.hardwareByID(c.params[0]); h != nil {
			found = true
			read(h)
		}
	})
	if !found {
		return notFound()
	}
	return nil
}

func notFound() *graphError {
	return graphRefuse(shapeService, http.StatusNotFound, "ResourceNotFound", "An error has occurred")
}

func (c *customer) hardwareByID(id string) *hardware {
	for _, h := range c.hardware {
		if strings.EqualFold(h.id, id) {
			return h
		}
	}
	return nil
}

// wireHardwareEdit is a body of create and update. Version and dates are not
// among its members: what a client sends there is ignored.
type wireHardwareEdit struct {
	Name        *string   `json:"displayName"`
	Description *string   `json:"description"`
	File        *string   `json:"fileName"`
	Content     *string   `json:"configurationFileContent"`
	Format      *string   `json:"hardwareConfigurationFormat"`
	Tags        *[]string `json:"roleScopeTagIds"`
	NoPassword  *bool     `json:"perDevicePasswordDisabled"`
}

// createHardware is POST /deviceManagement/hardwareConfigurations.
func createHardware(c *call) (answer, error) {
	edit, err := decode[wireHardwareEdit](c.body)
	if err != nil {
		return answer{}, badJSON()
	}
	switch {
	case edit.Name == nil:
		return answer{}, missing("displayName")
	case edit.File == nil:
		return answer{}, missing("fileName")
	case edit.Content == nil:
		return answer{}, missing("configurationFileContent")
	case edit.NoPassword == nil:
		return answer{}, missing("perDevicePasswordDisabled")
	}
	h := &hardware{version: 1, tags: []string{"0"}, created: c.now, modified: c.now}
	if err := edit.apply(h, c.w.maxFile()); err != nil {
		return answer{}, err
	}
	if h.format == "" {
		if h.format = formatOf(h.file); h.format == "" {
			return answer{}, missing("hardwareConfigurationFormat")
		}
	}
	var out wireHardware
	c.w.view(c.now, func() {
		c.w.addedCount++
		h.number = c.w.addedCount << 32
		h.id = guid(c.w.run.at(kindHardware, c.w.addedCount, 0), c.w.run.at(kindHardware, c.w.addedCount, 1))
		h.publish(c.now)
		customer := c.customer
		c.w.afterLag(c.now, func() { customer.hardware = append(customer.hardware, h) })
		out = h.wire()
	})
	a, err := graphItem(c, hardwareSet, odata{}, out)
	a.status = http.StatusCreated
	return a, err
}

// formatOf infers the format from a file name; only Dell's is known.
func formatOf(file string) string {
	if strings.HasSuffix(strings.ToLower(file), ".cctk") {
		return "dell"
	}
	return ""
}

// updateHardware is PATCH /deviceManagement/hardwareConfigurations/{id}: what
// is left out stays. The version rises only with the file, its name or the
// password switch, and only when one of them differs.
func updateHardware(c *call) (answer, error) {
	edit, err := decode[wireHardwareEdit](c.body)
	if err != nil {
		return answer{}, badJSON()
	}
	var out wireHardware
	var refused error
	c.w.view(c.now, func() {
		h := c.customer.hardwareByID(c.params[0])
		if h == nil {
			refused = notFound()
			return
		}
		next := *h
		if refused = edit.apply(&next, c.w.maxFile()); refused != nil {
			return
		}
		if next.file != h.file || string(next.content) != string(h.content) || next.noPassword != h.noPassword {
			next.version++
			next.publish(c.now)
		}
		next.modified = c.now
		*h = next
		out = h.wire()
	})
	if refused != nil {
		return answer{}, refused
	}
	return graphItem(c, hardwareSet, odata{}, out)
}

// deleteHardware is DELETE /deviceManagement/hardwareConfigurations/{id}. Its
// assignments go with it and what it did to devices stays: a BIOS password
// that it set is still there.
func deleteHardware(c *call) (answer, error) {
	if err := c.hardware(func(h *hardware) { c.customer.retire(h, c.now) }); err != nil {
		return answer{}, err
	}
	return answer{status: http.StatusNoContent}, nil
}

// maxRetired bounds the deleted configurations that are remembered for the
// passwords that they set; the oldest go first.
const maxRetired = 1000

// retire takes a configuration off the list; the lock is held.
func (c *customer) retire(h *hardware, now time.Time) {
	c.hardware = slices.DeleteFunc(c.hardware, func(have *hardware) bool { return have == h })
	h.end(h.targets, now)
	h.targets, h.content = nil, nil
	if len(h.past) == 0 || !slices.ContainsFunc(h.editions, func(e edition) bool { return !e.noPassword }) {
		return
	}
	c.retired = append(c.retired, h)
	c.retired = c.retired[max(len(c.retired)-maxRetired, 0):]
}

func badJSON() *graphError {
	return graphRefuse(shapeGateway, http.StatusBadRequest, "BadRequest", "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.")
}

func missing(name string) *graphError { return serviceFlaw("%s is required", name) }

// apply checks an edit and puts it on a configuration, all or nothing as far
// as the caller keeps a copy.
func (e *wireHardwareEdit) apply(h *hardware, maxFile int) error {
	for _, text := range []struct {
		name   string
		value  *string
		to     *string
		most   int
		needed bool
	}{
		{"displayName", e.Name, &h.name, maxHardwareName, true},
		{"description", e.Description, &h.description, maxHardwareDescription, false},
		{"fileName", e.File, &h.file, maxHardwareFileName, true},
	} {
		if text.value == nil {
			continue
		}
		switch n := utf8.RuneCountInString(*text.value); {
		case n > text.most:
			return serviceFlaw("%s is longer than %d characters", text.name, text.most)
		case text.needed && strings.TrimSpace(*text.value) == "":
			return missing(text.name)
		}
		*text.to = *text.value
	}
	if e.Content != nil {
		raw, err := base64.StdEncoding.DecodeString(*e.Content)
		switch {
		case err != nil:
			return serviceFlaw("configurationFileContent is not base64")
		case len(raw) == 0:
			return missing("configurationFileContent")
		case len(raw) > maxFile:
			return serviceFlaw("configurationFileContent is larger than %d bytes", maxFile)
		}
		h.content = raw
	}
	if err := e.applyFormat(h); err != nil {
		return err
	}
	if e.Tags != nil {
		h.tags = *e.Tags
		if len(h.tags) == 0 {
			h.tags = []string{"0"}
		}
	}
	if e.NoPassword != nil {
		h.noPassword = *e.NoPassword
	}
	return nil
}

// applyFormat takes the format at creation and refuses to change it later.
func (e *wireHardwareEdit) applyFormat(h *hardware) error {
	if e.Format == nil {
		return nil
	}
	switch *e.Format {
	case "dell", "surface", "surfaceDock":
	default:
		return serviceFlaw("hardwareConfigurationFormat %.40q is not known", *e.Format)
	}
	if h.format != "" && h.format != *e.Format {
		return serviceFlaw("hardwareConfigurationFormat cannot be changed")
	}
	h.format = *e.Format
	return nil
}
