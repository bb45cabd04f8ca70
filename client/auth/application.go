package auth

import (
	"crypto/rsa"
	"errors"
	"io"
	"os"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"

	"muster/model"
)

// maxKeyFile bounds files with keys and secrets, in bytes.
const maxKeyFile = 64 << 10

// application makes the credential of a sign-in that nobody needs to attend.
func (a *Session) application(k *keeper) (azcore.TokenCredential, error) {
	c, options := a.s.Connection, a.options(k)
	noDiscovery := c.Cloud == model.CloudCustom && !c.Discovery
	anyTenant := []string{"*"}
	var made azcore.TokenCredential
	var err error
	switch c.SignIn {
	case model.SignInSecret:
		var secret string
		if secret, err = a.secret(); err == nil {
			made, err = azidentity.NewClientSecretCredential(c.Tenant, c.ClientID, secret, &azidentity.ClientSecretCredentialOptions{
				ClientOptions: options, AdditionallyAllowedTenants: anyTenant, DisableInstanceDiscovery: noDiscovery})
		}
	case model.SignInCertificate:
		made, err = a.certificate(k, anyTenant, noDiscovery)
	case model.SignInWorkload:
		made, err = azidentity.NewWorkloadIdentityCredential(&azidentity.WorkloadIdentityCredentialOptions{ClientOptions: options, ClientID: c.ClientID,
			TenantID: c.Tenant, TokenFilePath: c.TokenFile, AdditionallyAllowedTenants: anyTenant, DisableInstanceDiscovery: noDiscovery})
	case model.SignInManaged:
		o := &azidentity.ManagedIdentityCredentialOptions{ClientOptions: options}
		if c.ClientID != "" {
			o.ID = azidentity.ClientID(c.ClientID)
		}
		made, err = azidentity.NewManagedIdentityCredential(o)
	case model.SignInAzureCLI:
		made, err = azidentity.NewAzureCLICredential(&azidentity.AzureCLICredentialOptions{TenantID: c.Tenant, AdditionallyAllowedTenants: anyTenant})
	default:
		return nil, signIn(model.Invalid, "there is no sign-in "+model.Clean(string(c.SignIn)), nil)
	}
	if err != nil {
		if e := model.AsError(err); e != nil {
			return nil, e
		}
		return nil, signIn(model.Invalid, "sign-in by "+string(c.SignIn)+" cannot be prepared", err)
	}
	return made, nil
}

func (a *Session) certificate(k *keeper, tenants []string, noDiscovery bool) (azcore.TokenCredential, error) {
	c := a.s.Connection
	raw, err := privateFile("certificate", c.Certificate)
	if err != nil {
		return nil, err
	}
	chain, key, err := azidentity.ParseCertificates(raw, nil)
	if err != nil {
		e := signIn(model.Invalid, "the certificate file holds no certificate with its key that can be read", nil)
		e.Hint = "PEM with an unencrypted key, or PKCS#12 without a password"
		return nil, e
	}
	if _, ok := key.(*rsa.PrivateKey); !ok {
		e := signIn(model.Invalid, "the certificate's key is not RSA, the only kind that the sign-in service takes", nil)
		e.Hint = "make a certificate with an RSA key"
		return nil, e
	}
	return azidentity.NewClientCertificateCredential(c.Tenant, c.ClientID, chain, key, &azidentity.ClientCertificateCredentialOptions{
		ClientOptions: a.options(k), AdditionallyAllowedTenants: tenants, DisableInstanceDiscovery: noDiscovery})
}

// secret reads the application's secret from where the connection says.
func (a *Session) secret() (string, error) {
	c := a.s.Connection
	if c.SecretEnv != "" {
		secret := strings.TrimSpace(a.s.Getenv(c.SecretEnv))
		if secret == "" {
			return "", signIn(model.Invalid, "the variable "+model.Clean(c.SecretEnv)+" is empty", nil)
		}
		if a.s.Unsetenv != nil {
			a.s.Unsetenv(c.SecretEnv)
		}
		return secret, nil
	}
	raw, err := privateFile("secret_file", c.SecretFile)
	if err != nil {
		return "", err
	}
	if secret := strings.TrimSpace(string(raw)); secret != "" {
		return secret, nil
	}
	return "", signIn(model.Invalid, "the file of secret_file is empty", nil)
}

// privateFile reads a small file that nobody but its owner can read.
func privateFile(key, path string) ([]byte, error) {
	bad := func(msg, hint string) error {
		e := signIn(model.Invalid, "the file of "+key+" "+msg, nil)
		e.Hint = hint
		return e
	}
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, bad("is not there", model.Clean(path))
	}
	if err != nil {
		return nil, bad("cannot be opened", model.Clean(path))
	}
	defer f.Close()
	fi, err := f.Stat()
	switch {
	case err != nil || !fi.Mode().IsRegular() || fi.Size() > maxKeyFile:
		return nil, bad("is not a small regular file", model.Clean(path))
	case fi.Mode().Perm()&0o077 != 0:
		return nil, bad("can be read by others", "chmod 600 "+model.Clean(path))
	}
	raw, err := io.ReadAll(io.LimitReader(f, maxKeyFile+1))
	if err != nil {
		return nil, bad("cannot be read", model.Clean(path))
	}
	return raw, nil
}
