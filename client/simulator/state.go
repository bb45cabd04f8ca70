package simulator

import (
	"net/http"
	"slices"
	"time"
)

// wireState is what a test wants to know about the whole simulator.
type wireState struct {
	Instance      string              `json:"instance"`
	Time          time.Time           `json:"time"` // simulated
	Speed         float64             `json:"speed"`
	Partner       string              `json:"partner"` // tenant id
	Customers     []wireCustomerState `json:"customers"`
	Jobs          map[string]int      `json:"jobs"` // by state
	Requests      int                 `json:"requests"`
	Faults        int                 `json:"faults"`
	Throttled     int                 `json:"throttled"` // requests that went beyond the published limits
	UnknownModels []string            `json:"unknownModels"`
}

type wireCustomerState struct {
	ID        string         `json:"id"`
	Name      string         `json:"name"`
	Forbidden bool           `json:"forbidden,omitempty"`
	Devices   int            `json:"devices"`
	Batches   map[string]int `json:"batches"` // devices by batch; batches whose job runs are not among them
	Policies  int            `json:"policies"`
	Hardware  int            `json:"hardwareConfigurations"`
}

func (s *Simulator) state() wireState {
	w, now := s.current(), s.clock.simulated()
	out := wireState{
		Instance: s.options.Instance, Time: now, Speed: s.options.Speed, Partner: w.partner.id, Customers: []wireCustomerState{},
		Jobs: map[string]int{}, Requests: len(s.journal.all()), Faults: len(s.faults.list()), UnknownModels: []string{},
	}
	for model := range w.unknown {
		out.UnknownModels = append(out.UnknownModels, model)
	}
	slices.Sort(out.UnknownModels)
	w.view(now, func() {
		for _, c := range w.customers {
			one := wireCustomerState{ID: c.id, Name: c.name, Forbidden: c.forbidden, Batches: map[string]int{}, Policies: len(c.policies), Hardware: len(c.hardware)}
			for _, b := range c.batches {
				if b.listed {
					one.Batches[b.id] = b.size()
					one.Devices += b.size()
				}
			}
			out.Customers = append(out.Customers, one)
		}
		out.Throttled = w.budget.refused
		for _, j := range w.jobs {
			out.Jobs[j.state(now)]++
		}
	})
	return out
}

// wireTokens are tokens for tests; each but the first, second and last is
// refused somewhere.
type wireTokens struct {
	Partner       string `json:"partner"`
	Graph         string `json:"graph"`
	Expired       string `json:"expired"`       // Partner Center: 401
	ExpiredGraph  string `json:"expiredGraph"`  // Graph: 401
	NoMFA         string `json:"noMFA"`         // Partner Center: 401 with 900421
	AppOnly       string `json:"appOnly"`       // Partner Center: 403 when a batch is created
	SalesAgent    string `json:"salesAgent"`    // Partner Center: 403 when policies are changed
	GraphReadOnly string `json:"graphReadOnly"` // Graph: 403 for writes
	GraphNoIntune string `json:"graphNoIntune"` // Graph: 401 that is about rights
	GraphNoRoles  string `json:"graphNoRoles"`  // Graph: 403, an application without permissions of its own
	Refresh       string `json:"refresh"`       // for the token endpoint
}

// sendTokens issues tokens; Graph's are for a customer, the first one when
// none is named.
func (s *Simulator) sendTokens(w http.ResponseWriter, customer string) {
	world := s.current()
	tenant := world.customers[0].id
	if customer != "" {
		c := world.byID[foldID(customer)]
		if c == nil {
			say(w, http.StatusBadRequest, wireProblem{"customer: there is none with this id"})
			return
		}
		tenant = c.id
	}
	partner, graph := s.partnerClaims(world), s.graphClaims(tenant)
	noMFA, app, sales := partner, partner, partner
	noMFA.Methods = []string{"pwd"}
	app.Kind, app.Methods, app.Scopes, app.User = "app", nil, "", ""
	sales.Agent = agentSales
	reader, outsider := graph, graph
	bare := graph
	bare.Kind, bare.Methods, bare.Scopes, bare.User = "app", nil, "", ""
	reader.Scopes, outsider.NoIntune = scopesGraphRead, true
	say(w, http.StatusOK, wireTokens{
		Partner: s.issuer.lasting(partner), Graph: s.issuer.lasting(graph),
		Expired: s.issuer.issue(partner, -time.Minute), ExpiredGraph: s.issuer.issue(graph, -time.Minute),
		NoMFA: s.issuer.lasting(noMFA), AppOnly: s.issuer.lasting(app), SalesAgent: s.issuer.lasting(sales),
		GraphReadOnly: s.issuer.lasting(reader), GraphNoIntune: s.issuer.lasting(outsider), GraphNoRoles: s.issuer.lasting(bare), Refresh: s.refreshToken(world),
	})
}
