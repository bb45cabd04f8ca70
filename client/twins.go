package client

import (
	"context"
	"strings"

	"muster/client/ledger"
	"muster/model"
)

// A creation whose answer was lost is looked for by what was sent, and something just
// like it may be older: names may stand twice. So the ids of such twins are read before
// the request goes out and written down with it, in the word that says how the chunk is
// sent: "POST", or "POST id,id". What was there before is never taken for its effect.

// creation returns the word for a creation that was not sent yet; older reads the ids
// of what is just like that which is to be created.
func creation(next ledger.Chunk, older func() ([]string, error)) (string, error) {
	if next.Method != "" { // what its first sending may have made is not older
		return next.Method, nil
	}
	ids, err := older()
	if err != nil || len(ids) == 0 {
		return methodPost, err
	}
	return methodPost + " " + strings.Join(ids, ","), nil
}

// olderTwins returns the ids that were written down with the only chunk of a creation.
func (c *Client) olderTwins(ctx context.Context, id model.OperationID) (map[string]bool, error) {
	book, err := c.ledger(ctx)
	if err != nil {
		return nil, err
	}
	chunks, err := book.Chunks(ctx, id)
	if err != nil {
		return nil, err
	}
	older := map[string]bool{}
	for _, ch := range chunks {
		_, ids, _ := strings.Cut(ch.Method, " ")
		for one := range strings.SplitSeq(ids, ",") {
			older[one] = true
		}
	}
	return older, nil
}

// newTwin returns what became of a creation whose answer was lost: the first of these
// ids that was not there before it was sent is its effect.
func (c *Client) newTwin(ctx context.Context, id model.OperationID, ids []string) ([]ledger.Result, error) {
	older, err := c.olderTwins(ctx, id)
	if err != nil {
		return nil, err
	}
	for _, one := range ids {
		if !older[one] {
			return oneDone(one, "found at the service; the answer was lost"), nil
		}
	}
	return nil, nil
}
