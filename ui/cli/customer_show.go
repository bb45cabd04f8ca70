package cli

import (
	"context"
	"encoding/json"

	"github.com/spf13/cobra"

	"muster/model"
)

// customerDetail is all that the service says about a customer: what muster has a name
// for, and the object as it was received.
type customerDetail struct {
	customerRecord
	Tenant    string          `json:"tenantId,omitempty"`
	Commerce  string          `json:"commerceId,omitempty"`
	Delegated *bool           `json:"allowDelegatedAccess,omitempty"`
	Received  json.RawMessage `json:"received"`
}

func (p *program) customersShow() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use: "show [CUSTOMER]", Short: "all properties of a customer",
		Long: "All properties of a customer, as the service has them now. CUSTOMER is an id or an\nexact, unique name, as --customer takes it; --json has the object as it was received, too.",
		Args: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			return exactly("CUSTOMER")(c, args)
		},
		Example: "  muster customers show Contoso\n  muster customers show --customer Contoso --json",
		RunE: p.on(func(ctx context.Context, s *session, args []string) error {
			switch {
			case len(args) == 0:
			case s.target.Customer != "" && s.target.Customer != args[0]:
				return usage("show customer", "two customers are named", "leave --customer away")
			default:
				s.target.Customer = args[0]
			}
			return s.showCustomer(ctx, asJSON)
		}),
	}
	jsonFlag(c, &asJSON)
	return c
}

func (s *session) showCustomer(ctx context.Context, asJSON bool) error {
	c, err := s.customer(ctx)
	if err != nil {
		return err
	}
	item, err := s.Items.ReadItem(ctx, c.ID, model.ItemRef{Kind: model.CustomerItem, ID: string(c.ID)})
	if err != nil {
		return err
	}
	if asJSON {
		return s.out.object(newCustomerDetail(c, item))
	}
	told := map[string]string{"companyProfile.companyName": "name", "companyProfile.domain": "domain", "id": "id",
		"companyProfile.tenantId": "tenant id", "relationshipToPartner": "relationship", "commerceId": "commerce id",
		"allowDelegatedAccess": "delegated access"}
	facts := make([][2]string, 0, len(item.Facts))
	for _, f := range item.Facts {
		if name, known := told[f.Name]; known {
			f.Name = name
		}
		facts = append(facts, [2]string{f.Name, f.Value})
	}
	s.facts(facts)
	return nil
}

func newCustomerDetail(c model.Customer, item model.Item) customerDetail {
	d := customerDetail{customerRecord: customerRecord{ID: c.ID, Name: c.Name, Domain: c.Domain, Relationship: c.Relationship},
		Tenant: item.Fact("companyProfile.tenantId"), Commerce: item.Fact("commerceId"), Received: json.RawMessage(item.JSON)}
	if word := item.Fact("allowDelegatedAccess"); word == "true" || word == "false" {
		yes := word == "true"
		d.Delegated = &yes
	}
	return d
}
