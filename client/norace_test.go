//go:build !race

package client_test

// tags is how many devices change in the test of the budget.
const tags = 3000
