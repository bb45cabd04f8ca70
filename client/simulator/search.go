package simulator

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"unicode"
)

// searchTokens cuts a text into the words that $search compares: at blanks,
// symbols, digits and changes from lower to upper case. The words are in lower
// case.
func searchTokens(text string) []string {
	var out []string
	var word []rune
	var last rune
	flush := func() {
		if len(word) > 0 {
			out = append(out, strings.ToLower(string(word)))
			word = nil
		}
	}
	for _, r := range text {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			flush()
			last = r
			continue
		case unicode.IsDigit(r) != unicode.IsDigit(last), unicode.IsLower(last) && unicode.IsUpper(r):
			flush()
		}
		word = append(word, r)
		last = r
	}
	flush()
	return out
}

// clause is one quoted part of a $search.
type clause struct {
	property string // displayname, description
	tokens   []string
}

// finds reports whether each word of the clause begins some word of a text.
func (c clause) finds(text string) bool {
	have := searchTokens(text)
	for _, want := range c.tokens {
		if !slices.ContainsFunc(have, func(h string) bool { return strings.HasPrefix(h, want) }) {
			return false
		}
	}
	return true
}

// search is a $search: alternatives, each of clauses that all must hold.
type search [][]clause

// holds asks for the text of a property.
func (s search) holds(property func(string) string) bool {
	return slices.ContainsFunc(s, func(all []clause) bool {
		return !slices.ContainsFunc(all, func(c clause) bool { return !c.finds(property(c.property)) })
	})
}

// parseSearch reads clauses in quotes with AND or OR between them; the error
// is a 400.
func parseSearch(text string) (search, error) {
	refused := func(format string, args ...any) (search, error) {
		return nil, directoryRefuse(http.StatusBadRequest, "Request_BadRequest", "Syntax error: %s", fmt.Sprintf(format, args...))
	}
	out := search{nil}
	rest := strings.TrimSpace(text)
	for first := true; ; first = false {
		if !first {
			word, after, _ := strings.Cut(rest, " ")
			switch word {
			case "AND":
			case "OR":
				out = append(out, nil)
			default:
				return refused("'%.40s' stands where AND or OR is expected.", rest)
			}
			rest = strings.TrimSpace(after)
		}
		body, after, ok := quoted(rest)
		if !ok {
			return refused("character ':' is not valid at position %d in '%.60s'.", strings.IndexByte(rest, ':'), rest)
		}
		property, words, ok := strings.Cut(body, ":")
		one := clause{strings.ToLower(strings.TrimSpace(property)), searchTokens(words)}
		if !ok || one.property != "displayname" && one.property != "description" || len(one.tokens) == 0 {
			return refused("'%.60s' is no property that can be searched and a text.", body)
		}
		out[len(out)-1] = append(out[len(out)-1], one)
		if rest = strings.TrimSpace(after); rest == "" {
			return out, nil
		}
	}
}

// quoted reads a text in double quotes, in which a backslash protects quotes
// and itself.
func quoted(text string) (body, after string, ok bool) {
	if !strings.HasPrefix(text, `"`) {
		return "", "", false
	}
	var b strings.Builder
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '"':
			return b.String(), text[i+1:], true
		case '\\':
			if i++; i < len(text) {
				b.WriteByte(text[i])
			}
		default:
			b.WriteByte(text[i])
		}
	}
	return "", "", false
}
