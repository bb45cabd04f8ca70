package auth

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
)

// A keyring that the kernel gives to one thread is used on that thread.
func TestTheKeyringIsUsedOnOneThread(t *testing.T) {
	used := errors.New("used")
	err := keyring{}.with(func(int) error {
		said := make([]byte, 200)
		first, _, _ := strings.Cut(string(said[:runtime.Stack(said, false)]), "\n")
		if !strings.Contains(first, "locked to thread") {
			t.Errorf("it may go on elsewhere: %s", first)
		}
		return used
	})
	if !errors.Is(err, used) {
		t.Fatal(err)
	}
}

// What somebody else put there in the place of a key is not filled up with zeros.
func TestAKeyOfAnotherLengthIsNone(t *testing.T) {
	name := fmt.Sprintf("muster-test-%d", os.Getpid())
	t.Cleanup(func() { _ = keyring{}.Forget(name) })
	for _, n := range []int{1, keySize - 1, keySize, keySize + 1} {
		planted := bytes.Repeat([]byte{7}, n)
		if err := (keyring{}).Put(name, planted); err != nil {
			t.Fatal(err)
		}
		want := planted
		if n != keySize {
			want = nil
		}
		if key, err := (keyring{}).Key(name); err != nil || !bytes.Equal(key, want) {
			t.Errorf("%d bytes: a key of %d, %v", n, len(key), err)
		}
	}
}
