//go:build race

package ledger_test

// thorough is how often what is repeated is repeated; the race detector makes
// SQLite ten times slower.
const thorough = 1
