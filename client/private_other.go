//go:build !unix

package client

// Private does nothing here: the system has no umask, and a user's folders are
// private to the user.
func Private() {}
