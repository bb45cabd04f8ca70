package simulator

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// switchName names a manner of the services that is off unless somebody wants
// it: as a scenario from the start, or through the control interface later.
type switchName string

// The switches of the Autopilot side.
const (
	switchLenient  switchName = "lenient-filter"  // identities and imports take filters with eq, and hyphens
	switchHeld     switchName = "imports-unknown" // imports stay unknown; those that are due end when it is turned off
	switchIndirect switchName = "no-direct-route" // assignedDevices and assign answer that there is no route
	switchBlind    switchName = "item-unknown"    // an identity read alone says unknown, the list knows better
	switchLate     switchName = "late-reads"      // what is written to an identity shows two simulated minutes later
	switchClash    switchName = "conflicts"       // each 25th updateDeviceProperties is refused with 412
	switchLoop     switchName = "page-loop"       // the next link of identities brings the same page for ever
	switchNoSelect switchName = "no-select"       // $select on the list of identities is a 500
	switchOrderID  switchName = "order-id"        // identities carry the older orderIdentifier as well
)

// The switches of the rest of Graph.
const (
	switchBudget      switchName = "budget"           // the published limits hold, with 429 beyond them
	switchNoWait      switchName = "no-retry-after"   // no 429 of Graph says how long to wait
	switchRole        switchName = "no-password-role" // BIOS passwords are refused with 403
	switchLargeFiles  switchName = "large-files"      // BIOS configurations take files up to 2 MiB
	switchDown        switchName = "endpoints-down"   // all of the following at once
	switchSecretsDown switchName = "passwords-down"   // BIOS passwords answer 503
	switchRunsDown    switchName = "runs-down"        // so do the results of BIOS configurations
	switchManagedDown switchName = "managed-down"     // and the managed devices
	switchGroupsDown  switchName = "groups-down"      // and groups, their members and the directory's devices
	switchTagsDown    switchName = "tags-down"        // and role scope tags and assignment filters
)

// switchNames are all of them, in the order in which they are listed; read
// only.
var switchNames = []switchName{
	switchLenient, switchHeld, switchIndirect, switchBlind, switchLate, switchClash, switchLoop, switchNoSelect, switchOrderID,
	switchBudget, switchNoWait, switchRole, switchLargeFiles, switchDown, switchSecretsDown, switchRunsDown, switchManagedDown, switchGroupsDown, switchTagsDown,
}

// switchBoard knows which switches are on.
type switchBoard struct {
	mu sync.Mutex
	on map[switchName]bool
}

// newSwitchBoard turns on the switches among some scenarios.
func newSwitchBoard(scenarios []string) *switchBoard {
	b := &switchBoard{}
	b.reset(scenarios)
	return b
}

func (b *switchBoard) reset(scenarios []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.on = map[switchName]bool{}
	for _, name := range scenarios {
		if slices.Contains(switchNames, switchName(name)) {
			b.on[switchName(name)] = true
		}
	}
}

// is reports whether a switch is on.
func (b *switchBoard) is(name switchName) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.on[name]
}

// set turns switches on and off, all or none of them; the error names one that
// does not exist.
func (b *switchBoard) set(to map[switchName]bool) error {
	for name := range to {
		if !slices.Contains(switchNames, name) {
			return fmt.Errorf("switch %.40q: there are %s", name, strings.Join(words(switchNames), ", "))
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for name, on := range to {
		b.on[name] = on
	}
	return nil
}

// all tells how every switch stands.
func (b *switchBoard) all() map[switchName]bool {
	out := map[switchName]bool{}
	for _, name := range switchNames {
		out[name] = b.is(name)
	}
	return out
}

func words(names []switchName) []string {
	out := make([]string, len(names))
	for i, name := range names {
		out[i] = string(name)
	}
	return out
}

// setSwitches is POST switches of the control interface.
func (s *Simulator) setSwitches(w http.ResponseWriter, body []byte) {
	board := s.current().switches
	var to map[switchName]bool
	err := json.Unmarshal(body, &to)
	if err == nil {
		err = board.set(to)
	}
	if err != nil {
		say(w, http.StatusBadRequest, wireProblem{err.Error()})
		return
	}
	say(w, http.StatusOK, board.all())
}
