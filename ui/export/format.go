package export

import (
	"fmt"
	"slices"
	"strings"

	"muster/model"
)

// Format is how something is written.
type Format string

// The formats. A list can be all but Markdown, evidence all but NDJSON.
const (
	CSV      Format = "csv"
	JSON     Format = "json"
	NDJSON   Format = "ndjson"
	Markdown Format = "md"
)

// ListFormats are the formats of a list, the usual one first.
func ListFormats() []Format { return []Format{CSV, JSON, NDJSON} }

// EvidenceFormats are the formats of evidence, the usual one first.
func EvidenceFormats() []Format { return []Format{Markdown, CSV, JSON} }

// ParseFormat reads the name of one of the formats, in any letter case. The
// error is of kind Invalid and names them.
func ParseFormat(s string, of []Format) (Format, error) {
	if f := Format(strings.ToLower(strings.TrimSpace(s))); slices.Contains(of, f) {
		return f, nil
	}
	names := make([]string, len(of))
	for i, f := range of {
		names[i] = string(f)
	}
	return "", &model.Error{Kind: model.Invalid, Op: "export",
		Msg: fmt.Sprintf("there is no format %q", model.Clean(s)), Hint: "one of " + strings.Join(names, ", ")}
}
