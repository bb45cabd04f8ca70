package model_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"muster/model"
	"muster/model/desk/desktest"
)

func TestTheSixCombinationsAndNoOther(t *testing.T) {
	// Every subset of the five members, by bit: hash, key, serial, maker, model.
	want := map[int]model.Combination{}
	for bits := range 32 {
		hash, key, serial, tuple := bits&1 > 0, bits&2 > 0, bits&4 > 0, bits&28 == 28
		switch {
		case hash && key && serial:
			want[bits] = model.HashKeyAndSerial
		case hash && key:
			want[bits] = model.HashAndKey
		case hash && serial:
			want[bits] = model.HashAndSerial
		case hash:
			want[bits] = model.HashOnly
		case key:
			want[bits] = model.KeyOnly
		case tuple:
			want[bits] = model.SerialMakerModel
		}
	}
	for bits := range 32 {
		var d model.Identity
		if bits&1 > 0 {
			d.Hash = model.NewSecret("T0E=")
		}
		if bits&2 > 0 {
			d.ProductKey = model.NewSecret("3340098124417")
		}
		if bits&4 > 0 {
			d.Serial = "LK7Q2M1"
		}
		if bits&8 > 0 {
			d.Maker = "Dell Inc."
		}
		if bits&16 > 0 {
			d.Model = "Latitude 7450"
		}
		if got := d.Combination(); got != want[bits] {
			t.Errorf("members %05b: %v, want %v", bits, got, want[bits])
		}
		if err := d.Validate(); (err == nil) != (want[bits] != model.NoCombination) {
			t.Errorf("members %05b: %v", bits, err)
		}
		if sent := d.Sent(); want[bits] != model.NoCombination && sent.Combination() != want[bits] {
			t.Errorf("members %05b: what is sent is %v", bits, sent.Combination())
		}
		if sent := d.Sent(); want[bits] != model.SerialMakerModel && want[bits] != model.NoCombination && sent.Maker+sent.Model != "" {
			t.Errorf("members %05b: maker and model are sent beside %v", bits, want[bits])
		}
	}
}

func TestValidateBatchID(t *testing.T) {
	for name, ok := range map[string]bool{
		"Spring 2026": true, "3f1c7d0a-58d8-4f57-9d3f-0a4a0c1be9d2": true, "Käfer": true, strings.Repeat("ä", 128): true,
		"": false, " a": false, "a ": false, "a/b": false, `a\b`: false, "a?b": false, "a#b": false, "50% off": false,
		"a\nb": false, "a\x1bb": false, strings.Repeat("a", 129): false, ".": false, "..": false,
	} {
		if err := model.ValidateBatchID(model.BatchID(name)); (err == nil) != ok {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestFindBatchIgnoresCaseAndKeepsTheServicesSpelling(t *testing.T) {
	have := []model.DeviceBatch{{ID: "spring"}, {ID: "Spring"}, {ID: "Autumn"}}
	for name, want := range map[model.BatchID]model.BatchID{"Spring": "Spring", "SPRING": "spring", "autumn": "Autumn"} {
		if got, ok := model.FindBatch(have, name); !ok || got.ID != want {
			t.Errorf("%s: %q, %v, want %s", name, got.ID, ok, want)
		}
	}
	if _, ok := model.FindBatch(have, "Autum"); ok {
		t.Error("a part of a name was taken for the name")
	}
}

func TestReadHash(t *testing.T) {
	good := desktest.Hash("5CG4310XWP", "HP", "HP EliteBook 840 G11")
	raw, err := base64.StdEncoding.DecodeString(good)
	if err != nil {
		t.Fatal(err)
	}
	if len(raw) != model.HashBytes || len(good) != model.HashChars {
		t.Fatalf("a test hash has %d bytes in %d characters", len(raw), len(good))
	}
	f, err := model.ReadHash(good)
	if err != nil || f != (model.HashFacts{Serial: "5CG4310XWP", Maker: "HP", Model: "HP EliteBook 840 G11"}) {
		t.Errorf("read %+v, %v", f, err)
	}
	spoil := func(at int, with byte) string {
		b := append([]byte(nil), raw...)
		b[at] = with
		return base64.StdEncoding.EncodeToString(b)
	}
	for name, text := range map[string]string{
		"empty": "", "no base64": "!!!!", "blank inside": good[:100] + " " + good[101:], "cut": good[:3900], "cut in the letters": good[:3],
		"other magic": spoil(0, 'X'), "total outside": spoil(3, 0xff), "total too small": spoil(2, 1), "one bit": spoil(20, raw[20]^1),
	} {
		if _, err := model.ReadHash(text); model.KindOf(err) != model.Invalid || !strings.Contains(err.Error(), "damaged") {
			t.Errorf("%s: %v, want damaged", name, err)
		}
		if _, err := model.ReadHash(text); err != nil && len(text) > 50 && strings.Contains(err.Error(), text[:50]) {
			t.Errorf("%s: the error quotes the hash", name)
		}
	}
}

func FuzzReadHash(f *testing.F) {
	f.Add(desktest.Hash("S", "M", "P"))
	f.Add("")
	f.Add("T0E=")
	f.Fuzz(func(t *testing.T, s string) {
		facts, err := model.ReadHash(s)
		if err != nil && model.KindOf(err) != model.Invalid {
			t.Fatalf("%v", err)
		}
		if facts.Serial != model.Clean(facts.Serial) {
			t.Fatalf("serial %q is not clean", facts.Serial)
		}
	})
}

func TestUploadSaysWhichLineToChange(t *testing.T) {
	good := model.UploadRow{Line: 2, Identity: model.Identity{ProductKey: model.NewSecret("1")}}
	if err := (model.UploadRow{Line: 3, Identity: model.Identity{Serial: "A"}}).Validate(); err == nil ||
		!strings.Contains(err.Error(), "line 3: a serial alone does not identify") {
		t.Errorf("%v", err)
	}
	if err := good.Validate(); err != nil {
		t.Error(err)
	}
	u := model.Upload{Customer: "5b1f0d0e-6c0f-4a43-9a53-2f7c3f1f7a10", Batch: "b"}.Of(good)
	if err := u.Validate(); err != nil {
		t.Error(err)
	}
	for name, spoil := range map[string]func(*model.Upload){
		"customer": func(u *model.Upload) { u.Customer = "contoso" }, "batch": func(u *model.Upload) { u.Batch = "a/b" },
		"rows": func(u *model.Upload) { u.Rows = nil }, "count": func(u *model.Upload) { *u = u.Of() },
		"chunk": func(u *model.Upload) { u.Chunk = model.MaxChunk + 1 },
	} {
		bad := u
		spoil(&bad)
		if bad.Validate() == nil {
			t.Errorf("a bad %s passes", name)
		}
	}
	r := model.DeviceBatchCreationRequest{Batch: "b", Devices: []model.Identity{{Serial: "A"}}}
	if err := r.Validate(); err == nil || !strings.Contains(err.Error(), "row 1") {
		t.Errorf("%v", err)
	}
}
