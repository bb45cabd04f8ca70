package simulator

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

func hardwareRoutes() []route {
	f := familyConfiguration()
	return []route{
		f.route("deviceManagement/hardwareConfigurations", map[string]handler{http.MethodGet: listHardware, http.MethodPost: createHardware}),
		f.route("deviceManagement/hardwareConfigurations/{id}", map[string]handler{http.MethodGet: getHardware, http.MethodPatch: updateHardware}),
	}
}

// hardware is a BIOS configuration.
type hardware struct {
	id, name, description, file, format string
	version                             int
	content                             []byte
	tags                                []string
	noPassword                          bool
	created, modified                   time.Time
}

// Limits of a BIOS configuration: characters of the texts, bytes of the file.
const (
	maxHardwareName        = 150
	maxHardwareDescription = 1000
	maxHardwareFileName    = 150
	maxHardwareFile        = 5120
)

type wireHardware struct {
	Context     string    `json:"@odata.context,omitempty"`
	ID          string    `json:"id"`
	Version     int       `json:"version"`
	Name        string    `json:"displayName"`
	Description string    `json:"description"`
	Created     string    `json:"createdDateTime"`
	Modified    string    `json:"lastModifiedDateTime"`
	File        string    `json:"fileName"`
	Content     []byte    `json:"configurationFileContent"`
	Format      string    `json:"hardwareConfigurationFormat"`
	Tags        []string  `json:"roleScopeTagIds"`
	NoPassword  bool      `json:"perDevicePasswordDisabled"`
	Assignments *[]string `json:"assignments,omitempty"`
}

type wireHardwareList struct {
	Context string         `json:"@odata.context"`
	Next    string         `json:"@odata.nextLink,omitempty"`
	Value   []wireHardware `json:"value"`
}

func (h *hardware) wire() wireHardware {
	return wireHardware{
		ID: h.id, Version: h.version, Name: h.name, Description: h.description,
		Created: h.created.UTC().Format(dateSeven), Modified: h.modified.UTC().Format(dateSeven),
		File: h.file, Content: h.content, Format: h.format, Tags: h.tags, NoPassword: h.noPassword,
	}
}

const hardwareSet = "/$metadata#deviceManagement/hardwareConfigurations"

// listHardware is GET /deviceManagement/hardwareConfigurations.
func listHardware(c *call) (answer, error) {
	from, ok := c.skipToken()
	page, top, fine := c.top()
	if !ok || !fine {
		return answer{}, serviceFlaw("An error has occurred")
	}
	out := wireHardwareList{Context: c.context(hardwareSet), Value: []wireHardware{}}
	c.w.view(c.now, func() {
		all := c.customer.hardware
		for _, h := range all[min(from, len(all)):min(from+page, len(all))] {
			out.Value = append(out.Value, h.wire())
		}
		if from += page; from < len(all) {
			out.Next = c.context("/deviceManagement/hardwareConfigurations?" + top + "$skiptoken=" + strconv.Itoa(from))
		}
	})
	if c.s.options.has("hostile") {
		out.Next = c.context("/deviceManagement/hardwareConfigurations?$skiptoken=" + hostileToken)
		if c.s.turn("hardware")%2 == 1 {
			out.Next = "https://collector.invalid/beta/deviceManagement/hardwareConfigurations?$skiptoken=x"
		}
	}
	return graphGood(http.StatusOK, out)
}

// hardwarePage is how many configurations one answer holds.
const hardwarePage = 100

// top reads how many items a page is to hold, and gives the words that carry it
// into the next link. More than a page holds is lowered to what it holds.
func (c *call) top() (page int, again string, ok bool) {
	q, err := url.ParseQuery(c.r.URL.RawQuery)
	text := queryValue(q, "$top")
	if err != nil || text == "" {
		return hardwarePage, "", err == nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return 0, "", false
	}
	return min(n, hardwarePage), "$top=" + text + "&", true
}

// skipToken reads where a page begins; only a link of ours has one.
func (c *call) skipToken() (from int, ok bool) {
	q, err := url.ParseQuery(c.r.URL.RawQuery)
	text := queryValue(q, "$skiptoken")
	if err != nil || text == "" {
		return 0, err == nil
	}
	if text == hostileToken && c.s.options.has("hostile") {
		return 0, true
	}
	from, err = strconv.Atoi(text)
	return from, err == nil && from >= 0 && from <= maxDevices
}

// hostileToken leads back to where it came from.
const hostileToken = "again"

// getHardware is GET /deviceManagement/hardwareConfigurations/{id}, with the
// assignments when they are asked for; there are none in this simulator.
func getHardware(c *call) (answer, error) {
	var out *wireHardware
	c.w.view(c.now, func() {
		if h := c.customer.hardwareByID(c.params[0]); h != nil {
			one := h.wire()
			out = &one
		}
	})
	if out == nil {
		return answer{}, notFound()
	}
	if q, err := url.ParseQuery(c.r.URL.RawQuery); err == nil && strings.EqualFold(queryValue(q, "$expand"), "assignments") {
		out.Assignments = &[]string{}
	}
	out.Context = c.context(hardwareSet + "/$entity")
	return graphGood(http.StatusOK, *out)
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
	if err := edit.apply(h); err != nil {
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
		h.id = guid(c.w.run.at(kindHardware, c.w.addedCount, 0), c.w.run.at(kindHardware, c.w.addedCount, 1))
		c.customer.hardware = append(c.customer.hardware, h)
		out = h.wire()
	})
	out.Context = c.context(hardwareSet + "/$entity")
	return graphGood(http.StatusCreated, out)
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
		if refused = edit.apply(&next); refused != nil {
			return
		}
		if next.file != h.file || string(next.content) != string(h.content) || next.noPassword != h.noPassword {
			next.version++
		}
		next.modified = c.now
		*h = next
		out = h.wire()
	})
	if refused != nil {
		return answer{}, refused
	}
	out.Context = c.context(hardwareSet + "/$entity")
	return graphGood(http.StatusOK, out)
}

func badJSON() *graphError {
	return graphRefuse(shapeGateway, http.StatusBadRequest, "BadRequest", "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.")
}

func missing(name string) *graphError { return serviceFlaw("%s is required", name) }

// apply checks an edit and puts it on a configuration, all or nothing as far
// as the caller keeps a copy.
func (e *wireHardwareEdit) apply(h *hardware) error {
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
		case len(raw) > maxHardwareFile:
			return serviceFlaw("configurationFileContent is larger than %d bytes", maxHardwareFile)
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
