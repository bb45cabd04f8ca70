package simulator

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// odata is what the query of a Graph request asks for.
type odata struct {
	picked   []string // of $select, as written; nil is everything
	expanded []string // of $expand
	filter   *predicate
	search   string
	order    string
	count    bool
	top      int    // 0 is not said
	skip     int    // $skip
	from     string // $skiptoken
	again    string // the query but for $skiptoken, ending in & unless empty: the next link carries it
}

const (
	maxQuery  = 16 << 10 // bytes of a query that is looked at
	maxPicked = 200      // names in one $select
)

// odata reads the query options; the error is a 400. What is not among the
// options of OData is ignored.
func (c *call) odata() (odata, error) {
	raw := c.r.URL.RawQuery
	values, err := url.ParseQuery(raw)
	if err != nil || len(raw) > maxQuery {
		return odata{}, graphRefuse(shapeGateway, http.StatusBadRequest, "BadRequest", "The query cannot be read.")
	}
	q := odata{search: queryValue(values, "$search"), order: queryValue(values, "$orderby"), from: queryValue(values, "$skiptoken")}
	q.picked, q.expanded = commaList(queryValue(values, "$select")), commaList(queryValue(values, "$expand"))
	if len(q.picked) > maxPicked {
		return odata{}, graphRefuse(shapeGateway, http.StatusBadRequest, "BadRequest", "Too many names in $select.")
	}
	switch text := queryValue(values, "$count"); text {
	case "", "false":
	case "true":
		q.count = true
	default:
		return odata{}, graphRefuse(shapeGateway, http.StatusBadRequest, "BadRequest", "Invalid value '%.40s' for $count query option found.", text)
	}
	if text := queryValue(values, "$top"); text != "" {
		if q.top, err = strconv.Atoi(text); err != nil || q.top < 1 {
			return odata{}, graphRefuse(shapeGateway, http.StatusBadRequest, "BadRequest", "Invalid value '%.40s' for $top query option found.", text)
		}
	}
	if text := queryValue(values, "$skip"); text != "" {
		if q.skip, err = strconv.Atoi(text); err != nil || q.skip < 0 {
			return odata{}, graphRefuse(shapeGateway, http.StatusBadRequest, "BadRequest", "Invalid value '%.40s' for $skip query option found.", text)
		}
	}
	if text := queryValue(values, "$filter"); text != "" {
		p, err := parseFilter(text)
		if err != nil {
			return odata{}, graphRefuse(shapeGateway, http.StatusBadRequest, "BadRequest", "Invalid filter clause: %v", err)
		}
		q.filter = &p
	}
	for part := range strings.SplitSeq(raw, "&") {
		name, _, _ := strings.Cut(part, "=")
		if plain, err := url.QueryUnescape(name); err == nil && part != "" && !strings.EqualFold(plain, "$skiptoken") {
			q.again += part + "&"
		}
	}
	return q, nil
}

// commaList cuts a list at its commas; an empty one is nil. Commas in
// parentheses, as $expand has them, do not count.
func commaList(text string) []string {
	var out []string
	depth, from := 0, 0
	for i, r := range text + "," {
		switch {
		case r == '(':
			depth++
		case r == ')':
			depth--
		case r == ',' && depth == 0:
			if part := strings.TrimSpace(text[from:i]); part != "" {
				out = append(out, part)
			}
			from = i + 1
		}
	}
	return out
}

// expands reports whether $expand names a navigation, options of its own apart.
func (q odata) expands(name string) bool {
	return slices.ContainsFunc(q.expanded, func(one string) bool {
		one, _, _ = strings.Cut(one, "(")
		return strings.EqualFold(one, name) || one == "*"
	})
}

// offset reads a page's beginning that is a plain number.
func (q odata) offset() (uint64, error) {
	if q.from == "" {
		return 0, nil
	}
	n, err := strconv.ParseUint(q.from, 10, 32)
	if err != nil {
		return 0, graphRefuse(shapeGateway, http.StatusBadRequest, "BadRequest", "The skip token is not valid.")
	}
	return n, nil
}

// wireSet is the beginning of a list of Graph; its items follow as value.
type wireSet struct {
	Context string `json:"@odata.context"`
	Count   *int   `json:"@odata.count,omitempty"`
	Next    string `json:"@odata.nextLink,omitempty"`
}

// page is a list before it is written.
type page[T any] struct {
	items []T
	next  string // $skiptoken of the next page, empty after the last
	count *int   // of all pages, when it is said
	link  string // the whole next link, in place of ours; for the scenario that leads clients astray
}

// graphList writes a page of the set that a metadata link names, with the
// properties that the query asks for. The next link leads back to where the
// request went.
func graphList[T any](c *call, set string, q odata, p page[T]) (answer, error) {
	if err := checkPicked[T](set, q); err != nil {
		return answer{}, err
	}
	raw := page[json.RawMessage]{next: p.next, count: p.count, link: p.link}
	for i := range p.items {
		raw.items = append(raw.items, encode(p.items[i]))
	}
	return writeList(c, set, q, raw)
}

// writeList is graphList for items that are written already.
func writeList(c *call, set string, q odata, p page[json.RawMessage]) (answer, error) {
	out := wireSet{Context: c.context("/$metadata#" + set + q.pickedSuffix()), Count: p.count}
	switch {
	case p.link != "":
		out.Next = p.link
	case p.next != "":
		out.Next = c.context(c.below() + "?" + q.again + "$skiptoken=" + url.QueryEscape(p.next))
	}
	head := encode(out)
	body := append(head[:len(head)-1], `,"value":[`...)
	for i, item := range p.items { // by hand: a second encoder would read all of it again
		if i > 0 {
			body = append(body, ',')
		}
		body = append(body, q.project(item)...)
	}
	return answer{status: http.StatusOK, contentType: graphJSON, body: append(body, "]}"...)}, nil
}

// graphItem writes one entity of a set, with its metadata link before it.
func graphItem[T any](c *call, set string, q odata, item T) (answer, error) {
	if err := checkPicked[T](set, q); err != nil {
		return answer{}, err
	}
	head := encode(struct {
		Context string `json:"@odata.context"`
	}{c.context("/$metadata#" + set + q.pickedSuffix() + "/$entity")})
	body := q.project(encode(item))
	if len(body) > 2 {
		head = append(head[:len(head)-1], ',')
		body = append(head, body[1:]...)
	} else {
		body = head
	}
	return answer{status: http.StatusOK, contentType: graphJSON, body: body}, nil
}

// below is the path that was called, below the version.
func (c *call) below() string {
	var out strings.Builder
	for _, part := range c.path[1:] {
		out.WriteString("/" + url.PathEscape(part))
	}
	return out.String()
}

func (q odata) pickedSuffix() string {
	if q.picked == nil {
		return ""
	}
	return "(" + strings.Join(q.picked, ",") + ")"
}

// checkPicked refuses the name of a property that the type does not have.
func checkPicked[T any](set string, q odata) error {
	if q.picked == nil {
		return nil
	}
	names := jsonNames(reflect.TypeFor[T]())
	for _, name := range q.picked {
		if !slices.ContainsFunc(names, func(have string) bool { return strings.EqualFold(have, name) }) {
			kind := set[strings.LastIndexAny(set, "/")+1:]
			return graphRefuse(shapeGateway, http.StatusBadRequest, "BadRequest", "Could not find a property named '%.64s' on type 'microsoft.graph.%s'.", name, strings.TrimSuffix(kind, "s"))
		}
	}
	return nil
}

// jsonNames are the members of a wire type, those of its embedded ones too.
func jsonNames(t reflect.Type) []string {
	var out []string
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous {
			inner := f.Type
			if inner.Kind() == reflect.Pointer {
				inner = inner.Elem()
			}
			out = append(out, jsonNames(inner)...)
			continue
		}
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		out = append(out, name)
	}
	return out
}

// project keeps of an object what $select names, and annotations. The object
// is one that we wrote.
func (q odata) project(object []byte) []byte {
	if q.picked == nil {
		return object
	}
	d := json.NewDecoder(bytes.NewReader(object))
	if _, err := d.Token(); err != nil {
		return object
	}
	out := []byte("{")
	for d.More() {
		name, err := d.Token()
		var value json.RawMessage
		if err != nil || d.Decode(&value) != nil {
			return object
		}
		text, _ := name.(string)
		wanted := strings.Contains(text, "@") || slices.ContainsFunc(q.picked, func(have string) bool { return strings.EqualFold(have, text) })
		if !wanted {
			continue
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(append(append(out, encode(text)...), ':'), value...)
	}
	return append(out, '}')
}
