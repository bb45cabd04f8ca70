package graph

import (
	"context"
	"encoding/base64"
	"iter"
	"net/http"

	"muster/client/rest"
	"muster/model"
)

// biosType must be the first member of what is sent: the service's reader wants
// the type before the properties.
const biosType = "#microsoft.graph.hardwareConfiguration"

// bios is the wire form of a BIOS configuration in answers.
type bios struct {
	ID           string      `json:"id"`
	Version      number      `json:"version"`
	Name         rest.Text   `json:"displayName"`
	Description  rest.Text   `json:"description"`
	Created      rest.Time   `json:"createdDateTime"`
	Modified     rest.Time   `json:"lastModifiedDateTime"`
	FileName     rest.Text   `json:"fileName"`
	Content      rest.Text   `json:"configurationFileContent"`
	Format       rest.Text   `json:"hardwareConfigurationFormat"`
	ScopeTags    []rest.Text `json:"roleScopeTagIds"`
	PasswordsOff bool        `json:"perDevicePasswordDisabled"`
}

// model returns the configuration. Content that is no base64 reads as none, as
// when a list leaves it out.
func (w bios) model() (model.BIOSConfiguration, bool) {
	b := model.BIOSConfiguration{ID: model.OneCase(model.BIOSID(w.ID)), Version: int(w.Version), Name: w.Name.Clean(), Description: w.Description.Clean(),
		FileName: w.FileName.Clean(), Format: model.BIOSFormat(w.Format.Clean()), ScopeTags: tags(w.ScopeTags),
		PasswordsOff: w.PasswordsOff, Created: w.Created.Time, Modified: w.Modified.Time}
	if raw, err := base64.StdEncoding.DecodeString(string(w.Content)); err == nil && len(raw) > 0 {
		b.Content = raw
	}
	return b, model.IsGUID(w.ID)
}

func biosPath(more ...string) []string {
	return append([]string{"deviceManagement", "hardwareConfigurations"}, more...)
}

// BIOSConfigurations yields the BIOS configurations, a page at a time. The
// content may be missing: read the item before editing it.
//
// GET /deviceManagement/hardwareConfigurations
func (c *Client) BIOSConfigurations(ctx context.Context) iter.Seq2[[]model.BIOSConfiguration, error] {
	return walk(ctx, c, rest.Call{Op: "list BIOS configurations", Path: biosPath()}, bios.model,
		func(b model.BIOSConfiguration) string { return string(b.ID) })
}

// BIOSConfiguration reads one BIOS configuration with its content.
//
// GET /deviceManagement/hardwareConfigurations/{id}
func (c *Client) BIOSConfiguration(ctx context.Context, id model.BIOSID) (model.BIOSConfiguration, error) {
	const op = "read BIOS configuration"
	if err := guid(op, "BIOS configuration", string(id)); err != nil {
		return model.BIOSConfiguration{}, err
	}
	return read(ctx, c, rest.Call{Op: op, Path: biosPath(string(id))}, "a BIOS configuration", bios.model)
}

// biosCreation is what makes a BIOS configuration. Version and dates are the
// service's and are not sent.
type biosCreation struct {
	Type         string   `json:"@odata.type"`
	Name         string   `json:"displayName"`
	Description  string   `json:"description"`
	FileName     string   `json:"fileName"`
	Content      []byte   `json:"configurationFileContent"`
	Format       string   `json:"hardwareConfigurationFormat"`
	ScopeTags    []string `json:"roleScopeTagIds"`
	PasswordsOff bool     `json:"perDevicePasswordDisabled"`
}

// CreateBIOS makes a BIOS configuration and returns it as the service has it.
// When the service accepted it but its answer cannot be read, the result is what
// was sent, without id and version. The caller has validated want.
//
// POST /deviceManagement/hardwareConfigurations
func (c *Client) CreateBIOS(ctx context.Context, want model.BIOSConfiguration, requestID string) (model.BIOSConfiguration, error) {
	const op = "create BIOS configuration"
	body := biosCreation{Type: biosType, Name: want.Name, Description: want.Description, FileName: want.FileName,
		Content: want.Content, Format: string(want.Format), ScopeTags: want.ScopeTags, PasswordsOff: want.PasswordsOff}
	if len(body.ScopeTags) == 0 {
		body.ScopeTags = []string{model.DefaultScopeTag}
	}
	a, err := write(ctx, c, op, http.MethodPost, biosPath(), body, requestID)
	if err != nil {
		return model.BIOSConfiguration{}, err
	}
	made, err := decoded(op, "a BIOS configuration", a, bios.model)
	if err != nil { // made, though: the status said so
		want.ID, want.Version = "", 0
		return want, nil
	}
	return made, nil
}

// biosChange is what changes a BIOS configuration: only what is set.
type biosChange struct {
	Type         string   `json:"@odata.type"`
	Name         *string  `json:"displayName,omitempty"`
	Description  *string  `json:"description,omitempty"`
	FileName     *string  `json:"fileName,omitempty"`
	Content      []byte   `json:"configurationFileContent,omitempty"`
	ScopeTags    []string `json:"roleScopeTagIds,omitempty"`
	PasswordsOff *bool    `json:"perDevicePasswordDisabled,omitempty"`
}

// UpdateBIOS changes what the patch carries and returns the configuration as the
// service has it. When the service accepted the change but its answer cannot be
// read, the result has the id, the changed members, and version 0.
//
// PATCH /deviceManagement/hardwareConfigurations/{id}
func (c *Client) UpdateBIOS(ctx context.Context, id model.BIOSID, p model.BIOSPatch, requestID string) (model.BIOSConfiguration, error) {
	const op = "edit BIOS configuration"
	if err := guid(op, "BIOS configuration", string(id)); err != nil {
		return model.BIOSConfiguration{}, err
	}
	if p.Empty() {
		return model.BIOSConfiguration{}, &model.Error{Kind: model.Invalid, Op: op, Msg: "nothing changes"}
	}
	body := biosChange{Type: biosType, Name: p.Name, Description: p.Description, FileName: p.FileName,
		Content: p.Content, ScopeTags: p.ScopeTags, PasswordsOff: p.PasswordsOff}
	a, err := write(ctx, c, op, http.MethodPatch, biosPath(string(id)), body, requestID)
	if err != nil {
		return model.BIOSConfiguration{}, err
	}
	made, err := decoded(op, "a BIOS configuration", a, bios.model)
	if err != nil || made.ID != model.OneCase(id) { // changed, though: the status said so
		return model.BIOSConfiguration{ID: id}.Apply(p), nil
	}
	return made, nil
}
