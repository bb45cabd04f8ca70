//go:build linux

package killtest_test

import (
	"bufio"
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"io/fs"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"muster/client/auth"
	"muster/client/config"
	"muster/client/rest"
	"muster/model"
)

// tenant is a simulator in a process of its own that is reached as a real tenant is, by a
// connection in a configuration under a home of its own.
type tenant struct {
	t     *testing.T
	home  string
	env   []string
	trust *http.Client
	ready struct {
		Partner, Graph, Authority, CAFile, PartnerToken, Customer, Control string
	}
}

// newTenant makes one. Whatever of its folders is there already, everybody can read it.
func newTenant(t *testing.T, change func(*model.Connection)) *tenant {
	t.Helper()
	n := &tenant{t: t, home: t.TempDir()}
	cert, key := certificate(t)
	sim := exec.Command(muster, "simulate", "--authority", "--devices", "30", "--customers", "2", "--speed", "600", "--tls-cert", cert, "--tls-key", key)
	out, err := sim.StdoutPipe()
	if err == nil {
		err = sim.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = sim.Process.Signal(os.Interrupt)
		if err := sim.Wait(); err != nil {
			t.Errorf("simulator: %v", err)
		}
	})
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &n.ready)
	}
	if err != nil {
		t.Fatal(err)
	}
	n.ready.CAFile = cert
	raw, err := os.ReadFile(cert)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(raw)
	n.trust = rest.NewTransport(roots)
	n.env = []string{"HOME=" + n.home, "XDG_CONFIG_HOME=" + n.home + "/config", "XDG_STATE_HOME=" + n.home + "/state", "XDG_CACHE_HOME=" + n.home + "/cache",
		"TERM=xterm-256color", "LANG=C.UTF-8", "PATH=" + os.Getenv("PATH")}
	for _, dir := range []string{"config/muster", "state/muster/sign-in", "cache/muster/fleets"} {
		if err := os.MkdirAll(filepath.Join(n.home, dir), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(filepath.Join(n.home, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	_, partner, _, _ := auth.Claims(model.NewSecret(n.ready.PartnerToken))
	c := model.Connection{Name: "sim", Cloud: model.CloudCustom, Tenant: partner, ClientID: "11111111-2222-4333-8444-555555555555",
		SignIn: model.SignInDevice, Remember: true, CAFile: n.ready.CAFile, Authority: n.ready.Authority, Graph: strings.TrimSuffix(n.ready.Graph, "/beta"), Partner: n.ready.Partner,
		GraphAudience: "https://graph.microsoft.com", PartnerAudience: "https://api.partnercenter.microsoft.com"}
	if change != nil {
		change(&c)
	}
	path := config.Path(filepath.Join(n.home, "config"))
	if err := os.WriteFile(path, []byte("use = \"sim\"\n\n"+config.Text(c)), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = auth.Forget(n.stored(), nil) }) // the keyring outlives the test
	return n
}

// names are those of a cloud that only a proxy knows.
var names = []string{"login.muster.test", "graph.muster.test", "partner.muster.test"}

// certificate makes one for this machine and for the cloud's names.
func certificate(t *testing.T) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "muster test"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		DNSNames: names, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for path, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: raw}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cert, key
}

// stored is where the sign-in is remembered.
func (n *tenant) stored() string {
	return auth.Remembered(filepath.Join(n.home, "state", "muster"), "sim")
}

func (n *tenant) command(args ...string) *exec.Cmd {
	cmd := exec.Command(muster, args...)
	cmd.Env = n.env
	return cmd
}

// run runs a subcommand away from any terminal.
func (n *tenant) run(code int, args ...string) (out, errs string) {
	n.t.Helper()
	var o, e bytes.Buffer
	cmd := n.command(args...)
	cmd.Stdout, cmd.Stderr = &o, &e
	_ = cmd.Run() // the code says it
	if got := cmd.ProcessState.ExitCode(); got != code {
		n.t.Fatalf("muster %v: exit code %d, want %d\n%s%s", args, got, code, o.String(), e.String())
	}
	return o.String(), e.String()
}

func (n *tenant) control(method, path, body string) {
	n.t.Helper()
	req, err := http.NewRequest(method, n.ready.Control+path, strings.NewReader(body))
	if err != nil {
		n.t.Fatal(err)
	}
	resp, err := n.trust.Do(req)
	if err != nil {
		n.t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode/100 != 2 {
		n.t.Fatalf("control %s: %s", path, resp.Status)
	}
}

// login signs in on a terminal.
func (n *tenant) login() {
	n.t.Helper()
	n.control("POST", "/signin", `{"auto": "agent"}`)
	w := &world{t: n.t}
	d := w.onTerminal(n.command("login"))
	d.waitFor("signed in to sim as agent@harrowpike.example")
	if err := d.ended(); err != nil {
		n.t.Fatal(err)
	}
	n.control("POST", "/signin", `{"auto": "nobody"}`)
}

// TestASignInOutlivesItsProcessUntilTheLogout is the way of a sign-in that is remembered,
// through four processes.
func TestASignInOutlivesItsProcessUntilTheLogout(t *testing.T) {
	if _, err := auth.Keyring().Key("muster-test"); err != nil {
		// A container may forbid the keyring: then it is said once, and that is what is tested.
		n := newTenant(t, nil)
		n.login()
		if _, errs := n.run(4, "customers", "list"); !strings.Contains(errs, "sign in") {
			t.Errorf("said %s", errs)
		}
		return
	}
	n := newTenant(t, nil)
	n.run(4, "customers", "list")
	n.login()
	if out, _ := n.run(0, "customers", "list", "--json"); strings.Count(out, "\n") < 2 {
		t.Errorf("customers: %s", out)
	}
	if out, _ := n.run(0, "info"); !strings.Contains(out, n.stored()) || !strings.Contains(out, "kernel's keyring") {
		t.Errorf("info says nothing of the store:\n%s", out)
	}
	if out, _ := n.run(0, "logout"); !strings.Contains(out, "forgot the sign-in of sim") {
		t.Errorf("logout: %s", out)
	}
	if _, err := os.Stat(n.stored()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("after the logout: %v", err)
	}
	if text, err := os.ReadFile(filepath.Join(n.home, "config", "muster", "config.toml")); err != nil || strings.Contains(string(text), "account_id") {
		t.Errorf("the account is still there: %v\n%s", err, text)
	}
	n.run(4, "customers", "list")
	if out, _ := n.run(0, "logout", "--all"); !strings.Contains(out, "nothing was remembered") {
		t.Errorf("the second logout: %s", out)
	}
}

// TestSection13_14_FilesAreThePersonsOnlyWhateverTheUmask runs with the loosest umask there is,
// in folders that were loose before.
func TestSection13_14_FilesAreThePersonsOnlyWhateverTheUmask(t *testing.T) {
	n := newTenant(t, func(c *model.Connection) { c.ReadOnly = false })
	old := syscall.Umask(0) // children inherit it; no other test of this package runs meanwhile
	defer syscall.Umask(old)
	n.login()
	n.control("POST", "/signin", `{"auto": "agent"}`)
	w := &world{t: t}
	d := w.onTerminal(n.command("--customer", n.ready.Customer))
	d.keys("as of", "1E") // nothing to export at home, but the ledger is open
	d.keys("sim", "\x03")
	if err := d.ended(); err != nil {
		t.Errorf("the dashboard: %v", err)
	}
	seen := 0
	for _, top := range []string{"config/muster", "state/muster", "cache/muster/fleets"} {
		err := filepath.WalkDir(filepath.Join(n.home, top), func(path string, e fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			fi, err := e.Info()
			if err != nil {
				return err
			}
			seen++
			if fi.Mode().Perm()&0o077 != 0 {
				t.Errorf("%s has mode %v", strings.TrimPrefix(path, n.home), fi.Mode())
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
	if seen < 6 {
		t.Errorf("%d files and folders: nothing was made", seen)
	}
}

// TestSection13_12_ATokenThatIsCutIsShownNowhere lets the sign-in answer with a token that
// is cut off, and looks at all that the program leaves: screen, ledger, files.
func TestSection13_12_ATokenThatIsCutIsShownNowhere(t *testing.T) {
	n := newTenant(t, nil)
	n.control("POST", "/signin", `{"auto": "agent"}`)
	n.control("POST", "/faults", `{"match": "oauth2/v2.0/token", "kind": "garbage", "body": "{\"access_token\": \"eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.c2ln\", \"refresh_token\": \"0.AAAAsecretrefresh\", \"expires_in\": [}"}`)
	w := &world{t: t}
	d := w.onTerminal(n.command())
	d.waitFor("the sign-in ended without a token")
	d.keys("sim", "\x03")
	_ = d.ended() // by the key, whatever the code
	d.mu.Lock()
	tape := d.tape.String()
	d.mu.Unlock()
	looksLike := func(text string) bool {
		return strings.Contains(text, "eyJ") || strings.Contains(text, "secretrefresh")
	}
	if looksLike(tape) {
		t.Error("the screen showed it")
	}
	err := filepath.WalkDir(n.home, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		raw, err := os.ReadFile(path)
		if looksLike(string(raw)) {
			t.Errorf("%s holds it", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// proxy is an HTTP proxy that notes where it was asked to go and leads there, or to the
// simulator for the names of a real cloud.
type proxy struct {
	mu     sync.Mutex
	hosts  []string
	leadTo string
}

func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	p.hosts = append(p.hosts, r.Method+" "+r.Host)
	p.mu.Unlock()
	if r.Method != http.MethodConnect {
		http.Error(w, "only CONNECT", http.StatusForbidden)
		return
	}
	there, err := net.Dial("tcp", p.leadTo)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer there.Close()
	w.WriteHeader(http.StatusOK)
	here, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer here.Close()
	go func() { _, _ = io.Copy(there, buffered) }()
	_, _ = io.Copy(here, there)
}

func (p *proxy) seen() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := slices.Clone(p.hosts)
	slices.Sort(out)
	return slices.Compact(out)
}

// TestEverythingGoesThroughTheProxyAndNowhereElse gives the program a proxy and a cloud
// of three names that only the proxy knows: what it asks for is all that is dialled.
func TestEverythingGoesThroughTheProxyAndNowhereElse(t *testing.T) {
	n := newTenant(t, func(c *model.Connection) {
		c.Authority, c.Graph, c.Partner = "https://login.muster.test", "https://graph.muster.test", "https://partner.muster.test"
	})
	p := &proxy{leadTo: strings.TrimPrefix(n.ready.Partner, "https://")}
	srv := httptest.NewServer(p)
	defer srv.Close()
	n.env = append(n.env, "HTTPS_PROXY="+srv.URL, "HTTP_PROXY="+srv.URL, "AZURE_AUTHORITY_HOST=https://evil.invalid/", "AZURE_SDK_GO_LOGGING=all")
	n.login()
	n.control("POST", "/signin", `{"auto": "agent"}`)
	w := &world{t: t}
	d := w.onTerminal(n.command("--customer", n.ready.Customer))
	d.keys("as of", "5")
	d.keys("BIOS", "\x03")
	_ = d.ended()
	want := []string{"CONNECT graph.muster.test:443", "CONNECT login.muster.test:443", "CONNECT partner.muster.test:443"}
	if got := p.seen(); !slices.Equal(got, want) {
		t.Errorf("dialled %v, want %v", got, want)
	}
}
