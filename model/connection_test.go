package model_test

import (
	"slices"
	"strings"
	"testing"

	"muster/model"
)

func connection() model.Connection {
	return model.Connection{Name: "contoso", Cloud: "global", Tenant: "contoso.onmicrosoft.com", ClientID: "0d8a4b3e-7f52-4a7e-b0c9-6a4f1c2d9e80",
		SignIn: model.SignInDevice, ReadOnly: true}
}

func TestAConnectionIsJudgedByKey(t *testing.T) {
	if faults := connection().Faults(); len(faults) > 0 {
		t.Fatalf("a good one: %+v", faults)
	}
	for want, change := range map[string]func(*model.Connection){
		"":            func(c *model.Connection) { c.Name = "two words" },
		"cloud":       func(c *model.Connection) { c.Cloud = "moon" },
		"tenant":      func(c *model.Connection) { c.Tenant = "organizations" },
		"client_id":   func(c *model.Connection) { c.ClientID = "" },
		"customers":   func(c *model.Connection) { c.Customers = []string{c.ClientID, "fabrikam"} },
		"colour":      func(c *model.Connection) { c.Colour = "puce" },
		"word":        func(c *model.Connection) { c.Word = "PRODUCTION TENANT" },
		"sign_in":     func(c *model.Connection) { c.SignIn = "password" },
		"port":        func(c *model.Connection) { c.SignIn = model.SignInBrowser },
		"certificate": func(c *model.Connection) { c.SignIn = model.SignInCertificate },
		"token_file":  func(c *model.Connection) { c.SignIn = model.SignInWorkload },
		"secret_file": func(c *model.Connection) { c.SignIn, c.SecretFile, c.SecretEnv = model.SignInSecret, "f", "E" },
		"remember":    func(c *model.Connection) { c.SignIn, c.SecretEnv, c.Remember = model.SignInSecret, "E", true },
		"graph":       func(c *model.Connection) { c.Graph = "https://graph.example" },
		"authority, graph": func(c *model.Connection) {
			c.Cloud, c.Single, c.Tenant, c.Authority = "custom", true, c.ClientID, "http://login.example"
		},
		"partner": func(c *model.Connection) {
			c.Cloud, c.Authority, c.Graph, c.Partner = "custom", "https://a.example/", "https://b.example", "https://u@c.example"
		},
		"secret_file, remember":    func(c *model.Connection) { c.SignIn, c.Remember = model.SignInSecret, true },
		"cloud, tenant, client_id": func(c *model.Connection) { c.Cloud, c.Tenant, c.ClientID = "", "a..b", "x" },
	} {
		c := connection()
		change(&c)
		var keys []string
		for _, f := range c.Faults() {
			keys = append(keys, f.Key)
			if f.Msg == "" {
				t.Errorf("%s: no words", f.Key)
			}
		}
		if got := strings.Join(keys, ", "); got != want || len(keys) == 0 {
			t.Errorf("faults at %q, want %q: %+v", got, want, c.Faults())
		}
	}
}

func TestCloudsAreWhereTheReferencePutsThem(t *testing.T) {
	var names []string
	for _, c := range model.Clouds() {
		names = append(names, c.Name)
		for _, a := range []string{c.Authority, c.Graph, c.Partner} {
			if !strings.HasPrefix(a, "https://") {
				t.Errorf("%s: %s", c.Name, a)
			}
		}
		if got, ok := (model.Connection{Cloud: c.Name, Graph: "https://elsewhere.example"}).Where(); !ok || got != c {
			t.Errorf("%s is at %+v", c.Name, got)
		}
	}
	if !slices.Equal(names, []string{"global", "usgov", "usgov-dod", "china"}) {
		t.Errorf("clouds are %v", names)
	}
	custom := model.Connection{Cloud: model.CloudCustom, Authority: "https://a.example", Graph: "https://g.example/", Partner: "https://p.example"}
	if got, ok := custom.Where(); !ok || got.Authority != "https://a.example/" || got.Graph != "https://g.example" || got.Title != "CUSTOM" {
		t.Errorf("custom is at %+v", got)
	}
}
