// Package auth says who muster is: credentials that the request pipeline of
// package rest asks for tokens.
//
// A [Session] is the sign-in of one connection, of a person or an application; what a
// simulator or a script brings along is [Static] or an [Endpoint]. Tokens stay in
// memory. Nothing that the authority says is repeated but its error codes.
package auth

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"muster/model"
)

// unknownLife is how long a token is believed to hold when it does not say. A
// service that knows better answers 401.
const unknownLife = 10 * time.Minute

// Static returns a credential that always hands out the token it was given, from
// the environment or a file. It cannot renew it. An empty token is an error of
// kind SignedOut when it is asked for.
func Static(token model.Secret) azcore.TokenCredential { return static{token} }

type static struct{ token model.Secret }

// Format keeps the token out of every print: fmt does not ask the methods of
// what lies in an unexported field.
func (static) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[redacted]") }

// GetToken implements azcore.TokenCredential.
func (s static) GetToken(context.Context, policy.TokenRequestOptions) (azcore.AccessToken, error) {
	t := strings.TrimSpace(s.token.Reveal())
	switch {
	case t == "":
		return azcore.AccessToken{}, &model.Error{Kind: model.SignedOut, Op: "sign in", Msg: "the token is empty"}
	case !headerSafe(t):
		return azcore.AccessToken{}, &model.Error{Kind: model.SignedOut, Op: "sign in", Msg: "the token holds blanks or control characters",
			Hint: "give the token alone, without the word Bearer"}
	}
	return azcore.AccessToken{Token: t, ExpiresOn: time.Now().Add(unknownLife)}, nil
}

// headerSafe reports whether a token can stand in a header.
func headerSafe(t string) bool {
	for i := 0; i < len(t); i++ {
		if t[i] <= ' ' || t[i] > '~' {
			return false
		}
	}
	return true
}

// Claims reads who issued a token, for which tenant and for which service. It
// verifies nothing and is for display and for finding mix-ups only; ok is false
// when the token is not of the JWT form, which a service may hand out too.
func Claims(token model.Secret) (iss, tid, aud string, ok bool) {
	parts := strings.Split(token.Reveal(), ".")
	if len(parts) != 3 || len(parts[1]) > 64<<10 {
		return "", "", "", false
	}
	raw, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	if err != nil {
		return "", "", "", false
	}
	var c struct {
		Iss string          `json:"iss"`
		Tid string          `json:"tid"`
		Aud json.RawMessage `json:"aud"`
	}
	if json.Unmarshal(raw, &c) != nil {
		return "", "", "", false
	}
	var one string
	var many []string
	if json.Unmarshal(c.Aud, &one) != nil && json.Unmarshal(c.Aud, &many) == nil && len(many) > 0 {
		one = many[0]
	}
	return model.Clean(c.Iss), model.Clean(c.Tid), model.Clean(one), true
}
