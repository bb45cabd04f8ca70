package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"muster/model"
)

const completionHelp = `Writes the completion of a shell: verbs, flags, the fields of lists and the names of
connections. Nothing is asked of a service for it.

  bash   muster completion bash > ~/.local/share/bash-completion/completions/muster
  zsh    muster completion zsh > "${fpath[1]}/_muster"
  fish   muster completion fish > ~/.config/fish/completions/muster.fish

It works from the next shell on.`

// shells are those that muster can complete in.
var shells = [...]string{"bash", "zsh", "fish"}

// completion writes what a shell needs to complete muster's command lines.
func (p *program) completion() *cobra.Command {
	return &cobra.Command{
		Use: "completion SHELL", Short: "complete verbs and flags in bash, zsh or fish", Long: completionHelp,
		Example: "  muster completion bash\n  muster completion zsh\n  muster completion fish\n  muster completion tcsh      # exit 2: not one of them",
		Args:    exactly("SHELL"), ValidArgs: shells[:],
		RunE: func(c *cobra.Command, args []string) error {
			switch root := c.Root(); args[0] {
			case "bash":
				return root.GenBashCompletionV2(p.out.w, true)
			case "zsh":
				return root.GenZshCompletion(p.out.w)
			case "fish":
				return root.GenFishCompletion(p.out.w, true)
			}
			return usage("write completion", fmt.Sprintf("there is none for %q", model.Clean(args[0])), "one of "+strings.Join(shells[:], ", "))
		},
	}
}

// completeConnections offers the names of the connections in the configuration.
func (p *program) completeConnections(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	conf, err := p.configured()
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var names []string
	for _, c := range conf.Connections {
		names = append(names, c.Name)
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}
