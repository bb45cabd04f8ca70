package partner

import (
	"context"
	"encoding/json"
	"strings"

	"muster/client/rest"
	"muster/model"
)

// job is the wire form of a job's report.
type job struct {
	ID        rest.Text    `json:"batchTrackingId"`
	Status    rest.Text    `json:"status"`
	Started   rest.Time    `json:"startedTime"`
	Completed rest.Time    `json:"completedTime"`
	Devices   []jobOutcome `json:"devicesStatus"`
}

// jobOutcome is the report on one device of a job. It has no row number, and
// nothing at all that identifies the device when only a hash was sent.
type jobOutcome struct {
	DeviceID         rest.Text `json:"deviceId"`
	SerialNumber     rest.Text `json:"serialNumber"`
	ProductKey       rest.Text `json:"productKey"`
	Status           rest.Text `json:"status"`
	ErrorCode        rest.Text `json:"errorCode"`
	ErrorDescription rest.Text `json:"errorDescription"`
}

func (w job) model(id model.JobID) model.BatchUpload {
	u := model.BatchUpload{ID: id, State: model.ParseJobState(string(w.Status)), Raw: w.Status.Clean(),
		Started: w.Started.Time, Completed: w.Completed.Time, Devices: make([]model.DeviceUpload, len(w.Devices))}
	for i, d := range w.Devices {
		o := model.DeviceUpload{Serial: d.SerialNumber.Clean(), KeySum: model.NewSecret(string(d.ProductKey)).Digest(),
			State: model.ParseJobState(string(d.Status)), Raw: d.Status.Clean(), Code: d.ErrorCode.Clean(), Name: d.ErrorDescription.Clean()}
		if rest.UsableID(string(d.DeviceID)) {
			o.ID = model.DeviceID(d.DeviceID)
		}
		u.Devices[i] = o
	}
	return u
}

// JobStatus reads how far a job has come. A job that has just been accepted may
// be NotFound for a moment.
//
// GET /customers/{customer}/batchJobStatus/{job}
func (c *Client) JobStatus(ctx context.Context, customer model.CustomerID, id model.JobID) (model.BatchUpload, error) {
	const op = "read job status"
	if !model.IsGUID(string(id)) {
		return model.BatchUpload{}, &model.Error{Kind: model.Invalid, Op: op, Msg: "the tracking id is not a GUID"}
	}
	wire, a, err := get[job](ctx, c, call{op: op, customer: customer, path: []string{"batchJobStatus", string(id)}})
	if err != nil {
		return model.BatchUpload{}, err
	}
	if wire.ID != "" && !strings.EqualFold(string(wire.ID), string(id)) {
		return model.BatchUpload{}, rest.Bare(op, "this job; it sent another one", a)
	}
	if wire.ID == "" && wire.Status == "" {
		return model.BatchUpload{}, rest.Bare(op, "a job", a)
	}
	return wire.model(id), nil
}

// jobOf finds out which job an accepted request became: from the Location
// header, which has neither host nor version, else from the body, where one
// description of the API sees it. "" = the service did not say, or named a job of
// another customer.
func (c *Client) jobOf(customer model.CustomerID, a *rest.Answer) model.JobID {
	if id, ok := c.jobAt(customer, a.Header.Get("Location")); ok {
		return id
	}
	var plain string
	if json.Unmarshal(a.Body, &plain) == nil {
		id, _ := c.jobAt(customer, plain)
		return id
	}
	var body struct {
		Location rest.Text `json:"location"`
		URI      rest.Text `json:"uri"`
		Tracking rest.Text `json:"batchTrackingId"`
	}
	if json.Unmarshal(a.Body, &body) != nil {
		return ""
	}
	for _, at := range []rest.Text{body.Location, body.URI} {
		if id, ok := c.jobAt(customer, string(at)); ok {
			return id
		}
	}
	if model.IsGUID(string(body.Tracking)) {
		return model.JobID(body.Tracking)
	}
	return ""
}

// jobAt reads the address of a job.
func (c *Client) jobAt(customer model.CustomerID, at string) (model.JobID, bool) {
	s, ok := segments(c.root, at)
	if !ok || len(s) != 4 || !strings.EqualFold(s[0], "customers") || !strings.EqualFold(s[2], "batchJobStatus") {
		return "", false
	}
	if !strings.EqualFold(s[1], string(customer)) || !model.IsGUID(s[3]) {
		return "", false
	}
	return model.JobID(s[3]), true
}
