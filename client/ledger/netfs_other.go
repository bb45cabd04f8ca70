//go:build !linux

package ledger

// networkFS cannot tell on this system.
func networkFS(string) (string, bool) { return "", false }
