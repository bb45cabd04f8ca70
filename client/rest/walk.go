package rest

import (
	"fmt"
	"iter"

	"muster/model"
)

// Limits of a walk through a list.
const (
	MaxPages   = 20_000 // pages
	emptyPages = 3      // empty pages in a row that still promise more
)

// Page is one step of a walk.
type Page[T any] struct {
	Items   []T
	Next    string // token or link of the next page, "" = this is the last
	Left    int    // items that were left out for an unusable id
	Foreign bool   // the next link leads somewhere else than to this list
	Ref     string // the id that support asks for
}

// Stretch is a page of a walk with where the walk goes on behind it. Beside an error it
// says where the walk can be taken up again; "" is from its beginning.
type Stretch[T any] struct {
	Items []T
	Next  string // token or link, "" behind the last page
}

// Walk yields a list page by page, as the pages arrive. It ends with an error of
// kind Incomplete when the list cannot be read to its end: a page failed, a link
// repeats or leads elsewhere, a page brings nothing new, the pages do not end,
// or items had to be left out. What was yielded before stays valid. An error on
// the first page keeps its own kind, and so does the end of the context.
func Walk[T any](op string, id func(T) string, fetch func(next string) (Page[T], error)) iter.Seq2[[]T, error] {
	return func(yield func([]T, error) bool) {
		for s, err := range WalkFrom(op, "", id, fetch) {
			if !yield(s.Items, err) {
				return
			}
		}
	}
}

// WalkFrom is [Walk] from some page on, which a former walk named.
func WalkFrom[T any](op, from string, id func(T) string, fetch func(next string) (Page[T], error)) iter.Seq2[Stretch[T], error] {
	return func(yield func(Stretch[T], error) bool) {
		w := walker{op: op, items: newSeen(), links: newSeen()}
		for next := from; ; {
			page, err := fetch(next)
			if err != nil && from != "" && w.pages == 0 && !passing(err) {
				from, next = "", "" // the service has forgotten the place: from the beginning then
				continue
			}
			if err != nil {
				yield(Stretch[T]{Next: w.again(next)}, w.stopped(err))
				return
			}
			fresh := 0
			for _, it := range page.Items {
				if w.items.add(id(it)) {
					fresh++
				}
			}
			end, stop := w.judge(len(page.Items), fresh, page.Left, page.Next, page.Foreign, page.Ref)
			if fresh > 0 && !yield(Stretch[T]{Items: page.Items, Next: page.Next}, nil) {
				return
			}
			if stop != nil {
				yield(Stretch[T]{Next: w.again(next)}, stop)
			}
			if stop != nil || end {
				return
			}
			next = page.Next
		}
	}
}

// walker is what a walk remembers: which items and links it has met.
type walker struct {
	op           string
	items, links seen
	pages, empty int
	left         int
}

// judge says whether the walk has come to its end, and whether that is wrong.
func (w *walker) judge(items, fresh, left int, next string, foreign bool, ref string) (end bool, stop error) {
	w.pages++
	w.left += left
	bad := func(msg string) error {
		return &model.Error{Kind: model.Incomplete, Op: w.op, Ref: ref, Msg: fmt.Sprintf("stopped after page %d: %s", w.pages, msg)}
	}
	if items+left > 0 {
		w.empty = 0
	} else if w.empty++; next != "" && w.empty > emptyPages {
		return true, bad("the service sends empty pages only")
	}
	switch {
	case items > 0 && fresh == 0:
		return true, bad("the service sends the same page again")
	case foreign:
		return true, bad("the service's link leads somewhere else")
	case next == "" && w.left > 0:
		return true, LeftOut(w.op, w.left, ref)
	case next == "":
		return true, nil
	case !w.links.add(next):
		return true, bad("the service's link repeats")
	case w.pages >= MaxPages:
		return true, bad(fmt.Sprintf("the list is longer than %d pages", MaxPages))
	}
	return false, nil
}

// passing reports whether the same request may succeed later.
func passing(err error) bool {
	switch model.KindOf(err) {
	case model.Cancelled, model.Offline, model.Throttled, model.Service, model.SignedOut:
		return true
	}
	return false
}

// again is where a walk that ended at a page can be taken up: there, unless items were
// left out on the way, which a walk from there on would not know of.
func (w *walker) again(at string) string {
	if w.left > 0 {
		return ""
	}
	return at
}

// stopped is the error of a walk whose next page failed.
func (w *walker) stopped(err error) error {
	e := model.AsError(err)
	if w.pages == 0 || e == nil || e.Kind == model.Cancelled {
		return err
	}
	return &model.Error{Kind: model.Incomplete, Op: w.op, Hint: e.Hint, Ref: e.Ref, Code: e.Code, Err: err,
		Msg: fmt.Sprintf("stopped after page %d: %s", w.pages, e.Msg)}
}

// LeftOut is the error of a list from which items with unusable ids were left out.
func LeftOut(op string, n int, ref string) error {
	msg := "one item has an id that cannot be used and is left out"
	if n > 1 {
		msg = fmt.Sprintf("%d items have ids that cannot be used and are left out", n)
	}
	return &model.Error{Kind: model.Incomplete, Op: op, Msg: msg, Ref: ref}
}
