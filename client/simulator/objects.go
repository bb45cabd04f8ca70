package simulator

import "encoding/json"

// wireObject is an object of the directory that may be a device, a user or a
// group; one of the three is set.
type wireObject struct {
	device *wireEntra
	user   *wireUser
	group  *wireGroup
}

// wireUser is what is shown of a person.
type wireUser struct {
	Type      string   `json:"@odata.type,omitempty"`
	ID        string   `json:"id"`
	Phones    []string `json:"businessPhones"`
	Name      string   `json:"displayName"`
	First     string   `json:"givenName"`
	Job       *string  `json:"jobTitle"`
	Mail      string   `json:"mail"`
	Mobile    *string  `json:"mobilePhone"`
	Office    *string  `json:"officeLocation"`
	Language  *string  `json:"preferredLanguage"`
	Last      string   `json:"surname"`
	Principal string   `json:"userPrincipalName"`
}

func (u user) wire() wireUser {
	return wireUser{ID: u.id, Phones: []string{}, Name: u.name, First: u.first, Last: u.last, Mail: u.principal, Principal: u.principal}
}

// kind is the object's type without its name space.
func (o wireObject) kind() string {
	switch {
	case o.device != nil:
		return "device"
	case o.user != nil:
		return "user"
	}
	return "group"
}

// MarshalJSON writes the object with its type first.
func (o wireObject) MarshalJSON() ([]byte, error) {
	kind := "#microsoft.graph." + o.kind()
	switch {
	case o.device != nil:
		one := *o.device
		one.Type = kind
		return json.Marshal(one)
	case o.user != nil:
		one := *o.user
		one.Type = kind
		return json.Marshal(one)
	}
	one := *o.group
	one.Type = kind
	return json.Marshal(one)
}

// object finds whatever has an object id; the lock is held.
func (w *world) object(c *customer, id string) (wireObject, bool) {
	if g := c.directory.groupByID(id); g != nil {
		one := g.wire()
		return wireObject{group: &one}, true
	}
	if e := w.entraByObject(c, id); e != nil {
		return wireObject{device: e}, true
	}
	if u, ok := w.userByID(c, id); ok {
		one := u.wire()
		return wireObject{user: &one}, true
	}
	return wireObject{}, false
}

// graphObjects writes a page of objects of several types, in which $select
// names what any of them may have.
func graphObjects(c *call, set string, q odata, p page[wireObject]) (answer, error) {
	raw := page[json.RawMessage]{next: p.next, count: p.count}
	for _, o := range p.items {
		raw.items = append(raw.items, encode(o))
	}
	return writeList(c, set, q, raw)
}
