package client

import (
	"context"
	"fmt"
	"strings"
	"time"

	"muster/client/rest"
	"muster/client/tracker"
	"muster/model"
)

// runsFollowed is how long the devices of a BIOS configuration are looked at after
// it was assigned or edited: a device reports with its next check-in and restart,
// typically within eight hours.
const runsFollowed = 8 * time.Hour

func runsKey(id model.OperationID) string { return "runs/" + string(id) }

// watchRuns follows what becomes of a BIOS configuration on devices, behind an
// operation that has ended here, until nothing is pending or time is up. It tells
// nobody anything unless somebody looks at the board, so it reads only then.
func (c *Client) watchRuns(o model.Operation) {
	if !o.Mine || o.Kind != model.AssignBIOS && o.Kind != model.EditBIOS || o.State() != model.OperationDone || o.Ended.IsZero() {
		return
	}
	c.mu.Lock()
	told := c.ran[o.ID]
	c.mu.Unlock()
	if !told && c.o.Now().Sub(o.Ended) < runsFollowed {
		c.tracker.Add(runsKey(o.ID), (*runs)(c), o.Ended)
	}
}

// runs reads the summaries of BIOS configurations.
type runs Client

// Batch implements tracker.Source.
func (*runs) Batch() int { return 1 }

// Read implements tracker.Source.
func (s *runs) Read(ctx context.Context, keys []string) map[string]tracker.Verdict {
	out := map[string]tracker.Verdict{}
	for _, k := range keys {
		out[k] = (*Client)(s).readRuns(ctx, k)
	}
	return out
}

func (c *Client) readRuns(ctx context.Context, key string) tracker.Verdict {
	_, id, _ := strings.Cut(key, "/")
	book, err := c.ledger(ctx)
	if err != nil {
		return tracker.Verdict{}
	}
	o, err := book.Operation(ctx, model.OperationID(id))
	if err != nil || !o.Mine || len(o.Jobs) == 0 || c.o.Now().Sub(o.Ended) >= runsFollowed {
		return c.ranOut(model.OperationID(id))
	}
	if c.lookers.Load() == 0 {
		return tracker.Verdict{}
	}
	sum, err := c.BIOSSummary(ctx, o.Customer, model.BIOSID(o.Target))
	if err != nil {
		if k := model.KindOf(err); k == model.NotFound || k == model.Forbidden {
			return c.ranOut(o.ID)
		}
		after, _ := rest.RetryAfter(err)
		return tracker.Verdict{After: after}
	}
	open, words := sumRuns(sum)
	if words == "" {
		return tracker.Verdict{}
	}
	if err := book.Followed(ctx, o.ID, o.Jobs[len(o.Jobs)-1].Chunk, words); err != nil {
		return tracker.Verdict{}
	}
	if open == 0 {
		return c.ranOut(o.ID)
	}
	return tracker.Verdict{}
}

// ranOut ends the following of an operation's devices for good.
func (c *Client) ranOut(id model.OperationID) tracker.Verdict {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ran[id] = true
	return tracker.Verdict{Done: true}
}

// sumRuns words a summary, and counts the devices of which something is to come.
// No device yet is no word.
func sumRuns(s model.RunSummary) (open int, words string) {
	var parts []string
	for _, state := range model.RunStates() {
		if n := s.Devices[state]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, state.Words()))
		}
	}
	if len(parts) == 0 {
		return 0, ""
	}
	return s.Devices[model.RunPending] + s.Devices[model.RunUnknown], "devices: " + strings.Join(parts, ", ")
}
