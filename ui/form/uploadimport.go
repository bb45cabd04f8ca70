package form

import (
	"cmp"
	"fmt"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"muster/model"
	"muster/ui/kit"
)

// imports returns the answer that sends the list straight into Intune instead of into a
// batch, where there is a way to it.
func (u *upload) imports() []kit.Answer {
	if u.env.Backend.AutopilotWriter == nil {
		return nil
	}
	return []kit.Answer{{Key: "i", Text: "import into Intune instead", Do: u.tagged}}
}

// tagged asks for the group tag of an import.
func (u *upload) tagged() kit.Effect {
	u.tag = u.list.Report.GroupTag
	f := newFields(&u.Host, u.confirmImport, newLine("Group tag, may stay empty", &u.tag, func(s string) error {
		if n := utf8.RuneCountInString(s); n > model.MaxGroupTag {
			return &model.Error{Kind: model.Invalid, Msg: fmt.Sprintf("the group tag has %d characters; the limit is %d", n, model.MaxGroupTag)}
		}
		return nil
	}))
	f.head = func(w int) []string {
		return wrap("Which group tag do "+u.devices()+" get in Intune? A row that has one of its own keeps that.", w)
	}
	f.noteLines = 5
	f.note = func(w int) []string {
		var out []string
		for _, l := range wrap("Intune registers by hardware hash or product key: a list with neither is refused as a whole. "+
			"The devices come into no batch and Partner Center does not list them; "+kit.IntuneTerms+".", w-2) {
			out = append(out, blank+u.env.Theme.Muted.Render(l))
		}
		return out
	}
	return u.show(f)
}

func (u *upload) confirmImport() kit.Effect {
	tag := cmp.Or(model.Clean(u.tag), "none but those in the list")
	lines := func(w int) []string {
		t := u.env.Theme
		out := labelled(t, "list", u.source+": "+u.counts(), w)
		out = append(out, labelled(t, "customer", model.Clean(u.env.Customer.Name), w)...)
		out = append(out, labelled(t, "into", "Intune, without a batch", w)...)
		out = append(out, labelled(t, "group tag", tag, w)...)
		out = append(out, labelled(t, "effect", "each device is followed until Intune says complete or error; the tickets of the import are removed afterwards", w)...)
		if n := u.list.Report.Rows - u.list.Report.Good; n > 0 {
			out = append(out, labelled(t, "left out", kit.Counted(n, "row", "rows")+" with problems", w)...)
		}
		return append(append(out, ""), u.table(w)...)
	}
	return u.show(newWrite(&u.Host, model.ImportAutopilot, "Import "+u.devices()+" into Intune?", lines, kit.Answer{Key: "y", Text: "import", Do: u.sendImport}))
}

func (u *upload) sendImport() kit.Effect {
	wanted := u.order(model.BatchID(u.tag))
	return u.save("import of "+u.devices()+" into Intune", func(re kit.Reply) tea.Cmd { return kit.ImportAutopilot(u.env, re, wanted) })
}
