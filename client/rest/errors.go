package rest

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"

	"muster/model"
)

// unanswered is the error of a call that brought no complete answer home.
func (c *Client) unanswered(f *flight, err error) error {
	e := &model.Error{Op: f.call.Op, Ref: c.ref(f), Err: err}
	if f.call.write() && f.unclear {
		e.Kind, e.Msg = model.Lost, "sent, but the answer was lost"
		e.Hint = "muster looks at the service before anything is sent again"
		return e
	}
	if own := model.AsError(err); own != nil {
		e.Kind, e.Msg, e.Hint, e.Code, e.Err = own.Kind, own.Msg, own.Hint, own.Code, own
		return e
	}
	e.Kind, e.Msg, e.Hint = c.offline(err)
	return e
}

// offline words why the service could not be reached.
func (c *Client) offline(err error) (kind model.Kind, msg, hint string) {
	var dns *net.DNSError
	var cert *tls.CertificateVerificationError
	var op *net.OpError
	host := model.Clean(c.base.Hostname())
	switch {
	case errors.Is(err, context.Canceled):
		return model.Cancelled, "cancelled", ""
	case errors.As(err, &cert):
		return model.Offline, "the certificate of " + host + " is not trusted", "if a company proxy intercepts TLS, name its authority in ca_file"
	case errors.As(err, &dns):
		return model.Offline, "the name " + host + " cannot be resolved", "check the network and the proxy settings"
	case errors.Is(err, context.DeadlineExceeded):
		return model.Offline, host + " did not answer in time", "check the network and try again"
	case errors.As(err, &op) && op.Op == "dial":
		return model.Offline, host + " cannot be reached", "check the network and the proxy settings"
	}
	return model.Offline, "the connection to " + host + " broke", "check the network and try again"
}

// codeNoMFA is Partner Center's code for a token without multi-factor
// authentication (reference on Partner Center, section 9.2).
const codeNoMFA = "900421"

// fault is the error of a call that was answered with anything but 2xx.
func (c *Client) fault(f *flight) error {
	said := c.said(f)
	e := &model.Error{Op: f.call.Op, Code: said.code, Msg: said.text, Ref: c.ref(f), Err: &answered{status: f.status}}
	e.Kind = c.kindOf(f, said)
	if said.ref != "" {
		e.Ref = said.ref
	}
	if w, ok := wordsOf(c.o.Service, said); ok {
		e.Hint = w.hint
		if w.msg != "" {
			e.Msg = w.msg
		}
		if w.kind != model.Unexpected {
			e.Kind = w.kind
		}
	}
	switch e.Kind {
	case model.Lost:
		e.Hint = "muster looks at the service before anything is sent again"
	case model.Throttled:
		e.Msg = c.o.Service.String() + " asks us to slow down"
		if wait := c.retryAfter(f.header); wait > 0 {
			e.Err = &answered{f.status, wait}
			e.Hint = "it wants to be left alone for " + wait.Round(1e9).String()
		}
	}
	if e.Msg == "" {
		e.Msg = emptyWords(c.o.Service, f.status)
	}
	return e
}

// kindOf is the kind that a status has by itself.
func (c *Client) kindOf(f *flight, said saying) model.Kind {
	switch s := f.status; {
	case declined(s, f.header):
		return model.Throttled
	case f.call.write() && ambiguous(s, f.header):
		return model.Lost
	case s == http.StatusUnauthorized && c.o.Service == Graph && said.code == "Forbidden":
		return model.Forbidden
	case s == http.StatusUnauthorized, s == http.StatusProxyAuthRequired:
		return model.SignedOut
	case s == http.StatusForbidden:
		return model.Forbidden
	case s == http.StatusNotFound, s == http.StatusGone:
		return model.NotFound
	case s == http.StatusConflict, s == http.StatusPreconditionFailed, s == http.StatusLocked:
		return model.Conflict
	case 400 <= s && s < 500 && s != http.StatusRequestTimeout:
		return model.Invalid
	}
	return model.Service
}

// emptyWords stands in for an answer without words: the status line's.
func emptyWords(s Service, status int) string {
	text := http.StatusText(status)
	if text == "" {
		text = "an unknown status"
	}
	return s.String() + " answered " + text
}
