package screen

import (
	"strings"
	"testing"

	"muster/model"
	"muster/ui/uitest"
)

func TestBIOSDifference(t *testing.T) {
	b := still(0)
	shown := b.BIOSList[0]
	now := shown
	now.Version, now.Content, now.PasswordsOff = 3, []byte("[cctk]\nSecureBoot=Disabled\nTpm=On\n"), true
	b.BIOSList = []model.BIOSConfiguration{now}
	s := NewBIOSDifference(newEnv(t, b), shown)
	show(s)
	v := strings.Join(strings.Fields(uitest.Picture(s.View(), 80, 20)), " ")
	for _, want := range []string{"version: 2 → 3", "SecureBoot: Enabled → Disabled", "Tpm: (nothing) → On", "passwords: Intune sets"} {
		if !strings.Contains(v, want) {
			t.Errorf("it does not say %q:\n%s", want, v)
		}
	}
	shown.Content, now.Content = []byte("a\nb\n"), []byte("a\nc\n")
	b.BIOSList[0] = now
	s = NewBIOSDifference(newEnv(t, b), shown)
	show(s)
	s.Resize(80, 60)
	v = strings.Join(strings.Fields(uitest.Picture(s.View(), 80, 60)), " ")
	if !strings.Contains(v, "line 2: b → (nothing)") || !strings.Contains(v, "line 2: (nothing) → c") {
		t.Errorf("lines of a text:\n%s", v)
	}
	b.BIOSList = nil
	typed(s, "r")
	if v := s.View(); !strings.Contains(v, "It cannot be compared") || !strings.Contains(v, "it is gone") {
		t.Errorf("one that is gone:\n%s", v)
	}
}

func TestPolicyDifferenceOfWhatIsGone(t *testing.T) {
	b := still(0)
	p := b.PolicyList[0]
	b.PolicyList = b.PolicyList[1:]
	s := NewPolicyDifference(newEnv(t, b), p)
	show(s)
	if v := s.View(); !strings.Contains(v, "the service does not have it any more") {
		t.Errorf("it says\n%s", v)
	}
}

// A long answer is cut with a word about it.
func TestRawIsCut(t *testing.T) {
	b := still(0)
	b.Items = map[string]string{"x": `{"list":[` + strings.Repeat("1,", 5000) + `2]}`}
	s := NewRaw(newEnv(t, b), "c", model.ItemRef{Kind: model.BatchItem, ID: "x"}, "x")
	show(s)
	typed(s, "G")
	if v := s.View(); !strings.Contains(v, "What follows is not shown") {
		t.Errorf("its end is\n%s", v)
	}
	if got := facts(s); !strings.HasPrefix(got, "read 14:02:00 · 35 0") {
		t.Errorf("its facts are %q", got)
	}
}
