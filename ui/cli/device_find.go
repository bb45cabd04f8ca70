package cli

import (
	"context"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"muster/model"
)

// searchedAtOnce bounds the customers whose devices are read at the same time. The
// pace of the service bounds the requests; this bounds the memory.
const searchedAtOnce = 4

const findHelp = `Looks for a device by its whole serial, ignoring case, across all customers of the
partner, or in the one that --customer names. Customers that could not be read are
named, and the exit code is then 3: what was found stands, and the device may be there,
too. It is 1 when none could be read. Several devices may have one serial.`

// foundDevice is a device and whose it is.
type foundDevice struct {
	customer model.Customer
	device   model.Device
}

type foundRecord struct {
	Customer *named `json:"customer"`
	deviceRecord
}

func (p *program) devicesFind() *cobra.Command {
	return lists(p, &cobra.Command{
		Use: "find SERIAL", Short: "a device by its serial, across all customers", Long: findHelp,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) == 1 && strings.TrimSpace(args[0]) == "" {
				return usage("find device", "the serial is empty", "")
			}
			return exactly("SERIAL")(c, args)
		},
		Example: "  muster devices find 5CG1234ABC --json\n  muster devices find 5CG1234ABC --customer Contoso --fields customer.name,batch",
	}, foundListing(""), func(ctx context.Context, s *session, k look, args []string) error {
		return s.findSerial(ctx, strings.TrimSpace(args[0]), k)
	})
}

func foundListing(serial string) listing[foundDevice] {
	return listing[foundDevice]{
		one: "device", empty: "no device has the serial " + model.Clean(serial),
		columns: []column[foundDevice]{
			texts("SERIAL", "serial", "", func(f foundDevice) string { return f.device.Serial }),
			texts("CUSTOMER", "customer", "", func(f foundDevice) string { return f.customer.Name }),
			texts("BATCH", "batch", "", func(f foundDevice) string { return string(f.device.Batch) }),
			texts("MAKER", "maker", "", func(f foundDevice) string { return f.device.Maker }),
			texts("MODEL", "model", "", func(f foundDevice) string { return f.device.Model }),
			texts("ID", "id", "", func(f foundDevice) string { return string(f.device.ID) }),
		},
		json: func(f foundDevice) record {
			return foundRecord{namedCustomer(f.customer.ID, f.customer.Name), newDeviceRecord(f.device, nil)}
		},
	}
}

// searched is what became of one customer's search.
type searched struct {
	found []foundDevice
	err   error
}

func (s *session) findSerial(ctx context.Context, serial string, k look) error {
	out := foundListing(serial).start(s, k)
	customers, err := s.toSearch(ctx)
	if err != nil && len(customers) == 0 {
		return err
	}
	short := err != nil
	if short {
		s.say("the list of customers is incomplete, those that were read are searched: %s", describe(err))
	}
	unread := 0
	for c, r := range s.search(ctx, customers, serial) {
		if werr := out.add(ctx, r.found); werr != nil {
			return werr
		}
		if r.err != nil && ctx.Err() == nil {
			unread++
			s.say("customer %s (%s) could not be read: %s", model.Clean(c.Name), model.Clean(string(c.ID)), describe(r.err))
		}
	}
	out.table.end()
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case unread > 0:
		s.say("%s found; %s of %s could not be read to the end", count(out.n, "device"), number(unread), count(len(customers), "customer"))
		if unread == len(customers) {
			return silent(exitFailed)
		}
		return silent(exitRows)
	case short:
		s.say("%s found, among %s; there are more", count(out.n, "device"), count(len(customers), "customer"))
		return silent(exitRows)
	case out.n == 0 && !k.json:
		s.say("%s, in %s", out.nothing(), count(len(customers), "customer"))
	}
	return nil
}

// toSearch are the customers whose devices are to be looked at.
func (s *session) toSearch(ctx context.Context) ([]model.Customer, error) {
	if s.target.Customer != "" {
		c, err := s.customer(ctx)
		if err != nil {
			return nil, err
		}
		return []model.Customer{c}, nil
	}
	var all []model.Customer
	for page, err := range s.Reader.Customers(ctx) {
		all = append(all, page...)
		if err != nil {
			return all, err
		}
	}
	return all, nil
}

// search looks through several customers at once and yields what it found in their
// order. Its goroutines have ended when the sequence has.
func (s *session) search(ctx context.Context, customers []model.Customer, serial string) func(func(model.Customer, searched) bool) {
	return func(yield func(model.Customer, searched) bool) {
		ctx, cancel := context.WithCancel(ctx)
		var workers sync.WaitGroup
		defer func() { cancel(); workers.Wait() }()
		results := make([]chan searched, len(customers))
		next := make(chan int, len(customers))
		for i := range customers {
			results[i] = make(chan searched, 1)
			next <- i
		}
		close(next)
		for range min(searchedAtOnce, len(customers)) {
			workers.Go(func() {
				for i := range next {
					var r searched
					if !model.Guard(s.o.Crashed, func() { r = s.searchOne(ctx, customers[i], serial) }) {
						r.err = model.OwnFault("find device") // nobody may read that it is not there
					}
					results[i] <- r
				}
			})
		}
		for i, c := range customers {
			if !yield(c, <-results[i]) {
				return
			}
		}
	}
}

func (s *session) searchOne(ctx context.Context, c model.Customer, serial string) (r searched) {
	if r.err = ctx.Err(); r.err != nil {
		return r
	}
	for page, err := range s.Reader.Devices(ctx, c.ID) {
		if err != nil {
			r.err = err
		}
		for _, d := range page.Devices {
			if strings.EqualFold(d.Serial, serial) {
				r.found = append(r.found, foundDevice{customer: c, device: d})
			}
		}
	}
	return r
}
