package model

import "time"

// Prompt is what a person needs to sign in elsewhere. It is shown and not kept: who
// has it can finish the sign-in.
type Prompt struct {
	Way     SignIn
	Code    string    // to type there, of a device code
	Address string    // where to go
	Tenant  string    // which tenant asks
	Until   time.Time // when it runs out, by this machine's clock
}

// Account is who signed in.
type Account struct {
	Name   string // user name
	ID     string // the authority's own, compared to notice somebody else
	Tenant string
}

// SignInState is how a connection's sign-in stands.
type SignInState struct {
	Way     SignIn
	Account Account
	Valid   bool   // somebody is signed in, as far as is known
	Offline bool   // the authority could not be reached the last time
	Tenant  string // the tenant that wants a new sign-in, "" = none or the connection's own
	Trouble *Error // why the last token was refused, nil when it was not
	Notice  string // why the sign-in is not remembered although it should be, "" = it is
}
