package rest

import (
	"context"
	"time"

	"muster/model"
)

// How long and how often a patient read lets itself be put off.
const (
	patience = 5 * time.Minute
	putOffs  = 5
)

// Patient makes a read that would rather come late than fail, such as a page in
// the middle of a long list: a client with a pace sits out a Retry-After that is
// too long for [Client.Do], for up to five minutes each time. Whoever looks at
// [Pace.Waiting] sees the wait. Writes go through Do whatever is asked.
func (c *Client) Patient(ctx context.Context, call Call) (*Answer, error) {
	for turn := 1; ; turn++ {
		a, err := c.Do(ctx, call)
		if err == nil || c.o.Pace == nil || call.write() || model.KindOf(err) != model.Throttled || turn > putOffs {
			return a, err
		}
		if d, ok := RetryAfter(err); !ok || d > patience {
			return a, err
		}
	}
}
