package simulator

import (
	"net/http"
	"strings"
	"time"
	"unicode"
)

// wireUpload is the body of B2.
type wireUpload struct {
	Batch   *string          `json:"batchId"`
	Devices *[]wireCandidate `json:"devices"`
}

// wireCandidate is a device in a request. A null member is an absent one.
type wireCandidate struct {
	ID       *string      `json:"id"`
	Serial   *string      `json:"serialNumber"`
	Key      *string      `json:"productKey"`
	Hash     *string      `json:"hardwareHash"`
	Maker    *string      `json:"oemManufacturerName"`
	Model    *string      `json:"modelName"`
	Policies *[]wireValue `json:"policies"`
}

// wireValue is a policy in a request.
type wireValue struct {
	Key   *string `json:"key"`
	Value *string `json:"value"`
}

// candidate is a device of an upload after everything that can be said about
// it without looking at the fleet.
type candidate struct {
	row                       jobRow
	serial, key, maker, model string // as it would be registered
	sum                       string // digest of the hash
}

// createBatch is B2, POST /customers/{customer}/deviceBatches.
func createBatch(c *call) (answer, error) {
	if c.who.appOnly() {
		return answer{}, refuse(http.StatusForbidden, 900329, "This resource does not support application-only authentication.")
	}
	body, err := decode[wireUpload](c.body)
	if err != nil || body.Devices == nil || body.Batch == nil {
		return answer{}, invalidInput()
	}
	name := *body.Batch
	if strings.TrimSpace(name) == "" || strings.ContainsFunc(name, unicode.IsControl) {
		return answer{}, invalidInput()
	}
	found, err := c.examine(*body.Devices)
	if err != nil {
		return answer{}, err
	}
	return c.once(func() (answer, error) {
		if c.customer.batchFold(name) != nil {
			return answer{}, refuse(http.StatusConflict, http.StatusConflict, "A device batch with this id already exists.")
		}
		b := &batch{id: name, by: c.w.partner.name, gone: map[int]bool{}}
		c.customer.batches = append(c.customer.batches, b)
		return c.acceptedAs(c.w.upload(c, b, found, false)), nil
	})
}

// appendDevices is D2, POST /customers/{customer}/deviceBatches/{batch}/devices.
func appendDevices(c *call) (answer, error) {
	devices, err := decode[*[]wireCandidate](c.body)
	if err != nil || devices == nil {
		return answer{}, invalidInput()
	}
	found, err := c.examine(*devices)
	if err != nil {
		return answer{}, err
	}
	return c.once(func() (answer, error) {
		b := c.customer.batchNamed(c.params[0])
		if b == nil || !b.exists {
			return answer{}, refuse(http.StatusNotFound, 1000, "Not found")
		}
		return c.acceptedAs(c.w.upload(c, b, found, true)), nil
	})
}

func invalidInput() *partnerError {
	return refuse(http.StatusBadRequest, 800002, "Invalid request input")
}

// examine judges the devices of an upload one by one; the error is one that
// refuses the whole request.
func (c *call) examine(devices []wireCandidate) ([]candidate, error) {
	if len(devices) == 0 {
		return nil, invalidInput()
	}
	out := make([]candidate, len(devices))
	for i := range devices {
		d := &devices[i]
		if d.Policies != nil && len(*d.Policies) == 0 {
			return nil, refuse(http.StatusInternalServerError, 800003, "Sequence contains no matching element")
		}
		if err := checkCategories(d.Policies); err != nil {
			return nil, err
		}
		out[i] = d.judge(c.w.unknown)
	}
	return out, nil
}

// checkCategories refuses a policy key that is no category.
func checkCategories(values *[]wireValue) error {
	if values == nil {
		return nil
	}
	for _, v := range *values {
		if v.Key == nil || *v.Key != categoryOOBE {
			return refuse(http.StatusBadRequest, 3000, "Invalid property: key")
		}
	}
	return nil
}

// judge applies the rules that concern one device alone.
func (d *wireCandidate) judge(unknown map[string]bool) candidate {
	out := candidate{serial: deref(d.Serial), key: deref(d.Key), maker: deref(d.Maker), model: deref(d.Model)}
	out.row = jobRow{serial: out.serial, key: out.key}
	fail := func(f *failure) candidate {
		out.row.failure = f
		return out
	}
	var inside hashed
	intact := false
	if d.Hash != nil {
		inside, intact = readHash(*d.Hash)
	}
	for _, text := range []string{out.serial, out.key, inside.serial} {
		if f := magic(text); f != nil {
			return fail(f)
		}
	}
	switch {
	case !d.identified():
		return fail(failures["803"])
	case d.Hash != nil && !intact:
		return fail(failures["802"])
	case d.Hash != nil:
		out.serial, out.sum = orDefault(out.serial, inside.serial), hashDigest(*d.Hash)
		out.maker, out.model = inside.maker, orDefault(inside.model, out.model)
	case unknown[out.model]:
		return fail(failures["812"])
	}
	return out
}

// identified reports whether one of the six accepted identifications is
// there. A text that is there but blank spoils it. Maker and model beside a
// hash are put up with, because clients send them.
func (d *wireCandidate) identified() bool {
	for _, t := range []*string{d.Serial, d.Key, d.Hash, d.Maker, d.Model} {
		if t != nil && strings.TrimSpace(*t) == "" {
			return false
		}
	}
	tuple := d.Serial != nil && d.Maker != nil && d.Model != nil && d.Key == nil
	key := d.Key != nil && d.Serial == nil && d.Maker == nil && d.Model == nil
	return d.Hash != nil || key || tuple
}

func deref(t *string) string {
	if t == nil {
		return ""
	}
	return *t
}

// upload accepts the work: it settles each device's outcome now, takes the
// good ones, and plans the moments at which they show. The lock is held.
func (w *world) upload(c *call, b *batch, found []candidate, appended bool) *job {
	seen := registry{}
	rows := make([]jobRow, len(found))
	for i := range found {
		one := &found[i]
		if one.row.failure == nil {
			one.row.failure = w.admit(c.customer, one, seen)
		}
		rows[i] = one.row
	}
	j := w.accept(c, rows, appended)
	if j.stuck {
		return j
	}
	added := w.devices(j, found)
	if !appended {
		w.later(j.ends(), func() { b.exists, b.created = true, j.ends().Truncate(time.Second) })
	}
	w.later(j.ends(), func() {
		for _, d := range added {
			w.arrive(j.customer, d, b.id, j.ends())
		}
	})
	w.later(j.ends().Add(w.lag), func() {
		b.listed = true
		for _, d := range added {
			d.home, d.place = b, b.places()
			b.added = append(b.added, d)
			j.customer.added[d.id] = d
		}
	})
	return j
}

// admit compares a device with the rest of the upload and with what is
// registered, and takes it for the customer.
func (w *world) admit(c *customer, one *candidate, seen registry) *failure {
	id := one.identity()
	if seen.find(id) != nil {
		return duplicated
	}
	seen.add(id, c)
	switch owner := w.owner(id); owner {
	case nil:
		w.registered.add(id, c)
		return nil
	case c:
		return failures["806"]
	}
	return failures["808"]
}

// devices makes the devices that an upload adds.
func (w *world) devices(j *job, found []candidate) []*device {
	var out []*device
	for i := range found {
		if j.rows[i].failure != nil {
			continue
		}
		w.addedCount++
		n := w.addedCount
		out = append(out, &device{
			id:     guid(w.run.at(kindAdded, n, 0), w.run.at(kindAdded, n, 1)),
			serial: found[i].serial, key: found[i].key, maker: found[i].maker, model: found[i].model, sum: found[i].sum,
			uploaded: j.endsAt(i + 1), zone: time.UTC,
		})
	}
	return out
}
