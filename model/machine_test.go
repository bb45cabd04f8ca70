package model_test

import (
	"testing"

	"muster/model"
)

func TestMachinesAreTheSame(t *testing.T) {
	for _, c := range []struct {
		a, b model.Machine
		want bool
	}{
		{model.Machine{Serial: "A1"}, model.Machine{Serial: "a1"}, true},
		{model.Machine{Serial: "A1"}, model.Machine{Serial: "A2"}, false},
		{model.Machine{}, model.Machine{}, false},
		{model.Machine{Serial: "A1", Maker: "HP"}, model.Machine{Serial: "A1"}, true},
		{model.Machine{Serial: "A1", Maker: "HP"}, model.Machine{Serial: "A1", Maker: "hp", Model: "X"}, true},
		{model.Machine{Serial: "A1", Maker: "HP"}, model.Machine{Serial: "A1", Maker: "Dell Inc."}, false},
		{model.Machine{Serial: "A1", Maker: "HP", Model: "X"}, model.Machine{Serial: "A1", Maker: "HP", Model: "Y"}, false},
	} {
		if c.a.Same(c.b) != c.want || c.b.Same(c.a) != c.want {
			t.Errorf("%+v and %+v: same %v, want %v", c.a, c.b, c.a.Same(c.b), c.want)
		}
	}
}

func TestWhatStandsInAHashTellsItsMachineApart(t *testing.T) {
	r := model.UploadRow{Identity: model.Identity{Maker: "typed", Model: "typed", Hash: model.NewSecret("hash")}, Facts: model.HashFacts{Serial: "S", Maker: "HP"}}
	if got, want := r.Machine(), (model.Machine{Serial: "S", Maker: "HP"}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	r.Identity.Hash = model.Secret{}
	r.Identity.Serial = "S"
	if got, want := r.Machine(), (model.Machine{Serial: "S", Maker: "typed", Model: "typed"}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
