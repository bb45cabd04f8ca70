package cli

import (
	"strconv"
	"strings"
	"time"

	"muster/model"
)

// The records are muster's own JSON: stable names, absent where nothing is known.

type customerRecord struct {
	ID           model.CustomerID `json:"id"`
	Name         string           `json:"name"`
	Domain       string           `json:"domain,omitempty"`
	Relationship string           `json:"relationship,omitempty"`
}

type batchRecord struct {
	ID        model.BatchID `json:"id"`
	Devices   *int          `json:"devices,omitempty"`
	Created   *time.Time    `json:"created,omitempty"`
	CreatedBy string        `json:"createdBy,omitempty"`
	Status    string        `json:"status,omitempty"`
}

type policyRecord struct {
	ID          model.PolicyID  `json:"id"`
	Name        string          `json:"name"`
	Description string          `json:"description,omitempty"`
	Category    string          `json:"category,omitempty"`
	Settings    []model.Setting `json:"settings"`
	Assigned    *int            `json:"assigned,omitempty"`
	Created     *time.Time      `json:"created,omitempty"`
	Modified    *time.Time      `json:"modified,omitempty"`
}

type biosRecord struct {
	ID           model.BIOSID     `json:"id"`
	Name         string           `json:"name"`
	Description  string           `json:"description,omitempty"`
	Format       model.BIOSFormat `json:"format"`
	FileName     string           `json:"fileName"`
	Version      int              `json:"version"`
	PasswordsOff bool             `json:"perDevicePasswordDisabled"`
	ScopeTags    []string         `json:"scopeTags"`
	Created      *time.Time       `json:"created,omitempty"`
	Modified     *time.Time       `json:"modified,omitempty"`
}

// policyOf is what a device says about its policy. The id is absent when the
// service named it by a text, the name when no policy of the customer has the id.
type policyOf struct {
	ID   model.PolicyID `json:"id,omitempty"`
	Name string         `json:"name,omitempty"`
}

type deviceRecord struct {
	ID         model.DeviceID `json:"id"`
	PartnerID  model.DeviceID `json:"partnerId"`
	Batch      model.BatchID  `json:"batch"`
	Serial     string         `json:"serial,omitempty"`
	Maker      string         `json:"maker,omitempty"`
	Model      string         `json:"model,omitempty"`
	Policy     *policyOf      `json:"policy,omitempty"`
	Uploaded   *time.Time     `json:"uploaded,omitempty"`
	UploadedBy string         `json:"uploadedBy,omitempty"`
}

func (customerRecord) record() {}
func (batchRecord) record()    {}
func (policyRecord) record()   {}
func (biosRecord) record()     {}
func (deviceRecord) record()   {}

func customerListing() listing[model.Customer] {
	return listing[model.Customer]{
		empty: "the partner has no customer",
		head:  []string{"NAME", "DOMAIN", "RELATIONSHIP", "ID"},
		cells: func(_ *output, c model.Customer) []string {
			return []string{c.Name, c.Domain, c.Relationship, string(c.ID)}
		},
		json: func(c model.Customer) record {
			return customerRecord{c.ID, c.Name, c.Domain, c.Relationship}
		},
	}
}

func batchListing() listing[model.DeviceBatch] {
	return listing[model.DeviceBatch]{
		empty: "the customer has no batch",
		head:  []string{"BATCH", "DEVICES", "CREATED", "BY"},
		cells: func(o *output, b model.DeviceBatch) []string {
			return []string{string(b.ID), countOr(b.Devices), o.moment(b.Created), b.CreatedBy}
		},
		json: func(b model.DeviceBatch) record {
			return batchRecord{b.ID, known(b.Devices), stamp(b.Created), b.CreatedBy, b.Status}
		},
	}
}

func policyListing() listing[model.ConfigurationPolicy] {
	return listing[model.ConfigurationPolicy]{
		empty: "the customer has no policy",
		head:  []string{"NAME", "DEVICES", "SETTINGS", "ID"},
		cells: func(_ *output, p model.ConfigurationPolicy) []string {
			words := make([]string, len(p.Settings))
			for i, s := range p.Settings {
				words[i] = string(s)
			}
			return []string{p.Name, countOr(p.Assigned), strings.Join(words, " "), string(p.ID)}
		},
		json: func(p model.ConfigurationPolicy) record {
			return policyRecord{p.ID, p.Name, p.Description, p.Category, append([]model.Setting{}, p.Settings...),
				known(p.Assigned), stamp(p.Created), stamp(p.Modified)}
		},
	}
}

func biosListing() listing[model.BIOSConfiguration] {
	return listing[model.BIOSConfiguration]{
		empty: "the customer has no BIOS configuration",
		head:  []string{"NAME", "FORMAT", "FILE", "VERSION", "MODIFIED", "ID"},
		cells: func(o *output, b model.BIOSConfiguration) []string {
			return []string{b.Name, string(b.Format), b.FileName, strconv.Itoa(b.Version), o.moment(b.Modified), string(b.ID)}
		},
		json: func(b model.BIOSConfiguration) record {
			return biosRecord{b.ID, b.Name, b.Description, b.Format, b.FileName, b.Version, b.PasswordsOff,
				append([]string{}, b.ScopeTags...), stamp(b.Created), stamp(b.Modified)}
		},
	}
}

// namesOf is an index of policies by id: a customer may have a million devices.
func namesOf(policies []model.ConfigurationPolicy) map[string]string {
	names := make(map[string]string, len(policies))
	for _, p := range policies {
		names[string(p.ID)] = p.Name
	}
	return names
}

func newDeviceRecord(d model.Device, names map[string]string) deviceRecord {
	r := deviceRecord{ID: d.ID, PartnerID: d.ID, Batch: d.Batch, Serial: d.Serial, Maker: d.Maker, Model: d.Model,
		Uploaded: stamp(d.Uploaded), UploadedBy: d.UploadedBy}
	if id, ok := d.Policy.ID(); ok {
		r.Policy = &policyOf{ID: id, Name: names[string(id)]}
	} else if !d.Policy.None() {
		r.Policy = &policyOf{Name: d.Policy.Value}
	}
	return r
}

func deviceListing(policies []model.ConfigurationPolicy) listing[model.Device] {
	names := namesOf(policies)
	return listing[model.Device]{
		empty: "the customer has no device",
		head:  []string{"SERIAL", "MAKER", "MODEL", "BATCH", "POLICY", "ID"},
		cells: func(_ *output, d model.Device) []string {
			policy := d.Policy.Value
			if n, ok := names[policy]; ok {
				policy = n
			}
			return []string{d.Serial, d.Maker, d.Model, string(d.Batch), policy, string(d.ID)}
		},
		json: func(d model.Device) record { return newDeviceRecord(d, names) },
	}
}
