package cli

import (
	"cmp"
	"slices"

	"github.com/spf13/cobra"

	"muster/model"
)

const logoutHelp = `Removes what is remembered of a connection's sign-in: the tokens, the key to them, and the
account that the connection belongs to, so that the next who signs in may be anybody.
Without a name it is the connection that is used; --all takes every connection.

It does not end the sign-in at Microsoft. Whoever has a copy of the tokens can go on until
they run out: an administrator revokes the sessions of the account in Entra.`

// logout forgets sign-ins. It asks nobody and needs no backend.
func (p *program) logout() *cobra.Command {
	var all bool
	c := &cobra.Command{
		Use: "logout [NAME]", Short: "forget the sign-in of a connection", Long: logoutHelp, Args: atMostOne,
		Example: "  muster logout contoso\n  muster logout --all",
		RunE: func(_ *cobra.Command, args []string) error {
			names, err := p.signedIn(args, all)
			if err != nil {
				return err
			}
			forgot := false
			for _, name := range names {
				ok, err := p.o.SignIns.Forget(p.target.StateDir, name)
				if err != nil {
					return err
				}
				if ok {
					forgot = true
					p.out.line("forgot the sign-in of %s; at Microsoft it goes on until it runs out or is revoked", model.Clean(name))
				}
			}
			if !forgot {
				p.out.line("nothing was remembered")
			}
			return nil
		},
	}
	c.Flags().BoolVar(&all, "all", false, "forget every connection's")
	return c
}

// atMostOne takes a name, or none.
func atMostOne(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return exactly("NAME")(c, args)
}

// signedIn names the connections that a logout is about.
func (p *program) signedIn(args []string, all bool) ([]string, error) {
	conf, err := p.configured()
	if err != nil {
		return nil, err
	}
	if p.o.SignIns == nil {
		return nil, nil
	}
	stored := p.o.SignIns.Names(p.target.StateDir)
	if all {
		names := stored
		for _, c := range conf.Connections {
			names = append(names, c.Name)
		}
		slices.Sort(names)
		return slices.Compact(names), nil
	}
	name := cmp.Or(p.target.Connection, conf.Use)
	if len(args) == 1 {
		name = args[0]
	}
	known := slices.Contains(stored, name) || slices.ContainsFunc(conf.Connections, func(c model.Connection) bool { return c.Name == name })
	switch {
	case name == "":
		return nil, usage("forget a sign-in", "no connection is named, and none is used", "muster connections list names them; --all takes every one")
	case !known:
		return nil, usage("forget a sign-in", "there is no connection "+model.Clean(name), "muster connections list names them")
	}
	return []string{name}, nil
}
