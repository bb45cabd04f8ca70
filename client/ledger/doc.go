// Package ledger keeps what the operator asked for, what was sent, what was
// accepted and what became of every row, so that a program killed at any instant
// loses nothing and does nothing twice.
//
// It is one SQLite database per user, shared by every muster process of that
// user. A process proves that it is alive by a lock on a file of its own in the
// folder owners; each operation names its owner, and only the owner sends and
// polls. Every step of a chunk of rows is one transaction that changes the chunk
// and its rows together and only from the phase it expects, so that a second
// process, or a late answer, cannot undo what was decided.
//
// Hashes, product keys and file contents live in one table only, the spool, and
// only until the service has accepted them; then they are overwritten and the
// write-ahead log is truncated. Eight hex digits of their SHA-256 remain.
//
// A long list is written down in many transactions, so that nobody waits long for
// the write lock: as a [Draft], which nobody sees before it is whole and which goes
// when its process dies. A row that is sent again keeps what became of it before.
//
// The ledger knows no service and no network: package client sends, package
// tracker follows, this package remembers.
package ledger
