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
			if err != nil && model.KindOf(err) != model.NoBackend {
				return err
			}
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
