package kit

import (
	"cmp"

	"muster/model"
)

// Sides says what a list of devices knows of the two services that it joins.
type Sides struct {
	// Rows known at Partner Center alone, on both sides, and in Intune alone. While a
	// side is not whole, the other one's devices may still turn out to be on both.
	Partner, Both, Intune int
	Differ                int // rows on both sides whose batch is not their group tag
	Read                  int // Autopilot devices that were read
	Whole                 bool
	Err                   *model.Error // why Intune's devices are not all there
}

// IntuneTrouble says in one sentence why something of Intune could not be read: what
// happened, what to do, the id. Where rights or a licence may be missing, it says what
// Intune needs.
func IntuneTrouble(what string, err *model.Error) string {
	text := what + ": " + err.Msg
	if err.Code != "" {
		text += " (" + err.Code + ")"
	}
	if hint := cmp.Or(err.Hint, NeedsIntune(err.Kind)); hint != "" {
		text += "; " + hint
	}
	if err.Ref != "" {
		text += " [" + err.Ref + "]"
	}
	return model.Clean(text)
}

// NeedsIntune says what an answer of this kind may be for want of, "" for nothing.
func NeedsIntune(k model.Kind) string {
	switch k {
	case model.Forbidden, model.SignedOut, model.NotFound, model.Invalid:
		return IntuneTerms
	}
	return ""
}

// IntuneTerms is what everything of Intune here rests on.
const IntuneTerms = "these are beta APIs of Microsoft Graph; the tenant needs an Intune licence, and you an Intune role"
