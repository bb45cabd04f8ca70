// Package client is what muster does at the two services, as use cases: read a
// fleet, assign a policy, upload a list, write a BIOS configuration, follow what
// goes on. It joins the packages below it (partner and graph speak to the
// services, ledger remembers, tracker asks again) and is what the screens and
// the command line work on. It imports nothing of ui.
//
// # How something is written
//
// A use case checks its input, writes the intent into the ledger and returns.
// From then on the ledger is the truth: [Client.reconcile] looks at it after
// every change, by whatever process, and starts what is missing: a runner that
// sends the queued chunks of an operation one after the other, a watch on every
// accepted job, a look for every answer that was lost. A start of the program
// does the same, so there is no second way for what was interrupted.
//
// # What Intune takes
//
// Intune answers most writes at once and carries them out in its own time, and its
// answer says nothing about that. So a row is accepted first and done when the
// service shows the effect: a [follower] reads it back, one list for all that wait.
// Rows of a chunk that are requests of their own part ways when their answers do:
// what must wait, or whose answer was lost, becomes a chunk of its own.
package client
