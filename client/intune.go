package client

import (
	"context"
	"iter"

	"muster/client/graph"
	"muster/model"
)

// nothing yields an error and ends.
func nothing[T any](err error) iter.Seq2[[]T, error] {
	return func(yield func([]T, error) bool) { yield(nil, err) }
}

// listed walks a list of a customer's tenant.
func listed[T any](c *Client, customer model.CustomerID, walk func(*graph.Client) iter.Seq2[[]T, error]) iter.Seq2[[]T, error] {
	g, err := c.graph(customer)
	if err != nil {
		return nothing[T](err)
	}
	return walk(g)
}

// AutopilotDevices yields the customer's Autopilot devices as their pages come.
func (c *Client) AutopilotDevices(ctx context.Context, customer model.CustomerID) iter.Seq2[[]model.AutopilotDevice, error] {
	return listed(c, customer, func(g *graph.Client) iter.Seq2[[]model.AutopilotDevice, error] { return g.AutopilotDevices(ctx) })
}

// AutopilotFrom is AutopilotDevices from the page on that a former walk named, "" for
// the first.
func (c *Client) AutopilotFrom(ctx context.Context, customer model.CustomerID, from string) iter.Seq2[model.AutopilotPage, error] {
	return func(yield func(model.AutopilotPage, error) bool) {
		g, err := c.graph(customer)
		if err != nil {
			yield(model.AutopilotPage{Next: from}, err)
			return
		}
		for s, err := range g.AutopilotFrom(ctx, from) {
			if !yield(model.AutopilotPage{Devices: s.Items, Next: s.Next}, err) {
				return
			}
		}
	}
}

// AutopilotDevice reads one Autopilot device with its profiles and the managed
// device that it became. What could not be read is named in Missing.
func (c *Client) AutopilotDevice(ctx context.Context, customer model.CustomerID, id model.AutopilotID) (model.AutopilotDetail, error) {
	g, err := c.graph(customer)
	if err != nil {
		return model.AutopilotDetail{}, err
	}
	d, err := g.AutopilotDevice(ctx, id)
	if err == nil {
		joinManaged(ctx, g, &d)
	}
	return d, err
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return model.Clean(s)
}

// ManagedDevices yields the customer's enrolled devices as their pages come.
func (c *Client) ManagedDevices(ctx context.Context, customer model.CustomerID) iter.Seq2[[]model.ManagedDevice, error] {
	return listed(c, customer, func(g *graph.Client) iter.Seq2[[]model.ManagedDevice, error] { return g.ManagedDevices(ctx) })
}

// AutopilotSettings reads when the last sync was and whether one runs.
func (c *Client) AutopilotSettings(ctx context.Context, customer model.CustomerID) (model.AutopilotSettings, error) {
	g, err := c.graph(customer)
	if err != nil {
		return model.AutopilotSettings{}, err
	}
	return g.AutopilotSettings(ctx)
}

// HasBIOSPassword reports whether Intune keeps a BIOS password for the device,
// without reading it.
func (c *Client) HasBIOSPassword(ctx context.Context, customer model.CustomerID, id model.ManagedDeviceID) (bool, error) {
	g, err := c.graph(customer)
	if err != nil {
		return false, err
	}
	return g.HasBIOSPassword(ctx, id)
}

// Profiles yields the customer's deployment profiles as their pages come.
func (c *Client) Profiles(ctx context.Context, customer model.CustomerID) iter.Seq2[[]model.DeploymentProfile, error] {
	return listed(c, customer, func(g *graph.Client) iter.Seq2[[]model.DeploymentProfile, error] { return g.Profiles(ctx) })
}

// Profile reads one deployment profile.
func (c *Client) Profile(ctx context.Context, customer model.CustomerID, id model.ProfileID) (model.DeploymentProfile, error) {
	g, err := c.graph(customer)
	if err != nil {
		return model.DeploymentProfile{}, err
	}
	return g.Profile(ctx, id)
}

// ProfileTargets lists whom a deployment profile is assigned to.
func (c *Client) ProfileTargets(ctx context.Context, customer model.CustomerID, id model.ProfileID) ([]model.ProfileTarget, error) {
	g, err := c.graph(customer)
	if err != nil {
		return nil, err
	}
	return g.ProfileTargets(ctx, id)
}

// ProfileDevices yields the Autopilot devices that have a profile.
func (c *Client) ProfileDevices(ctx context.Context, customer model.CustomerID, id model.ProfileID) iter.Seq2[[]model.AutopilotDevice, error] {
	return listed(c, customer, func(g *graph.Client) iter.Seq2[[]model.AutopilotDevice, error] { return g.ProfileDevices(ctx, id) })
}

// BIOSTargets lists whom a BIOS configuration is assigned to.
func (c *Client) BIOSTargets(ctx context.Context, customer model.CustomerID, id model.BIOSID) ([]model.Target, error) {
	g, err := c.graph(customer)
	if err != nil {
		return nil, err
	}
	return g.BIOSTargets(ctx, id)
}

// BIOSSummary counts the devices and users of a BIOS configuration by state.
func (c *Client) BIOSSummary(ctx context.Context, customer model.CustomerID, id model.BIOSID) (model.RunSummary, error) {
	g, err := c.graph(customer)
	if err != nil {
		return model.RunSummary{}, err
	}
	return g.BIOSSummary(ctx, id)
}

// BIOSRuns yields what became of a BIOS configuration, device by device.
func (c *Client) BIOSRuns(ctx context.Context, customer model.CustomerID, id model.BIOSID) iter.Seq2[[]model.DeviceRun, error] {
	return listed(c, customer, func(g *graph.Client) iter.Seq2[[]model.DeviceRun, error] { return g.BIOSRuns(ctx, id) })
}

// BIOSUserRuns yields what became of a BIOS configuration, user by user.
func (c *Client) BIOSUserRuns(ctx context.Context, customer model.CustomerID, id model.BIOSID) iter.Seq2[[]model.UserRun, error] {
	return listed(c, customer, func(g *graph.Client) iter.Seq2[[]model.UserRun, error] { return g.BIOSUserRuns(ctx, id) })
}

// intuneSender returns the sender of a kind of operation in Intune.
func (c *Client) intuneSender(kind model.OperationKind) sender {
	switch kind {
	case model.ChangeAutopilot, model.UndoAutopilot:
		return changes{c}
	case model.DeleteAutopilot:
		return deregistrations{c}
	case model.AssignProfile:
		return profileAssignments{c}
	case model.CreateProfile:
		return profileWriter{c, methodPost}
	case model.EditProfile:
		return profileWriter{c, methodPatch}
	case model.DeleteProfile:
		return profileWriter{c, methodDelete}
	case model.TargetProfile:
		return retargets{c}
	case model.DeleteBIOS:
		return biosRemovals{c}
	case model.AssignBIOS:
		return biosAssignments{c}
	case model.SyncAutopilot:
		return syncs{c}
	case model.ImportAutopilot:
		return imports{c}
	}
	return nil
}
