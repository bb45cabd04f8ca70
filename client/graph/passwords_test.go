package graph_test

import (
	"fmt"
	"testing"

	"muster/model"
)

const (
	passwords     = "GET deviceManagement/hardwarePasswordDetails"
	passwordQuery = passwords + "?$filter=id eq '" + string(counterM) + "'"
)

func password(id, current string) string {
	return fmt.Sprintf(`{"id":%q,"serialNumber":"7QK2M93","currentPassword":%q,"previousPasswords":["old-1"]}`, id, current)
}

func TestHasBIOSPassword(t *testing.T) {
	for _, tc := range []struct {
		name, answer string
		want         bool
	}{
		{"kept", list(`{"id":"` + string(counterM) + `"}`), true},
		{"select ignored", list(password(string(counterM), "S3cret")), true},
		{"none", list(), false},
		{"filter ignored", list(`{"id":"` + string(front) + `"}`), false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			b := routes(t, map[string]string{passwordQuery + "&$select=id": tc.answer})
			if got, err := b.HasBIOSPassword(t.Context(), counterM); err != nil || got != tc.want {
				t.Error(got, err)
			}
		})
	}
	for _, id := range []model.ManagedDeviceID{"", "x' or id ne 'y", model.ZeroGUID} {
		b := saying(t, 200, list())
		_, err := b.HasBIOSPassword(t.Context(), id)
		wantKind(t, err, model.Invalid)
		_, err = b.BIOSPassword(t.Context(), id)
		wantKind(t, err, model.Invalid)
		if len(b.asks) != 0 {
			t.Errorf("%q was asked for", id)
		}
	}
}

func TestBIOSPassword(t *testing.T) {
	const item, old = passwords + "/" + string(counterM), "GET deviceManagement/hardwarePasswordInfo/" + string(counterM)
	mine, other := password(string(counterM), "S3cret"), password(string(front), "other")
	for _, tc := range []struct {
		name    string
		answers map[string]string
		kind    model.Kind
	}{
		{"listed", map[string]string{passwordQuery: list(other, mine)}, 0},
		{"none", map[string]string{passwordQuery: list()}, model.NotFound},
		{"another's", map[string]string{passwordQuery: list(other)}, model.NotFound},
		{"no role", map[string]string{passwordQuery: "403"}, model.Forbidden},
		{"list fails", map[string]string{passwordQuery: "500", item: mine}, 0},
		{"list fails, item has none", map[string]string{passwordQuery: "500", item: "404"}, model.NotFound},
		{"old service", map[string]string{passwordQuery: "400", item: "400", old: mine}, 0},
		{"all fail", map[string]string{passwordQuery: "500", item: "500", old: "500"}, model.Service},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := routes(t, tc.answers).BIOSPassword(t.Context(), counterM)
			if tc.kind != 0 {
				wantKind(t, err, tc.kind)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			same(t, model.BIOSPassword{Device: counterM, Serial: "7QK2M93", Current: model.NewSecret("S3cret"), Previous: []model.Secret{model.NewSecret("old-1")}}, got)
			if s := fmt.Sprintf("%v %+v %#v %s", got, got, got, got.Previous); s == "" || containsAny(s, "S3cret", "old-1") {
				t.Error("a password can be printed")
			}
		})
	}
}
