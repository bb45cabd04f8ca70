package auth

import (
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"io"
	"os"
	"strings"
	"sync"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"

	"muster/model"
)

// maxKeyFile bounds files with keys and secrets, in bytes.
const maxKeyFile = 64 << 10

// applications are the credentials of a sign-in that nobody needs to attend: one for each
// tenant, since the library lets a tenant that answers slowly hold up all that share its
// credential.
type applications struct {
	own  string // the tenant that it belongs to
	way  model.SignIn
	make func() (azcore.TokenCredential, error)

	mu sync.Mutex
	of map[string]azcore.TokenCredential // by tenant
}

// GetToken implements azcore.TokenCredential.
func (a *applications) GetToken(ctx context.Context, o policy.TokenRequestOptions) (azcore.AccessToken, error) {
	if a.way == model.SignInManaged && !strings.EqualFold(o.TenantID, a.own) {
		e := signIn(model.Forbidden, "a managed identity is known in its own tenant only, not in "+model.Clean(o.TenantID), nil)
		e.Hint = "customers are reached by a person or by an application with a certificate"
		return azcore.AccessToken{}, e
	}
	c, err := a.tenant(o.TenantID)
	if err != nil {
		return azcore.AccessToken{}, err
	}
	if a.way == model.SignInManaged {
		o.TenantID = "" // it cannot choose
	}
	t, err := c.GetToken(ctx, o)
	if err != nil && ctx.Err() == nil {
		if e := a.unasked(err, o.TenantID); e != nil {
			return t, e
		}
	}
	return t, err
}

func (a *applications) tenant(tenant string) (azcore.TokenCredential, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if c, ok := a.of[tenant]; ok {
		return c, nil
	}
	c, err := a.make()
	if err == nil {
		a.of[tenant] = c
	}
	return c, err
}

// unasked says what is missing on this machine where no authority was asked at all; nil
// when that is not it.
func (a *applications) unasked(err error, tenant string) error {
	var e *model.Error
	switch text := err.Error(); {
	case a.way == model.SignInAzureCLI && strings.Contains(text, "not found on path"):
		e = signIn(model.Invalid, "az is not on the PATH of this machine", nil)
		e.Hint = "install the Azure CLI, or choose another sign_in"
	case a.way == model.SignInAzureCLI && strings.Contains(text, "az login"):
		e = signIn(model.SignedOut, "az is not signed in to tenant "+model.Clean(tenant), nil)
		e.Hint = "az login --tenant " + model.Clean(tenant)
	case a.way == model.SignInAzureCLI:
		e = signIn(model.SignedOut, "az gave no token for tenant "+model.Clean(tenant), nil)
		e.Hint = "try az account get-access-token --tenant " + model.Clean(tenant)
	case a.way == model.SignInManaged && strings.Contains(text, "managed identity timed out"):
		e = signIn(model.SignedOut, "no managed identity answers on this machine", nil)
		e.Hint = "muster must run on an Azure machine that has one"
	case a.way == model.SignInWorkload && strings.Contains(text, "no such file"):
		e = signIn(model.Invalid, "the file of token_file is not there", nil)
		e.Hint = "the platform writes it; check the path"
	default:
		return nil
	}
	return e
}

// application prepares the credential of a sign-in that nobody needs to attend. Secrets
// and keys are read once.
func (a *Session) application() (azcore.TokenCredential, error) {
	c := a.s.Connection
	apps := &applications{own: c.Tenant, way: c.SignIn, of: map[string]azcore.TokenCredential{}}
	var err error
	if apps.make, err = a.maker(); err != nil {
		return nil, err
	}
	if _, err = apps.tenant(c.Tenant); err != nil {
		return nil, signIn(model.Invalid, "sign-in by "+string(c.SignIn)+" cannot be prepared", err)
	}
	return apps, nil
}

// maker returns what makes a credential of the connection's way of signing in.
func (a *Session) maker() (func() (azcore.TokenCredential, error), error) {
	c, options := a.s.Connection, a.options()
	noDiscovery := c.Cloud == model.CloudCustom && !c.Discovery
	anyTenant := []string{"*"}
	switch c.SignIn {
	case model.SignInSecret:
		secret, err := a.secret()
		return func() (azcore.TokenCredential, error) {
			return azidentity.NewClientSecretCredential(c.Tenant, c.ClientID, secret, &azidentity.ClientSecretCredentialOptions{
				ClientOptions: options, AdditionallyAllowedTenants: anyTenant, DisableInstanceDiscovery: noDiscovery})
		}, err
	case model.SignInCertificate:
		chain, key, err := a.certificate()
		return func() (azcore.TokenCredential, error) {
			return azidentity.NewClientCertificateCredential(c.Tenant, c.ClientID, chain, key, &azidentity.ClientCertificateCredentialOptions{
				ClientOptions: options, AdditionallyAllowedTenants: anyTenant, DisableInstanceDiscovery: noDiscovery})
		}, err
	case model.SignInWorkload:
		return func() (azcore.TokenCredential, error) {
			return azidentity.NewWorkloadIdentityCredential(&azidentity.WorkloadIdentityCredentialOptions{ClientOptions: options, ClientID: c.ClientID,
				TenantID: c.Tenant, TokenFilePath: c.TokenFile, AdditionallyAllowedTenants: anyTenant, DisableInstanceDiscovery: noDiscovery})
		}, nil
	case model.SignInManaged:
		o := &azidentity.ManagedIdentityCredentialOptions{ClientOptions: options}
		if c.ClientID != "" {
			o.ID = azidentity.ClientID(c.ClientID)
		}
		return func() (azcore.TokenCredential, error) { return azidentity.NewManagedIdentityCredential(o) }, nil
	case model.SignInAzureCLI:
		return func() (azcore.TokenCredential, error) {
			return azidentity.NewAzureCLICredential(&azidentity.AzureCLICredentialOptions{TenantID: c.Tenant, AdditionallyAllowedTenants: anyTenant})
		}, nil
	}
	return nil, signIn(model.Invalid, "there is no sign-in "+model.Clean(string(c.SignIn)), nil)
}

// certificate reads the application's certificate and key from their file.
func (a *Session) certificate() ([]*x509.Certificate, crypto.PrivateKey, error) {
	raw, err := privateFile("certificate", a.s.Connection.Certificate)
	if err != nil {
		return nil, nil, err
	}
	chain, key, err := azidentity.ParseCertificates(raw, nil)
	if err != nil {
		e := signIn(model.Invalid, "the certificate file holds no certificate with its key that can be read", nil)
		e.Hint = "PEM with an unencrypted key, or PKCS#12 without a password"
		return nil, nil, e
	}
	if _, ok := key.(*rsa.PrivateKey); !ok {
		e := signIn(model.Invalid, "the certificate's key is not RSA, the only kind that the sign-in service takes", nil)
		e.Hint = "make a certificate with an RSA key"
		return nil, nil, e
	}
	return chain, key, nil
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
