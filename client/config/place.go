package config

import (
	"reflect"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

// positions returns where every key and table of a text stands. A text that is not
// TOML gives those before its fault.
func positions(text []byte) map[string]position {
	at := map[string]position{}
	var p unstable.Parser
	p.Reset(text)
	table := ""
	for p.NextExpression() {
		e := p.Expression()
		if e.Kind != unstable.KeyValue && e.Kind != unstable.Table && e.Kind != unstable.ArrayTable {
			continue
		}
		var parts []string
		var first position
		for it := e.Key(); it.Next(); {
			n := it.Node()
			if len(parts) == 0 {
				start := p.Shape(n.Raw).Start
				first = position{start.Line, start.Column}
			}
			parts = append(parts, string(n.Data))
		}
		key := strings.Join(parts, ".")
		if e.Kind != unstable.KeyValue {
			table = key
		} else if table != "" {
			key = table + "." + key
		}
		if _, seen := at[key]; !seen {
			at[key] = first
		}
	}
	return at
}

// hint names the known key that an unknown one was probably meant to be.
func hint(key []string) string {
	if len(key) == 0 {
		return ""
	}
	form := reflect.TypeFor[document]()
	if len(key) > 2 && key[0] == "connections" {
		form = reflect.TypeFor[connection]()
	}
	word, best, distance := key[len(key)-1], "", 3
	for i := range form.NumField() {
		known := form.Field(i).Tag.Get("toml")
		if d := apart(word, known); d < distance {
			best, distance = known, d
		}
	}
	if best == "" {
		return ""
	}
	return "did you mean " + best + "?"
}

// apart counts the letters to change, to add or to leave out between two words.
func apart(a, b string) int {
	if len(a) > 40 {
		return len(a)
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		last := slices.Clone(row)
		row[0] = i + 1
		for j := range len(b) {
			change := 1
			if a[i] == b[j] {
				change = 0
			}
			row[j+1] = min(last[j]+change, last[j+1]+1, row[j]+1)
		}
	}
	return row[len(b)]
}
