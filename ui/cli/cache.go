package cli

import (
	"github.com/spf13/cobra"

	"muster/ui/kit"
)

// clearedRecord is what a clearing of the cache removed.
type clearedRecord struct {
	Lists int   `json:"lists"`
	Bytes int64 `json:"bytes"`
}

func (clearedRecord) record() {}

// cache forgets the lists that were kept between starts.
func (p *program) cache() *cobra.Command {
	c := &cobra.Command{Use: "cache", Short: "lists of devices that are kept on this machine between starts"}
	var json bool
	wipe := &cobra.Command{
		Use: "clear", Short: "remove the lists of every connection from this machine", Args: noArgs, Example: "  muster cache clear",
		Long: "Removes the lists of devices that muster keeps so that a screen is there in the moment it is opened.\nNothing at a service changes; the next start reads anew.",
		RunE: func(*cobra.Command, []string) error {
			if p.o.ClearCache == nil {
				return usage("clear cache", "nothing is kept here", "")
			}
			lists, bytes, err := p.o.ClearCache()
			if err != nil {
				return err
			}
			if json {
				return p.out.object(clearedRecord{lists, bytes})
			}
			p.out.line("%s removed, %s", kit.Counted(lists, "list", "lists"), kit.Counted(int((bytes+1023)/1024), "kilobyte", "kilobytes"))
			return nil
		},
	}
	jsonFlag(wipe, &json)
	c.AddCommand(wipe)
	return c
}
