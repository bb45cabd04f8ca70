package desk

import (
	"context"
	"crypto/sha256"
	"errors"
	"hash"
	"io"

	"muster/model"
)

// Sample is how many good rows of a list are kept to be shown.
const Sample = 20

// Opener opens a list at its beginning, any number of times.
type Opener func(ctx context.Context) (io.ReadCloser, error)

// List is a list that was judged. It keeps what can be shown and not the rows: a
// list of hashes is too large for that. They are read again when they are sent.
type List struct {
	Report Report
	First  []model.UploadRow // good ones, at most Sample of them; they hold secrets
	open   Opener
	o      Options
	sum    [sha256.Size]byte
}

// Survey judges a list as [Walk] does and returns it with what is needed to read
// it again. The list is never nil; after an error it holds what was read before.
func Survey(ctx context.Context, open Opener, o Options, each func(Row) error) (*List, error) {
	l := &List{open: open, o: o, Report: newWalk(ctx, o, nil).finish()}
	err := l.read(ctx, func(row Row) error {
		if row.Good() && len(l.First) < Sample {
			l.First = append(l.First, row.Upload)
		}
		if each == nil {
			return nil
		}
		return each(row)
	}, &l.Report, &l.sum)
	if err != nil {
		l.First = nil
	}
	return l, err
}

// errEnough ends a reading of which no more is wanted.
var errEnough = errors.New("enough")

// Rows reads the list again and yields its good rows that keep wants; a nil keep
// wants all. The last word is an error of kind Conflict when the list is not the
// one any more that was judged, byte for byte.
func (l *List) Rows(ctx context.Context, keep func(model.UploadRow) bool) model.UploadRows {
	return func(yield func(model.UploadRow, error) bool) {
		var report Report
		var sum [sha256.Size]byte
		err := l.read(ctx, func(row Row) error {
			if row.Good() && (keep == nil || keep(row.Upload)) && !yield(row.Upload, nil) {
				return errEnough
			}
			return nil
		}, &report, &sum)
		switch {
		case err == errEnough:
		case err != nil:
			yield(model.UploadRow{}, err)
		case sum != l.sum:
			yield(model.UploadRow{}, &model.Error{Kind: model.Conflict, Op: op, Msg: "the list was changed after it was judged",
				Hint: "nothing was sent; read it again"})
		}
	}
}

func (l *List) read(ctx context.Context, each func(Row) error, report *Report, sum *[sha256.Size]byte) error {
	f, err := l.open(ctx)
	if err != nil {
		return err
	}
	defer f.Close()
	in := &sealed{r: f, sum: sha256.New()}
	*report, err = Walk(ctx, in, l.o, each)
	in.sum.Sum(sum[:0])
	return err
}

// sealed takes a digest of what is read through it.
type sealed struct {
	r   io.Reader
	sum hash.Hash
}

func (s *sealed) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	s.sum.Write(p[:n])
	return n, err
}
