package graph

import (
	"context"
	"encoding/json"

	"muster/client/rest"
	"muster/model"
)

// RawItem reads one BIOS configuration, Autopilot device or profile and returns its
// JSON.
//
// GET /deviceManagement/…/{id}
func (c *Client) RawItem(ctx context.Context, ref model.ItemRef) (json.RawMessage, error) {
	op := "read " + ref.Kind.String()
	if err := guid(op, ref.Kind.String(), ref.ID); err != nil {
		return nil, err
	}
	set := map[model.ItemKind]string{model.BIOSItem: "hardwareConfigurations", model.AutopilotItem: "windowsAutopilotDeviceIdentities",
		model.ProfileItem: "windowsAutopilotDeploymentProfiles"}[ref.Kind]
	if set == "" {
		return nil, &model.Error{Kind: model.Unexpected, Op: op, Msg: "Intune has no such thing"}
	}
	a, err := c.rest.Do(ctx, rest.Call{Op: op, Path: []string{"deviceManagement", set, ref.ID}})
	if err != nil {
		return nil, err
	}
	return rest.Decode[json.RawMessage](op, a)
}
