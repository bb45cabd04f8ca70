package cli

import (
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
		one: "customer", empty: "the partner has no customer",
		columns: []column[model.Customer]{
			texts("NAME", "customer", "name", func(c model.Customer) string { return c.Name }),
			texts("DOMAIN", "domain", "", func(c model.Customer) string { return c.Domain }),
			texts("RELATIONSHIP", "relationship", "", func(c model.Customer) string { return c.Relationship }),
			texts("ID", "id", "", func(c model.Customer) string { return string(c.ID) }),
		},
		json: func(c model.Customer) record {
			return customerRecord{c.ID, c.Name, c.Domain, c.Relationship}
		},
	}
}

func batchListing() listing[model.DeviceBatch] {
	return listing[model.DeviceBatch]{
		one: "batch", empty: "the customer has no batch",
		columns: []column[model.DeviceBatch]{
			texts("BATCH", "batch", "id", func(b model.DeviceBatch) string { return string(b.ID) }),
			counts("DEVICES", "devices", "", func(b model.DeviceBatch) int { return b.Devices }),
			times("CREATED", "created", "", func(b model.DeviceBatch) time.Time { return b.Created }),
			texts("BY", "by", "createdBy", func(b model.DeviceBatch) string { return b.CreatedBy }),
			texts("", "status", "", func(b model.DeviceBatch) string { return b.Status }),
		},
		json: func(b model.DeviceBatch) record {
			return batchRecord{b.ID, known(b.Devices), stamp(b.Created), b.CreatedBy, b.Status}
		},
	}
}

func policyListing() listing[model.ConfigurationPolicy] {
	return listing[model.ConfigurationPolicy]{
		one: "policy", empty: "the customer has no policy",
		columns: []column[model.ConfigurationPolicy]{
			texts("NAME", "policy", "name", func(p model.ConfigurationPolicy) string { return p.Name }),
			counts("DEVICES", "devices", "assigned", func(p model.ConfigurationPolicy) int { return p.Assigned }),
			{head: "SETTINGS", name: "settings", cell: func(_ *output, p model.ConfigurationPolicy) string {
				words := make([]string, len(p.Settings))
				for i, s := range p.Settings {
					words[i] = string(s)
				}
				return strings.Join(words, " ")
			}},
			times("", "changed", "modified", func(p model.ConfigurationPolicy) time.Time { return p.Modified }),
			texts("ID", "id", "", func(p model.ConfigurationPolicy) string { return string(p.ID) }),
		},
		json: func(p model.ConfigurationPolicy) record {
			return policyRecord{p.ID, p.Name, p.Description, p.Category, append([]model.Setting{}, p.Settings...),
				known(p.Assigned), stamp(p.Created), stamp(p.Modified)}
		},
	}
}

func biosListing() listing[model.BIOSConfiguration] {
	return listing[model.BIOSConfiguration]{
		one: "BIOS configuration", empty: "the customer has no BIOS configuration",
		columns: []column[model.BIOSConfiguration]{
			texts("NAME", "name", "", func(b model.BIOSConfiguration) string { return b.Name }),
			texts("FORMAT", "format", "", func(b model.BIOSConfiguration) string { return string(b.Format) }),
			texts("FILE", "file", "fileName", func(b model.BIOSConfiguration) string { return b.FileName }),
			counts("VERSION", "version", "", func(b model.BIOSConfiguration) int { return b.Version }),
			times("MODIFIED", "changed", "modified", func(b model.BIOSConfiguration) time.Time { return b.Modified }),
			texts("", "description", "", func(b model.BIOSConfiguration) string { return b.Description }),
			asideTexts("ID", "id", "", func(b model.BIOSConfiguration) string { return string(b.ID) }),
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
		one: "device", empty: "the customer has no device",
		columns: []column[model.Device]{
			texts("SERIAL", "serial", "", func(d model.Device) string { return d.Serial }),
			texts("MAKER", "maker", "", func(d model.Device) string { return d.Maker }),
			texts("MODEL", "model", "", func(d model.Device) string { return d.Model }),
			texts("BATCH", "batch", "", func(d model.Device) string { return string(d.Batch) }),
			{head: "POLICY", name: "policy", cell: func(_ *output, d model.Device) string {
				if n, ok := names[d.Policy.Value]; ok {
					return n
				}
				return d.Policy.Value
			}},
			texts("ID", "id", "", func(d model.Device) string { return string(d.ID) }),
			times("", "uploaded", "", func(d model.Device) time.Time { return d.Uploaded }),
			asideTexts("", "policyId", "policy.id", func(d model.Device) string { return d.Policy.Value }),
			asideTexts("", "uploadedBy", "", func(d model.Device) string { return d.UploadedBy }),
			asideTexts("", "allowed", "", func(d model.Device) string { return strings.Join(d.Allowed, " ") }),
		},
		json: func(d model.Device) record { return newDeviceRecord(d, names) },
	}
}
