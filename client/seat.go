package client

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"muster/model"
)

// maxSeat bounds the file of a seat, in bytes: twenty names and some moments.
const maxSeat = 256 << 10

// seat is the file in which an operator's place at one backend is remembered.
type seat struct {
	path string     // "" = nothing is remembered
	mu   sync.Mutex // over reading and writing
}

// seatFile names the file for a backend below the folder of the ledger. The name says
// nothing of the tenant.
func seatFile(stateDir, backend string) string {
	sum := sha256.Sum256([]byte(backend))
	return filepath.Join(stateDir, "seats", hex.EncodeToString(sum[:8])+".json")
}

// seatWire is the form of the file.
type seatWire struct {
	Recent  []visitedWire                  `json:"recent"`
	Cleared map[model.CustomerID]time.Time `json:"cleared"` // by id, "" for all
	Left    time.Time                      `json:"left"`
}

type visitedWire struct {
	Customer string    `json:"customer"`
	Name     string    `json:"name"`
	At       time.Time `json:"at"`
}

// ChangeSeat reads what is remembered, lets change do its work and keeps what comes of it.
// What could not be kept is returned beside the error, of kind Refused. Of two processes
// that write at the same moment the later one wins.
func (c *Client) ChangeSeat(ctx context.Context, change func(model.Seat) model.Seat) (model.Seat, error) {
	if err := ctx.Err(); err != nil {
		return model.Seat{}, ended("remember", err)
	}
	s := &c.seat
	if s.path == "" {
		return change(model.Seat{}), nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := change(s.read()).Merge(model.Seat{})
	if err := s.write(now); err != nil {
		why := err
		if pe := new(fs.PathError); errors.As(err, &pe) {
			why = pe.Err
		}
		return now, &model.Error{Kind: model.Refused, Op: "remember", Msg: "recent customers and the inbox cannot be kept: " + model.Clean(why.Error()), Err: err}
	}
	return now, nil
}

// read returns what is remembered; nothing when the file is missing or damaged, since
// nothing depends on it.
func (s *seat) read() model.Seat {
	f, err := os.Open(s.path)
	if err != nil {
		return model.Seat{}
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, maxSeat))
	var w seatWire
	if err != nil || json.Unmarshal(raw, &w) != nil {
		return model.Seat{}
	}
	out := model.Seat{Cleared: w.Cleared, Left: w.Left}
	for _, v := range w.Recent {
		out.Recent = append(out.Recent, model.Visited{Customer: model.CustomerID(model.Clean(v.Customer)), Name: model.Clean(v.Name), At: v.At})
	}
	return out
}

// write puts the file in place whole or not at all.
func (s *seat) write(now model.Seat) error {
	w := seatWire{Cleared: now.Cleared, Left: now.Left}
	for _, v := range now.Recent {
		w.Recent = append(w.Recent, visitedWire{Customer: string(v.Customer), Name: v.Name, At: v.At})
	}
	raw, err := json.Marshal(w)
	if err != nil {
		return err
	}
	dir := filepath.Dir(s.path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if err := os.Chmod(dir, 0o700); err != nil { // it may have been there
		return err
	}
	tmp, err := os.CreateTemp(dir, ".seat-*") // mode 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(tmp.Name()) }() // fails once it has been renamed
	_, err = tmp.Write(raw)
	if e := tmp.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(tmp.Name(), s.path)
	}
	return err
}
