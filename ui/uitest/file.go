package uitest

import (
	"os"
	"path/filepath"
	"testing"
)

// File writes a file into a folder of the test's own and returns its path.
func File(tb testing.TB, name, content string) string {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		tb.Fatal(err)
	}
	return path
}
