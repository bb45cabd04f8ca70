package graph

import (
	"context"
	"fmt"
	"iter"
	"net/http"

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
	d := model.ImportedDevice{ID: model.OneCase(model.ImportID(w.ID)), Serial: w.Serial.Clean(), GroupTag: w.GroupTag.Clean(), User: w.User.Clean(),
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

// ImportRow is one device to be registered with Intune. It takes a hash, or a
// product key; the serial beside them is how its ticket is recognised.
type ImportRow struct {
	Identity model.Identity
	GroupTag string
	User     string // pre-assigned, "" = none
}

// The types of what an import sends.
const (
	importType  = "#microsoft.graph.importedWindowsAutopilotDeviceIdentity"
	importState = "#microsoft.graph.importedWindowsAutopilotDeviceIdentityState"
)

// importRow is the wire form of a row.
type importRow struct {
	Type       string      `json:"@odata.type"`
	Import     string      `json:"importId,omitempty"`
	GroupTag   string      `json:"groupTag"`
	Serial     string      `json:"serialNumber"`
	ProductKey string      `json:"productKey"`
	Hash       string      `json:"hardwareIdentifier,omitempty"`
	User       string      `json:"assignedUserPrincipalName"`
	State      importBegin `json:"state"`
}

// importBegin is the state in which every import begins.
type importBegin struct {
	Type         string `json:"@odata.type"`
	Status       string `json:"deviceImportStatus"`
	Registration string `json:"deviceRegistrationId"`
	Code         int    `json:"deviceErrorCode"`
	Name         string `json:"deviceErrorName"`
}

type importRows struct {
	Rows []importRow `json:"importedWindowsAutopilotDeviceIdentities"`
}

// MaxImport is how many devices go to Intune in one request. No limit is published;
// the portal takes 500 rows, and single requests were throttled after 60.
const MaxImport = 200

// ImportDevices registers devices, at most [MaxImport] in a call, and returns their
// tickets in the service's order. importID goes with every row and tells these
// tickets from others; it is the ticket's own id where it is "". When the service
// took the rows but its answer cannot be read, the error is Lost: the tickets are to
// be found by importID.
//
// POST /deviceManagement/importedWindowsAutopilotDeviceIdentities/import
func (c *Client) ImportDevices(ctx context.Context, rows []ImportRow, importID, requestID string) ([]model.ImportedDevice, error) {
	const op = "import devices"
	if len(rows) == 0 || len(rows) > MaxImport {
		return nil, &model.Error{Kind: model.Invalid, Op: op, Msg: fmt.Sprintf("%d devices in one request; choose 1 to %d", len(rows), MaxImport)}
	}
	body := importRows{Rows: make([]importRow, len(rows))}
	for i, r := range rows {
		body.Rows[i] = importRow{Type: importType, Import: importID, GroupTag: r.GroupTag, Serial: r.Identity.Serial,
			ProductKey: r.Identity.ProductKey.Reveal(), Hash: r.Identity.Hash.Reveal(), User: r.User,
			State: importBegin{Type: importState, Status: "pending"}}
	}
	a, err := write(ctx, c, op, http.MethodPost, importPath("import"), body, requestID)
	if err != nil {
		return nil, err
	}
	list, err := rest.Decode[collection[importedDevice]](op, a)
	tickets := make([]model.ImportedDevice, 0, len(list.Value))
	for _, w := range list.Value {
		if d, ok := w.model(); ok {
			tickets = append(tickets, d)
		}
	}
	if err != nil || len(tickets) != len(rows) {
		return tickets, &model.Error{Kind: model.Lost, Op: op, Msg: "the rows were taken, but not every ticket can be read", Ref: a.Correlation,
			Hint: "muster looks for the tickets at the service"}
	}
	return tickets, nil
}

// DeleteImport removes a ticket, not the device that it became. One that is gone
// already is no error.
//
// DELETE /deviceManagement/importedWindowsAutopilotDeviceIdentities/{id}
func (c *Client) DeleteImport(ctx context.Context, id model.ImportID, requestID string) error {
	const op = "remove import"
	if err := guid(op, "import", string(id)); err != nil {
		return err
	}
	return c.remove(ctx, op, importPath(string(id)), requestID)
}
