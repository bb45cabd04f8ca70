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
			yield(model.UploadRow{}, changed("nothing was sent; read it again"))
		}
	}
}

// Split reads the list again and writes it in two parts as [Split] does, either of
// which may be nil. A list that is not the one any more that was judged is an error
// of kind Conflict; what was written then is not to be kept.
func (l *List) Split(ctx context.Context, good, rest io.Writer) (Report, error) {
	var report Report
	var sum [sha256.Size]byte
	err := l.through(ctx, &sum, func(r io.Reader) (err error) {
		report, err = Split(ctx, r, l.o, good, rest)
		return err
	})
	if err == nil && sum != l.sum {
		err = changed("nothing was kept; read it again")
	}
	return report, err
}

func changed(hint string) error {
	return &model.Error{Kind: model.Conflict, Op: op, Msg: "the list was changed after it was judged", Hint: hint}
}

func (l *List) read(ctx context.Context, each func(Row) error, report *Report, sum *[sha256.Size]byte) error {
	return l.through(ctx, sum, func(r io.Reader) (err error) {
		*report, err = Walk(ctx, r, l.o, each)
		return err
	})
}

// through opens the list, has it read and takes its digest.
func (l *List) through(ctx context.Context, sum *[sha256.Size]byte, read func(io.Reader) error) error {
	f, err := l.open(ctx)
	if err != nil {
		return err
	}
	defer f.Close()
	in := &sealed{r: f, sum: sha256.New()}
	err = read(in)
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
