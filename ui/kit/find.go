package kit

import (
	"context"
	"iter"
	"strings"
	"sync"

	"muster/model"
)

// searchedAtOnce is of how many customers devices are read at the same time. The pace
// of the service bounds the requests, this the memory.
const searchedAtOnce = 4

// Found is what the search of one customer brought.
type Found struct {
	Customer model.Customer
	Devices  []model.Device // those with the serial
	Read, Of int            // customers that were searched, and in all
}

// FindSerial yields the devices with a serial, ignoring case, of all customers of the
// partner, customer by customer in the order in which they were read. A customer whose
// devices could not all be read comes with an error, and the search goes on. crashed is
// as in [model.Guard].
func FindSerial(ctx context.Context, reader Reader, serial string, crashed func(what any, stack []byte)) iter.Seq2[Found, error] {
	return func(yield func(Found, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		var customers []model.Customer
		for page, err := range reader.Customers(ctx) {
			if err != nil && !yield(Found{}, err) {
				return
			}
			customers = append(customers, page...)
		}
		n, more := 0, true
		for one := range searchAll(ctx, reader, customers, serial, crashed) {
			n++
			if !more {
				continue // until every search has ended
			}
			one.Read, one.Of = n, len(customers)
			if more = yield(one.Found, one.err); !more {
				cancel()
			}
		}
	}
}

type searched struct {
	Found
	err error
}

// searchAll searches the customers, a few at a time. The channel is closed when all of
// its goroutines have ended; it has to be read until then.
func searchAll(ctx context.Context, reader Reader, customers []model.Customer, serial string, crashed func(what any, stack []byte)) <-chan searched {
	in, out := make(chan model.Customer), make(chan searched)
	var all sync.WaitGroup
	all.Go(func() {
		defer close(in)
		model.Guard(crashed, func() {
			for _, c := range customers {
				select {
				case in <- c:
				case <-ctx.Done():
					return
				}
			}
		})
	})
	for range searchedAtOnce {
		all.Go(func() {
			for c := range in {
				s := searched{Found: Found{Customer: c}}
				if !model.Guard(crashed, func() { s.search(ctx, reader, serial) }) {
					s.fail(model.OwnFault("find device")) // nobody may read that it is not there
				}
				out <- s
			}
		})
	}
	go func() {
		defer close(out)
		model.Guard(crashed, all.Wait)
	}()
	return out
}

// search looks at all devices of the customer. What was found before a panic stays.
func (s *searched) search(ctx context.Context, reader Reader, serial string) {
	for page, err := range reader.Devices(ctx, s.Customer.ID) {
		if err != nil {
			s.fail(err)
		}
		for _, d := range page.Devices {
			if strings.EqualFold(d.Serial, serial) {
				s.Devices = append(s.Devices, d)
			}
		}
	}
}

// fail notes why not all devices could be read; the first reason stays.
func (s *searched) fail(err error) {
	if s.err != nil {
		return
	}
	e := *Trouble(err)
	e.Msg = "not all devices of " + model.Clean(s.Customer.Name) + " could be read: " + e.Msg
	s.err = &e
}
