package screen

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"testing"
	"time"

	"muster/model"
	"muster/ui/uitest"
)

func TestFits(t *testing.T) {
	for _, c := range []struct {
		text, typed string
		rank        int
	}{
		{"saltmarsh freight", "salt", fitsStart},
		{"saltmarsh freight", "frei", fitsWord},
		{"saltmarsh freight", "marsh", fitsInside},
		{"saltmarsh freight", "sfr", fitsLoosely},
		{"saltmarsh freight", "fre salt", fitsWord},
		{"saltmarsh freight", "salt xyz", fitsNot},
		{"saltmarsh freight", "tlas", fitsNot},
		{"zürich außenstelle", "züaux", fitsNot},
		{"zürich außenstelle", "züauß", fitsLoosely},
		{"日本語", "日語", fitsLoosely},
		{"", "a", fitsNot},
		{"anything", "", fitsStart},
	} {
		if rank, _ := fits(c.text, c.typed); rank != c.rank {
			t.Errorf("%q for %q: rank %d, want %d", c.text, c.typed, rank, c.rank)
		}
	}
	_, near := fits("fennel hill", "fh")
	_, far := fits("fennel water works hall", "fh")
	if near >= far {
		t.Errorf("letters that stand closer do not come first: %d, %d", near, far)
	}
}

func manyCustomers(n int) *uitest.Still {
	st := &uitest.Still{Board: &model.Board{Rev: 1}}
	for i := range n {
		st.CustomerList = append(st.CustomerList, model.Customer{ID: model.CustomerID(guid(i)), Name: fmt.Sprintf("Customer %04d", i), Domain: fmt.Sprintf("c%04d.example", i)})
	}
	return st
}

// first is what Enter would choose.
func first(s *Switch) string {
	if len(s.shown) == 0 {
		return ""
	}
	return s.shown[0].customer.Name
}

func TestRecentCustomersComeFirst(t *testing.T) {
	env := newEnv(t, manyCustomers(3000))
	now := env.Now()
	for i, id := range []int{7, 9, 1} { // 1 is where we are
		env.Seat = env.Seat.Visit(model.Customer{ID: model.CustomerID(guid(id)), Name: fmt.Sprintf("Customer %04d", id)}, now.Add(time.Duration(i)*time.Minute))
	}
	env.Seat = env.Seat.Visit(model.Customer{ID: "gone", Name: "Customer that left"}, now)
	s := NewSwitch(env)
	if got := first(s); got != "Customer 0009" {
		t.Errorf("before anything was read Enter takes %q", got)
	}
	show(s)
	if s.shown[0].customer.Name != "Customer 0009" || s.shown[1].customer.Name != "Customer 0007" || s.shown[2].customer.Name != allCustomers {
		t.Errorf("the order is %v", s.shown[:3])
	}
	for _, c := range s.shown {
		if c.customer.ID == env.Customer.ID || c.customer.ID == "gone" {
			t.Errorf("%s can be chosen", c.customer.Name)
		}
	}
	if e := s.Update(uitest.Enter); e.Visit == nil || e.Visit.Domain != "c0009.example" {
		t.Errorf("Enter does %+v", e.Visit)
	}
	typed(s, "2718")
	if got := first(s); got != "Customer 2718" {
		t.Errorf("2718 finds %q", got)
	}
	typed(s, "x")
	if e := s.Update(uitest.Enter); e.Visit != nil || e.Toast.Text == "" {
		t.Errorf("with nobody in sight Enter does %+v", e)
	}
}

// The list is read once a connection, however often somebody switches.
func TestCustomersAreReadOnce(t *testing.T) {
	st := manyCustomers(3)
	env := newEnv(t, st)
	counted := &countedReader{Still: st}
	env.Backend.Reader = counted
	s := NewSwitch(env)
	e := uitest.Run(s, s.Init())
	if e.Partner == nil {
		t.Fatal("what was read is told to nobody")
	}
	env.Partner = *e.Partner
	show(NewSwitch(env))
	if counted.reads != 1 || len(env.Partner.List) != 3 {
		t.Errorf("%d readings, %d customers", counted.reads, len(env.Partner.List))
	}
}

type countedReader struct {
	*uitest.Still
	reads int
}

func (c *countedReader) Customers(ctx context.Context) iter.Seq2[[]model.Customer, error] {
	c.reads++
	return c.Still.Customers(ctx)
}

func TestOperationsOfOneAndOfAll(t *testing.T) {
	env := newEnv(t, board())
	other := env.Jobs.Operations[2]
	other.ID, other.Customer, other.CustomerName, other.Title = "x", "c2", "Fabrikam", "policy Plain at Fabrikam"
	env.Jobs.Operations = append(env.Jobs.Operations, other)
	s := NewOperations(env)
	show(s)
	if v := s.View(); strings.Contains(v, "Fabrikam") || !strings.Contains(v, "policy Kiosk") {
		t.Errorf("of one customer the list is\n%s", v)
	}
	uitest.Run(s, s.Update(uitest.Tab))
	want(t, s, "5 operations · of all customers")
	if v := s.View(); !strings.Contains(v, "policy Plain at Fabri") {
		t.Errorf("of all customers the list is\n%s", v)
	}
	uitest.Run(s, s.Update(uitest.Key("!")))
	want(t, s, "4 operations · of all customers, in need of a hand")
	env.Customer = model.Customer{}
	s = NewOperations(env)
	show(s)
	want(t, s, "5 operations · of all customers")
}
