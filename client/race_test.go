//go:build race

package client_test

// tags is how many devices change in the test of the budget: the race detector
// makes the ledger's database ten times as slow.
const tags = 300
