package cli_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"muster/client/config"
)

// TestTheHelpOfTheConfigurationIsAConfiguration loads the example that the help shows, and
// wants every key of the file to be in it.
func TestTheHelpOfTheConfigurationIsAConfiguration(t *testing.T) {
	var r run
	if code := r.muster(t, newWorld(), "config check --help"); code != 0 {
		t.Fatalf("exit code %d: %s", code, r.err.String())
	}
	text := r.out.String()
	from, to := strings.Index(text, "  use ="), strings.Index(text, "Exit code 2")
	if from < 0 || to < from {
		t.Fatalf("there is no example in\n%s", text)
	}
	path := filepath.Join(t.TempDir(), "config.toml")
	if err := os.WriteFile(path, []byte(text[from:to]), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := config.Load(path)
	if err != nil || len(f.Problems) > 0 || len(f.Connections) != 6 {
		t.Errorf("%d connections, %v, %v", len(f.Connections), f.Problems, err)
	}
	source, err := os.ReadFile("../../client/config/config.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range regexp.MustCompile("`toml:\"([a-z_]+)\"`").FindAllStringSubmatch(string(source), -1) {
		if !strings.Contains(text, key[1]) {
			t.Errorf("the help says nothing of %s", key[1])
		}
	}
}
