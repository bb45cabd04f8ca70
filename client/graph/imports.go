package graph

import (
	"context"
	"iter"

	"muster/client/rest"
	"muster/model"
)

func importPath(more ...string) []string {
	return append([]string{"deviceManagement", "importedWindowsAutopilotDeviceIdentities"}, more...)
}

// importedDevice is the wire form of an importedWindowsAutopilotDeviceIdentity. The
// hash never comes back, and what comes back as product key is the ticket's id.
type importedDevice struct {
	ID       string    `json:"id"`
	Serial   rest.Text `json:"serialNumber"`
	GroupTag rest.Text `json:"groupTag"`
	User     rest.Text `json:"assignedUserPrincipalName"`
	Import   rest.Text `json:"importId"`
	State    struct {
		Status       rest.Text `json:"deviceImportStatus"`
		Registration rest.Text `json:"deviceRegistrationId"`
		Code         rest.Text `json:"deviceErrorCode"`
		Name         rest.Text `json:"deviceErrorName"`
	} `json:"state"`
}

// model returns the ticket. Code 0 with the name None is how the service says that
// nothing is wrong, and reads as neither.
func (w importedDevice) model() (model.ImportedDevice, bool) {
	d := model.ImportedDevice{ID: model.ImportID(w.ID), Serial: w.Serial.Clean(), GroupTag: w.GroupTag.Clean(), User: w.User.Clean(),
		Import: w.Import.Clean(), Status: w.State.Status.Clean(), Registration: model.AutopilotID(presentID(w.State.Registration)),
		Code: w.State.Code.Clean(), Name: w.State.Name.Clean()}
	if d.Code == "0" {
		d.Code = ""
	}
	if d.Name == "None" {
		d.Name = ""
	}
	return d, model.IsGUID(w.ID)
}

// Imports yields the tickets of all imports into Intune, whoever made them, a page
// at a time.
//
// GET /deviceManagement/importedWindowsAutopilotDeviceIdentities
func (c *Client) Imports(ctx context.Context) iter.Seq2[[]model.ImportedDevice, error] {
	return walk(ctx, c, rest.Call{Op: "list imports", Path: importPath()}, importedDevice.model,
		func(d model.ImportedDevice) string { return string(d.ID) })
}

// Import reads one ticket.
//
// GET /deviceManagement/importedWindowsAutopilotDeviceIdentities/{id}
func (c *Client) Import(ctx context.Context, id model.ImportID) (model.ImportedDevice, error) {
	const op = "read import"
	if err := guid(op, "import", string(id)); err != nil {
		return model.ImportedDevice{}, err
	}
	return read(ctx, c, rest.Call{Op: op, Path: importPath(string(id))}, "an import", importedDevice.model)
}
