package simulator

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// predicate is a $filter: one test, or tests joined by a word.
type predicate struct {
	word  string // "and", "or", "not"; empty is a test
	parts []predicate
	test  test
}

// test compares one property with texts. Property and operator are in lower
// case; the operator is eq, ne, gt, ge, lt, le, in, startswith, endswith,
// contains, or one of them behind "any " for a test on the members of a
// collection. Values are without their quotes.
type test struct {
	property, op string
	values       []string
}

// holds evaluates the predicate with somebody who answers single tests.
func (p predicate) holds(answers func(test) bool) bool {
	switch p.word {
	case "":
		return answers(p.test)
	case "not":
		return !p.parts[0].holds(answers)
	case "and":
		return !slices.ContainsFunc(p.parts, func(q predicate) bool { return !q.holds(answers) })
	}
	return slices.ContainsFunc(p.parts, func(q predicate) bool { return q.holds(answers) })
}

// every reports whether all tests, and all words between them, are accepted.
func (p predicate) every(word func(string) bool, accepts func(test) bool) bool {
	if p.word == "" {
		return accepts(p.test)
	}
	return word(p.word) && !slices.ContainsFunc(p.parts, func(q predicate) bool { return !q.every(word, accepts) })
}

// equal is the value that every match must have in a property, if the
// predicate says so.
func (p predicate) equal(property string) (string, bool) {
	if p.word == "" && p.test.op == "eq" && p.test.property == property {
		return p.test.values[0], true
	}
	if p.word == "and" {
		for _, q := range p.parts {
			if v, ok := q.equal(property); ok {
				return v, true
			}
		}
	}
	return "", false
}

// compare does a test on a text, whatever the letter case.
func (t test) compare(have string) bool {
	have = strings.ToLower(have)
	want := strings.ToLower(t.values[0])
	switch strings.TrimPrefix(t.op, "any ") {
	case "eq":
		return have == want
	case "ne":
		return have != want
	case "in":
		return slices.ContainsFunc(t.values, func(v string) bool { return strings.ToLower(v) == have })
	case "startswith":
		return strings.HasPrefix(have, want)
	case "endswith":
		return strings.HasSuffix(have, want)
	case "contains":
		return strings.Contains(have, want)
	}
	return false
}

const (
	maxFilter     = 8 << 10 // bytes
	maxFilterDeep = 20
)

var errFilter = errors.New("a syntax error")

// parseFilter reads the part of OData's filter language that clients use.
func parseFilter(text string) (predicate, error) {
	if len(text) > maxFilter {
		return predicate{}, fmt.Errorf("longer than %d bytes", maxFilter)
	}
	p := filterParser{tokens: filterTokens(text)}
	out, ok := p.joined("or", 0)
	if !ok || p.at < len(p.tokens) {
		return predicate{}, errFilter
	}
	return out, nil
}

// filterTokens cuts a filter into words, quoted texts with their first quote
// left on, and signs.
func filterTokens(text string) []string {
	var out []string
	for i := 0; i < len(text); {
		switch ch := text[i]; {
		case ch == ' ' || ch == '\t':
			i++
		case ch == '\'':
			var b strings.Builder
			b.WriteByte('\'')
			for i++; i < len(text); i++ {
				if text[i] == '\'' {
					if i+1 == len(text) || text[i+1] != '\'' {
						break
					}
					i++
				}
				b.WriteByte(text[i])
			}
			if i == len(text) {
				return append(out, "\x00") // an open quote fits nowhere
			}
			i++
			out = append(out, b.String())
		case strings.IndexByte("(),:", ch) >= 0:
			out = append(out, text[i:i+1])
			i++
		default:
			from := i
			for i < len(text) && strings.IndexByte(" \t'(),", text[i]) < 0 && (text[i] != ':' || isTime(text[from:i])) {
				i++
			}
			out = append(out, text[from:i])
		}
	}
	return out
}

// isTime reports whether a word begins like a date, in which colons may stand.
func isTime(word string) bool {
	return len(word) > 4 && word[0] >= '0' && word[0] <= '9' && word[4] == '-'
}

type filterParser struct {
	tokens []string
	at     int
}

func (p *filterParser) peek() string {
	if p.at < len(p.tokens) {
		return p.tokens[p.at]
	}
	return ""
}

func (p *filterParser) next() string {
	t := p.peek()
	p.at++
	return t
}

// eat takes a sign or word if it comes next.
func (p *filterParser) eat(want string) bool {
	if strings.EqualFold(p.peek(), want) && p.at < len(p.tokens) {
		p.at++
		return true
	}
	return false
}

// joined reads terms between which one of the words stands; or binds less
// than and.
func (p *filterParser) joined(word string, deep int) (predicate, bool) {
	if deep > maxFilterDeep {
		return predicate{}, false
	}
	term := func() (predicate, bool) {
		if word == "or" {
			return p.joined("and", deep+1)
		}
		return p.term(deep + 1)
	}
	first, ok := term()
	if !ok {
		return predicate{}, false
	}
	all := []predicate{first}
	for p.eat(word) {
		one, ok := term()
		if !ok {
			return predicate{}, false
		}
		all = append(all, one)
	}
	if len(all) == 1 {
		return first, true
	}
	return predicate{word: word, parts: all}, true
}

func (p *filterParser) term(deep int) (predicate, bool) {
	switch {
	case deep > maxFilterDeep:
		return predicate{}, false
	case p.eat("not"):
		inner, ok := p.term(deep + 1)
		return predicate{word: "not", parts: []predicate{inner}}, ok
	case p.eat("("):
		inner, ok := p.joined("or", deep+1)
		return inner, ok && p.eat(")")
	}
	word := strings.ToLower(p.next())
	switch {
	case word == "startswith" || word == "endswith" || word == "contains":
		t, ok := p.function(word)
		return predicate{test: t}, ok
	case strings.HasSuffix(word, "/any"):
		t, ok := p.any(strings.TrimSuffix(word, "/any"))
		return predicate{test: t}, ok
	}
	t, ok := p.comparison(word)
	return predicate{test: t}, ok
}

// function reads (property,'text') and an optional eq true.
func (p *filterParser) function(word string) (test, bool) {
	if !p.eat("(") {
		return test{}, false
	}
	property := strings.ToLower(p.next())
	if !isName(property) || !p.eat(",") {
		return test{}, false
	}
	value, ok := p.value()
	if !ok || !p.eat(")") {
		return test{}, false
	}
	if p.eat("eq") && !p.eat("true") {
		return test{}, false
	}
	return test{property, word, []string{value}}, true
}

// any reads (x:x eq 'text') or (x:startswith(x,'text')).
func (p *filterParser) any(property string) (test, bool) {
	if !isName(property) || !p.eat("(") {
		return test{}, false
	}
	name := p.next()
	if !isName(name) || !p.eat(":") {
		return test{}, false
	}
	inner, ok := p.term(maxFilterDeep - 1)
	if !ok || inner.word != "" || !strings.EqualFold(inner.test.property, name) || !p.eat(")") {
		return test{}, false
	}
	return test{property, "any " + inner.test.op, inner.test.values}, true
}

func (p *filterParser) comparison(property string) (test, bool) {
	if !isName(property) {
		return test{}, false
	}
	op := strings.ToLower(p.next())
	switch op {
	case "eq", "ne", "gt", "ge", "lt", "le":
		value, ok := p.value()
		return test{property, op, []string{value}}, ok
	case "in":
		return p.in(property)
	}
	return test{}, false
}

func (p *filterParser) in(property string) (test, bool) {
	t := test{property: property, op: "in"}
	if !p.eat("(") {
		return t, false
	}
	for {
		value, ok := p.value()
		if !ok {
			return t, false
		}
		t.values = append(t.values, value)
		if !p.eat(",") {
			return t, p.eat(")")
		}
	}
}

// value reads a literal: a quoted text, or a word such as true, null, a
// number, a GUID or a date.
func (p *filterParser) value() (string, bool) {
	if p.at >= len(p.tokens) {
		return "", false
	}
	t := p.next()
	if text, quoted := strings.CutPrefix(t, "'"); quoted {
		return text, true
	}
	return t, strings.Trim(t, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-.:_") == ""
}

func isName(word string) bool {
	return word != "" && word[0] != '-' && strings.Trim(word, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_/") == ""
}
