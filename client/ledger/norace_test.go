//go:build !race

package ledger_test

// thorough is how often what is repeated is repeated.
const thorough = 4
