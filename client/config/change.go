package config

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"muster/model"
)

// Add puts a connection at the end of the file. It is refused when it cannot be used
// or when its name is taken.
func (f *File) Add(c model.Connection) error {
	const op = "add connection"
	if faults := c.Faults(); len(faults) > 0 {
		msg := faults[0].Msg
		if faults[0].Key != "" {
			msg = faults[0].Key + ": " + msg
		}
		return &model.Error{Kind: model.Invalid, Op: op, Msg: msg, Hint: faults[0].Hint}
	}
	if _, taken := f.at["connections."+c.Name]; taken {
		return &model.Error{Kind: model.Invalid, Op: op, Msg: "there is a connection " + c.Name + " already", Hint: "muster connections remove " + c.Name}
	}
	text := bytes.TrimRight(f.text, "\n")
	if len(text) > 0 {
		text = append(text, "\n\n"...)
	}
	return f.change(append(text, Text(c)...))
}

// Text writes a connection as the file spells it: what was chosen, and what an
// operator should see.
func Text(c model.Connection) string {
	var b strings.Builder
	fmt.Fprintf(&b, "[connections.%s]\n", c.Name)
	text := func(key, value string) {
		if value != "" {
			fmt.Fprintf(&b, "%s = %s\n", key, quote(value))
		}
	}
	text("cloud", c.Cloud)
	kind := kindPartner
	if c.Single {
		kind = kindTenant
	}
	text("kind", kind)
	text("tenant", c.Tenant)
	text("client_id", c.ClientID)
	text("sign_in", string(c.SignIn))
	fmt.Fprintf(&b, "read_only = %v\n", c.ReadOnly)
	text("account", c.Account)
	text("account_id", c.AccountID)
	if len(c.Customers) > 0 {
		quoted := make([]string, len(c.Customers))
		for i, id := range c.Customers {
			quoted[i] = quote(id)
		}
		fmt.Fprintf(&b, "customers = [%s]\n", strings.Join(quoted, ", "))
	}
	text("colour", c.Colour)
	text("word", c.Word)
	if c.Remember {
		b.WriteString("remember = true\n")
	}
	text("certificate", c.Certificate)
	text("secret_file", c.SecretFile)
	text("secret_env", c.SecretEnv)
	text("token_file", c.TokenFile)
	if c.SignIn == model.SignInBrowser && c.Port != model.DefaultPort {
		fmt.Fprintf(&b, "port = %d\n", c.Port)
	}
	text("ca_file", c.CAFile)
	text("authority", c.Authority)
	text("graph", c.Graph)
	text("partner", c.Partner)
	text("graph_audience", c.GraphAudience)
	text("partner_audience", c.PartnerAudience)
	if c.Cloud == model.CloudCustom && !c.Discovery {
		b.WriteString("instance_discovery = false\n")
	}
	return b.String()
}

// quote writes a basic string of TOML.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < ' ' || r == 0x7f:
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String() + `"`
}

// Remove takes a connection out of the file, with the comments inside of its table,
// and out of "use".
func (f *File) Remove(name string) error {
	at, err := f.table("remove connection", name)
	if err != nil {
		return err
	}
	lines := bytes.SplitAfter(f.text, []byte("\n"))
	end := at.line
	for end < len(lines) && !bytes.HasPrefix(bytes.TrimSpace(lines[end]), []byte("[")) {
		end++
	}
	text := append(bytes.Join(lines[:at.line-1], nil), bytes.Join(lines[end:], nil)...)
	if f.Settings.Use == name {
		text = setting(text, "use", "")
	}
	return f.change(text)
}

// Use makes a connection the one that is used when none is named; "" means the
// simulator.
func (f *File) Use(name string) error {
	if _, ok := f.Find(name); name != "" && !ok {
		return noConnection("use connection", name)
	}
	return f.change(setting(f.text, "use", name))
}

// Sign writes down who signed in, so that somebody else is noticed the next time. An
// account without an id is nobody: the next one may be anybody again.
func (f *File) Sign(name, account, accountID string) error {
	at, err := f.table("remember the account", name)
	if err != nil {
		return err
	}
	lines := bytes.SplitAfter(f.text, []byte("\n"))
	if n := len(lines[at.line-1]); n == 0 || lines[at.line-1][n-1] != '\n' {
		lines[at.line-1] = append(lines[at.line-1], '\n')
	}
	drop := map[int]bool{}
	for _, key := range []string{"account", "account_id"} {
		if old, ok := f.at["connections."+name+"."+key]; ok {
			drop[old.line] = true
		}
	}
	var text []byte
	for i, line := range lines {
		if !drop[i+1] {
			text = append(text, line...)
		}
		if i+1 == at.line && accountID != "" {
			text = append(text, fmt.Sprintf("account = %s\naccount_id = %s\n", quote(account), quote(accountID))...)
		}
	}
	return f.change(text)
}

// table finds the line at which a connection's table begins.
func (f *File) table(op, name string) (position, error) {
	if at, ok := f.at["connections."+name]; ok {
		return at, nil
	}
	if _, ok := f.Find(name); ok {
		return position{}, &model.Error{Kind: model.Invalid, Op: op, Msg: "connection " + name + " has no table of its own in the file",
			Hint: "edit " + filepath.Base(f.Path) + " by hand"}
	}
	return position{}, noConnection(op, name)
}

func noConnection(op, name string) error {
	return &model.Error{Kind: model.Invalid, Op: op, Msg: fmt.Sprintf("there is no connection %q", model.Clean(name)), Hint: "muster connections list names them"}
}

// setting writes a key before the first table, or leaves it out when value is "".
func setting(text []byte, key, value string) []byte {
	line := ""
	if value != "" {
		line = key + " = " + quote(value) + "\n"
	}
	if at, ok := positions(text)[key]; ok {
		lines := bytes.SplitAfter(text, []byte("\n"))
		lines[at.line-1] = []byte(line)
		return bytes.Join(lines, nil)
	}
	if line == "" {
		return text
	}
	return append([]byte(line), text...)
}

// private makes muster's own folder, and shuts one that was there already to others.
func private(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	return os.Chmod(dir, 0o700)
}

// change puts a new text in the file's place, whole or not at all.
func (f *File) change(text []byte) error {
	const op = "write configuration"
	fail := func(err error) error {
		return &model.Error{Kind: model.Refused, Op: op, Msg: "the configuration cannot be written: " + reason(err), Err: err}
	}
	next := &File{Path: f.Path, text: text}
	next.read()
	if len(next.Problems) > len(f.Problems) { // a spelling that this writer does not know how to change
		return &model.Error{Kind: model.Invalid, Op: op, Msg: "the change would break the file: " + next.Problems[len(next.Problems)-1].String(),
			Hint: "edit line " + strconv.Itoa(next.Problems[len(next.Problems)-1].Line) + " by hand"}
	}
	if err := private(filepath.Dir(f.Path)); err != nil {
		return fail(err)
	}
	path := f.Path
	if real, err := filepath.EvalSymlinks(path); err == nil { // a link from a folder of dot files stays one
		path = real
	}
	dir := filepath.Dir(path)
	tmp, err := os.CreateTemp(dir, ".config-*")
	if err != nil {
		return fail(err)
	}
	defer func() { _ = os.Remove(tmp.Name()) }() // fails once it has been renamed
	_, err = tmp.Write(text)
	for _, step := range []func() error{tmp.Sync, tmp.Close} {
		if e := step(); err == nil {
			err = e
		}
	}
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		return fail(err)
	}
	*f = *next
	return nil
}
