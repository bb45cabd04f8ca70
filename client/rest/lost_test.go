package rest_test

import (
	"bufio"
	"context"
	"crypto/x509"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"muster/client/rest"
	"muster/model"
)

// raw is a TCP server that reads one request after the other and lets a function
// decide what comes back: "" ends the connection.
func raw(t *testing.T, h func(n int) string) (base string, requests *atomic.Int32) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	requests = &atomic.Int32{}
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() {
				defer func() { _ = conn.Close() }()
				in := bufio.NewReader(conn)
				for {
					r, err := http.ReadRequest(in)
					if err != nil {
						return
					}
					_, _ = io.Copy(io.Discard, r.Body)
					out := h(int(requests.Add(1)))
					if _, err := io.WriteString(conn, out); err != nil || !strings.Contains(out, "Content-Length") || strings.Contains(out, "Connection: close") {
						return
					}
				}
			})
		}
	})
	transport := &http.Transport{}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		_ = l.Close()
	})
	return "http://" + l.Addr().String(), requests
}

const (
	accepted = "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"
	cutBody  = "HTTP/1.1 201 Created\r\nContent-Length: 100\r\nConnection: close\r\n\r\n{\"id\""
	cutJob   = "HTTP/1.1 202 Accepted\r\nLocation: /customers/x\r\nContent-Length: 100\r\nConnection: close\r\n\r\n{"
	cutRead  = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\nConnection: close\r\n\r\n{\"id\""
)

func status(code string, header string) string {
	return "HTTP/1.1 " + code + "\r\n" + header + "Content-Length: 0\r\nConnection: close\r\n\r\n"
}

func TestWhatBecomesOfAWrite(t *testing.T) {
	for _, tc := range []struct {
		name     string
		answer   string
		kind     model.Kind
		requests int32
	}{
		{"dies after the body", "", model.Lost, 1},
		{"cut body", cutBody, model.Lost, 1},
		{"half a status line", "HTTP/1.1 2", model.Lost, 1},
		{"not HTTP", "SSH-2.0-x\r\n\r\nConnection: close", model.Lost, 1},
		{"408", status("408 x", ""), model.Lost, 1},
		{"500", status("500 x", ""), model.Lost, 1},
		{"502", status("502 x", ""), model.Lost, 1},
		{"503", status("503 x", ""), model.Lost, 1},
		{"504", status("504 x", ""), model.Lost, 1},
		{"503 not now", status("503 x", "retry-after-ms: 1\r\nRetry-After: 1\r\n"), model.Throttled, 4},
		{"429", status("429 x", "retry-after-ms: 1\r\n"), model.Throttled, 4},
		{"400", status("400 x", ""), model.Invalid, 1},
		{"403", status("403 x", ""), model.Forbidden, 1},
		{"404", status("404 x", ""), model.NotFound, 1},
		{"409", status("409 x", ""), model.Conflict, 1},
		{"412", status("412 x", ""), model.Conflict, 1},
		{"501", status("501 x", ""), model.Service, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			base, requests := raw(t, func(int) string { return tc.answer })
			_, err := client(t, rest.Partner, base).Do(t.Context(), post("x"))
			wantKind(t, err, tc.kind)
			if got := requests.Load(); got != tc.requests {
				t.Errorf("got %d requests, want %d", got, tc.requests)
			}
			if strings.Contains(err.Error(), "127.0.0.1") && tc.kind == model.Lost {
				t.Errorf("got %q", err)
			}
		})
	}
}

func TestAcceptedDespiteACutBody(t *testing.T) {
	base, _ := raw(t, func(int) string { return cutJob })
	a, err := client(t, rest.Partner, base).Do(t.Context(), post("x"))
	if err != nil || a.Header.Get("Location") != "/customers/x" {
		t.Fatal(a, err)
	}
}

// A connection that was used before and dies under a write is where net/http
// repeats requests by itself.
func TestWriteOverAnIdleConnectionIsNotReplayed(t *testing.T) {
	base, requests := raw(t, func(n int) string {
		if n == 1 {
			return accepted
		}
		return ""
	})
	c := client(t, rest.Partner, base)
	if _, err := c.Do(t.Context(), post("x")); err != nil {
		t.Fatal(err)
	}
	_, err := c.Do(t.Context(), post("x"))
	wantKind(t, err, model.Lost)
	if got := requests.Load(); got != 2 {
		t.Errorf("got %d requests, want 2", got)
	}
}

func TestReadsAreRepeated(t *testing.T) {
	for name, bad := range map[string]string{"died": "", "cut": cutRead, "500": status("500 x", ""), "503": status("503 x", "")} {
		base, requests := raw(t, func(n int) string {
			if n < 3 {
				return bad
			}
			return "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
		})
		if _, err := client(t, rest.Partner, base).Do(t.Context(), read("x")); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if requests.Load() < 3 {
			t.Errorf("%s: got %d requests", name, requests.Load())
		}
	}
	for bad, kind := range map[string]model.Kind{"": model.Offline, cutRead: model.Offline, status("500 x", ""): model.Service,
		status("504 x", ""): model.Service, status("408 x", ""): model.Service} {
		base, _ := raw(t, func(int) string { return bad })
		_, err := client(t, rest.Partner, base).Do(t.Context(), read("x"))
		wantKind(t, err, kind)
	}
}

// Nothing has left when there is no connection, whatever the reason.
func TestOfflineWrites(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := "http://" + l.Addr().String()
	_ = l.Close()
	_, err = client(t, rest.Partner, closed).Do(t.Context(), post("x"))
	wantKind(t, err, model.Offline, "cannot be reached")

	srv := httptest.NewUnstartedServer(http.NotFoundHandler())
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	srv.StartTLS()
	defer srv.Close()
	_, err = client(t, rest.Partner, srv.URL).Do(t.Context(), post("x"))
	wantKind(t, err, model.Offline, "not trusted")

	_, err = client(t, rest.Partner, "https://muster.invalid").Do(t.Context(), post("x"))
	wantKind(t, err, model.Offline)

	// A transport that reports nothing proves nothing.
	c := client(t, rest.Partner, closed, func(o *rest.Options) {
		o.Transport = doer(func(*http.Request) (*http.Response, error) { return nil, io.ErrUnexpectedEOF })
	})
	_, err = c.Do(t.Context(), post("x"))
	wantKind(t, err, model.Lost)
}

func TestCancelledWrites(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	srv, s := serve(t, func(w http.ResponseWriter, r *http.Request, n int) {})
	_, err := client(t, rest.Partner, srv.URL).Do(ctx, post("x"))
	wantKind(t, err, model.Cancelled)
	if len(s.all()) != 0 {
		t.Error("a cancelled write left")
	}

	ctx, cancel = context.WithCancel(t.Context())
	release := make(chan struct{})
	srv, _ = serve(t, func(w http.ResponseWriter, r *http.Request, n int) {
		cancel()
		<-release
	})
	_, err = client(t, rest.Partner, srv.URL).Do(ctx, post("x"))
	close(release)
	wantKind(t, err, model.Lost)
}

// An answer that was in before the context ended is an answer.
func TestAnswerBesideTheEndOfTheContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	c := client(t, rest.Partner, "http://127.0.0.1:1", func(o *rest.Options) {
		o.Transport = doer(func(*http.Request) (*http.Response, error) {
			cancel()
			return answer(202, "", "Location", "/there"), nil
		})
	})
	a, err := c.Do(ctx, post("x"))
	if err != nil || a.Header.Get("Location") != "/there" {
		t.Fatal(a, err)
	}
}

// A connection from before that turns out dead before anything was written costs
// neither the write nor its certainty.
func TestWriteOverADeadConnection(t *testing.T) {
	for _, tc := range []struct {
		name   string
		reused bool
		wrote  bool
		kind   model.Kind // Unexpected = accepted
		tries  int
	}{
		{"nothing written", true, false, model.Unexpected, 2},
		{"something written", true, true, model.Lost, 1},
		{"new connection", false, false, model.Offline, 1},
	} {
		tries := 0
		c := client(t, rest.Partner, "http://127.0.0.1:1", func(o *rest.Options) {
			o.Transport = doer(func(r *http.Request) (*http.Response, error) {
				body, _ := io.ReadAll(r.Body)
				if tries++; tries == 2 {
					if string(body) != `{"a":1}` {
						t.Errorf("%s: second body %q", tc.name, body)
					}
					return answer(202, ""), nil
				}
				hooks := httptrace.ContextClientTrace(r.Context())
				hooks.GetConn("127.0.0.1:1")
				hooks.GotConn(httptrace.GotConnInfo{Reused: tc.reused})
				if tc.wrote {
					hooks.WroteHeaders()
				}
				return nil, io.ErrUnexpectedEOF
			})
		})
		_, err := c.Do(t.Context(), post("x"))
		if tc.kind == model.Unexpected && err != nil {
			t.Errorf("%s: %v", tc.name, err)
		} else if tc.kind != model.Unexpected {
			wantKind(t, err, tc.kind)
		}
		if tries != tc.tries {
			t.Errorf("%s: got %d tries, want %d", tc.name, tries, tc.tries)
		}
	}
}

// Over HTTP/2 a stream that is reset after the body was read is a lost answer too.
func TestLostOverHTTP2(t *testing.T) {
	var requests atomic.Int32
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ProtoMajor != 2 {
			t.Errorf("got %s", r.Proto)
		}
		_, _ = io.Copy(io.Discard, r.Body)
		if requests.Add(1) > 1 {
			panic(http.ErrAbortHandler)
		}
		w.WriteHeader(202)
	}))
	srv.EnableHTTP2 = true
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	srv.StartTLS()
	defer srv.Close()
	roots := x509.NewCertPool()
	roots.AddCert(srv.Certificate())
	c := client(t, rest.Partner, srv.URL, func(o *rest.Options) { o.Transport = rest.NewTransport(roots) })
	if _, err := c.Do(t.Context(), post("x")); err != nil {
		t.Fatal(err)
	}
	_, err := c.Do(t.Context(), post("x"))
	wantKind(t, err, model.Lost)
	if n := requests.Load(); n != 2 {
		t.Errorf("got %d requests, want 2", n)
	}
}
