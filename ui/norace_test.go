//go:build !race

package ui_test

// A fleet of which more than 5 000 devices pass the filter.
const (
	bulk      = 6000
	bulkWords = "6 202 devices · as of"
	perBatch  = 1000 // devices in each of 200 batches
)
