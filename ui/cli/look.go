package cli

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"muster/model"
	"muster/model/fleet"
)

const filterHelp = `--filter takes what the dashboard takes after /: words that stand anywhere, field:word for
one column, "…" for a whole cell, ~wrd for letters in this order, field:>30 for counts,
field:>30d or field:<2026-08 for ages and dates, ! before a word for all others. Columns: `

// look is how a list is wanted, as the flags of every verb that lists say it.
type look struct {
	json   bool
	filter string
	fields []string
	query  fleet.Query // of the filter; see ready
}

func (k *look) flags(c *cobra.Command, known []field) {
	jsonFlag(c, &k.json)
	c.Flags().StringVar(&k.filter, "filter", "", "only the rows that match, in the language of the dashboard")
	c.Flags().StringSliceVar(&k.fields, "fields", nil, "only these fields, in this order, by their names in --json")
	complete := func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return fieldNames(known), cobra.ShellCompDirectiveNoFileComp
	}
	_ = c.RegisterFlagCompletionFunc("fields", complete) // it fails for unknown flags only
}

// ready refuses a filter that cannot be read and fields that no row has. Nothing has
// been asked of a service by then.
func (l listing[T]) ready(p *program, c *cobra.Command, k *look) error {
	query, err := fleet.Parse(k.filter)
	if err != nil {
		return usage(c.CommandPath(), describe(err), "")
	}
	k.query = query.At(p.o.Now().In(p.out.zone))
	if bad := k.query.Unread(l.schema()); bad != "" {
		return usage(c.CommandPath(), bad, "")
	}
	return checkFields(c.CommandPath(), k.fields, l.fields(), c.Flags().Changed("fields"))
}

// schema is what a filter knows of a list.
func (l listing[T]) schema() fleet.Schema {
	schema := make(fleet.Schema, len(l.columns))
	for i, c := range l.columns {
		schema[i] = fleet.Column{Name: c.name, Kind: c.kind, Aside: c.aside}
	}
	return schema
}

// filterable names the columns of a list for its help.
func (l listing[T]) filterable() string {
	names := make([]string, len(l.columns))
	for i, c := range l.columns {
		names[i] = c.name
	}
	return strings.Join(names, ", ")
}

// matching returns the items that a query matches.
func (l listing[T]) matching(ctx context.Context, out *output, items []T, q fleet.Query) ([]T, error) {
	if q.Empty() || len(items) == 0 {
		return items, nil
	}
	bare, schema := &output{zone: out.zone, bare: true}, l.schema()
	rows := make([]fleet.Row, len(items))
	for i, it := range items {
		rows[i] = fleet.Row{Key: strconv.Itoa(i), Cells: make([]string, len(schema)), Sort: make([]int64, len(schema))}
		for j, c := range l.columns {
			rows[i].Cells[j] = model.Clean(c.cell(bare, it))
			if c.sort != nil {
				rows[i].Sort[j] = c.sort(it)
			}
		}
	}
	hits, err := fleet.New(schema, rows...).Match(ctx, q)
	if err != nil {
		return nil, err
	}
	var found []T
	for _, row := range hits.All() {
		found = append(found, items[row])
	}
	return found, nil
}

// checkFields wants every field to be one that rows have.
func checkFields(op string, wanted []string, known []field, given bool) error {
	if given && len(wanted) == 0 {
		return usage(op, "--fields names none", "known are "+strings.Join(fieldNames(known), ", "))
	}
	for _, w := range wanted {
		if _, ok := findField(known, w); !ok {
			return usage(op, fmt.Sprintf("there is no field %q", model.Clean(w)), "known are "+strings.Join(fieldNames(known), ", "))
		}
	}
	return nil
}
