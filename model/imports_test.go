package model_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// The architecture in one table: what the files of a folder may import of ours.
// Test files are free, since journeys drive a screen against a real client.
var mayImport = []struct {
	folder  string
	allowed []string
}{
	{"client/simulator", []string{"muster/client/simulator"}},
	{"model", []string{"muster/model"}},
	{"client", []string{"muster/model", "muster/client"}},
	{"ui", []string{"muster/model", "muster/ui"}},
}

func TestImportsFollowTheDrawing(t *testing.T) {
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		if d.IsDir() || !strings.HasSuffix(rel, ".go") || strings.HasSuffix(rel, "_test.go") {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range f.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			checked++
			if why := forbidden(rel, imported); why != "" {
				t.Errorf("%s imports %s: %s", rel, imported, why)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if checked < 100 {
		t.Errorf("only %d imports were looked at; is this the repository?", checked)
	}
}

func forbidden(file, imported string) string {
	if imported == "muster" {
		return "nothing imports main"
	}
	if !strings.HasPrefix(imported, "muster/") || file == "main.go" {
		return ""
	}
	for _, rule := range mayImport {
		if !strings.HasPrefix(file, rule.folder+"/") {
			continue
		}
		for _, a := range rule.allowed {
			if imported != a && !strings.HasPrefix(imported, a+"/") {
				continue
			}
			if rule.folder == "client" && imported == "muster/client/simulator" {
				return "client and simulator share nothing but HTTP"
			}
			return ""
		}
		return rule.folder + " may import only " + strings.Join(rule.allowed, ", ")
	}
	return "only main.go introduces the parts to each other"
}

func TestTheRuleCatchesWhatItIsFor(t *testing.T) {
	for _, c := range []struct{ file, imported string }{
		{"model/device.go", "muster/client"},
		{"client/read.go", "muster/ui/kit"},
		{"client/read.go", "muster/client/simulator"},
		{"ui/screen/home.go", "muster/client"},
		{"client/simulator/jobs.go", "muster/model"},
		{"ui/app.go", "muster"}, {"glue/glue.go", "muster/client"}, {"second.go", "muster/ui"},
	} {
		if forbidden(c.file, c.imported) == "" {
			t.Errorf("%s may import %s", c.file, c.imported)
		}
	}
}
