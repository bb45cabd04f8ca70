package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"muster/model"
	"muster/ui/keys"
)

const keysHelp = `Prints the keys of the dashboard, view by view, from the same values that the keys work
by. In the dashboard ? shows those that are in reach, and why one is off.`

// keyRecord is what one binding does in one place. A place that is everywhere names
// what works on every view.
type keyRecord struct {
	Place   string   `json:"place"`
	Keys    []string `json:"keys"`
	Action  string   `json:"action"`
	Help    string   `json:"help,omitempty"`
	Changes bool     `json:"changes"` // the tenant
}

func (keyRecord) record() {}

func keyListing() listing[keyRecord] {
	shown := func(k keyRecord) string {
		out := make([]string, len(k.Keys))
		for i, key := range k.Keys {
			out[i] = keys.Show(key)
		}
		return strings.Join(out, " ")
	}
	return listing[keyRecord]{
		one: "key", empty: "there are no keys",
		columns: []column[keyRecord]{
			texts("PLACE", "place", "", func(k keyRecord) string { return k.Place }),
			texts("KEY", "key", "keys", shown),
			texts("ACTION", "action", "", func(k keyRecord) string { return k.Action }),
			texts("WHAT IT DOES", "help", "", func(k keyRecord) string { return k.Help }),
		},
		json: func(k keyRecord) record { return k },
	}
}

// keyList prints the keys of the dashboard.
func (p *program) keyList() *cobra.Command {
	c := &cobra.Command{
		Use: "keys", Short: "the keys of the dashboard, by view", Long: keysHelp, Args: noArgs,
		Example: "  muster keys\n  muster keys --filter place:devices --fields keys,action\n  muster keys --json",
	}
	return listsHere(p, c, keyListing(), func(c *cobra.Command, k look) error {
		if p.o.Keys == nil {
			return usage("print keys", "this muster has no dashboard", "")
		}
		var all []keyRecord
		for _, place := range p.o.Keys() {
			for _, a := range place.Actions {
				if len(a.Key) > 0 {
					all = append(all, keyRecord{model.Clean(place.Title), a.Key, a.Name, a.Help, a.Hurt})
				}
			}
		}
		return keyListing().whole(c.Context(), &session{program: p}, k, all, nil)
	})
}
