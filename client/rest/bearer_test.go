package rest_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"muster/client/rest"
)

// late is a credential whose token comes when it is let go.
type late struct{ asked, let chan struct{} }

func (l late) GetToken(ctx context.Context, _ policy.TokenRequestOptions) (azcore.AccessToken, error) {
	l.asked <- struct{}{}
	select {
	case <-l.let:
		return azcore.AccessToken{Token: "t", ExpiresOn: time.Now().Add(time.Hour)}, nil
	case <-ctx.Done():
		return azcore.AccessToken{}, ctx.Err()
	}
}

// TestWhoWaitsForAnothersTokenKeepsItsDeadline: azcore itself would let it wait for the
// other.
func TestWhoWaitsForAnothersTokenKeepsItsDeadline(t *testing.T) {
	srv, s := serve(t, func(w http.ResponseWriter, r *http.Request, n int) { _, _ = w.Write([]byte("{}")) })
	cred := late{make(chan struct{}), make(chan struct{})}
	c := client(t, rest.Partner, srv.URL, func(o *rest.Options) { o.Credential = cred })
	first := make(chan error, 1)
	go func() { _, err := c.Do(context.Background(), read("first")); first <- err }()
	<-cred.asked
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	second := make(chan error, 1)
	go func() { _, err := c.Do(ctx, read("second")); second <- err }()
	select {
	case err := <-second:
		if err == nil || !errors.Is(ctx.Err(), context.DeadlineExceeded) {
			t.Errorf("the second: %v", err)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("the second waits for the first one's token")
	}
	close(cred.let)
	if err := <-first; err != nil {
		t.Errorf("the first: %v", err)
	}
	if _, err := c.Do(t.Context(), read("third")); err != nil || len(s.all()) != 2 {
		t.Errorf("the third: %v, %d requests", err, len(s.all()))
	}
}
