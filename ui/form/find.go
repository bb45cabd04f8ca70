package form

import (
	"strings"

	"muster/model"
	"muster/ui/kit"
)

// find asks for the serial to look for across all customers.
type find struct {
	Host
	serial string
}

// Find returns the form that asks for a serial and then does what search says.
func Find(env *kit.Env, search func(serial string) kit.Effect) kit.Screen {
	f := &find{}
	f.env, f.quiet = env, true
	page := newFields(&f.Host, func() kit.Effect { return f.end(search(strings.TrimSpace(f.serial))) },
		newLine("Serial", &f.serial, func(s string) error {
			if strings.TrimSpace(s) == "" {
				return &model.Error{Kind: model.Invalid, Msg: "type or paste a serial"}
			}
			return nil
		}))
	page.head = func(w int) []string {
		return wrap("Which device is looked for, among all customers of the partner?", w)
	}
	page.noteLines = 3
	page.note = func(w int) []string {
		var out []string
		for _, line := range wrap("The whole serial, upper and lower case alike. Every batch of every customer is read, which takes a while; "+
			"Esc gives it up at any time.", w-2) {
			out = append(out, blank+env.Theme.Muted.Render(line))
		}
		return out
	}
	page.says = []kit.Action{hint("enter", "search"), hint("esc", "back")}
	f.start(env, f, "find a device", page)
	return f
}
