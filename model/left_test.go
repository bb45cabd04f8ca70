package model

import (
	"testing"
	"time"
)

func TestLeft(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	ago := func(m int) time.Time { return now.Add(-time.Duration(m) * time.Minute) }
	job := func(rows, sent, ended int) Job {
		return Job{Rows: rows, Phase: ChunkEnded, Sent: ago(sent), Ended: ago(ended)}
	}
	running := Job{Rows: 500, Phase: ChunkAccepted, Sent: ago(2)}
	for name, c := range map[string]struct {
		o    Operation
		want time.Duration
		ok   bool
	}{
		"as fast as before":       {Operation{Owned: true, Rows: Tally{Done: 500, Queued: 500}, Jobs: []Job{job(500, 10, 0)}}, 10 * time.Minute, true},
		"side by side":            {Operation{Owned: true, Rows: Tally{Done: 900, Failed: 100, Queued: 500}, Jobs: []Job{job(500, 10, 0), job(500, 10, 5)}}, 5 * time.Minute, true},
		"a pause does not count":  {Operation{Owned: true, Rows: Tally{Done: 1000, Queued: 1000}, Jobs: []Job{job(500, 600, 590), job(500, 10, 0)}}, 20 * time.Minute, true},
		"under way counts":        {Operation{Owned: true, Rows: Tally{Done: 500, Accepted: 500}, Jobs: []Job{job(500, 10, 2), running}}, 10 * time.Minute, true},
		"rows of a job under way": {Operation{Owned: true, Rows: Tally{Done: 100, Accepted: 400}, Jobs: []Job{running}}, 8 * time.Minute, true},
		"nothing ended":           {Operation{Owned: true, Rows: Tally{Accepted: 500}, Jobs: []Job{running}}, 0, false},
		"nothing sent":            {Operation{Owned: true, Rows: Tally{Queued: 500}}, 0, false},
		"stopped":                 {Operation{Rows: Tally{Done: 500, Queued: 500}, Jobs: []Job{job(500, 10, 0)}}, 0, false},
		"done":                    {Operation{Rows: Tally{Done: 500}, Jobs: []Job{job(500, 10, 0)}}, 0, false},
		"dropped rows":            {Operation{Owned: true, Rows: Tally{Skipped: 5, Accepted: 500}, Jobs: []Job{running}}, 0, false},
		"too long to say":         {Operation{Owned: true, Rows: Tally{Done: 1, Queued: 1_000_000}, Jobs: []Job{job(1, 10, 0)}}, 0, false},
		"a clock that went back":  {Operation{Owned: true, Rows: Tally{Done: 1, Queued: 1}, Jobs: []Job{job(1, -10, -20)}}, 0, false},
	} {
		if got, ok := c.o.Left(now); got != c.want || ok != c.ok {
			t.Errorf("%s: %v, %v, want %v, %v", name, got, ok, c.want, c.ok)
		}
	}
}
