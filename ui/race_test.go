//go:build race

package ui_test

// The race detector makes the ledger's database some ten times slower, and what it
// looks for does not depend on the number of rows.
const (
	bulk      = 600
	bulkWords = "626 devices · as of"
	perBatch  = 120 // devices in each of 200 batches
)
