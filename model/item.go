package model

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// ItemKind says what one object of a service is.
type ItemKind uint8

// The kinds of items that can be read by themselves.
const (
	BatchItem ItemKind = iota
	DeviceItem
	PolicyItem
	JobItem
	BIOSItem
	AutopilotItem
	ProfileItem
	CustomerItem
)

var itemWords = [...]string{"batch", "device", "policy", "job", "BIOS configuration", "Autopilot device", "profile", "customer"}

// String returns the kind in words.
func (k ItemKind) String() string {
	if int(k) < len(itemWords) {
		return itemWords[k]
	}
	return "item"
}

// ItemRef names one object of a service.
type ItemRef struct {
	Kind  ItemKind
	ID    string
	Batch BatchID // of a Partner Center device, which cannot be found without it
}

// MaxItem bounds the JSON of one item, in bytes. The largest known, a job of a thousand
// devices, has a quarter of it.
const MaxItem = 1 << 20

// Item is one object as a service sent it, secrets aside.
type Item struct {
	Ref   ItemRef
	Read  time.Time // when it was asked for: nothing in it is older
	JSON  string    // indented, members in the service's order
	Facts []Fact    // the same, one line each
}

// Fact is one property of an item, cleaned: its name, with dots between levels, its value as
// text. Null and empty lists have the value "". A list of objects has how many there are,
// and the facts of the first few.
type Fact struct{ Name, Value string }

// Fact returns the value of a property by its name in any letter case, "" without it.
func (i Item) Fact(name string) string {
	for _, f := range i.Facts {
		if strings.EqualFold(f.Name, name) {
			return f.Value
		}
	}
	return ""
}

// ParseItem reads the JSON object of an answer. Hashes, product keys, passwords and
// tokens are replaced by how long they are and what tells two of them apart. The error
// repeats nothing of raw.
func ParseItem(ref ItemRef, raw []byte, at time.Time) (Item, error) {
	op := "read " + ref.Kind.String()
	bad := func(msg string) (Item, error) {
		return Item{}, &Error{Kind: Service, Op: op, Msg: msg}
	}
	if len(raw) > MaxItem {
		return bad(fmt.Sprintf("the answer has %d bytes; at most %d are shown", len(raw), MaxItem))
	}
	p := itemParser{in: json.NewDecoder(bytes.NewReader(raw))}
	p.in.UseNumber()
	if !json.Valid(raw) || !bytes.HasPrefix(bytes.TrimSpace(raw), []byte("{")) {
		return bad("the service answered something else than an object")
	}
	if err := p.value("", "", 0, true); err != nil {
		return bad(err.Error())
	}
	return Item{Ref: ref, Read: at, JSON: p.out.String(), Facts: p.facts}, nil
}

// Bounds of what an item is parsed to.
const (
	maxItemDepth = 32
	maxItemFacts = 500
	namedObjects = 3 // objects of a list whose facts are told
)

// itemParser writes JSON anew, indented and without secrets, and gathers its facts.
type itemParser struct {
	in    *json.Decoder
	out   strings.Builder
	facts []Fact
}

type itemError string

func (e itemError) Error() string { return string(e) }

// value copies one value. path names it, key is the last part of that; tell is unset
// where its facts are left out.
func (p *itemParser) value(path, key string, depth int, tell bool) error {
	if depth > maxItemDepth {
		return itemError("the answer is nested too deeply")
	}
	tok, err := p.in.Token()
	if err != nil {
		return itemError("the answer cannot be read")
	}
	switch t := tok.(type) {
	case json.Delim:
		if t == '{' {
			return p.object(path, depth, tell)
		}
		return p.list(path, key, depth, tell)
	case string:
		if hidden(key) && t != "" {
			t = fmt.Sprintf("(hidden: %d characters, %s)", len(t), NewSecret(t).Digest())
		}
		p.write(t)
		p.tell(path, t, tell)
	case nil:
		p.out.WriteString("null")
		p.tell(path, "", tell)
	default:
		p.out.WriteString(fmt.Sprint(t))
		p.tell(path, fmt.Sprint(t), tell)
	}
	return nil
}

func (p *itemParser) object(path string, depth int, tell bool) error {
	p.out.WriteByte('{')
	n := 0
	for ; p.in.More(); n++ {
		tok, err := p.in.Token()
		name, ok := tok.(string)
		if err != nil || !ok {
			return itemError("the answer cannot be read")
		}
		p.line(n, depth+1)
		p.write(name)
		p.out.WriteString(": ")
		full := name
		if path != "" {
			full = path + "." + name
		}
		if err := p.value(full, name, depth+1, tell); err != nil {
			return err
		}
	}
	return p.end(n, depth, '}')
}

// list copies a list. Plain values in it are one fact together.
func (p *itemParser) list(path, key string, depth int, tell bool) error {
	p.out.WriteByte('[')
	n, objects := 0, 0
	var plain []string
	for ; p.in.More(); n++ {
		p.line(n, depth+1)
		was, name := len(p.facts), fmt.Sprintf("%s.%d", path, n+1)
		if err := p.value(name, key, depth+1, tell); err != nil {
			return err
		}
		switch made := p.facts[was:]; {
		case len(made) == 1 && made[0].Name == Clean(name):
			plain = append(plain, made[0].Value)
			p.facts = p.facts[:was]
		case objects >= namedObjects:
			p.facts = p.facts[:was]
			fallthrough
		default:
			objects++
		}
	}
	if objects > namedObjects {
		p.tell(path, fmt.Sprintf("%d in all", n), tell)
	} else if len(plain) > 0 || n == 0 {
		p.tell(path, strings.Join(plain, ", "), tell)
	}
	return p.end(n, depth, ']')
}

// line begins the n-th member of what is nested so deep.
func (p *itemParser) line(n, depth int) {
	if n > 0 {
		p.out.WriteByte(',')
	}
	p.out.WriteByte('\n')
	for range depth {
		p.out.WriteString("  ")
	}
}

func (p *itemParser) end(n, depth int, closing byte) error {
	if _, err := p.in.Token(); err != nil {
		return itemError("the answer cannot be read")
	}
	if n > 0 {
		p.line(0, depth)
	}
	p.out.WriteByte(closing)
	return nil
}

// write writes a text as JSON. Letters stay as they are.
func (p *itemParser) write(s string) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // a text can always be written
	p.out.Write(bytes.TrimSuffix(b.Bytes(), []byte("\n")))
}

func (p *itemParser) tell(name, value string, tell bool) {
	if tell && name != "" && len(p.facts) < maxItemFacts {
		p.facts = append(p.facts, Fact{Clean(name), Clean(value)})
	}
}

// hidden reports whether the value of a member with this name is a secret.
func hidden(name string) bool {
	n := strings.ToLower(name)
	for _, part := range [...]string{"hardwarehash", "hardwareidentifier", "productkey", "password", "secret", "token", "filecontent"} {
		if strings.Contains(n, part) {
			return true
		}
	}
	return false
}
