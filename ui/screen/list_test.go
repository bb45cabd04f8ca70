package screen

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"muster/model"
	"muster/ui/kit"
	"muster/ui/uitest"
)

func facts(s kit.Screen) string { return strings.Join(s.Card().Facts, " · ") }

func want(t *testing.T, s kit.Screen, text string) {
	t.Helper()
	if got := facts(s); got != text {
		t.Errorf("the facts are %q, want %q", got, text)
	}
}

func TestFilterIsLiveAndEscTakesItAway(t *testing.T) {
	s := NewDevices(newEnv(t, still(250)))
	show(s)
	want(t, s, "250 devices · as of 14:02 CET")
	typed(s, "/opti")
	want(t, s, "125 of 250 devices · as of 14:02 CET")
	if c := s.Card(); !c.Typing || c.Input != "/opti_" || c.Filter != "opti" {
		t.Errorf("while typing the card is %+v", c)
	}
	typed(s, "\n")
	if s.Card().Typing {
		t.Error("Enter does not end the typing")
	}
	typed(s, "/s0007")
	want(t, s, "1 of 250 devices · as of 14:02 CET")
	typed(s, "\x1b")
	want(t, s, "250 devices · as of 14:02 CET")
	if e := typed(s, "\x1b"); !e.Pass && e.Pop {
		t.Error("Esc without a filter is not passed on")
	}
}

func TestAFilterThatHidesAllSaysSo(t *testing.T) {
	s := NewDevices(newEnv(t, still(10)))
	show(s)
	typed(s, "/zzz\n")
	if v := s.View(); !strings.Contains(v, "The filter zzz hides all 10 devices.") || !strings.Contains(v, "Esc shows them.") {
		t.Errorf("the view is\n%s", v)
	}
	if e := typed(s, "p"); e.Push != nil || !strings.Contains(e.Toast.Text, "there is no device here") {
		t.Errorf("p without a row pushes %v and says %q", e.Push, e.Toast.Text)
	}
}

func TestEmptyAndUnreadListsDiffer(t *testing.T) {
	none := NewDevices(newEnv(t, &uitest.Still{}))
	show(none)
	if v := none.View(); !strings.Contains(v, "This customer has no devices yet.") {
		t.Errorf("none exist:\n%s", v)
	}
	unread := NewDevices(newEnv(t, &uitest.Still{Err: &model.Error{Kind: model.Offline, Msg: "no answer", Hint: "look at the line", Ref: "id-7"}}))
	show(unread)
	if v := unread.View(); !strings.Contains(v, "could not be read: no answer.") || !strings.Contains(v, "id-7") || !strings.Contains(v, "r tries again.") {
		t.Errorf("could not be read:\n%s", v)
	}
	want(t, unread, "not read, r tries again")
}

func TestAnIncompleteListSaysSo(t *testing.T) {
	st := still(250)
	st.DevicePages = st.DevicePages[:2]
	st.Err = &model.Error{Kind: model.Incomplete, Msg: "page 3 failed"}
	s := NewDevices(newEnv(t, st))
	e := show(s)
	want(t, s, "200 devices · stopped at 200 of 250, r reads again · as of 14:02 CET")
	if e.Fleet == nil || e.Fleet.Whole {
		t.Errorf("what home is told: %+v", e.Fleet)
	}
	st.Err, st.DevicePages = nil, still(250).DevicePages
	typed(s, "r")
	want(t, s, "250 devices · as of 14:02 CET")
}

func TestARefreshThatFailsKeepsTheWholeList(t *testing.T) {
	st := still(250)
	s := NewDevices(newEnv(t, st))
	show(s)
	st.DevicePages = st.DevicePages[:1]
	st.Err = &model.Error{Kind: model.Offline, Msg: "no answer"}
	typed(s, "r")
	if got := facts(s); !strings.HasPrefix(got, "250 devices") || !strings.Contains(got, "stopped") {
		t.Errorf("the facts are %q", got)
	}
}

func TestMarksSurviveFilterSortAndRefresh(t *testing.T) {
	s := NewDevices(newEnv(t, still(250)))
	show(s)
	typed(s, "  /latitude\n*")
	want(t, s, "125 of 250 devices · 126 marked (1 out of sight) · as of 14:02 CET")
	typed(s, "ssS")
	typed(s, "\x1b")
	want(t, s, "250 devices · 126 marked · as of 14:02 CET")
	typed(s, "r")
	want(t, s, "250 devices · 126 marked · as of 14:02 CET")
	typed(s, "u")
	want(t, s, "250 devices · as of 14:02 CET")
}

func TestAssignTakesTheMarksElseTheRow(t *testing.T) {
	s := NewDevices(newEnv(t, still(250)))
	show(s)
	typed(s, "j")
	form, ok := typed(s, "p").Push.(*opened)
	if !ok || len(form.devices) != 1 || form.devices[0].ID != "d1" {
		t.Fatalf("without marks p opens %+v", form)
	}
	d := form.devices[0]
	if d.Serial != "S0001" || d.Batch != "first" || d.Model != "OptiPlex" || !d.Policy.None() || !d.Uploaded.Equal(born.Add(60e9)) {
		t.Errorf("the device is %+v", d)
	}
	typed(s, "/s000\n*\x1b")
	form, ok = typed(s, "p").Push.(*opened)
	if !ok || len(form.devices) != 10 {
		t.Fatalf("with ten marks p opens %+v", form)
	}
	if p := form.devices[0].Policy; p.Value != guid(11) {
		t.Errorf("the former policy is %q, want the raw id", p.Value)
	}
}

// What acts on rows waits for the rows: nothing may happen to rows that the operator
// did not see.
func TestKeysWaitForTheAnswerToAFilter(t *testing.T) {
	s := NewDevices(newEnv(t, still(250)))
	show(s)
	s.Update(tea.KeyPressMsg{Code: '/', Text: "/"})
	var cmd tea.Cmd
	for _, r := range "s0042" {
		cmd = s.Update(tea.KeyPressMsg{Code: r, Text: string(r)}).Cmd
	}
	s.Update(uitest.Enter)
	if e := s.Update(tea.KeyPressMsg{Code: '*', Text: "*"}); e.Cmd != nil || s.list.marks.Count() != 0 {
		t.Fatal("* marked rows of the former filter")
	}
	e := s.Update(cmd())
	if len(e.Keys) != 1 || e.Keys[0].String() != "*" {
		t.Fatalf("with the answer %v keys come back", e.Keys)
	}
	s.Update(e.Keys[0])
	if got := s.list.marks.Count(); got != 1 {
		t.Errorf("%d marked, want 1", got)
	}
}

func TestAStaleAnswerIsDropped(t *testing.T) {
	s := NewDevices(newEnv(t, still(250)))
	show(s)
	s.Update(tea.KeyPressMsg{Code: '/', Text: "/"})
	old := s.Update(tea.KeyPressMsg{Code: 'o', Text: "o"}).Cmd
	answer := old()
	newer := s.Update(tea.KeyPressMsg{Code: 'q', Text: "q"}).Cmd
	s.Update(newer())
	s.Update(answer)
	want(t, s, "0 of 250 devices · as of 14:02 CET")
}

func TestManyMarksAreMadeAndPickedOffTheLoop(t *testing.T) {
	s := NewDevices(newEnv(t, still(few+500)))
	show(s)
	e := s.Update(tea.KeyPressMsg{Code: '*', Text: "*"})
	if e.Cmd == nil || s.list.marks.Count() != 0 {
		t.Fatal("all were marked on the loop")
	}
	s.Update(tea.KeyPressMsg{Code: 'p', Text: "p"})
	got := uitest.Run(s, e)
	form, ok := got.Push.(*opened)
	if !ok || len(form.devices) != few+500 {
		t.Fatalf("p after * opens %+v", form)
	}
}

func TestALongListSaysThatItIsOldAndAShortOneIsReadAgain(t *testing.T) {
	for n, says := range map[int]string{oneRead: "reading", oneRead + 1: "changed since: r"} {
		env := newEnv(t, still(n))
		s := NewDevices(env)
		show(s)
		env.Jobs = &model.Board{Rev: 2, Operations: []model.Operation{{Kind: model.AssignPolicy, Customer: env.Customer.ID,
			Ended: env.Now().Add(1), Rows: model.Tally{Done: 1}}}}
		e := s.Update(kit.JobsMsg{Board: env.Jobs})
		if facts := strings.Join(s.Card().Facts, "; "); !strings.Contains(facts, says) {
			t.Errorf("%d rows: %q does not say %q", n, facts, says)
		}
		if again := e.Cmd != nil; again != (n <= oneRead) {
			t.Errorf("%d rows: read again %v", n, again)
		}
	}
}

func TestSorting(t *testing.T) {
	s := NewDevices(newEnv(t, still(50)))
	show(s)
	typed(s, "S")
	typed(s, "sS")
	if _, key, _ := s.list.table.Current(); key != "d0" {
		t.Errorf("the cursor left its row for %s", key)
	}
	typed(s, "g")
	if _, key, _ := s.list.table.Current(); key != "d49" {
		t.Errorf("the first row is %s, want d49", key)
	}
}

func TestBatchOpensItsDevices(t *testing.T) {
	s := NewBatches(newEnv(t, still(10)))
	show(s)
	open := func() kit.Effect { // the batch, and from there its devices
		batch := typed(s, "\n").Push
		show(batch)
		return typed(batch, "\n")
	}
	if e := open(); e.Open.View != kit.DevicesView || e.Open.Filter != `batch:"first"` || !e.Open.Above {
		t.Errorf("Enter opens %+v", e.Open)
	}
	typed(s, "j")
	if e := open(); e.Open.Filter != `sec ond` {
		t.Errorf("a name with a quote becomes the filter %q", e.Open.Filter)
	}
}

func TestCustomerIsVisited(t *testing.T) {
	s := NewCustomers(newEnv(t, still(1)))
	show(s)
	if e := typed(s, "j\n"); e.Visit == nil || e.Visit.Name != "Fabrikam" {
		t.Errorf("Enter visits %v", e.Visit)
	}
}

func TestEditReadsTheContentFirst(t *testing.T) {
	s := NewBIOSConfigurations(newEnv(t, still(1)))
	show(s)
	detail, ok := typed(s, "e").Push.(*BIOSConfiguration)
	if !ok {
		t.Fatal("e does not open the configuration")
	}
	form, ok := show(detail).Push.(*opened)
	if !ok || string(form.bios.Content) != "[cctk]\nSecureBoot=Enabled\n" {
		t.Errorf("the form opens with %+v", form)
	}
}

// Devices are all there without the names of their policies, and the list says what is
// missing.
func TestDevicesWithoutPolicyNames(t *testing.T) {
	st := still(4)
	st.PolicyList, st.PolicyErr = nil, &model.Error{Kind: model.Forbidden, Msg: "not allowed"}
	s := NewDevices(newEnv(t, st))
	show(s)
	want(t, s, "4 devices · policies by id: their names could not be read · as of 14:02 CET")
	if v := s.View(); !strings.Contains(v, guid(11)[:8]) {
		t.Errorf("the policies are not shown by id:\n%s", v)
	}
}

func TestAListThatIsBeingReadSaysHowFarItIs(t *testing.T) {
	s := NewDevices(newEnv(t, still(250)))
	s.Resize(80, 20)
	batch := s.Init().Cmd().(tea.BatchMsg)
	want(t, s, "reading")
	batch[0]() // reads all; what it publishes on the way is taken out by hand below
	whole := batch[1]().(kit.ListMsg[noItem])
	part := whole
	part.Done, part.Next = false, func() tea.Msg { return whole }
	part.Progress = kit.Progress{Pages: 2, Batches: 0, Of: 2, Total: 1250}
	e := s.Update(part)
	want(t, s, "250 devices · reading 250 of 1 250 · page 2 of about 10")
	typed(s, "jj")
	if _, key, _ := s.list.table.Current(); key != "d2" {
		t.Errorf("while it is read the cursor is on %s", key)
	}
	uitest.Run(s, e)
	want(t, s, "250 devices · as of 14:02 CET")
	if _, key, _ := s.list.table.Current(); key != "d2" {
		t.Errorf("when it is whole the cursor is on %s", key)
	}
}
