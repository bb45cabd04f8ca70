package rest

import (
	"context"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"

	"muster/model"
)

// bearer asks the credential for a token in this client's own tenant.
//
// azcore lets everybody who needs a token wait for the one who fetches it, whatever
// their deadlines say. So while there is no token that holds, only one call at a time
// gets as far as azcore, and the others wait here, where their contexts count.
func (c *Client) bearer() policy.Policy {
	turn := make(chan struct{}, 1)
	return runtime.NewBearerTokenPolicy(wrapped{c.o.Credential, c}, c.o.Scopes, &policy.BearerTokenOptions{
		InsecureAllowCredentialWithHTTP: c.base.Scheme == "http", // New has seen that this is loopback
		AuthorizationHandler: policy.AuthorizationHandler{
			OnRequest: func(req *policy.Request, auth func(policy.TokenRequestOptions) error) error {
				if time.Now().UnixNano() >= c.valid.Load() {
					select {
					case turn <- struct{}{}:
						defer func() { <-turn }()
					case <-req.Raw().Context().Done():
						return req.Raw().Context().Err()
					}
				}
				return auth(policy.TokenRequestOptions{Scopes: c.o.Scopes, TenantID: c.o.Tenant})
			},
		},
	})
}

// wrapped makes every error of a credential one of ours, and notes how long its tokens
// hold.
type wrapped struct {
	azcore.TokenCredential
	c *Client
}

// GetToken implements azcore.TokenCredential.
func (w wrapped) GetToken(ctx context.Context, o policy.TokenRequestOptions) (azcore.AccessToken, error) {
	t, err := w.TokenCredential.GetToken(ctx, o)
	switch {
	case err == nil:
		w.c.valid.Store(t.ExpiresOn.UnixNano())
		return t, nil
	case model.AsError(err) != nil || ctx.Err() != nil:
		return t, err
	}
	return t, &model.Error{Kind: model.SignedOut, Msg: "no token could be had", Hint: "sign in again", Err: err}
}
