package graph

import (
	"context"
	"net/url"
	"strings"

	"muster/client/rest"
	"muster/model"
)

// passwordPath is where Intune keeps BIOS passwords by managed device. passwordOld
// is its deprecated twin.
func passwordPath(more ...string) []string {
	return append([]string{"deviceManagement", "hardwarePasswordDetails"}, more...)
}

func passwordOld(id string) []string {
	return []string{"deviceManagement", "hardwarePasswordInfo", id}
}

// HasBIOSPassword reports whether Intune keeps a BIOS password for a managed
// device. Only ids are asked for, and only ids are decoded of what comes.
//
// GET /deviceManagement/hardwarePasswordDetails?$filter=id eq '…'&$select=id
func (c *Client) HasBIOSPassword(ctx context.Context, id model.ManagedDeviceID) (bool, error) {
	const op = "look for BIOS password"
	k, err := passwordFilter(op, id)
	if err != nil {
		return false, err
	}
	k.Query.Set("$select", "id")
	type entry struct {
		ID string `json:"id"`
	}
	ids := walk(ctx, c, k, func(w entry) (string, bool) { return w.ID, rest.UsableID(w.ID) }, func(id string) string { return id })
	for page, err := range ids {
		if err != nil {
			return false, err
		}
		for _, have := range page {
			if strings.EqualFold(have, string(id)) {
				return true, nil
			}
		}
	}
	return false, nil
}

// passwordFilter asks for one device. Anything but a GUID could widen the filter
// to the whole tenant and is refused.
func passwordFilter(op string, id model.ManagedDeviceID) (rest.Call, error) {
	if err := guid(op, "managed device", string(id)); err != nil {
		return rest.Call{}, err
	}
	if id == model.ZeroGUID {
		return rest.Call{}, &model.Error{Kind: model.Invalid, Op: op, Msg: "the device is not enrolled"}
	}
	return rest.Call{Op: op, Path: passwordPath(), Query: url.Values{"$filter": {"id eq " + literal(string(id))}}}, nil
}

// biosPassword is the wire form of a hardwarePasswordDetail. Passwords are not
// cleaned: every character of them counts.
type biosPassword struct {
	ID       string      `json:"id"`
	Serial   rest.Text   `json:"serialNumber"`
	Current  rest.Text   `json:"currentPassword"`
	Previous []rest.Text `json:"previousPasswords"`
}

// maxPrevious bounds the former passwords that are kept in memory.
const maxPrevious = 100

func (w biosPassword) model(id model.ManagedDeviceID) (model.BIOSPassword, bool) {
	p := model.BIOSPassword{Device: id, Serial: w.Serial.Clean(), Current: model.NewSecret(string(w.Current))}
	for _, old := range w.Previous[:min(len(w.Previous), maxPrevious)] {
		p.Previous = append(p.Previous, model.NewSecret(string(old)))
	}
	return p, strings.EqualFold(w.ID, string(id))
}

// BIOSPassword reads the BIOS password of one managed device; the error is of kind
// NotFound when Intune keeps none. The answer's bytes are erased before it returns.
// The list is asked before the item, which is known to fail for callers with every
// right, and the deprecated twin only where neither is known.
//
// GET /deviceManagement/hardwarePasswordDetails?$filter=id eq '…'
// GET /deviceManagement/hardwarePasswordDetails/{id}
// GET /deviceManagement/hardwarePasswordInfo/{id}
func (c *Client) BIOSPassword(ctx context.Context, id model.ManagedDeviceID) (model.BIOSPassword, error) {
	const op = "read BIOS password"
	k, err := passwordFilter(op, id)
	if err != nil {
		return model.BIOSPassword{}, err
	}
	a, first := c.rest.Do(ctx, k)
	if first == nil {
		return listedPassword(op, a, id)
	}
	err = first
	for _, path := range [][]string{passwordPath(string(id)), passwordOld(string(id))} {
		if kind := model.KindOf(err); kind != model.Invalid && kind != model.Service {
			break
		}
		if a, err = c.rest.Do(ctx, rest.Call{Op: op, Path: path}); err == nil {
			defer clear(a.Body)
			return decoded(op, "a password", a, func(w biosPassword) (model.BIOSPassword, bool) { return w.model(id) })
		}
	}
	if model.KindOf(err) == model.NotFound {
		return model.BIOSPassword{}, noPassword(op, model.AsError(err).Ref)
	}
	return model.BIOSPassword{}, first // the fallbacks know no more than the list did
}

// listedPassword finds the device's own entry: others are there when the service
// ignored the filter.
func listedPassword(op string, a *rest.Answer, id model.ManagedDeviceID) (model.BIOSPassword, error) {
	defer clear(a.Body)
	list, err := rest.Decode[collection[biosPassword]](op, a)
	if err != nil {
		return model.BIOSPassword{}, err
	}
	if list.Value == nil {
		return model.BIOSPassword{}, rest.Bare(op, "a list", a)
	}
	for _, w := range list.Value {
		if p, ok := w.model(id); ok {
			return p, nil
		}
	}
	return model.BIOSPassword{}, noPassword(op, a.Correlation)
}

func noPassword(op, ref string) error {
	return &model.Error{Kind: model.NotFound, Op: op, Msg: "Intune keeps no BIOS password for this device", Ref: ref,
		Hint: "it keeps those of BIOS configurations with per-device passwords that a device has applied"}
}
