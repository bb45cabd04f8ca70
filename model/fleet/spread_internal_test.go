package fleet

import (
	"bytes"
	"runtime"
	"runtime/debug"
	"sync"
	"testing"
)

// A panic of a worker is the caller's, who can be guarded; the workers cannot.
func TestAPanicOfAWorkerIsTheCallers(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2)) // one worker beside the caller
	defer func() {
		if what := recover(); what != "fault" {
			t.Errorf("the caller met %v", what)
		}
	}()
	taken := make(chan struct{})
	var once sync.Once
	each(64, func(int) {
		if bytes.Contains(debug.Stack(), []byte("testing.tRunner(")) { // the caller
			<-taken
			return
		}
		once.Do(func() { close(taken) })
		panic("fault")
	})
}
