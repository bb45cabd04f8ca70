package simulator

import (
	"bytes"
	"encoding/json"
	"net"
	"net/http"
	"net/url"
	"strings"
)

// controlRoot is where the control interface lives, beside the services.
const controlRoot = "/_simulator"

const maxControlBody = 1 << 20 // bytes

func isControl(path string) bool {
	return path == controlRoot || strings.HasPrefix(path, controlRoot+"/")
}

// control answers the control interface. It wants no token, so it is for
// this machine only and for no web page of another origin.
func (s *Simulator) control(w http.ResponseWriter, r *http.Request) {
	if !fromHere(r) {
		say(w, http.StatusForbidden, wireProblem{"the control interface is for this machine only"})
		return
	}
	body, status := readBounded(r.Body, maxControlBody)
	if status != 0 {
		say(w, status, wireProblem{"the body is too large or cannot be read"})
		return
	}
	switch r.Method + " " + strings.TrimPrefix(strings.TrimRight(r.URL.Path, "/"), controlRoot) {
	case "POST /faults":
		s.addFault(w, body)
	case "GET /faults":
		say(w, http.StatusOK, s.faults.list())
	case "DELETE /faults":
		s.faults.clear()
		w.WriteHeader(http.StatusNoContent)
	case "POST /switches":
		s.setSwitches(w, body)
	case "GET /switches":
		say(w, http.StatusOK, s.current().switches.all())
	case "DELETE /switches":
		s.current().switches.reset(nil)
		w.WriteHeader(http.StatusNoContent)
	case "POST /signin":
		s.orderSignin(w, body)
	case "GET /signin":
		say(w, http.StatusOK, s.signins.waiting())
	case "GET /requests":
		s.sendJournal(w)
	case "DELETE /requests":
		s.journal.clear()
		w.WriteHeader(http.StatusNoContent)
	case "GET /state":
		say(w, http.StatusOK, s.state())
	case "GET /tokens":
		s.sendTokens(w, r.URL.Query().Get("customer"))
	case "POST /reset":
		s.reset()
		say(w, http.StatusOK, s.state())
	default:
		say(w, http.StatusNotFound, wireProblem{"there are GET, POST and DELETE faults, the same for switches, GET and POST signin, GET and DELETE requests, GET state, GET tokens and POST reset"})
	}
}

// say writes one JSON object of the control interface.
func say[T any](w http.ResponseWriter, status int, body T) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(append(encode(body), '\n')) // a reader that has gone is nobody's error
}

type wireProblem struct {
	Error string `json:"error"`
}

// fromHere reports whether the peer is on this machine and means to talk to
// it: a name that somebody points at 127.0.0.1 is not enough.
func fromHere(r *http.Request) bool {
	if host, _, err := net.SplitHostPort(r.RemoteAddr); err == nil {
		if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
			return false
		}
	} // else a pipe in memory or a socket in a file
	if !isLoopback(r.Host) {
		return false
	}
	for _, origin := range r.Header.Values("Origin") {
		u, err := url.Parse(origin)
		if err != nil || !strings.EqualFold(u.Host, r.Host) {
			return false
		}
	}
	return true
}

// isLoopback reports whether a host, with or without a port, is this machine.
func isLoopback(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

func (s *Simulator) addFault(w http.ResponseWriter, body []byte) {
	f, err := parseFault(body)
	if err != nil {
		say(w, http.StatusBadRequest, wireProblem{err.Error()})
		return
	}
	on, err := s.faults.add(f)
	if err != nil {
		say(w, http.StatusBadRequest, wireProblem{err.Error()})
		return
	}
	say(w, http.StatusCreated, on)
}

func (s *Simulator) sendJournal(w http.ResponseWriter) {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	w.Header().Set("Content-Type", "application/x-ndjson")
	for _, one := range s.journal.all() {
		if err := e.Encode(one); err != nil { // texts and numbers
			panic(err)
		}
		if out.Len() > 64<<10 {
			if _, err := out.WriteTo(w); err != nil {
				return // the reader has gone
			}
		}
	}
	_, _ = out.WriteTo(w)
}
