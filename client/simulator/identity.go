package simulator

import (
	"crypto/sha256"
	"strings"
)

// identity is all by which a device can be recognised, folded to one letter case.
// Empty members are not known.
type identity struct {
	serial, maker, model string
	key                  string
	hash                 string // digest
}

// registered is a device that somebody registered since the start.
type registered struct {
	identity
	by *customer
}

// registry is the devices that were registered, by each name that they have.
type registry map[string][]registered

// hashDigest stands for a hardware hash.
func hashDigest(hash string) string {
	sum := sha256.Sum256([]byte(hash))
	return string(sum[:16])
}

// same reports whether two devices are one: by hash, by product key, or by serial
// number unless maker or model, where both are known, say otherwise.
func (i identity) same(o identity) bool {
	if i.hash != "" && i.hash == o.hash || i.key != "" && i.key == o.key {
		return true
	}
	like := func(a, b string) bool { return a == "" || b == "" || a == b }
	return i.serial != "" && i.serial == o.serial && !nameless(i.serial) && like(i.maker, o.maker) && like(i.model, o.model)
}

// nameless reports a serial number that a maker forgot to write: it recognises
// nothing.
func nameless(serial string) bool {
	switch serial {
	case "TO BE FILLED BY O.E.M.", "SYSTEM SERIAL NUMBER", "DEFAULT STRING", "NONE", "0", "123456789":
		return true
	}
	return false
}

func fold(serial, maker, model, key, hash string) identity {
	return identity{strings.ToUpper(serial), strings.ToUpper(maker), strings.ToUpper(model), strings.ToUpper(key), hash}
}

func (d *device) identity() identity { return fold(d.serial, d.maker, d.model, d.key, d.sum) }

func (c *candidate) identity() identity { return fold(c.serial, c.maker, c.model, c.key, c.sum) }

// names are the words under which an identity is looked up.
func (i identity) names() []string {
	var out []string
	for _, n := range []struct{ kind, text string }{{"s", i.serial}, {"k", i.key}, {"h", i.hash}} {
		if n.text != "" {
			out = append(out, n.kind+n.text)
		}
	}
	return out
}

// find returns what is registered as a device, or nil.
func (c registry) find(one identity) *registered {
	for _, name := range one.names() {
		for i, have := range c[name] {
			if have.same(one) {
				return &c[name][i]
			}
		}
	}
	return nil
}

func (c registry) add(one identity, by *customer) {
	for _, name := range one.names() {
		c[name] = append(c[name], registered{one, by})
	}
}

// drop gives up every hold on a device.
func (c registry) drop(one identity) {
	for _, name := range one.names() {
		left := c[name][:0]
		for _, have := range c[name] {
			if have.identity != one {
				left = append(left, have)
			}
		}
		if c[name] = left; len(left) == 0 {
			delete(c, name)
		}
	}
}
