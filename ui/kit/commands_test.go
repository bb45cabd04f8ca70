package kit_test

import (
	"context"
	"errors"
	"iter"
	"testing"

	tea "charm.land/bubbletea/v2"

	"muster/model"
	"muster/model/fleet"
	"muster/ui/kit"
	"muster/ui/uitest"
)

func answer[T tea.Msg](t *testing.T, cmd tea.Cmd) T {
	t.Helper()
	msg, ok := cmd().(T)
	if !ok {
		t.Fatalf("the answer is %T, want %T", msg, *new(T))
	}
	return msg
}

func TestFindCustomers(t *testing.T) {
	two := []model.Customer{{ID: "00000000-0000-4000-8000-000000000001", Name: "Contoso"}, {ID: "00000000-0000-4000-8000-000000000002", Name: "Fabrikam"}}
	for _, c := range []struct {
		what string
		all  []model.Customer
		name string
		want []string
		bad  bool
	}{
		{"the only one", two[:1], "", []string{"Contoso"}, false},
		{"several", two, "", []string{"Contoso", "Fabrikam"}, false},
		{"none", nil, "", nil, false},
		{"by name", two, "Fabrikam", []string{"Fabrikam"}, false},
		{"by id", two, string(two[0].ID), []string{"Contoso"}, false},
		{"by a name that nobody has", two, "fabrikam", nil, true},
	} {
		env := uitest.Env(t.Context(), (&uitest.Still{CustomerList: c.all}).Backend())
		env.Epoch = 5
		m := answer[kit.CustomersMsg](t, kit.FindCustomers(env, c.name))
		var got []string
		for _, found := range m.Customers {
			got = append(got, found.Name)
		}
		if m.Epoch != 5 || (m.Err != nil) != c.bad || len(got) != len(c.want) || len(got) > 0 && got[0] != c.want[0] {
			t.Errorf("%s: got %v, error %v, epoch %d", c.what, got, m.Err, m.Epoch)
		}
	}
}

// A walk over four hundred customers ends as soon as there are two.
func TestFindCustomersReadsNoMoreThanItNeeds(t *testing.T) {
	pages := 0
	b := (&uitest.Still{}).Backend()
	b.Reader = endless{b.Reader, &pages}
	answer[kit.CustomersMsg](t, kit.FindCustomers(uitest.Env(t.Context(), b), ""))
	if pages > 2 {
		t.Errorf("%d pages were read", pages)
	}
}

type endless struct {
	kit.Reader
	pages *int
}

func (e endless) Customers(context.Context) iter.Seq2[[]model.Customer, error] {
	return func(yield func([]model.Customer, error) bool) {
		for {
			*e.pages++
			if !yield([]model.Customer{{Name: "one"}}, nil) {
				return
			}
		}
	}
}

func TestWritesAnswerTheirScreen(t *testing.T) {
	env := uitest.Env(t.Context(), (&uitest.Still{}).Backend())
	visit, leave := context.WithCancel(t.Context())
	env.Visit = visit
	leave() // a write survives the end of the visit
	re := kit.Reply{Seq: 3}
	for what, cmd := range map[string]tea.Cmd{
		"assign": kit.Assign(env, re, model.Assignment{}), "upload": kit.Upload(env, re, model.Upload{}),
		"create": kit.CreateBIOS(env, re, model.Customer{}, model.BIOSConfiguration{}),
		"edit":   kit.EditBIOS(env, re, model.Customer{}, model.BIOSConfiguration{}, model.BIOSPatch{}),
	} {
		m := answer[kit.SavedMsg](t, cmd)
		if m.Address().Seq != 3 || m.Err == nil || m.Err.Kind != model.Refused {
			t.Errorf("%s: %+v", what, m)
		}
	}
}

func TestReadings(t *testing.T) {
	gone := &model.Error{Kind: model.NotFound, Msg: "gone"}
	st := &uitest.Still{BatchList: []model.DeviceBatch{{ID: "b"}}, PolicyList: []model.ConfigurationPolicy{{Name: "p"}},
		BIOSList: []model.BIOSConfiguration{{ID: "x", Name: "y"}}, Err: gone}
	env := uitest.Env(t.Context(), st.Backend())
	re := kit.Reply{Seq: 1}
	if m := answer[kit.PoliciesMsg](t, kit.ReadPolicies(env, re)); len(m.Policies) != 1 || m.Err != nil {
		t.Errorf("policies: %+v", m)
	}
	if m := answer[kit.BatchesMsg](t, kit.ReadBatches(env, re)); len(m.Batches) != 1 || !errors.Is(m.Err, gone) {
		t.Errorf("batches: %+v", m)
	}
	if m := answer[kit.BIOSMsg](t, kit.ReadBIOS(env, re, "x")); m.Configuration.Name != "y" {
		t.Errorf("BIOS configuration: %+v", m)
	}
	if m := answer[kit.CompletedMsg](t, kit.Complete(env, re, "~", 10)); m.Err != nil {
		t.Errorf("paths: %+v", m)
	}
}

func TestDecisionsAndTheWatch(t *testing.T) {
	st := &uitest.Still{Board: &model.Board{Rev: 4}}
	env := uitest.Env(t.Context(), st.Backend())
	if m := answer[kit.JobsMsg](t, kit.WatchJobs(env)); m.Board.Rev != 4 {
		t.Errorf("the board is %+v", m.Board)
	}
	env.Jobs = st.Board
	got := make(chan tea.Msg, 1)
	go func() { got <- kit.WatchJobs(env)() }()
	st.Publish(&model.Board{Rev: 5})
	if m := (<-got).(kit.JobsMsg); m.Board.Rev != 5 {
		t.Errorf("the newer board is %+v", m.Board)
	}
	for _, cmd := range []tea.Cmd{kit.Resume(env, "r"), kit.Drop(env, "d"), kit.Retry(env, "a")} {
		if m := answer[kit.DecidedMsg](t, cmd); m.Err != nil || m.What == "" {
			t.Errorf("decided: %+v", m)
		}
	}
	if d := st.Decided(); len(d) != 3 || d[2] != "retry a" {
		t.Errorf("decided: %v", d)
	}
}

func TestArrangeStopsWithItsContext(t *testing.T) {
	ix := fleet.New(fleet.Schema{{Name: "n"}}, fleet.Row{Key: "a", Cells: []string{"b"}}, fleet.Row{Key: "b", Cells: []string{"a"}})
	q, err := fleet.Parse("")
	if err != nil {
		t.Fatal(err)
	}
	m := answer[kit.ArrangedMsg](t, kit.Arrange(t.Context(), kit.Reply{}, ix, q, 0, false, fleet.Marks{}.Toggle("a")))
	if m.Err != nil || m.Rows.Len() != 2 || ix.Key(m.Rows.At(0)) != "b" || m.Marked != 1 {
		t.Errorf("arranged: %+v", m)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if m := answer[kit.ArrangedMsg](t, kit.Arrange(ctx, kit.Reply{}, ix, q, 0, false, fleet.Marks{})); m.Err == nil {
		t.Error("a cancelled question is answered")
	}
}
