package cli

import (
	"context"
	"fmt"
	"strings"

	"muster/model"
)

// customer finds the customer that --customer names. It may be left out when
// there is exactly one.
func (s *session) customer(ctx context.Context) (model.Customer, error) {
	var all []model.Customer
	for page, err := range s.Reader.Customers(ctx) {
		all = append(all, page...)
		if err != nil {
			return s.customerOfPart(all, err)
		}
	}
	if s.target.Customer != "" {
		c, err := model.FindCustomer(all, s.target.Customer)
		return c, asUsage(err)
	}
	const op = "choose the customer"
	switch len(all) {
	case 0:
		return model.Customer{}, usage(op, "the partner has no customer", "")
	case 1:
		return all[0], nil
	}
	names := make([]string, 0, 3)
	for _, c := range all[:min(3, len(all))] {
		names = append(names, c.Name)
	}
	return model.Customer{}, usage(op, fmt.Sprintf("there are %s: %s …", count(len(all), "customer"), strings.Join(names, ", ")),
		"name one with --customer, by id or exact name; muster customers list shows them")
}

// customerOfPart finds a customer in a list that could not be read to its end.
// Only an id is certain then: a name may stand a second time in what is missing.
func (s *session) customerOfPart(part []model.Customer, err error) (model.Customer, error) {
	for _, c := range part {
		if strings.EqualFold(string(c.ID), s.target.Customer) {
			return c, nil
		}
	}
	return model.Customer{}, err
}
