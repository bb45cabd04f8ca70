package ui

import (
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"muster/model"
	"muster/ui/uitest"
)

func TestBell(t *testing.T) {
	running := model.Operation{ID: "o", Title: "upload; to\x1b x", Owned: true, Rows: model.Tally{Accepted: 2}}
	done := running
	done.Rows = model.Tally{Done: 2}
	for env, want := range map[string]string{"xterm-256color": "{\a}", "linux": "{\a}", "tmux-256color": "{\a}", "": "{\a}",
		"xterm-kitty": "{\x1b]9;upload, to\ufffd x: done\x1b\\\a}", "foot": "{\x1b]777;notify;muster;upload, to\ufffd x: done\x1b\\\a}"} {
		a := New(t.Context(), Options{Backend: (&uitest.Still{}).Backend(), Now: uitest.Noon})
		a.Update(tea.EnvMsg{"TERM=" + env, "LANG=en_US.UTF-8"})
		ended := []model.Operation{done}
		if a.ring(ended) != nil {
			t.Errorf("%s: it rings unasked", env)
		}
		if e := a.toggleBell(); !a.bell || !strings.Contains(e.Toast.Text, "is told") {
			t.Errorf("the toggle says %q", e.Toast.Text)
		}
		if a.ring(nil) != nil {
			t.Errorf("%s: it rings for nothing", env)
		}
		if got := fmt.Sprint(a.ring(ended)()); got != want {
			t.Errorf("%s: %q, want %q", env, got, want)
		}
	}
}
