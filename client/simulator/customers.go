package simulator

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

const customerPage = 500 // the most that one answer holds, and the default

type wireCustomer struct {
	ID           string         `json:"id"`
	CommerceID   string         `json:"commerceId,omitempty"`
	Company      wireCompany    `json:"companyProfile"`
	Relationship string         `json:"relationshipToPartner"`
	Delegated    *bool          `json:"allowDelegatedAccess,omitempty"`
	Links        *wireLinks     `json:"links,omitempty"`
	Attributes   wireAttributes `json:"attributes"`
}

type wireCompany struct {
	Tenant     string         `json:"tenantId"`
	Domain     string         `json:"domain"`
	Name       string         `json:"companyName"`
	Links      *wireLinks     `json:"links,omitempty"`
	Attributes wireAttributes `json:"attributes"`
}

func (c *customer) wire() wireCustomer {
	return wireCustomer{
		ID: c.id,
		Company: wireCompany{
			Tenant: c.id, Domain: c.domain, Name: c.name,
			Links: &wireLinks{Self: link("/customers/" + c.id + "/profiles/company")}, Attributes: wireAttributes{"CustomerCompanyProfile"},
		},
		Relationship: "reseller",
		Links:        &wireLinks{Self: link("/customers/" + c.id)}, Attributes: wireAttributes{"Customer"},
	}
}

// walk is a place in a list of customers; it travels in the token.
type walk struct {
	From   int    `json:"o"` // where the next page begins
	Size   int    `json:"s"`
	Filter string `json:"f"` // lower case prefix
	Field  string `json:"n"`
}

func (t walk) token() string {
	return base64.StdEncoding.EncodeToString([]byte("C/" + string(encode(t)))) // the slash makes sure that nobody puts it into a path
}

func parseWalk(token string) (walk, error) {
	var t walk
	raw, err := base64.StdEncoding.DecodeString(token)
	body, ok := strings.CutPrefix(string(raw), "C/")
	if err != nil || !ok || json.Unmarshal([]byte(body), &t) != nil || t.From < 0 || t.Size < 1 || t.Size > customerPage {
		return walk{}, refuse(http.StatusBadRequest, 3000, "Invalid property: the continuation token is not valid.")
	}
	return t, nil
}

// listCustomers is C1, GET /customers.
func listCustomers(c *call) (answer, error) {
	t, err := c.customerWalk()
	if err != nil {
		return answer{}, err
	}
	var matched []*customer
	for _, one := range c.w.customers {
		if t.matches(one) {
			matched = append(matched, one)
		}
	}
	if t.From < 0 || t.From > len(matched) {
		return answer{}, refuse(http.StatusBadRequest, 3000, "Invalid property: the continuation token is not valid.")
	}
	end := min(t.From+t.Size, len(matched))
	items := []wireCustomer{}
	for _, one := range matched[t.From:end] {
		items = append(items, one.wire())
	}
	out := list(items)
	self := "/customers?size=" + strconv.Itoa(t.Size)
	out.Links = &wireLinks{Self: link(self)}
	if end < len(matched) {
		t.From = end
		out.Token = t.token()
		out.Links.Next = link(self+"&seekOperation=Next", wirePair{"MS-ContinuationToken", out.Token})
	}
	if c.s.options.has("hostile") {
		out.Links.Next = link("https://collector.invalid/customers?seekOperation=Next", wirePair{"MS-ContinuationToken", "AAAA"})
	}
	return good(out)
}

// customerWalk works out which page is asked for.
func (c *call) customerWalk() (walk, error) {
	q, err := url.ParseQuery(c.r.URL.RawQuery)
	if err != nil {
		return walk{}, refuse(http.StatusBadRequest, 3000, "Invalid property: the query cannot be read.")
	}
	seek := strings.ToLower(queryValue(q, "seekOperation"))
	if token := c.r.Header.Get("MS-ContinuationToken"); token != "" {
		t, err := parseWalk(token)
		if err != nil {
			return walk{}, err
		}
		return t.seek(seek, len(c.w.customers))
	}
	t := walk{Size: customerPage}
	if text := queryValue(q, "size"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			return walk{}, refuse(http.StatusBadRequest, 3000, "Invalid property: size")
		}
		t.Size = min(orDefault(n, customerPage), customerPage)
	}
	if text := queryValue(q, "filter"); text != "" {
		if err := t.filter(text); err != nil {
			return walk{}, err
		}
	}
	return t, nil
}

// seek moves from where a token points; without a word it is the next page.
func (t walk) seek(operation string, total int) (walk, error) {
	switch operation {
	case "", "next":
	case "first":
		t.From = 0
	case "previous":
		t.From = max(t.From-2*t.Size, 0)
	case "last":
		t.From = max(total-1, 0) / t.Size * t.Size
	default:
		return walk{}, refuse(http.StatusBadRequest, 3000, "Invalid property: seekOperation %.40q", operation)
	}
	return t, nil
}

type wireFilter struct {
	Field, Value, Operator string
}

// filter takes the one filter that the list knows: a field starts with a text.
func (t *walk) filter(text string) error {
	f, err := decode[wireFilter]([]byte(text))
	if err != nil {
		return refuse(http.StatusBadRequest, 3000, "Invalid property: filter is not JSON")
	}
	t.Field, t.Filter = strings.ToLower(f.Field), strings.ToLower(f.Value)
	switch {
	case !strings.EqualFold(f.Operator, "starts_with"):
		return refuse(http.StatusBadRequest, 3000, "Invalid property: filter operator %.40q", f.Operator)
	case t.Field == "companyname", t.Field == "domain", t.Field == "indirectreseller", t.Field == "indirectcloudsolutionprovider":
		return nil
	}
	return refuse(http.StatusBadRequest, 3000, "Invalid property: filter field %.40q", f.Field)
}

func (t walk) matches(c *customer) bool {
	switch t.Field {
	case "":
		return true
	case "companyname":
		return strings.HasPrefix(strings.ToLower(c.name), t.Filter)
	case "domain":
		return strings.HasPrefix(c.domain, t.Filter)
	}
	return false // none of the customers came through an indirect partner
}

// queryValue reads a query parameter, whatever the case of its name.
func queryValue(q url.Values, name string) string {
	for key, values := range q {
		if strings.EqualFold(key, name) && len(values) > 0 {
			return values[0]
		}
	}
	return ""
}

// getCustomer is C2, GET /customers/{customer}.
func getCustomer(c *call) (answer, error) {
	out := c.customer.wire()
	no := false
	out.CommerceID, out.Delegated = c.customer.commerce, &no
	return good(out)
}

// customerPath is where a customer's things are, as links and locations give
// it: relative, and without the version.
func (c *call) customerPath(format string, args ...any) string {
	return "/customers/" + c.customer.id + fmt.Sprintf(format, args...)
}
