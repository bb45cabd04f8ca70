package model

import "strings"

// Machine is what tells a device apart from others without a secret. Empty
// fields are not known.
type Machine struct {
	Serial string
	Maker  string
	Model  string
}

// Same reports whether both name one machine: the same serial, and no
// contradiction in what both know of maker and model, since makers do not ask
// each other before they give out a serial. Letter case does not count. Without
// a serial nothing can be said, which is false.
func (m Machine) Same(o Machine) bool {
	like := func(a, b string) bool { return a == "" || b == "" || strings.EqualFold(a, b) }
	return m.Serial != "" && strings.EqualFold(m.Serial, o.Serial) && like(m.Maker, o.Maker) && like(m.Model, o.Model)
}

// Machine returns what tells the row's device apart. Of maker and model only those
// inside a hash count where there is one: what stands beside it is not sent.
func (r UploadRow) Machine() Machine {
	if !r.Identity.Hash.Empty() {
		return Machine{Serial: r.Serial(), Maker: r.Facts.Maker, Model: r.Facts.Model}
	}
	return Machine{Serial: r.Serial(), Maker: r.Identity.Maker, Model: r.Identity.Model}
}

// Machine returns what tells the device apart.
func (d Device) Machine() Machine { return Machine{Serial: d.Serial, Maker: d.Maker, Model: d.Model} }

// Machine returns what is still known to tell the row's device apart.
func (r Row) Machine() Machine { return Machine{Serial: r.Serial, Maker: r.Maker, Model: r.Model} }
