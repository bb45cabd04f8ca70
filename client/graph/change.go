package graph

import (
	"context"
	"net/http"

	"muster/client/rest"
	"muster/model"
)

// autopilotChange is the body of updateDeviceProperties: what is left out stays as
// it is, "" clears.
type autopilotChange struct {
	GroupTag        *string `json:"groupTag,omitempty"`
	DisplayName     *string `json:"displayName,omitempty"`
	User            *string `json:"userPrincipalName,omitempty"`
	AddressableUser *string `json:"addressableUserName,omitempty"`
}

// requests splits a change into what goes over the wire: the properties, and
// whether the user is taken off. That has an action of its own, as no document says
// what an empty user does; the greeting name goes with the user.
func requests(to model.AutopilotChange) (body autopilotChange, unassign bool) {
	body = autopilotChange{GroupTag: to.GroupTag, DisplayName: to.DisplayName, User: to.User, AddressableUser: to.AddressableUser}
	if to.User != nil && *to.User == "" {
		body.User, body.AddressableUser, unassign = nil, nil, true
	}
	return body, unassign
}

const opChange = "change Autopilot device"

// UpdateAutopilot changes a device. The identity has no PATCH; this is its action.
// The new values may be visible minutes later only. A Conflict is the service's 412
// for a change at the same moment: it is read again and sent once more. When a user
// is taken off together with other changes and only those are made, the error is
// Lost.
//
// POST /deviceManagement/windowsAutopilotDeviceIdentities/{id}/updateDeviceProperties
func (c *Client) UpdateAutopilot(ctx context.Context, id model.AutopilotID, to model.AutopilotChange, requestID string) error {
	if err := guid(opChange, "Autopilot device", string(id)); err != nil {
		return err
	}
	if to.Empty() {
		return &model.Error{Kind: model.Invalid, Op: opChange, Msg: "nothing changes"}
	}
	body, unassign := requests(to)
	if body != (autopilotChange{}) {
		if _, err := write(ctx, c, opChange, http.MethodPost, autopilotPath(string(id), "updateDeviceProperties"), body, requestID); err != nil {
			return err
		}
	}
	if !unassign {
		return nil
	}
	err := c.UnassignUser(ctx, id, requestID)
	if err != nil && body != (autopilotChange{}) {
		return half(err)
	}
	return err
}

// half is the error of a change of which one request was taken and the next was
// not: nobody can tell from it how the device is now.
func half(err error) error {
	e := model.Error{Op: opChange, Err: err}
	if below := model.AsError(err); below != nil {
		e = *below
		e.Err = err
	}
	e.Kind, e.Msg = model.Lost, "a part was changed, but the user is still assigned: "+e.Msg
	return &e
}

// UnassignUser takes the pre-assigned user off a device.
//
// POST /deviceManagement/windowsAutopilotDeviceIdentities/{id}/unassignUserFromDevice
func (c *Client) UnassignUser(ctx context.Context, id model.AutopilotID, requestID string) error {
	const op = "unassign user"
	if err := guid(op, "Autopilot device", string(id)); err != nil {
		return err
	}
	_, err := c.rest.Do(ctx, rest.Call{Op: op, Method: http.MethodPost, Path: autopilotPath(string(id), "unassignUserFromDevice"), RequestID: requestID})
	return err
}

// DeleteAutopilot removes a registration. The service does so behind the answer:
// the device stays in the list for minutes. One that is gone already is no error.
// An enrolled device is refused without a reason.
//
// DELETE /deviceManagement/windowsAutopilotDeviceIdentities/{id}
func (c *Client) DeleteAutopilot(ctx context.Context, id model.AutopilotID, requestID string) error {
	const op = "delete Autopilot device"
	if err := guid(op, "Autopilot device", string(id)); err != nil {
		return err
	}
	return c.remove(ctx, op, autopilotPath(string(id)), requestID)
}

// Sync asks Intune to compare itself with the Autopilot service. Conflict: one is
// under way. Throttled: there was one in the last ten minutes ([model.SyncPause]);
// that is this call's own rule and slows nothing else down, and it is not repeated.
//
// POST /deviceManagement/windowsAutopilotSettings/sync
func (c *Client) Sync(ctx context.Context, requestID string) error {
	_, err := c.rest.Do(ctx, rest.Call{Op: "sync Autopilot", Method: http.MethodPost, Once: true,
		Path: []string{"deviceManagement", "windowsAutopilotSettings", "sync"}, RequestID: requestID})
	e := model.AsError(err)
	if e == nil {
		return err
	}
	said := *e
	said.Err = err
	switch e.Kind {
	case model.Conflict:
		said.Msg, said.Hint = "a sync is under way", "wait until it has ended"
	case model.Throttled:
		said.Msg, said.Hint = "Intune takes one sync in ten minutes", "wait until ten minutes after the last one have passed"
		if wait, ok := rest.RetryAfter(err); ok {
			said.Hint = "it takes the next one in " + wait.String()
		}
	}
	return &said
}
