package table_test

import (
	"testing"

	"muster/model/fleet"
	"muster/ui/table"
	"muster/ui/theme"
)

// Pictures hold the characters that widths go wrong with: two cells wide, of several
// code points, combining, from right to left.
func TestPictures(t *testing.T) {
	for _, c := range []struct {
		w, h int
		want string
	}{
		{80, 24, `
  Serial▲   Model                      User                  Devices  State
  5CG00000  日本語パソコン製作所       user0@contoso.com           0  queued
 ●5CG00001  Größe L                    user1@contoso.com          37  processing
  5CG00002  👩‍👩‍👧‍👦 family                  user2@contoso.com          74  finished
  5CG00003  été                        user3@contoso.com         111  failed
▌●5CG00004  Latitude 5440 Rugged Ext…  user4@contoso.com         148  queued
  5CG00005                             user5@contoso.com         185  processing
  5CG00006  שלום עולם                  user6@contoso.com         222  finished
  5CG00007  🇩🇪🇫🇷                       user7@contoso.com         259  failed
  5CG00008  日本語パソコン製作所       user8@contoso.com         296  queued
  5CG00009  Größe L                    user9@contoso.com         333  processing
  5CG00010  👩‍👩‍👧‍👦 family                  user10@contoso.com        370  finished
  5CG00011  été                        user11@contoso.com        407  failed
  5CG00012  Latitude 5440 Rugged Ext…  user12@contoso.com        444  queued
  5CG00013                             user13@contoso.com        481  processing
  5CG00014  שלום עולם                  user14@contoso.com        518  finished
  5CG00015  🇩🇪🇫🇷                       user15@contoso.com        555  failed
  5CG00016  日本語パソコン製作所       user16@contoso.com        592  queued
  5CG00017  Größe L                    user17@contoso.com        629  processing
  5CG00018  👩‍👩‍👧‍👦 family                  user18@contoso.com        666  finished
  5CG00019  été                        user19@contoso.com        703  failed
  5CG00020  Latitude 5440 Rugged Ext…  user20@contoso.com        740  queued
  5CG00021                             user21@contoso.com        777  processing
  5CG00022  שלום עולם                  user22@contoso.com        814  finished`},
		{60, 15, `
  Serial▲   Model         User           Devices  State
  5CG00000  日本語パソ…   user0@conto…         0  queued
 ●5CG00001  Größe L       user1@conto…        37  processing
  5CG00002  👩‍👩‍👧‍👦 family     user2@conto…        74  finished
  5CG00003  été           user3@conto…       111  failed
▌●5CG00004  Latitude 54…  user4@conto…       148  queued
  5CG00005                user5@conto…       185  processing
  5CG00006  שלום עולם     user6@conto…       222  finished
  5CG00007  🇩🇪🇫🇷          user7@conto…       259  failed
  5CG00008  日本語パソ…   user8@conto…       296  queued
  5CG00009  Größe L       user9@conto…       333  processing
  5CG00010  👩‍👩‍👧‍👦 family     user10@cont…       370  finished
  5CG00011  été           user11@cont…       407  failed
  5CG00012  Latitude 54…  user12@cont…       444  queued
  5CG00013                user13@cont…       481  processing`},
		{200, 50, `
  Serial▲   Model                                 User                  Devices  State
  5CG00000  日本語パソコン製作所                  user0@contoso.com           0  queued
 ●5CG00001  Größe L                               user1@contoso.com          37  processing
  5CG00002  👩‍👩‍👧‍👦 family                             user2@contoso.com          74  finished
  5CG00003  été                                   user3@contoso.com         111  failed
▌●5CG00004  Latitude 5440 Rugged Extreme Edition  user4@contoso.com         148  queued
  5CG00005                                        user5@contoso.com         185  processing
  5CG00006  שלום עולם                             user6@contoso.com         222  finished
  5CG00007  🇩🇪🇫🇷                                  user7@contoso.com         259  failed
  5CG00008  日本語パソコン製作所                  user8@contoso.com         296  queued
  5CG00009  Größe L                               user9@contoso.com         333  processing
  5CG00010  👩‍👩‍👧‍👦 family                             user10@contoso.com        370  finished
  5CG00011  été                                   user11@contoso.com        407  failed
  5CG00012  Latitude 5440 Rugged Extreme Edition  user12@contoso.com        444  queued
  5CG00013                                        user13@contoso.com        481  processing
  5CG00014  שלום עולם                             user14@contoso.com        518  finished
  5CG00015  🇩🇪🇫🇷                                  user15@contoso.com        555  failed
  5CG00016  日本語パソコン製作所                  user16@contoso.com        592  queued
  5CG00017  Größe L                               user17@contoso.com        629  processing
  5CG00018  👩‍👩‍👧‍👦 family                             user18@contoso.com        666  finished
  5CG00019  été                                   user19@contoso.com        703  failed
  5CG00020  Latitude 5440 Rugged Extreme Edition  user20@contoso.com        740  queued
  5CG00021                                        user21@contoso.com        777  processing
  5CG00022  שלום עולם                             user22@contoso.com        814  finished
  5CG00023  🇩🇪🇫🇷                                  user23@contoso.com        851  failed
  5CG00024  日本語パソコン製作所                  user24@contoso.com        888  queued
  5CG00025  Größe L                               user25@contoso.com        925  processing
  5CG00026  👩‍👩‍👧‍👦 family                             user26@contoso.com        962  finished
  5CG00027  été                                   user27@contoso.com        999  failed
  5CG00028  Latitude 5440 Rugged Extreme Edition  user28@contoso.com       1036  queued
  5CG00029                                        user29@contoso.com       1073  processing
  5CG00030  שלום עולם                             user30@contoso.com       1110  finished
  5CG00031  🇩🇪🇫🇷                                  user31@contoso.com       1147  failed
  5CG00032  日本語パソコン製作所                  user32@contoso.com       1184  queued
  5CG00033  Größe L                               user33@contoso.com         21  processing
  5CG00034  👩‍👩‍👧‍👦 family                             user34@contoso.com         58  finished
  5CG00035  été                                   user35@contoso.com         95  failed
  5CG00036  Latitude 5440 Rugged Extreme Edition  user36@contoso.com        132  queued
  5CG00037                                        user37@contoso.com        169  processing
  5CG00038  שלום עולם                             user38@contoso.com        206  finished
  5CG00039  🇩🇪🇫🇷                                  user39@contoso.com        243  failed
  5CG00040  日本語パソコン製作所                  user40@contoso.com        280  queued
  5CG00041  Größe L                               user41@contoso.com        317  processing
  5CG00042  👩‍👩‍👧‍👦 family                             user42@contoso.com        354  finished
  5CG00043  été                                   user43@contoso.com        391  failed
  5CG00044  Latitude 5440 Rugged Extreme Edition  user44@contoso.com        428  queued
  5CG00045                                        user45@contoso.com        465  processing
  5CG00046  שלום עולם                             user46@contoso.com        502  finished
  5CG00047  🇩🇪🇫🇷                                  user47@contoso.com        539  failed
  5CG00048  日本語パソコン製作所                  user48@contoso.com        576  queued`},
	} {
		m, ix := made(1000, c.w, c.h)
		m.SetOrder("serial", false)
		m.Move(4)
		m.SetMarks(fleet.Marks{}.Toggle(ix.Key(1)).Toggle(ix.Key(4)))
		if got := "\n" + picture(m); got != c.want {
			t.Errorf("%d×%d: got%s\nwant%s", c.w, c.h, got, c.want)
		}
	}
}

func TestPictureInASCII(t *testing.T) {
	m := table.New(theme.New(false, true), cols)
	ix := fleet.New(schema, rows(0, 30)...)
	m.Resize(44, 12)
	m.SetRows(ix, ix.All())
	m.SetOrder("state", true)
	m.Move(2)
	want := `
  Serial    Model        Devices  Statev
  5CG00000  日本語パ..         0  queued
  5CG00001  Größe L           37  processing
> 5CG00002  👩‍👩‍👧‍👦 family         74  finished
  5CG00003  été              111  failed
  5CG00004  Latitude..       148  queued
  5CG00005                   185  processing
  5CG00006  שלום עולם        222  finished
  5CG00007  🇩🇪🇫🇷             259  failed
  5CG00008  日本語パ..       296  queued
  5CG00009  Größe L          333  processing
  5CG00010  👩‍👩‍👧‍👦 family        370  finished`
	if got := "\n" + picture(m); got != want {
		t.Errorf("got%s\nwant%s", got, want)
	}
}
