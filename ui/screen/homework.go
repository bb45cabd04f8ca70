package screen

import (
	"slices"
	"time"

	"muster/model"
	"muster/ui/kit"
	"muster/ui/theme"
)

// How many operations home names in each of its parts.
const (
	latest  = 3
	atWork  = 2
	stuck   = 3
	inInbox = 3
)

// ours reports whether an operation is one of the customer that is worked with; of
// another one nothing but counts is on the screen.
func ours(env *kit.Env, o model.Operation) bool {
	return env.Customer.ID == "" || o.Customer == env.Customer.ID
}

// of names the customer of an operation where the place does not.
func of(env *kit.Env, o model.Operation) string {
	if env.Customer.ID == o.Customer {
		return ""
	}
	return " (" + customerOf(o) + ")"
}

// fillInbox names what ended without being done in full and was not cleared.
func (s *Home) fillInbox() {
	s.inbox = s.env.Seat.Inbox(s.env.Jobs, s.env.Customer.ID)
	if len(s.inbox) == 0 {
		return
	}
	left, since := s.env.Seat.Left, 0
	for _, o := range s.inbox {
		if o.Ended.After(left) {
			since++
		}
	}
	words := "Inbox: " + kit.Counted(len(s.inbox), "operation", "operations") + " not done in full"
	if !left.IsZero() {
		words += ", " + kit.Count(since) + " since your last visit at " + s.env.When(left)
	}
	s.title(words)
	for i, o := range s.inbox {
		if i == inInbox {
			s.add("  " + s.env.Theme.Muted.Render("and "+kit.Count(len(s.inbox)-inInbox)+" more"))
			break
		}
		s.line(o, model.Clean(o.Sum()), o.Ended, toneOfState(o.State()))
	}
	s.add("  " + s.env.Theme.Key.Render(s.env.Keys.Unmark.String()) + " clears it, " + s.env.Theme.Key.Render(s.env.Keys.Operations.String()) + " opens the operations")
}

func toneOfState(st model.OperationState) theme.Tone { return stateTone(st.String()) }

// line is one operation with a moment.
func (s *Home) line(o model.Operation, text string, at time.Time, tone theme.Tone) {
	s.add("  " + s.env.Theme.Muted.Render(s.env.When(at)) + " " + s.env.Theme.Tone(tone).Render(text+of(s.env, o)))
}

func (s *Home) fillOperations() {
	s.title("Operations")
	b := s.env.Jobs
	if b == nil {
		s.add("  reading" + s.env.Theme.Glyphs.Ellipsis)
		return
	}
	var here, elsewhere []model.Operation
	for _, o := range b.Operations {
		if ours(s.env, o) {
			here = append(here, o)
		} else {
			elsewhere = append(elsewhere, o)
		}
	}
	s.counts(here, elsewhere)
	if b.Problem != nil {
		s.text(2, "ledger: "+b.Problem.Error(), s.env.Theme.Bad)
	}
	if b.Waiting != "" {
		s.text(2, "the pace is held: "+b.Waiting, s.env.Theme.Warn)
	}
	s.moving(here)
}

// counts says how many operations are in which state.
func (s *Home) counts(here, elsewhere []model.Operation) {
	counts := map[model.OperationState]int{}
	for _, o := range here {
		counts[o.State()]++
	}
	var parts []string
	for st := model.OperationRunning; st <= model.OperationCancelled; st++ {
		if n := counts[st]; n > 0 {
			parts = append(parts, s.env.Theme.Tone(stateTone(st.String())).Render(kit.Count(n)+" "+st.String()))
		}
	}
	if len(parts) == 0 {
		parts = append(parts, "nothing was asked for yet")
	}
	s.add("  " + words(s.env, parts...))
	running, hand := 0, 0
	for _, o := range elsewhere {
		if o.State() == model.OperationRunning {
			running++
		}
		if why, _ := o.Stuck(s.env.Now()); why != "" {
			hand++
		}
	}
	hand += len(s.env.Seat.Inbox(&model.Board{Operations: elsewhere}, ""))
	if running+hand > 0 {
		s.add("  " + s.env.Theme.Muted.Render("other customers: "+kit.Count(running)+" running, "+kit.Count(hand)+" in need of a hand; "+
			s.env.Keys.Customers.String()+", "+allCustomers))
	}
}

// moving names what is stuck, what runs and how fast, and the latest of the others.
func (s *Home) moving(here []model.Operation) {
	now, t := s.env.Now(), s.env.Theme
	stuckNow, running, others := 0, 0, 0
	for _, o := range here {
		if why, since := o.Stuck(now); why != "" && stuckNow < stuck {
			stuckNow++
			s.line(o, t.Glyphs.Warn+" "+model.Clean(o.Title)+": "+model.Clean(why)+", for "+span(now.Sub(since)), o.Created, theme.WarnTone)
		}
	}
	for _, o := range here {
		if why, _ := o.Stuck(now); why != "" || o.State() != model.OperationRunning || running == atWork {
			continue
		}
		running++
		s.line(o, model.Clean(o.Sum()), o.Created, theme.AccentTone)
		pace := ""
		if n := o.RowsAMinute(now); n > 0 {
			pace = " " + t.Glyphs.Separator + " " + kit.Counted(n, "row", "rows") + " a minute"
		}
		s.add(" " + underway(s.env, o, s.w-len(pace)) + pace)
	}
	for _, o := range here {
		known := slices.ContainsFunc(s.inbox, func(in model.Operation) bool { return in.ID == o.ID })
		if o.State().Ended() && !known && others+running+stuckNow < latest {
			others++
			s.line(o, model.Clean(o.Sum()), o.Created, theme.PlainTone)
		}
	}
}
