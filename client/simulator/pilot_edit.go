package simulator

import (
	"net/http"
	"strings"
	"time"
	"unicode/utf8"
)

// lateFor is how long a change stays out of sight with the switch late-reads.
const lateFor = 2 * time.Minute

// Limits of what may be written to an identity, in characters. Only that of
// the name is published.
const (
	maxPilotName = 15
	maxPilotText = 2048
)

// wirePilotEdit is the body of the actions that change an identity. A null
// member is an absent one.
type wirePilotEdit struct {
	User     *string `json:"userPrincipalName"`
	Greeting *string `json:"addressableUserName"`
	Tag      *string `json:"groupTag"`
	Name     *string `json:"displayName"`
	Account  *string `json:"deviceAccountUpn"`
	Secret   *string `json:"deviceAccountPassword"`
	Friendly *string `json:"deviceFriendlyName"`
	Resource *string `json:"resourceAccountName"`
}

// pilotEdit reads the body of an action.
func (c *call) pilotEdit() (wirePilotEdit, error) {
	edit, err := decode[wirePilotEdit](c.body)
	if err != nil {
		return edit, badJSON()
	}
	for _, text := range []*string{edit.User, edit.Greeting, edit.Tag, edit.Account, edit.Secret, edit.Friendly, edit.Resource} {
		if utf8.RuneCountInString(deref(text)) > maxPilotText {
			return edit, flawed()
		}
	}
	return edit, nil
}

// flawed is the service's 400 that says nothing.
func flawed() *graphError { return serviceFlaw("An error has occurred") }

// changePilot does something to the identity that the path names, after the
// lag or, with the switch, after a while.
func (c *call) changePilot(do func(t *traits)) (answer, error) {
	found := false
	c.w.view(c.now, func() {
		one, ok := c.w.pilotByID(c.customer, c.pilotID())
		if found = ok; !ok {
			return
		}
		pause := c.w.lag
		if c.w.switches.is(switchLate) {
			pause = max(pause, lateFor)
		}
		if pause == 0 {
			do(c.w.alter(c.customer, one.number))
			return
		}
		c.w.later(c.now.Add(pause), func() {
			if _, still := c.w.pilotAt(c.customer, one.number); still {
				do(c.w.alter(c.customer, one.number))
			}
		})
	})
	if !found {
		return answer{}, notFound()
	}
	return answer{status: http.StatusNoContent}, nil
}

// updatePilot is POST …/{id}/updateDeviceProperties: what is left out stays, an
// empty text clears.
func updatePilot(c *call) (answer, error) {
	edit, err := c.pilotEdit()
	if err != nil {
		return answer{}, err
	}
	switch {
	case !c.beta() && (edit.Account != nil || edit.Secret != nil || edit.Friendly != nil):
		return answer{}, flawed()
	case deref(edit.Name) != "" && !isPilotName(*edit.Name):
		return answer{}, flawed()
	case deref(edit.Greeting) != "" && edit.User == nil: // a greeting is for somebody
		return answer{}, flawed()
	case !c.knowsUser(edit.User):
		return answer{}, flawed()
	case c.w.switches.is(switchClash) && c.s.turn("conflict")%clashEach == 0:
		return answer{}, graphRefuse(shapeService, http.StatusPreconditionFailed, "ConditionNotMet", "An error has occurred")
	}
	return c.changePilot(edit.apply)
}

// clashEach is how seldom a change meets another one with the switch conflicts.
const clashEach = 25

// apply puts what the edit says on an identity.
func (e *wirePilotEdit) apply(t *traits) {
	for _, text := range []struct{ from, to *string }{{e.User, &t.user}, {e.Greeting, &t.greeting}, {e.Tag, &t.tag}, {e.Name, &t.name}} {
		if text.from != nil {
			*text.to = *text.from
		}
	}
	if t.user == "" {
		t.greeting = ""
	}
	if e.Account == nil && e.Friendly == nil {
		return
	}
	account := surfaceAccount{}
	if t.account != nil {
		account = *t.account
	}
	if e.Account != nil {
		account.principal = *e.Account
	}
	if e.Friendly != nil {
		account.friendly = *e.Friendly
	}
	t.account = &account
}

// isPilotName reports whether a computer may be called that: letters, digits
// and hyphens, not digits alone.
func isPilotName(name string) bool {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	return len(name) <= maxPilotName && strings.Trim(name, letters+"0123456789-") == "" && strings.Trim(name, "0123456789") != ""
}

// knowsUser reports whether a user principal name belongs to somebody in the
// tenant; nobody is fine.
func (c *call) knowsUser(principal *string) bool {
	if deref(principal) == "" {
		return true
	}
	_, ok := c.w.userByName(c.customer, *principal)
	return ok
}

// assignUser is POST …/{id}/assignUserToDevice.
func assignUser(c *call) (answer, error) {
	edit, err := c.pilotEdit()
	if err != nil {
		return answer{}, err
	}
	if deref(edit.User) == "" || !c.knowsUser(edit.User) {
		return answer{}, flawed()
	}
	only := wirePilotEdit{User: edit.User, Greeting: edit.Greeting}
	return c.changePilot(only.apply)
}

// unassignUser is POST …/{id}/unassignUserFromDevice; a body is not looked at.
func unassignUser(c *call) (answer, error) {
	return c.changePilot(func(t *traits) { t.user, t.greeting = "", "" })
}

// assignResource is POST …/{id}/assignResourceAccountToDevice. The account may
// be one that the list of people does not have.
func assignResource(c *call) (answer, error) {
	edit, err := c.pilotEdit()
	if err != nil {
		return answer{}, err
	}
	if deref(edit.Resource) == "" || deref(edit.User) == "" || !strings.HasSuffix(strings.ToLower(*edit.User), "@"+c.customer.domain) {
		return answer{}, flawed()
	}
	only := wirePilotEdit{User: edit.User, Greeting: edit.Greeting}
	return c.changePilot(func(t *traits) {
		only.apply(t)
		t.resource = *edit.Resource
	})
}

// unassignResource is POST …/{id}/unassignResourceAccountFromDevice.
func unassignResource(c *call) (answer, error) {
	return c.changePilot(func(t *traits) { t.user, t.greeting, t.resource = "", "", "" })
}

// allowNextEnrollment is POST …/{id}/allowNextEnrollment: a device that enrolled
// without a user and is held back may enrol again.
func allowNextEnrollment(c *call) (answer, error) {
	return c.changePilot(func(t *traits) { t.released = true })
}

// createPilot is POST /deviceManagement/windowsAutopilotDeviceIdentities. A
// registration needs a hardware hash, for which this entity has no property.
func createPilot(*call) (answer, error) { return answer{}, flawed() }
