package kit

import (
	"context"
	"iter"
	"maps"
	"runtime/debug"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"

	"muster/model"
	"muster/model/fleet"
)

// Page is one step of reading a list: rows with what stands behind each of them.
type Page[T any] struct {
	Rows   []fleet.Row
	Items  []T      // one for each row
	Groups []string // what each row counts for in ListMsg.Groups; nil for nothing
	Note   string   // what the rows lack though all are there, "" for nothing; the last one counts
	Progress
}

// Progress says how far a list has been read. Zero members are not known.
type Progress struct {
	Pages   int
	Batches int // batches read to their end
	Of      int // batches in all
	Total   int // rows that there will be
}

// ListMsg answers [ReadList] while the list grows and once more when it is whole.
type ListMsg[T any] struct {
	Reply
	Index  *fleet.Index
	Items  []T // behind the rows of Index, by row number
	Groups map[string]int
	Note   string
	Sides  Sides // of a list that joins the two services
	Progress
	Began time.Time // when reading began: no fact in the list is older
	// Onward is set while a reading goes on with what a former one had, which is shown.
	Onward  bool
	Further bool  // of a list that is not whole: reading can go on where it stopped
	Kept    *Kept // stands in until the list is whole; nil for nothing
	Since   Since // of a list that is whole: what came and went
	Done    bool
	Err     *model.Error // why the list is not whole; only together with Done
	Next    tea.Cmd      // waits for the next answer; nil when Done
}

// maxGroups bounds the distinct words that a list is counted by.
const maxGroups = 200

// ReadList returns a command that reads pages into a new index, off the loop, and
// answers with what there is whenever there is more. Answers that nobody waited for
// are left out, so a fast service does not flood the screen. A row whose key came
// before is left out: the first one counts. An error does not end the reading by
// itself, the end of the sequence does; the first error is in the last answer.
func ReadList[T any](ctx context.Context, now func() time.Time, re Reply, schema fleet.Schema, pages iter.Seq2[Page[T], error]) tea.Cmd {
	return Feed(ctx, now, re, schema, func(m ListMsg[T], publish func(ListMsg[T])) { walk(m, pages, publish) })
}

// Feed returns a command that fills a list in the way of read, off the loop, and
// answers as [ReadList] does. read begins with the empty list that it is given,
// publishes what there is whenever there is more, and once more with Done set before
// it returns. What it publishes it does not change any more.
func Feed[T any](ctx context.Context, now func() time.Time, re Reply, schema fleet.Schema, read func(ListMsg[T], func(ListMsg[T]))) tea.Cmd {
	f := &feed[T]{changed: make(chan struct{})}
	f.last = ListMsg[T]{Reply: re, Index: fleet.New(schema), Began: now()}
	run := func() tea.Msg {
		empty, _, _ := f.look()
		read(empty, f.publish)
		if last, _, _ := f.look(); last.Index.Len() > long {
			debug.FreeOSMemory() // what reading took many times over; it holds nobody up
		}
		return nil
	}
	return tea.Batch(run, f.await(ctx, 0))
}

// long is from how many rows on what was needed to read a list is worth giving back.
const long = 50_000

// feed hands the newest state of a list from the command that reads it to the
// command that waits for it.
type feed[T any] struct {
	mu      sync.Mutex // held for moments, and never by the event loop
	rev     uint64
	last    ListMsg[T]
	changed chan struct{} // closed when rev rises
}

func (f *feed[T]) publish(m ListMsg[T]) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rev++
	f.last = m
	close(f.changed)
	f.changed = make(chan struct{})
}

func (f *feed[T]) look() (ListMsg[T], uint64, <-chan struct{}) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.last, f.rev, f.changed
}

// await returns a command that waits for a state newer than rev.
func (f *feed[T]) await(ctx context.Context, rev uint64) tea.Cmd {
	return func() tea.Msg {
		for {
			m, now, changed := f.look()
			if now > rev {
				if !m.Done {
					m.Next = f.await(ctx, now)
				}
				return m
			}
			select {
			case <-changed:
			case <-ctx.Done():
				return nil
			}
		}
	}
}

// walk reads the pages of a list. Items are appended only, so the slices that were
// handed out stay as they are.
func walk[T any](m ListMsg[T], pages iter.Seq2[Page[T], error], publish func(ListMsg[T])) {
	groups := map[string]int{}
	for page, err := range pages {
		if err != nil && m.Err == nil {
			m.Err = Trouble(err)
		}
		rows := page.Rows[:0:0]
		seen := make(map[string]bool, len(page.Rows))
		for i := range page.Rows {
			key := page.Rows[i].Key
			if _, known := m.Index.Find(key); known || seen[key] {
				continue
			}
			seen[key] = true
			rows = append(rows, page.Rows[i])
			m.Items = append(m.Items, page.Items[i])
			if i < len(page.Groups) {
				CountGroup(groups, page.Groups[i], 1)
			}
		}
		m.Index = m.Index.With(rows...)
		if page.Note != "" {
			m.Note = page.Note
		}
		if page.Progress != (Progress{}) {
			m.Progress = page.Progress
		}
		step := m
		step.Err = nil
		step.Groups = maps.Clone(groups)
		publish(step)
	}
	m.Done, m.Groups = true, groups
	publish(m)
}

// CountGroup counts n rows more of a word, which is one of maxGroups or "others".
func CountGroup(groups map[string]int, word string, n int) {
	if _, ok := groups[word]; !ok && len(groups) >= maxGroups {
		word = "others"
	}
	groups[word] += n
}
