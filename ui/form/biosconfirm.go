package form

import (
	"cmp"
	"fmt"
	"strings"

	"muster/model"
	"muster/ui/kit"
)

// confirm is the page that shows what will be made or changed, what may be wrong with
// it, and asks.
func (b *bios) confirm(want model.BIOSConfiguration, patch model.BIOSPatch, warnings []model.BIOSProblem) stage {
	name := model.Clean(want.Name)
	title, lines := "Create BIOS configuration "+name+"?", b.creation(want)
	if b.edit {
		title = "Change " + strings.Join(patch.Changed(), ", ") + " of " + name + "?"
		lines = b.changes(want, patch)
	}
	body := func(w int) []string {
		out := lines(w)
		if len(warnings) > 0 {
			out = append(append(out, ""), b.remarks(warnings, w)...)
		}
		if patch.Content != nil && b.edit {
			out = append(append(out, ""), contentDifference(b.env.Theme, b.was.Content, want.Content, w)...)
		}
		return out
	}
	kind, answer := model.CreateBIOS, kit.Answer{Key: "y", Text: "create", Do: func() kit.Effect { return b.send(want, patch) }}
	if b.edit {
		kind, answer.Text = model.EditBIOS, "change"
	}
	return newWrite(&b.Host, kind, title, body, answer)
}

func (b *bios) creation(want model.BIOSConfiguration) func(w int) []string {
	return func(w int) []string {
		t := b.env.Theme
		out := labelled(t, "customer", model.Clean(b.env.Customer.Name), w)
		for _, f := range [][2]string{
			{"name", want.Name}, {"about", cmp.Or(want.Description, "(no description)")}, {"file name", want.FileName},
			{"format", string(want.Format)}, {"content", size(want.Content)}, {"passwords", want.PasswordEffect()},
			{"tags", b.tagsOf(want)}, {"requests", "1"}, {"devices", "none until it is assigned; assign it to one test device first"},
		} {
			if f[1] != "" {
				out = append(out, labelled(t, f[0], model.Clean(f[1]), w)...)
			}
		}
		return out
	}
}

// changes shows the properties that change, old and new, and what becomes of the version.
func (b *bios) changes(want model.BIOSConfiguration, patch model.BIOSPatch) func(w int) []string {
	was := b.was
	return func(w int) []string {
		t := b.env.Theme
		out := labelled(t, "customer", model.Clean(b.env.Customer.Name), w)
		change := func(set bool, name, from, to string) {
			if set {
				out = append(out, labelled(t, name, model.Clean(cmp.Or(from, "(empty)"))+" "+t.Glyphs.Arrow+" "+model.Clean(cmp.Or(to, "(empty)")), w)...)
			}
		}
		change(patch.Name != nil, "name", was.Name, want.Name)
		change(patch.Description != nil, "about", was.Description, want.Description)
		if patch.Description != nil && strings.Contains(was.Description, "\n") {
			out = append(out, labelled(t, "", "the line ends that it had become blanks", w)...)
		}
		change(patch.FileName != nil, "file name", was.FileName, want.FileName)
		change(patch.Content != nil, "content", size(was.Content), size(want.Content))
		change(patch.PasswordsOff != nil, "passwords", was.PasswordEffect(), want.PasswordEffect())
		change(patch.ScopeTags != nil, "tags", tagNames(b.tags, was.ScopeTags), tagNames(b.tags, want.ScopeTags))
		version := fmt.Sprintf("stays %d: no device applies it again", was.Version)
		if patch.RaisesVersion() {
			version = fmt.Sprintf("rises from %d: every device that it is assigned to applies it", was.Version)
		}
		out = append(out, labelled(t, "version", version, w)...)
		return append(out, labelled(t, "requests", "1, with these properties and no other", w)...)
	}
}

// tagsOf names the scope tags, "" when their names could not be read.
func (b *bios) tagsOf(want model.BIOSConfiguration) string {
	if len(b.tags) == 0 {
		return ""
	}
	return tagNames(b.tags, want.ScopeTags)
}

func size(content []byte) string { return kit.Counted(len(content), "byte", "bytes") }
