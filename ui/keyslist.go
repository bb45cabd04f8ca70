package ui

import (
	"context"
	"slices"

	"muster/ui/kit"
	"muster/ui/screen"
)

// Keys returns what each key of the dashboard does, place by place: first what works
// everywhere, then what each view adds to that. It is made of the actions that the
// screens themselves work by; nothing is read, and nothing is done.
func Keys(o Options) []kit.Card {
	o.Backend = kit.Backend{Identity: unasked{}} // signing in has a key, too
	a := New(context.Background(), o)
	defer a.cancel()
	cards := []kit.Card{{Title: "everywhere", Actions: a.actions}}
	for v := kit.HomeView; v <= kit.CustomersView; v++ {
		card := a.view(v).Card()
		cards = append(cards, kit.Card{Title: card.Title, Actions: card.Actions})
	}
	cards = append(cards, screen.Details(a.env)...)
	if ask := a.env.Forms.Confirm; ask != nil {
		yes, no := kit.Answer{Key: a.env.Keys.Yes[0], Text: "yes"}, kit.Answer{Key: a.env.Keys.No[0], Text: "no"}
		cards = append(cards, kit.Card{Title: "a question", Actions: ask(a.env, kit.Question{Answers: []kit.Answer{yes, no}}).Card().Actions})
	}
	return gathered(cards)
}

// unasked is somebody to sign in who is never asked to.
type unasked struct{ kit.Identity }

// gathered joins places of one title, and says everything once in each.
func gathered(cards []kit.Card) (out []kit.Card) {
	for _, c := range cards {
		i := slices.IndexFunc(out, func(o kit.Card) bool { return o.Title == c.Title })
		if i < 0 {
			i, out = len(out), append(out, kit.Card{Title: c.Title})
		}
		for _, a := range c.Actions {
			if !slices.ContainsFunc(out[i].Actions, func(h kit.Action) bool { return h.Name == a.Name && slices.Equal(h.Key, a.Key) }) {
				out[i].Actions = append(out[i].Actions, a)
			}
		}
	}
	return out
}
