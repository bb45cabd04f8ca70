package simulator

import (
	"encoding/base64"
	"encoding/binary"
	"net/http"
)

const devicePage = 100 // devices in one answer, not to be chosen

type wireBatch struct {
	ID         string         `json:"id"`
	CreatedBy  string         `json:"createdBy,omitempty"`
	Created    string         `json:"creationDate"`
	Count      int            `json:"devicesCount"`
	Devices    *wireLink      `json:"devicesLink"`
	Status     string         `json:"status,omitempty"`
	Attributes wireAttributes `json:"attributes"`
}

// listBatches is B1, GET /customers/{customer}/deviceBatches, never paged.
func listBatches(c *call) (answer, error) {
	items := []wireBatch{}
	c.w.view(c.now, func() {
		for _, b := range c.customer.batches {
			if !b.listed {
				continue
			}
			items = append(items, wireBatch{
				ID: b.id, CreatedBy: b.by, Created: bareDate(b.created), Count: b.size(),
				Devices:    link(c.customerPath("/deviceBatches/%s/devices", b.id)), // a raw space is usual here
				Status:     b.status,
				Attributes: wireAttributes{"DeviceBatch"},
			})
		}
	})
	return good(list(items))
}

type wireDevice struct {
	ID         string           `json:"id"`
	Serial     string           `json:"serialNumber,omitempty"`
	Key        string           `json:"productKey,omitempty"`
	Model      string           `json:"modelName,omitempty"`
	Maker      string           `json:"oemManufacturerName,omitempty"`
	Policies   []wirePolicyPair `json:"policies"`
	Uploaded   string           `json:"uploadedDate"`
	UploadedBy string           `json:"uploadedBy,omitempty"`
	Allowed    []string         `json:"allowedOperations,omitempty"`
	Attributes wireAttributes   `json:"attributes"`
}

// wirePolicyPair says which policy a device has; null is none.
type wirePolicyPair struct {
	Key   string  `json:"key"`
	Value *string `json:"value"`
}

// categoryOOBE is the one policy category that there is.
const categoryOOBE = "o_o_b_e"

func (d *device) wire() wireDevice {
	return wireDevice{
		ID: d.id, Serial: d.serial, Key: d.key, Model: d.model, Maker: d.maker,
		Policies: []wirePolicyPair{{categoryOOBE, d.policy}}, Uploaded: d.uploaded.In(d.zone).Format(dateSeven),
		UploadedBy: d.by, Allowed: d.allowed,
		Attributes: wireAttributes{"Device"},
	}
}

// listDevices is D1, GET /customers/{customer}/deviceBatches/{batch}/devices.
func listDevices(c *call) (answer, error) {
	name := c.params[0]
	from, err := c.pageStart(name)
	if err != nil {
		return answer{}, err
	}
	var devices []device
	var next int
	found := false
	c.w.view(c.now, func() {
		if b := c.customer.batchListed(name); b != nil {
			found = true
			devices, next = c.w.page(c.customer, b, from, devicePage)
		}
	})
	if !found {
		return answer{}, refuse(http.StatusNotFound, 1000, "Not found")
	}
	items := make([]wireDevice, len(devices))
	for i := range devices {
		items[i] = devices[i].wire()
	}
	out := list(items)
	out.Links = &wireLinks{}
	if next > 0 {
		out.Token = c.pageToken(name, next)
		if c.s.options.has("hostile") && from > 0 && len(name)%2 == 0 {
			out.Token = c.pageToken(name, from) // the page that has just been read, for ever
		}
	}
	return good(out)
}

const pageTokenSize = 17 // bytes: listing, place, mark; not divisible by three, so that the text ends in =

// pageToken names a place in the list of one batch.
func (c *call) pageToken(batch string, from int) string {
	raw := make([]byte, pageTokenSize-1, pageTokenSize)
	binary.BigEndian.PutUint64(raw, uint64(c.w.seed.text(c.customer.id+"/"+batch)))
	binary.BigEndian.PutUint64(raw[8:], uint64(from))
	return base64.StdEncoding.EncodeToString(append(raw, '+'))
}

// pageStart reads the place back; a token of another list is refused.
func (c *call) pageStart(batch string) (int, error) {
	token := c.r.Header.Get("MS-ContinuationToken")
	if token == "" {
		return 0, nil
	}
	raw, err := base64.StdEncoding.DecodeString(token)
	if err != nil || len(raw) != pageTokenSize {
		return 0, refuse(http.StatusBadRequest, 3000, "Invalid property: the continuation token is not valid.")
	}
	from := binary.BigEndian.Uint64(raw[8:])
	if from > maxDevices || c.pageToken(batch, int(from)) != token {
		return 0, refuse(http.StatusBadRequest, 3000, "Invalid property: the continuation token is not valid.")
	}
	return int(from), nil
}
