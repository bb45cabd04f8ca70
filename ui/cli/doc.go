// Package cli is muster without the screen: every verb of the dashboard as a
// subcommand, for scripts and for terminals that cannot show a dashboard. Data
// goes to standard output, diagnostics go to standard error, and the exit code
// says how it ended.
//
// It reaches the world through ui/kit alone, and new files through ui/export. It
// opens no connection, no ledger and no file to read by itself, knows no HTTP and
// starts no program on a screen: main hands it functions for that.
package cli
