package rest

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"muster/model"
)

// Bounds of what an error repeats of a service's words.
const (
	maxText = 300 // characters
	maxCode = 64  // characters
)

// saying is what a service says in an error body, cleaned and bounded.
type saying struct {
	code, text, ref string
	wait            time.Duration // Intune's RetryAfter inside the message
}

// said reads the error body of the last try.
func (c *Client) said(f *flight) saying {
	body := bytes.TrimPrefix(f.body, []byte("\xef\xbb\xbf"))
	if c.o.Service == Graph {
		return graphFault(body)
	}
	return partnerFault(body)
}

// partnerFault reads the shapes of Partner Center: its own fault with a number
// or a string as code, the gateway's, and nothing at all for the rest.
func partnerFault(body []byte) saying {
	var w struct {
		Code        Text `json:"code"`
		Description Text `json:"description"`
		StatusCode  Text `json:"statusCode"`
		Message     Text `json:"message"`
	}
	if json.Unmarshal(body, &w) != nil {
		return saying{}
	}
	s := saying{code: shown(string(w.Code), maxCode), text: shown(string(w.Description), maxText)}
	if s.text == "" {
		s.text = shown(string(w.Message), maxText)
	}
	return s
}

// operationMark ends the human part of Intune's messages.
const operationMark = " - Operation ID (for customer support)"

// graphFault reads the shapes of Graph and Intune, in which a message can be
// JSON with a message in it, three levels deep.
func graphFault(body []byte) saying {
	var w struct {
		Error struct {
			Code       Text `json:"code"`
			Message    Text `json:"message"`
			InnerError struct {
				RequestID Text `json:"request-id"`
			} `json:"innerError"`
		} `json:"error"`
	}
	if json.Unmarshal(body, &w) != nil {
		return saying{}
	}
	code, text, wait := string(w.Error.Code), string(w.Error.Message), time.Duration(0)
	for range 3 {
		var in struct {
			ErrorCode  Text
			Message    Text
			RetryAfter Text
		}
		if !strings.HasPrefix(strings.TrimSpace(text), "{") || json.Unmarshal([]byte(text), &in) != nil {
			break
		}
		if in.ErrorCode != "" && (code == "" || code == "UnknownError") {
			code = string(in.ErrorCode)
		}
		if d, err := time.ParseDuration(string(in.RetryAfter) + "s"); err == nil && d > 0 {
			wait = min(d, maxRetryAfter)
		}
		text = string(in.Message)
	}
	text, _, _ = strings.Cut(text, operationMark)
	return saying{code: shown(code, maxCode), text: shown(text, maxText),
		ref: shown(string(w.Error.InnerError.RequestID), maxCode), wait: wait}
}

// What must never be repeated, wherever a service put it.
var (
	tokenLike  = regexp.MustCompile(`eyJ[A-Za-z0-9_-]{8,}(\.[A-Za-z0-9_-]*){1,2}`)
	bearerLike = regexp.MustCompile(`(?i)bearer\s+[^\s",;]+`)
	base64Like = regexp.MustCompile(`[A-Za-z0-9+/_-]{80,}={0,2}`)
)

// Scrub takes out of a text what looks like a token, a credential or a hardware
// hash. It is a second net: none of them should be there.
func Scrub(s string) string {
	s = tokenLike.ReplaceAllString(s, "[redacted]")
	s = bearerLike.ReplaceAllString(s, "[redacted]")
	return base64Like.ReplaceAllString(s, "[redacted]")
}

// shown makes words of a service fit to be shown: cleaned, scrubbed, cut.
func shown(s string, most int) string {
	return cut(Scrub(strings.TrimSpace(model.Clean(s))), most)
}

// cut returns at most that many characters of s.
func cut(s string, most int) string {
	if len(s) <= most || utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most-1]) + "…"
}

// words are what muster itself says about a fault that it knows.
type words struct {
	kind model.Kind // Unexpected = as the status says
	msg  string     // "" = as the service says
	hint string
}

// wordsOf returns what muster knows about a fault.
func wordsOf(s Service, said saying) (words, bool) {
	if s == Graph {
		return graphWords(said)
	}
	return partnerWords(said.code)
}

// partnerWords follows section 9.2 of the reference on Partner Center.
func partnerWords(code string) (words, bool) {
	switch code {
	case "20002":
		return words{model.Forbidden, "no reseller relationship with this customer", "the customer must accept the partner's relationship request; other customers are not affected"}, true
	case "900150":
		return words{model.Forbidden, "your role does not allow this", "it takes the AdminAgents group at Partner Center"}, true
	case "900308", "2032", "1002":
		return words{hint: "check the AdminAgents group and the customer's delegated admin relationship"}, true
	case "900309":
		return words{model.Forbidden, "blocked by a conditional access policy", "sign in from a permitted device or network, or ask whoever keeps the policies"}, true
	case "900329":
		return words{model.Forbidden, "this cannot be done with an application's sign-in alone", "sign in as a user"}, true
	case "900149":
		return words{hint: "look at the partner programme's status in Partner Center"}, true
	case codeNoMFA:
		return words{model.SignedOut, "the sign-in was without multi-factor authentication", "sign in again with a second factor; a new token alone does not help"}, true
	case "60003", "900118":
		return words{hint: "choose the customer again"}, true
	}
	return words{}, false
}

// graphWords follows section 0.7 of the reference on Graph.
func graphWords(said saying) (words, bool) {
	switch t := said.text; {
	case strings.Contains(t, "must have one of the following scopes"):
		return words{hint: "an administrator must consent to the missing permission"}, true
	case strings.Contains(t, "called in app only context"):
		return words{hint: "grant application permissions, or sign in as a user"}, true
	case strings.Contains(t, "User is not authorized"):
		return words{hint: "it takes an Intune role, for example Policy and Profile Manager"}, true
	case strings.Contains(t, "not applicable to target tenant"):
		return words{kind: model.Forbidden, hint: "the tenant seems to have no Intune licence"}, true
	case strings.EqualFold(said.code, "Forbidden"):
		return words{hint: "check the Intune role, the licence and the consented permissions"}, true
	case t == "An error has occurred", t == "An internal server error has occurred":
		return words{msg: "Intune gives no reason", hint: "give support the id"}, true
	}
	return words{}, false
}
