package simulator

import "net/http"

// deletePilot is DELETE …/{id}: the registration ends, and the record with it,
// at the next sync. An enrolled device has to leave Intune before.
func deletePilot(c *call) (answer, error) {
	var refused error
	c.w.view(c.now, func() {
		one, ok := c.w.pilotByID(c.customer, c.pilotID())
		switch {
		case !ok:
			refused = notFound()
		case c.w.managed(c.customer, one.number):
			refused = flawed()
		default:
			c.w.leave(c.customer, one.number, c.now)
		}
	})
	if refused != nil {
		return answer{}, refused
	}
	return answer{status: http.StatusNoContent}, nil
}

type wireDeletion struct {
	Serial string `json:"serialNumber"`
	ID     string `json:"deviceRegistrationId"`
	State  string `json:"deletionState"`
	Error  string `json:"errorMessage"`
}

type wireDeletions struct {
	Context string         `json:"@odata.context"`
	Value   []wireDeletion `json:"value"`
}

// deletePilots is POST …/deleteDevices, which the service has had once.
func deletePilots(c *call) (answer, error) {
	body, err := decode[struct {
		Serials *[]string `json:"serialNumbers"`
	}](c.body)
	if err != nil {
		return answer{}, badJSON()
	}
	if body.Serials == nil {
		return answer{}, missing("serialNumbers")
	}
	out := wireDeletions{Context: c.context("/$metadata#Collection(microsoft.graph.deletedWindowsAutopilotDeviceState)"), Value: []wireDeletion{}}
	c.w.view(c.now, func() {
		for _, serial := range *body.Serials {
			one, ok := c.w.pilotBySerial(c.customer, serial)
			row := wireDeletion{Serial: serial, ID: zeroGUID, State: "failed", Error: "ZtdDeviceIsNotRegistered"}
			if ok {
				row.ID, row.Error = c.w.fleet.alias(aliasIdentity, one.number), "DeviceIsEnrolled"
				if !c.w.managed(c.customer, one.number) {
					c.w.leave(c.customer, one.number, c.now)
					row.State, row.Error = "accepted", ""
				}
			}
			out.Value = append(out.Value, row)
		}
	})
	return graphGood(http.StatusOK, out)
}
