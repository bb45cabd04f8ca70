package graph

import (
	"context"
	"iter"

	"muster/client/rest"
	"muster/model"
)

// deviceCounts and userCounts are counts by state as the service spells them.
type deviceCounts struct {
	Pending       number `json:"pendingDeviceCount"`
	Successful    number `json:"successfulDeviceCount"`
	Error         number `json:"errorDeviceCount"`
	Failed        number `json:"failedDeviceCount"`
	NotApplicable number `json:"notApplicableDeviceCount"`
	Unknown       number `json:"unknownDeviceCount"`
}

type userCounts struct {
	Pending       number `json:"pendingUserCount"`
	Successful    number `json:"successfulUserCount"`
	Error         number `json:"errorUserCount"`
	Failed        number `json:"failedUserCount"`
	NotApplicable number `json:"notApplicableUserCount"`
	Unknown       number `json:"unknownUserCount"`
}

// model returns the counts under the words of run states; an error of the count is
// a script error of the state.
func (w deviceCounts) model() map[model.RunState]int {
	return map[model.RunState]int{
		model.RunPending: int(w.Pending), model.RunSuccess: int(w.Successful), model.RunScriptError: int(w.Error),
		model.RunFail: int(w.Failed), model.RunNotApplicable: int(w.NotApplicable), model.RunUnknown: int(w.Unknown),
	}
}

// runSummary is the wire form of a hardwareConfigurationRunSummary.
type runSummary struct {
	deviceCounts
	userCounts
	LastRun rest.Time `json:"lastRunDateTime"`
}

// BIOSSummary counts the devices and users of a BIOS configuration by state.
//
// GET /deviceManagement/hardwareConfigurations/{id}/runSummary
func (c *Client) BIOSSummary(ctx context.Context, id model.BIOSID) (model.RunSummary, error) {
	const op = "read BIOS results"
	if err := guid(op, "BIOS configuration", string(id)); err != nil {
		return model.RunSummary{}, err
	}
	return read(ctx, c, rest.Call{Op: op, Path: biosPath(string(id), "runSummary")}, "a summary",
		func(w runSummary) (model.RunSummary, bool) {
			return model.RunSummary{Devices: w.deviceCounts.model(), Users: deviceCounts(w.userCounts).model(), LastRun: w.LastRun.Time}, true
		})
}

// deviceRun is the wire form of a hardwareConfigurationDeviceState.
type deviceRun struct {
	ID      string    `json:"id"`
	State   rest.Text `json:"configurationState"`
	Output  rest.Text `json:"configurationOutput"`
	Problem rest.Text `json:"configurationError"`
	Device  rest.Text `json:"deviceName"`
	System  rest.Text `json:"osVersion"`
	User    rest.Text `json:"upn"`
	UserID  rest.Text `json:"userId"`
	Version number    `json:"internalVersion"`
	At      rest.Time `json:"lastStateUpdateDateTime"`
	Filters rest.Text `json:"assignmentFilterIds"`
}

func (w deviceRun) model() (model.DeviceRun, bool) {
	return model.DeviceRun{ID: w.ID, State: model.RunState(w.State.Clean()), Output: w.Output.Clean(), Problem: w.Problem.Clean(),
		Device: w.Device.Clean(), System: w.System.Clean(), User: w.User.Clean(), UserID: w.UserID.Clean(),
		Version: int(w.Version), At: w.At.Time, Filters: w.Filters.Clean()}, rest.UsableID(w.ID)
}

// BIOSRuns yields what became of a BIOS configuration on each device, a page at a
// time.
//
// GET /deviceManagement/hardwareConfigurations/{id}/deviceRunStates
func (c *Client) BIOSRuns(ctx context.Context, id model.BIOSID) iter.Seq2[[]model.DeviceRun, error] {
	const op = "list BIOS results"
	if err := guid(op, "BIOS configuration", string(id)); err != nil {
		return func(yield func([]model.DeviceRun, error) bool) { yield(nil, err) }
	}
	return walk(ctx, c, rest.Call{Op: op, Path: biosPath(string(id), "deviceRunStates")}, deviceRun.model,
		func(r model.DeviceRun) string { return r.ID })
}

// userRun is the wire form of a hardwareConfigurationUserState.
type userRun struct {
	ID   string    `json:"id"`
	Name rest.Text `json:"userName"`
	Mail rest.Text `json:"userEmail"`
	User rest.Text `json:"upn"`
	At   rest.Time `json:"lastStateUpdateDateTime"`
	deviceCounts
}

func (w userRun) model() (model.UserRun, bool) {
	return model.UserRun{ID: w.ID, Name: w.Name.Clean(), Mail: w.Mail.Clean(), User: w.User.Clean(),
		Devices: w.deviceCounts.model(), At: w.At.Time}, rest.UsableID(w.ID)
}

// BIOSUserRuns yields what became of a BIOS configuration for each user, a page at
// a time.
//
// GET /deviceManagement/hardwareConfigurations/{id}/userRunStates
func (c *Client) BIOSUserRuns(ctx context.Context, id model.BIOSID) iter.Seq2[[]model.UserRun, error] {
	const op = "list BIOS results by user"
	if err := guid(op, "BIOS configuration", string(id)); err != nil {
		return func(yield func([]model.UserRun, error) bool) { yield(nil, err) }
	}
	return walk(ctx, c, rest.Call{Op: op, Path: biosPath(string(id), "userRunStates")}, userRun.model,
		func(r model.UserRun) string { return r.ID })
}
