package simulator_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"muster/client/simulator"
)

// pair writes a self-signed certificate for 127.0.0.1 and its key.
func pair(t *testing.T) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	template := &x509.Certificate{SerialNumber: big.NewInt(9), Subject: pkix.Name{CommonName: "a pair of our own"}, NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	cert, key = filepath.Join(t.TempDir(), "cert.pem"), filepath.Join(t.TempDir(), "key.pem")
	for file, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: raw}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cert, key
}

// secure serves a simulator with TLS on a loopback port.
func secure(t *testing.T, o simulator.Options) *bench {
	t.Helper()
	sim, err := simulator.New(o)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ready := sim.Ready(l.Addr())
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: trust(t, ready.CAFile)}}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- sim.Serve(ctx, l) }()
	t.Cleanup(func() {
		client.CloseIdleConnections()
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return &bench{t: t, sim: sim, ready: ready, http: client}
}

func TestGraphOverTLS(t *testing.T) {
	cert, key := pair(t)
	for name, o := range map[string]simulator.Options{"a pair of its own": {Devices: 300, TLS: true}, "a given pair": {Devices: 300, CertFile: cert, KeyFile: key}} {
		b := secure(t, o)
		if !strings.HasPrefix(b.ready.Graph, "https://127.0.0.1:") || b.ready.CAFile == "" || (b.ready.CAFile == cert) != (o.CertFile != "") {
			t.Errorf("%s: %+v", name, b.ready.CAFile)
		}
		// walk refuses links that do not lead back below the https root.
		if all, pages := walk[managedView](b, "/beta/deviceManagement/managedDevices?$top=60"); len(all) < 150 || pages < 3 {
			t.Errorf("%s: %d devices on %d pages", name, len(all), pages)
		}
		got, _ := b.batch("v1.0", ask("1", "GET", "/groups?$top=1", ""))
		if !strings.Contains(string(got["1"].Body), `"@odata.nextLink":"https://`) {
			t.Errorf("%s: %s", name, got["1"].Body)
		}
		if _, err := (&http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: x509.NewCertPool()}}}).Get(b.ready.Graph); err == nil {
			t.Errorf("%s: trusted by everybody", name)
		}
	}
}

func TestGivenPairStays(t *testing.T) {
	cert, key := pair(t)
	sim, err := simulator.New(simulator.Options{CertFile: cert, KeyFile: key})
	if err != nil {
		t.Fatal(err)
	}
	if err := sim.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(cert); err != nil {
		t.Errorf("somebody else's file: %v", err)
	}
	for name, o := range map[string]simulator.Options{"no key": {CertFile: cert}, "no certificate": {KeyFile: key}, "swapped": {CertFile: key, KeyFile: cert}, "nowhere": {CertFile: cert + "x", KeyFile: key}} {
		if _, err := simulator.New(o); err == nil || !strings.Contains(err.Error(), "certificate") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
