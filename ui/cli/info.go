package cli

import (
	"context"
	"runtime"

	"github.com/spf13/cobra"

	"muster/model"
	"muster/ui/kit"
)

type infoRecord struct {
	Version    string `json:"version"`
	Go         string `json:"go"`
	System     string `json:"system"`
	StateDir   string `json:"stateDir,omitempty"`
	Connection string `json:"connection,omitempty"`
	Simulated  bool   `json:"simulated"`
	Forgotten  bool   `json:"forgottenOnExit"`
	ReadOnly   bool   `json:"readOnly"`
	Operations int    `json:"operations"`
	Running    int    `json:"running"`
	Stopped    int    `json:"stopped"`

	Configuration string         `json:"configuration,omitempty"`
	SignIns       []signInRecord `json:"signIns"`
}

// signInRecord is where a connection's sign-in lies.
type signInRecord struct {
	Connection string `json:"connection"`
	Way        string `json:"way"`
	Account    string `json:"account,omitempty"`
	Kept       string `json:"kept"` // memory, or keyring: in the file, whose key the kernel has
	File       string `json:"file,omitempty"`
}

// signIns says for every connection where its sign-in is kept.
func (p *program) signIns(r *infoRecord) {
	r.SignIns = []signInRecord{}
	conf, err := p.configured()
	if err != nil {
		return
	}
	r.Configuration = conf.Path
	for _, c := range conf.Connections {
		one := signInRecord{Connection: c.Name, Way: string(c.SignIn), Account: c.Account, Kept: "memory"}
		if p.o.SignIns != nil {
			if file, there := p.o.SignIns.Stored(p.target.StateDir, c.Name); there {
				one.Kept, one.File = "keyring", file
			}
		}
		r.SignIns = append(r.SignIns, one)
	}
}

func (infoRecord) record() {}

// info says what this muster is and what it would work on. Without a backend it
// still says the first half.
func (p *program) info() *cobra.Command {
	var json bool
	c := &cobra.Command{
		Use: "info", Short: "version, connection and ledger", Args: noArgs, Example: "  muster info --json",
		RunE: func(c *cobra.Command, _ []string) error {
			r := infoRecord{Version: p.o.Version, Go: runtime.Version(), System: runtime.GOOS + "/" + runtime.GOARCH, StateDir: p.target.StateDir}
			err := p.connected(c.Context(), func(ctx context.Context, s *session) error {
				board, err := s.Journal.WatchBoard(ctx, 0)
				if err != nil {
					return err
				}
				r.at(s.place, board)
				return nil
			})
			if kind := model.KindOf(err); err != nil && kind != model.NoBackend && kind != model.SignedOut {
				return err
			}
			p.signIns(&r)
			if json {
				return p.out.object(r)
			}
			p.showInfo(r)
			return nil
		},
	}
	jsonFlag(c, &json)
	return c
}

func (r *infoRecord) at(place kit.Place, b *model.Board) {
	r.Connection, r.Simulated, r.Forgotten, r.ReadOnly = place.Connection, place.Simulated, place.Forgotten, place.ReadOnly
	r.Operations, r.Running, r.Stopped = len(b.Operations), b.Running(), b.Stopped()
}

func (p *program) showInfo(r infoRecord) {
	p.out.line("muster      %s (%s, %s)", r.Version, r.Go, r.System)
	defer p.showSignIns(r)
	if r.Connection == "" {
		p.out.line("connection  none")
		return
	}
	words := model.Clean(r.Connection)
	if r.Simulated {
		words += ", SIMULATED"
	}
	if r.Forgotten {
		words += ", forgotten on exit"
	}
	if r.ReadOnly {
		words += ", READ-ONLY"
	}
	p.out.line("connection  %s", words)
	if r.StateDir != "" {
		p.out.line("ledger      %s", model.Clean(r.StateDir))
	}
	p.out.line("operations  %s, %s running, %s stopped", number(r.Operations), number(r.Running), number(r.Stopped))
}

// showSignIns says what is stored where.
func (p *program) showSignIns(r infoRecord) {
	if r.Configuration != "" {
		p.out.line("connections %s, no secret in it", model.Clean(r.Configuration))
	}
	for _, one := range r.SignIns {
		where := "tokens in memory only"
		if one.File != "" {
			where = "remembered in " + model.Clean(one.File) + ", encrypted; the key is in the kernel's keyring"
		}
		p.out.line("sign-in     %s (%s): %s", model.Clean(one.Connection), model.Clean(one.Way), where)
	}
}
