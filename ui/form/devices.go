package form

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"muster/model"
	"muster/ui/kit"
	"muster/ui/theme"
)

// What forms say about the devices that they act on.

// shownRows is how many rows stand in a question.
const shownRows = 5

// noPolicy stands where a device has no policy.
const noPolicy = "no policy"

// partial says that a device list is not whole when several of its devices are chosen.
func partial(env *kit.Env, chosen int) string {
	if f := env.Fleet; chosen < 2 || f.Began.IsZero() || f.Whole {
		return ""
	}
	return "the device list is not whole: devices that were not read are left out"
}

// withoutRight counts the devices of which the service says that it does not let us
// do something. Of most it says nothing.
func withoutRight(devices []model.Device, right string) int {
	n := 0
	for _, d := range devices {
		same := func(op string) bool { return strings.EqualFold(op, right) }
		if len(d.Allowed) > 0 && !slices.ContainsFunc(d.Allowed, same) {
			n++
		}
	}
	return n
}

// firstDevices shows the first devices, a line each, with one more fact of each under
// that title.
func firstDevices(t *theme.Theme, devices []model.Device, title string, fact func(model.Device) string, w int) []string {
	wide := max((w-6)/3, 8)
	row := func(serial, model, last string) string {
		return cell(t, serial, min(wide, 20)) + " " + cell(t, model, min(wide, 26)) + " " + last
	}
	out := []string{t.Header.Render(row("serial", "model", title))}
	for _, d := range devices[:min(len(devices), shownRows)] {
		out = append(out, row(cmp.Or(model.Clean(d.Serial), model.Clean(string(d.ID))), model.Clean(d.Model), fact(d)))
	}
	return more(out, len(devices)-shownRows)
}

// chunk is how many devices stand in a job.
func chunk(env *kit.Env) int { return cmp.Or(env.Place.Chunk, model.ChunkDevices) }

// jobCount is how many jobs take rows.
func jobCount(env *kit.Env, rows int) int { return (rows + chunk(env) - 1) / chunk(env) }

// jobs says how many requests rows take.
func jobs(env *kit.Env, rows int) string {
	n := jobCount(env, rows)
	if n == 1 {
		return "1 job"
	}
	return fmt.Sprintf("%s jobs of up to %d devices", kit.Count(n), chunk(env))
}
