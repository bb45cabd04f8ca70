// Package config reads and changes muster's one configuration file: connections and
// settings, in TOML, under the user's configuration folder.
//
// What is wrong in it is told by line and key, and never ends the program: what is
// good can be used. A change is made in the text, so that comments and the order of
// things stay as the operator wrote them. No secret stands in the file.
package config

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"muster/model"
)

// maxFile bounds the configuration, in bytes.
const maxFile = 1 << 20

// Settings are what the file says beside its connections.
type Settings struct {
	Use       string // the connection when none is named; "" = the simulator
	Locale    string // of Partner Center's messages
	StateDir  string // folder of the ledger; "" = the usual one
	Clipboard string // "", or "tmux" where tmux does not pass on what is sent to the clipboard
	Bell      bool   // when an operation ends
	Chunk     int    // devices a job of Partner Center, 0 = the usual number
}

// Problem is something in the file that cannot be used, by line and key.
type Problem struct {
	Line, Column int // 1-based; 0 when it is about the file as a whole
	Key          string
	Msg, Hint    string
}

// String says where and what, on one line.
func (p Problem) String() string {
	s := p.Msg
	if p.Key != "" {
		s = p.Key + ": " + s
	}
	if p.Line > 0 {
		s = fmt.Sprintf("line %d: %s", p.Line, s)
	}
	if p.Hint != "" {
		s += " (" + p.Hint + ")"
	}
	return s
}

// File is the configuration as it lies on disk.
type File struct {
	Path        string
	Settings    Settings
	Connections []model.Connection // by name; those with a problem are left out
	Problems    []Problem          // by line

	text []byte
	at   map[string]position // of every key, such as connections.contoso.cloud
}

type position struct{ line, column int }

// Path is where the configuration lies below a configuration folder.
func Path(configHome string) string { return filepath.Join(configHome, "muster", "config.toml") }

// Load reads a configuration. None is an empty one. The error is for a file that
// cannot be read at all; what is wrong inside of it is among the Problems.
func Load(path string) (*File, error) {
	f := &File{Path: path}
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return f, nil
	}
	if err != nil {
		return nil, unreadable(err)
	}
	defer file.Close()
	fi, err := file.Stat()
	if err != nil {
		return nil, unreadable(err)
	}
	if !fi.Mode().IsRegular() || fi.Size() > maxFile {
		return nil, &model.Error{Kind: model.Invalid, Op: "read configuration", Msg: "the configuration is not a small regular file"}
	}
	if f.text, err = io.ReadAll(io.LimitReader(file, maxFile+1)); err != nil {
		return nil, unreadable(err)
	}
	f.read()
	if fi.Mode().Perm()&0o022 != 0 {
		f.Problems = append(f.Problems, Problem{Msg: "others can write to the configuration, and so choose where you sign in", Hint: "chmod go-w " + filepath.Base(path)})
	}
	return f, nil
}

func unreadable(err error) error {
	return &model.Error{Kind: model.Invalid, Op: "read configuration", Msg: "the configuration cannot be read: " + reason(err), Err: err}
}

func reason(err error) string {
	if pe := new(fs.PathError); errors.As(err, &pe) {
		return model.Clean(pe.Err.Error())
	}
	return model.Clean(err.Error())
}

// document is the file's form.
type document struct {
	Use         string                `toml:"use"`
	Locale      string                `toml:"locale"`
	StateDir    string                `toml:"state_dir"`
	Clipboard   string                `toml:"clipboard"`
	Bell        bool                  `toml:"bell"`
	Chunk       *int                  `toml:"chunk"`
	Connections map[string]connection `toml:"connections"`
}

// connection is the form of a table [connections.NAME].
type connection struct {
	Cloud     string   `toml:"cloud"`
	Kind      string   `toml:"kind"`
	Tenant    string   `toml:"tenant"`
	ClientID  string   `toml:"client_id"`
	SignIn    string   `toml:"sign_in"`
	Account   string   `toml:"account"`
	AccountID string   `toml:"account_id"`
	Customers []string `toml:"customers"`
	ReadOnly  *bool    `toml:"read_only"`
	Colour    string   `toml:"colour"`
	Word      string   `toml:"word"`
	Remember  bool     `toml:"remember"`

	Certificate string `toml:"certificate"`
	SecretFile  string `toml:"secret_file"`
	SecretEnv   string `toml:"secret_env"`
	TokenFile   string `toml:"token_file"`
	Port        *int   `toml:"port"`

	CAFile    string `toml:"ca_file"`
	Authority string `toml:"authority"`
	Graph     string `toml:"graph"`
	Partner   string `toml:"partner"`
	Discovery *bool  `toml:"instance_discovery"`

	GraphAudience   string `toml:"graph_audience"`
	PartnerAudience string `toml:"partner_audience"`
}

// The two kinds of tenants that a connection leads to.
const (
	kindPartner = "partner"
	kindTenant  = "tenant"
)

func (c connection) model(name string) model.Connection {
	m := model.Connection{Name: name, Cloud: cmp.Or(c.Cloud, "global"), Single: c.Kind == kindTenant, Tenant: c.Tenant, ClientID: c.ClientID,
		SignIn: model.SignIn(cmp.Or(c.SignIn, string(model.SignInDevice))), Account: c.Account, AccountID: c.AccountID, Customers: c.Customers,
		ReadOnly: c.ReadOnly == nil || *c.ReadOnly, Colour: c.Colour, Word: c.Word, Remember: c.Remember,
		Certificate: c.Certificate, SecretFile: c.SecretFile, SecretEnv: c.SecretEnv, TokenFile: c.TokenFile, Port: model.DefaultPort,
		CAFile: c.CAFile, Authority: c.Authority, Graph: c.Graph, Partner: c.Partner,
		GraphAudience: c.GraphAudience, PartnerAudience: c.PartnerAudience, Discovery: c.Discovery == nil || *c.Discovery}
	if c.Port != nil {
		m.Port = *c.Port
	}
	return m
}

// read fills the file's fields from its text.
func (f *File) read() {
	f.Settings, f.Connections, f.Problems = Settings{}, nil, nil
	f.at = positions(f.text)
	var d document
	err := toml.NewDecoder(bytes.NewReader(f.text)).DisallowUnknownFields().Decode(&d)
	if strict := new(toml.StrictMissingError); errors.As(err, &strict) {
		for i := range strict.Errors {
			e := &strict.Errors[i]
			line, column := e.Position()
			f.Problems = append(f.Problems, Problem{Line: line, Column: column, Key: model.Clean(strings.Join(e.Key(), ".")), Msg: "there is no such key", Hint: hint(e.Key())})
		}
		d = document{}
		err = toml.Unmarshal(f.text, &d) // what is known can be used
	}
	if bad := new(toml.DecodeError); errors.As(err, &bad) {
		line, column := bad.Position()
		f.Problems = append(f.Problems, Problem{Line: line, Column: column, Key: model.Clean(strings.Join(bad.Key(), ".")), Msg: model.Clean(strings.TrimPrefix(bad.Error(), "toml: "))})
		return
	} else if err != nil {
		f.Problems = append(f.Problems, Problem{Msg: model.Clean(err.Error())})
		return
	}
	f.Settings = Settings{Use: d.Use, Locale: d.Locale, StateDir: d.StateDir, Clipboard: d.Clipboard, Bell: d.Bell}
	if d.Chunk != nil {
		f.chunk(*d.Chunk)
	}
	for name, c := range d.Connections {
		f.take(name, c)
	}
	f.judge()
	slices.SortFunc(f.Connections, func(a, b model.Connection) int { return strings.Compare(a.Name, b.Name) })
	slices.SortStableFunc(f.Problems, func(a, b Problem) int { return cmp.Or(a.Line-b.Line, a.Column-b.Column, strings.Compare(a.Key, b.Key)) })
}

// chunk takes the size of a job when it is one.
func (f *File) chunk(n int) {
	if n < 1 || n > model.MaxChunk {
		at := f.at["chunk"]
		f.Problems = append(f.Problems, Problem{Line: at.line, Column: at.column, Key: "chunk",
			Msg: fmt.Sprintf("%d devices a job; choose 1 to %d", n, model.MaxChunk)})
		return
	}
	f.Settings.Chunk = n
}

// take adds a connection, or what is wrong with it.
func (f *File) take(name string, c connection) {
	table := "connections." + name
	m := c.model(name)
	faults := m.Faults()
	if c.Kind != "" && c.Kind != kindPartner && c.Kind != kindTenant {
		faults = append(faults, model.Fault{Key: "kind", Msg: fmt.Sprintf("there is no kind %q", model.Clean(c.Kind)), Hint: "partner, or tenant for a single one"})
	}
	for _, fault := range faults {
		key := table
		if fault.Key != "" {
			key += "." + fault.Key
		}
		p := Problem{Key: model.Clean(key), Msg: fault.Msg, Hint: fault.Hint}
		at, ok := f.at[key]
		if !ok { // a key that is missing is told at its table
			at = f.at[table]
		}
		p.Line, p.Column = at.line, at.column
		f.Problems = append(f.Problems, p)
	}
	if len(faults) == 0 {
		f.Connections = append(f.Connections, m)
	}
}

// judge looks at the settings.
func (f *File) judge() {
	bad := func(key, msg, hint string) {
		at := f.at[key]
		f.Problems = append(f.Problems, Problem{Line: at.line, Column: at.column, Key: key, Msg: msg, Hint: hint})
	}
	if _, ok := f.Find(f.Settings.Use); f.Settings.Use != "" && !ok {
		bad("use", fmt.Sprintf("there is no connection %q that can be used", model.Clean(f.Settings.Use)), "")
	}
	if c := f.Settings.Clipboard; c != "" && c != "tmux" && c != "osc52" {
		bad("clipboard", fmt.Sprintf("there is no clipboard %q", model.Clean(c)), "osc52, or tmux")
	}
	if d := f.Settings.StateDir; d != "" && !filepath.IsAbs(d) {
		bad("state_dir", "the folder is not an absolute path", "")
	}
}

// Find returns the connection of that name.
func (f *File) Find(name string) (model.Connection, bool) {
	for _, c := range f.Connections {
		if c.Name == name {
			return c, true
		}
	}
	return model.Connection{}, false
}
