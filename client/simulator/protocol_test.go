package simulator_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"muster/client/simulator"
)

const (
	someID = "0c9d1b52-7f0e-4b5e-8a55-6f0f1f9a1c01"
	byteOM = "\xef\xbb\xbf"
)

func TestPartnerHeadersAndByteOrderMark(t *testing.T) {
	b := start(t, simulator.Options{Devices: 10})
	got := b.do(request{method: "GET", url: b.ready.Partner + "/v1/customers", header: map[string]string{
		"MS-RequestId": someID, "MS-CorrelationId": "corr", "ValidateMfa": "true"}}).want(t, 200)
	if !bytes.HasPrefix(got.body, []byte(byteOM)) {
		t.Errorf("no byte order mark before %.20q", got.body)
	}
	for name, want := range map[string]string{
		"MS-RequestId": someID, "MS-CorrelationId": "corr", "Content-Type": "application/json; charset=utf-8", "IsMfaCompliant": "true",
	} {
		if v := got.header.Get(name); v != want {
			t.Errorf("%s: %q, want %q", name, v, want)
		}
	}
	for name, form := range map[string]string{"MS-CV": `^[A-Za-z0-9+/]{16}\.0$`, "MS-ServerId": `^\d{9}$`, "Date": `GMT$`} {
		if v := got.header.Get(name); !regexp.MustCompile(form).MatchString(v) {
			t.Errorf("%s: %q does not match %s", name, v, form)
		}
	}
	bare := b.partner("GET", "/customers/"+someID, "").want(t, 404)
	if bytes.HasPrefix(bare.body, []byte(byteOM)) {
		t.Error("an error has a byte order mark")
	}
	if bare.header.Get("MS-RequestId") == "" || bare.header.Get("MS-CorrelationId") == "" {
		t.Error("no ids made up for a caller without")
	}
}

func TestPartnerPaths(t *testing.T) {
	b := start(t, simulator.Options{Devices: 300})
	base, id := b.ready.Partner, b.ready.Customer
	for _, path := range []string{
		"/v1/customers/" + id + "/deviceBatches",
		"/V1/CUSTOMERS/" + strings.ToUpper(id) + "/DEVICEBATCHES",
		"/v1.0/customers/" + id + "/devicebatches",
		"//v1///customers//" + id + "/deviceBatches/",
		"/v1/%63ustomers/" + id + "/deviceBatches",
	} {
		if got := b.do(request{method: "GET", url: base + path}); got.status != 200 {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
	}
	for _, path := range []string{"/v1", "/v1/nothing", "/v1/customers/" + id + "/devices", "/v1/customers/" + id + "/deviceBatches/x/devices/y/z", "/v1/customers/a/b/c/d/e"} {
		if got := b.do(request{method: "GET", url: base + path}); got.status != 404 || len(got.body) != 0 {
			t.Errorf("%s: %d %q, want an empty 404", path, got.status, got.body)
		}
	}
	for _, call := range []string{"DELETE /customers", "PUT /customers/" + id, "PATCH /customers/" + id + "/deviceBatches",
		"POST /customers/" + id + "/DevicePolicyUpdates", "DELETE /customers/" + id + "/batchJobStatus/x", "PUT /customers/" + id + "/policies", "POST /customers/" + id + "/policies/x",
		"GET /customers/" + id + "/deviceBatches/x/devices/y", "PATCH /customers/" + id + "/deviceBatches/x/devices/y"} {
		method, path, _ := strings.Cut(call, " ")
		if got := b.partner(method, path, ""); got.status != 405 || got.header.Get("Allow") == "" {
			t.Errorf("%s: %d, want 405 with Allow", call, got.status)
		}
	}
}

func TestPartnerRefusals(t *testing.T) {
	b := start(t, simulator.Options{Devices: 10})
	customers := read[listView[struct{ ID string }]](t, b.partner("GET", "/customers", "")).Items
	forbidden := customers[len(customers)-1].ID
	tokens := read[map[string]string](t, b.control("GET", "/tokens", ""))
	list := b.ready.Partner + "/v1/customers/" + b.ready.Customer + "/deviceBatches"
	for name, c := range map[string]struct {
		request
		status, code int
	}{
		"no token":         {request{method: "GET", url: list, token: "-"}, 401, 400},
		"not a token":      {request{method: "GET", url: list, token: "a.b.c"}, 401, 400},
		"expired":          {request{method: "GET", url: list, token: tokens["expired"]}, 401, 400},
		"token for Graph":  {request{method: "GET", url: list, token: b.ready.GraphToken}, 401, 400},
		"refresh token":    {request{method: "GET", url: list, token: tokens["refresh"]}, 401, 400},
		"without MFA":      {request{method: "GET", url: list, token: tokens["noMFA"]}, 401, 900421},
		"not a GUID":       {request{method: "GET", url: b.ready.Partner + "/v1/customers/x/deviceBatches"}, 400, 2000},
		"unknown customer": {request{method: "GET", url: b.ready.Partner + "/v1/customers/" + someID}, 404, 60003},
		"unknown below":    {request{method: "GET", url: b.ready.Partner + "/v1/customers/" + someID + "/policies"}, 404, 1000},
		"no relationship":  {request{method: "GET", url: b.ready.Partner + "/v1/customers/" + forbidden + "/policies"}, 403, 20002},
		"no relation, C2":  {request{method: "GET", url: b.ready.Partner + "/v1/customers/" + forbidden}, 403, 20002},
		"app-only, B2":     {request{method: "POST", url: list, token: tokens["appOnly"], body: `{"batchId":"x","devices":[{"productKey":"1"}]}`}, 403, 900329},
		"sales agent, U1": {request{method: "PATCH", url: b.ready.Partner + "/v1/customers/" + b.ready.Customer + "/DevicePolicyUpdates",
			token: tokens["salesAgent"], body: `{}`}, 403, 900150},
	} {
		got := b.do(c.request)
		if f := read[faultView](t, got); got.status != c.status || f.Code != c.code || f.Source == "" || f.Description == "" {
			t.Errorf("%s: %d %+v, want %d/%d", name, got.status, f, c.status, c.code)
		} else if (f.Data == nil) != (c.status == 401 && c.code == 400) {
			t.Errorf("%s: data is %v", name, f.Data)
		}
		if c.status == 401 && !strings.HasPrefix(got.header.Get("WWW-Authenticate"), "OAuth realm=") {
			t.Errorf("%s: no WWW-Authenticate", name)
		}
	}
	if got := b.do(request{method: "GET", url: list, token: tokens["appOnly"]}); got.status != 200 {
		t.Errorf("app-only may list: %d", got.status)
	}
}

func pack(t *testing.T, text []byte) string {
	t.Helper()
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	if _, err := z.Write(text); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestGzipBothWays(t *testing.T) {
	b := start(t, simulator.Options{Devices: 300})
	list := b.ready.Partner + "/v1/customers/" + b.ready.Customer + "/deviceBatches"
	for name, want := range map[string]string{"gzip": "gzip", "br, gzip;q=0.5": "gzip", "gzip;q=0": "", "br": "", "": ""} {
		got := b.do(request{method: "GET", url: list, header: map[string]string{"Accept-Encoding": name}}).want(t, 200)
		if coding := got.header.Get("Content-Encoding"); coding != want {
			t.Errorf("Accept-Encoding %q: coding %q, want %q", name, coding, want)
		}
		if want == "" {
			continue
		}
		z, err := gzip.NewReader(bytes.NewReader(got.body))
		if err != nil {
			t.Fatal(err)
		}
		plain, err := io.ReadAll(z)
		if err != nil || !bytes.HasPrefix(plain, []byte(byteOM+`{"totalCount"`)) {
			t.Errorf("unpacked: %v %.40q", err, plain)
		}
	}
	packed := map[string]string{"Content-Encoding": "gzip"}
	body := pack(t, []byte(`{"batchId":"packed","devices":[{"productKey":"3340000000001"}]}`))
	b.do(request{method: "POST", url: list, body: body, header: packed}).want(t, 202)
	b.do(request{method: "POST", url: list, body: "not gzip", header: packed}).want(t, 400)
	b.do(request{method: "POST", url: list, body: "x", header: map[string]string{"Content-Encoding": "br"}}).want(t, 415)
}

func TestBodiesAreBounded(t *testing.T) {
	b := start(t, simulator.Options{Devices: 1})
	list := b.ready.Partner + "/v1/customers/" + b.ready.Customer + "/deviceBatches"
	bomb := strings.Repeat(pack(t, bytes.Repeat([]byte(" "), 1<<20)), 65) // a gzip body may have many members
	b.do(request{method: "POST", url: list, body: bomb, header: map[string]string{"Content-Encoding": "gzip"}}).want(t, 413)
	deep := strings.Repeat(`{"devices":[`, 20_000)
	b.do(request{method: "POST", url: list, body: deep}).want(t, 400)
}

func TestRequestsInEitherCasing(t *testing.T) {
	b := start(t, simulator.Options{Devices: 1})
	j := b.finish(b.mine("POST", "/deviceBatches", `{"BatchId":"pascal","Attributes":{"ObjectType":"x"},"Devices":[
		{"SerialNumber":"TST-1","OemManufacturerName":"HP","ModelName":"HP Elite Mini 800 G9 Desktop PC","ProductKey":null,"HardwareHash":null,"Policies":null,"UploadedDate":"0001-01-01T00:00:00"}]}`))
	if j.Status != "finished" {
		t.Errorf("PascalCase with nulls: %+v", j)
	}
	j = b.finish(b.mine("POST", "/deviceBatches/pascal/devices", byteOM+`[{"productKey":"3340000000002","somethingNew":[1,2]}]`))
	if j.Status != "finished" {
		t.Errorf("with a byte order mark and an unknown member: %+v", j)
	}
}

func TestExpectContinueAndChunks(t *testing.T) {
	b := start(t, simulator.Options{Devices: 1})
	r, err := http.NewRequest("POST", b.ready.Partner+"/v1/customers/"+b.ready.Customer+"/deviceBatches",
		io.MultiReader(strings.NewReader(`{"batchId":"chunks",`), strings.NewReader(`"devices":[{"productKey":"3340000000003"}]}`)))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Expect", "100-continue")
	r.Header.Set("Authorization", "Bearer "+b.ready.PartnerToken)
	res, err := b.http.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != 202 || res.ContentLength != 0 || res.Header.Get("Content-Length") != "0" {
		t.Errorf("%d with length %d, want an empty 202", res.StatusCode, res.ContentLength)
	}
}
