package simulator

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"time"
)

// authority is what a simulator with TLS shows: a certificate, and the file
// that makes clients trust it. Mostly both exist as long as the simulator.
type authority struct {
	file string // PEM of the authority's certificate, or of the one that was given
	ours bool   // the file is a temporary one
	leaf tls.Certificate
}

// givenAuthority takes a certificate and its key from files. Clients that do
// not trust it already are shown the certificate's own file.
func givenAuthority(cert, key string) (*authority, error) {
	leaf, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		return nil, fmt.Errorf("read the certificate and its key: %w", err)
	}
	return &authority{file: cert, leaf: leaf}, nil
}

// newAuthority makes both keys and writes the authority's certificate to a
// file that only its owner can read.
func newAuthority(now time.Time) (*authority, error) {
	caKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make a certificate authority: %w", err)
	}
	ca := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "muster simulator, not to be trusted elsewhere"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(1, 0, 0),
		IsCA: true, BasicConstraintsValid: true, MaxPathLenZero: true, KeyUsage: x509.KeyUsageCertSign,
	}
	caDER, err := x509.CreateCertificate(rand.Reader, ca, ca, &caKey.PublicKey, caKey)
	if err != nil {
		return nil, fmt.Errorf("make a certificate authority: %w", err)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make a certificate: %w", err)
	}
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "localhost"},
		NotBefore: ca.NotBefore, NotAfter: ca.NotAfter, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames:    []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
	}
	leafDER, err := x509.CreateCertificate(rand.Reader, leaf, ca, &key.PublicKey, caKey)
	if err != nil {
		return nil, fmt.Errorf("make a certificate: %w", err)
	}
	a := &authority{ours: true, leaf: tls.Certificate{Certificate: [][]byte{leafDER, caDER}, PrivateKey: key}}
	return a, a.write(caDER)
}

func (a *authority) write(der []byte) error {
	f, err := os.CreateTemp("", "muster-simulator-*.pem") // 0600
	if err != nil {
		return fmt.Errorf("write the certificate authority: %w", err)
	}
	a.file = f.Name()
	err = pem.Encode(f, &pem.Block{Type: "CERTIFICATE", Bytes: der})
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return fmt.Errorf("write the certificate authority: %w", err)
	}
	return nil
}

// config offers HTTP/1.1 only: cutting a connection is part of the job.
func (a *authority) config() *tls.Config {
	return &tls.Config{Certificates: []tls.Certificate{a.leaf}, NextProtos: []string{"http/1.1"}, MinVersion: tls.VersionTLS12}
}
