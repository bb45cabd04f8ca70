package cli

import (
	"context"

	"muster/model"
	"muster/model/desk"
)

// subject finds an operation and its rows, where something may be written about it.
func (s *session) subject(ctx context.Context, op, id string) (model.Operation, []model.Row, error) {
	if err := s.writable(op); err != nil {
		return model.Operation{}, nil, err
	}
	o, err := s.operation(ctx, id)
	if err != nil {
		return o, nil, err
	}
	rows, err := s.Journal.Rows(ctx, o.ID)
	return o, rows, err
}

// settle counts rows as done whose device is there already.
func (s *session) settle(ctx context.Context, id string, w write) error {
	const op = "settle operation"
	was, rows, err := s.subject(ctx, op, id)
	if err != nil {
		return err
	}
	there := model.AlreadyThere(was, rows)
	if len(there) == 0 {
		return usage(op, "no row of it failed because its device is there already", "")
	}
	p := planOf(was, "look for devices that are there already: "+title(was), len(there))
	p.Jobs = 0
	p.notes = append(p.notes, "the customer's devices are read; rows whose device is found count as done, nothing is sent")
	for _, r := range there[:min(sample, len(there))] {
		p.first = append(p.first, []string{r.Label(), r.State.String(), joined(r.Code, r.CodeName)})
	}
	if proceed, err := s.agree(ctx, w, p); !proceed || err != nil {
		return err
	}
	n, err := s.Mend.Settle(ctx, was.ID)
	short := model.KindOf(err) == model.Incomplete && err != nil
	if err != nil && !short {
		return unwritten(err)
	}
	s.say("%s of %s found there, and counted as done", number(n), count(len(there), "device"))
	if short {
		s.say("not all devices could be read, the others may be there: %s", describe(err))
	}
	return s.conclude(ctx, was.ID, w)
}

// relist judges the list of an upload once more. What it says about rows that were
// not sent is of no interest now.
func (p *program) relist(ctx context.Context, path string) (*desk.List, error) {
	open, err := p.reopen(ctx, path)
	if err != nil {
		return nil, failure{exitFailed, err}
	}
	return p.survey(ctx, open, nil)
}

// retryList sends rows again out of the list that they came from.
func (s *session) retryList(ctx context.Context, id string, list *desk.List, w write) error {
	const op = "retry operation"
	was, rows, err := s.subject(ctx, op, id)
	if err != nil {
		return err
	}
	wanted := model.Relist(was, rows)
	all, sent := wanted.Left(), map[int]bool{}
	var again []model.Row
	for u, err := range list.Rows(ctx, nil) {
		if err != nil {
			return err
		}
		if r, ok := wanted.Take(u); ok {
			sent[r.Number] = true
			if again = append(again, r); len(again) > sample {
				again = again[:sample]
			}
		}
	}
	switch {
	case all == 0:
		return usage(op, "no row of it needs its list to be sent again", "without --list, what can be sent again is")
	case len(sent) == 0:
		return usage(op, "none of the rows that failed is in this list, nothing was sent", "give the list that was uploaded")
	}
	p := planOf(was, "send again out of the list: "+title(was), len(sent))
	p.Jobs = chunks(len(sent), 0)
	p.notes = append(p.notes, count(len(sent), "row")+": "+model.Transient.String())
	p.leave(was, rows, sent)
	for _, r := range again {
		p.first = append(p.first, []string{r.Label(), r.State.String(), joined(r.Code, r.CodeName)})
	}
	if proceed, err := s.agree(ctx, w, p); !proceed || err != nil {
		return err
	}
	n, err := s.Mend.RetryList(ctx, was.ID, list.Rows(ctx, nil))
	if n > 0 {
		s.say("%s sent again", count(n, "row"))
	}
	if err != nil {
		return unwritten(err)
	}
	return s.conclude(ctx, was.ID, w)
}
