package rest_test

import (
	"fmt"
	"strings"
	"testing"

	"muster/client/rest"
	"muster/model"
)

// gather walks to the end and returns how many items came and the last error.
func gather(fetch func(next string) (rest.Page[string], error)) (n int, err error) {
	for items, e := range rest.Walk("list things", func(s string) string { return s }, fetch) {
		n += len(items)
		err = e
	}
	return n, err
}

func TestWalk(t *testing.T) {
	page := func(next string, items ...string) rest.Page[string] {
		return rest.Page[string]{Items: items, Next: next}
	}
	for _, tc := range []struct {
		name  string
		pages map[string]rest.Page[string]
		items int
		part  string // "" = no error
	}{
		{"one page", map[string]rest.Page[string]{"": page("", "a", "b")}, 2, ""},
		{"empty", map[string]rest.Page[string]{"": page("")}, 0, ""},
		{"two pages", map[string]rest.Page[string]{"": page("1", "a"), "1": page("", "b")}, 2, ""},
		{"empty pages between", map[string]rest.Page[string]{"": page("1", "a"), "1": page("2"), "2": page("3"), "3": page("", "b")}, 2, ""},
		{"empty pages only", map[string]rest.Page[string]{"": page("1"), "1": page("2"), "2": page("3"), "3": page("4"), "4": page("5")}, 0, "empty pages"},
		{"repeated link", map[string]rest.Page[string]{"": page("1", "a"), "1": page("1", "b"), "2": page("", "c")}, 2, "stopped after page 2: the service's link repeats"},
		{"a circle of links", map[string]rest.Page[string]{"": page("1", "a"), "1": page("2", "b"), "2": page("1", "c")}, 3, "repeats"},
		{"nothing new", map[string]rest.Page[string]{"": page("1", "a", "b"), "1": page("2", "b", "a")}, 2, "same page again"},
		{"partly new", map[string]rest.Page[string]{"": page("1", "a", "b"), "1": page("", "b", "c")}, 4, ""},
		{"foreign", map[string]rest.Page[string]{"": {Items: []string{"a"}, Next: "x", Foreign: true}}, 1, "leads somewhere else"},
		{"left out", map[string]rest.Page[string]{"": {Items: []string{"a"}, Next: "1", Left: 1}, "1": {Left: 1}}, 1, "2 items"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			n, err := gather(func(next string) (rest.Page[string], error) { return tc.pages[next], nil })
			if n != tc.items {
				t.Errorf("got %d items, want %d", n, tc.items)
			}
			if tc.part == "" && err != nil {
				t.Error(err)
			} else if tc.part != "" {
				wantKind(t, err, model.Incomplete, tc.part)
			}
		})
	}
}

func TestWalkEndsWhenAPageFails(t *testing.T) {
	cause := &model.Error{Kind: model.Forbidden, Op: "list things", Msg: "not allowed", Code: "7", Ref: "r"}
	pages := 0
	n, err := gather(func(string) (rest.Page[string], error) {
		if pages++; pages == 4 {
			return rest.Page[string]{}, cause
		}
		return rest.Page[string]{Items: []string{fmt.Sprint(pages)}, Next: fmt.Sprint(pages)}, nil
	})
	if n != 3 {
		t.Errorf("got %d items, want 3", n)
	}
	wantKind(t, err, model.Incomplete, "stopped after page 3: ", "not allowed", "(7)", "[r]")
	_, err = gather(func(string) (rest.Page[string], error) { return rest.Page[string]{}, cause })
	wantKind(t, err, model.Forbidden)
}

func TestWalkCeiling(t *testing.T) {
	n := 0
	got, err := gather(func(string) (rest.Page[string], error) {
		n++
		return rest.Page[string]{Items: []string{fmt.Sprint(n)}, Next: fmt.Sprint(n)}, nil
	})
	wantKind(t, err, model.Incomplete, "longer than 20000 pages")
	if got != rest.MaxPages {
		t.Errorf("got %d items", got)
	}
}

func TestWalkStopsWhenNobodyListens(t *testing.T) {
	n := 0
	for range rest.Walk("x", func(s string) string { return s }, func(string) (rest.Page[string], error) {
		n++
		return rest.Page[string]{Items: []string{fmt.Sprint(n)}, Next: fmt.Sprint(n)}, nil
	}) {
		if n == 2 {
			break
		}
	}
	if n != 2 {
		t.Errorf("got %d pages, want 2", n)
	}
}

// A walk that is taken up at a place which the service has forgotten begins anew, once;
// one that meets a passing fault there keeps the place.
func TestAForgottenPlace(t *testing.T) {
	for name, c := range map[string]struct {
		kind  model.Kind
		items string
		next  string
	}{
		"forgotten":  {model.Invalid, "a b", ""},
		"gone":       {model.NotFound, "a b", ""},
		"off line":   {model.Offline, "", "old"},
		"signed out": {model.SignedOut, "", "old"},
	} {
		t.Run(name, func(t *testing.T) {
			var asked []string
			fetch := func(next string) (rest.Page[string], error) {
				asked = append(asked, next)
				switch next {
				case "old":
					return rest.Page[string]{}, &model.Error{Kind: c.kind}
				case "":
					return rest.Page[string]{Items: []string{"a"}, Next: "2"}, nil
				}
				return rest.Page[string]{Items: []string{"b"}}, nil
			}
			var items []string
			last := ""
			for s, err := range rest.WalkFrom("list things", "old", func(s string) string { return s }, fetch) {
				items = append(items, s.Items...)
				if err != nil {
					last = s.Next
				}
			}
			if got := strings.Join(items, " "); got != c.items || last != c.next {
				t.Errorf("got %q and goes on at %q, want %q and %q; asked for %q", got, last, c.items, c.next, asked)
			}
		})
	}
}
