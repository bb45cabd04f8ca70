package kit

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"muster/model/fleet"
)

// drain runs a reading to its end and returns every answer.
func drain(t *testing.T, cmd tea.Cmd) []ListMsg[int] {
	t.Helper()
	batch, ok := cmd().(tea.BatchMsg)
	if !ok || len(batch) != 2 {
		t.Fatalf("reading is not a reader and a waiter")
	}
	if msg := batch[0](); msg != nil {
		t.Fatalf("the reader answered %v", msg)
	}
	var out []ListMsg[int]
	for next := batch[1]; next != nil; {
		m, ok := next().(ListMsg[int])
		if !ok {
			t.Fatal("the waiter did not answer")
		}
		out = append(out, m)
		next = m.Next
	}
	return out
}

func numbers(pages ...[]int) iter.Seq2[Page[int], error] {
	return func(yield func(Page[int], error) bool) {
		for i, p := range pages {
			page := Page[int]{Items: p, Progress: Progress{Pages: i + 1}}
			for _, n := range p {
				page.Rows = append(page.Rows, fleet.Row{Key: fmt.Sprint(n), Cells: []string{fmt.Sprint(n)}})
				page.Groups = append(page.Groups, []string{"even", "odd"}[n%2])
			}
			var err error
			if p == nil {
				err = errors.New("a page is missing")
			}
			if !yield(page, err) {
				return
			}
		}
	}
}

var oneColumn = fleet.Schema{{Name: "number", Title: "NUMBER", Kind: fleet.Count}}

func TestReadListKeepsItemsBesideRows(t *testing.T) {
	msgs := drain(t, ReadList(t.Context(), time.Now, Reply{Seq: 7}, oneColumn, numbers([]int{5, 3, 5}, []int{3, 8}, []int{1})))
	m := msgs[len(msgs)-1]
	if !m.Done || m.Err != nil || m.Seq != 7 || m.Pages != 3 {
		t.Fatalf("the last answer is %+v", m)
	}
	if m.Index.Len() != 4 || len(m.Items) != 4 {
		t.Fatalf("%d rows and %d items, want 4", m.Index.Len(), len(m.Items))
	}
	for row := range m.Index.Len() {
		if m.Index.Key(row) != fmt.Sprint(m.Items[row]) {
			t.Errorf("row %d is %s, its item %d", row, m.Index.Key(row), m.Items[row])
		}
	}
}

func TestReadListSaysThatItIsNotWhole(t *testing.T) {
	msgs := drain(t, ReadList(t.Context(), time.Now, Reply{}, oneColumn, numbers([]int{1}, nil, []int{2})))
	m := msgs[len(msgs)-1]
	if m.Err == nil || !m.Done || m.Index.Len() != 2 {
		t.Errorf("done %v, error %v, %d rows; want an error beside both rows", m.Done, m.Err, m.Index.Len())
	}
}

func TestReadListStopsWaitingWithItsContext(t *testing.T) {
	ctx, cancel := contextOf(t)
	batch := ReadList(ctx, time.Now, Reply{}, oneColumn, numbers())().(tea.BatchMsg)
	cancel()
	if msg := batch[1](); msg != nil {
		t.Errorf("a cancelled wait answered %v", msg)
	}
}

func contextOf(t *testing.T) (context.Context, context.CancelFunc) {
	return context.WithCancel(t.Context())
}
