package ledger_test

import (
	"context"
	"testing"
	"time"

	"muster/client/ledger"
	"muster/model"
)

// large is an intent of n rows with bodies of the size of a hardware hash.
func large(n int) ledger.Intent {
	in := intent(n, 0)
	for i := range in.Rows {
		in.Rows[i].Body = make([]byte, 4096)
	}
	return in
}

// BenchmarkRecord writes down an upload of 100 000 machines. The write lock is
// held for that long, and other processes wait for 15 s at most.
func BenchmarkRecord(b *testing.B) {
	in := large(100_000)
	for b.Loop() {
		l := open(b, folder(b))
		if _, err := l.Record(context.Background(), in); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkChunk takes one chunk of 500 of an operation of 100 000 rows from
// intent to outcome, wherever in it the chunk stands.
func BenchmarkChunk(b *testing.B) {
	l := open(b, folder(b))
	ctx := context.Background()
	id, err := l.Record(ctx, large(100_000))
	must(b, err)
	chunk := 0
	for b.Loop() {
		if chunk++; chunk > 200 {
			b.Fatal("no chunk is left; ask for fewer rounds")
		}
		must(b, l.Sending(ctx, id, chunk, "append"))
		must(b, l.Accepted(ctx, id, chunk, "job", ""))
		must(b, l.Settle(ctx, id, chunk, all(model.RowDone, (chunk-1)*500+1, chunk*500)))
	}
}

// BenchmarkOperations reads 1 000 operations of 200 chunks, of which one has
// changed.
func BenchmarkOperations(b *testing.B) {
	l := open(b, folder(b), func(o *ledger.Options) { o.Watch = time.Hour })
	ctx := context.Background()
	var last model.OperationID
	for range 1000 {
		last = record(b, l, 200, 1)
	}
	if _, err := l.Operations(ctx); err != nil {
		b.Fatal(err)
	}
	for i := 0; b.Loop(); i++ {
		b.StopTimer()
		must(b, l.Hold(ctx, last, "again"))
		b.StartTimer()
		if _, err := l.Operations(ctx); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkBoard reads an operation of 100 000 rows again after a step of it.
func BenchmarkBoard(b *testing.B) {
	l := open(b, folder(b), func(o *ledger.Options) { o.Watch = time.Hour })
	ctx := context.Background()
	id, err := l.Record(ctx, large(100_000))
	must(b, err)
	for b.Loop() {
		b.StopTimer()
		must(b, l.Hold(ctx, id, "again"))
		b.StartTimer()
		if _, err := l.Operations(ctx); err != nil {
			b.Fatal(err)
		}
	}
}
