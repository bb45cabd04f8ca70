package cli

import (
	"strings"
	"testing"
	"time"

	"muster/model"
)

// A cleaned password is another password.
func TestASecretGoesIntoAPipeAsItIs(t *testing.T) {
	const password = "p\u00adw\u202e %s\x01"
	var b strings.Builder
	o := newOutput(&b, false, time.UTC)
	o.secret(model.NewSecret(password))
	if err := o.flush(); err != nil {
		t.Fatal(err)
	}
	if model.Clean(password) == password {
		t.Fatal("the password would not be changed by cleaning")
	}
	if b.String() != password+"\n" {
		t.Errorf("%q, want %q and a line's end", b.String(), password)
	}
}
