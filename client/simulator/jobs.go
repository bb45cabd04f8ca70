package simulator

import (
	"net/http"
	"slices"
	"time"
)

// job is asynchronous work. Its plan is fixed when it is accepted; how far it
// has come is computed from the clock at each look.
type job struct {
	id       string
	ordinal  uint64
	customer *customer
	accepted time.Time
	begins   time.Time     // the end of queueing
	lead     time.Duration // before the first device
	step     time.Duration // for each device
	rows     []jobRow
	stuck    bool // never gets past its beginning
	plain    bool // says finished whatever became of its devices
}

// jobRow is one device of a job, with the outcome that it will have.
type jobRow struct {
	device, serial, key string
	failure             *failure // nil is success
}

// The pace of jobs on the simulated clock.
const (
	queueLeast   = 2 * time.Second
	queueSpread  = 4 * time.Second
	processLead  = 3 * time.Second
	processStep  = 40 * time.Millisecond
	hiddenAtMost = time.Second // how long a lagging service does not know a job yet
)

// accept gives a job its id and plan; the world's lock is held.
func (w *world) accept(c *call, rows []jobRow, slow bool) *job {
	w.jobCount++
	n := w.jobCount
	j := &job{
		id: guid(w.run.at(kindJob, n, 0), w.run.at(kindJob, n, 1)), ordinal: n, customer: c.customer,
		accepted: c.now, lead: processLead, step: processStep, rows: rows, stuck: c.stuck,
		plain: w.seed.at(kindPlain, n, 0)%4 == 0,
	}
	j.begins = c.now.Add(queueLeast + time.Duration(w.seed.at(kindQueue, n, 0)%uint64(queueSpread)))
	if slow {
		j.lead, j.step = j.lead*3/2, j.step*3/2
	}
	w.jobs[j.id] = j
	return j
}

// ends is when the last device is through.
func (j *job) ends() time.Time { return j.endsAt(len(j.rows)) }

// endsAt is when a number of devices are through.
func (j *job) endsAt(devices int) time.Time {
	return j.begins.Add(j.lead + time.Duration(devices)*j.step)
}

// through is how many devices have their outcome.
func (j *job) through(now time.Time) int {
	passed := now.Sub(j.begins) - j.lead
	if passed < 0 || j.stuck {
		return 0
	}
	return min(int(passed/j.step), len(j.rows))
}

// The words for states of jobs and devices.
const (
	stateQueued     = "queued"
	stateProcessing = "processing"
	stateFinished   = "finished"
	stateErrors     = "finished_with_errors"
	stateInProgress = "in-progress" // a documented synonym of processing
)

type wireJob struct {
	ID         string          `json:"batchTrackingId"`
	Status     string          `json:"status"`
	Started    string          `json:"startedTime"`
	Completed  string          `json:"completedTime"`
	Devices    []wireJobDevice `json:"devicesStatus,omitempty"`
	Attributes wireAttributes  `json:"attributes"`
}

type wireJobDevice struct {
	ID          string         `json:"deviceId,omitempty"`
	Serial      string         `json:"serialNumber,omitempty"`
	Key         string         `json:"productKey,omitempty"`
	Status      string         `json:"status"`
	Code        string         `json:"errorCode,omitempty"`
	Description string         `json:"errorDescription,omitempty"`
	Attributes  wireAttributes `json:"attributes"`
}

// jobStatus is J1, GET /customers/{customer}/batchJobStatus/{job}.
func jobStatus(c *call) (answer, error) {
	var j *job
	c.w.view(c.now, func() { j = c.w.jobs[foldID(c.params[0])] })
	if j == nil || j.customer != c.customer || c.now.Sub(j.accepted) < min(c.w.lag, hiddenAtMost) {
		return answer{}, refuse(http.StatusNotFound, 1000, "Not found")
	}
	seen := *j // rows never change once a job is accepted
	seen.stuck = seen.stuck || c.stuck
	word := stateProcessing
	if c.s.options.has("hostile") {
		word = stateInProgress
	}
	out := seen.wire(c.now, word)
	if out.Status == stateProcessing && c.s.options.has("hostile") && c.s.turn("job")%3 == 0 {
		out.Status = "contemplating\x1b[5m" // a word that nobody has published
	}
	return good(out)
}

// state is the job's word for how far it has come.
func (j *job) state(now time.Time) string {
	switch {
	case now.Before(j.begins):
		return stateQueued
	case j.through(now) < len(j.rows):
		return stateProcessing
	case !j.plain && slices.ContainsFunc(j.rows, func(r jobRow) bool { return r.failure != nil }):
		return stateErrors
	}
	return stateFinished
}

// wire shows the devices that are through and the one under way, which gets
// the given word.
func (j *job) wire(now time.Time, working string) wireJob {
	out := wireJob{ID: j.id, Status: j.state(now), Started: dateNever, Completed: dateNever, Attributes: wireAttributes{"BatchUploadDetails"}}
	if out.Status == stateQueued {
		return out
	}
	out.Started = bareDate(j.begins)
	done := j.through(now)
	for i := range j.rows[:done] {
		out.Devices = append(out.Devices, j.rows[i].wire())
	}
	if done < len(j.rows) {
		next := j.rows[done]
		next.failure = nil
		one := next.wire()
		one.Status = working
		out.Devices = append(out.Devices, one)
		return out
	}
	out.Completed = bareDate(j.ends())
	return out
}

func (r *jobRow) wire() wireJobDevice {
	out := wireJobDevice{ID: r.device, Serial: r.serial, Key: r.key, Status: stateFinished, Attributes: wireAttributes{"DeviceUploadDetails"}}
	if r.failure != nil {
		out.Status, out.Code, out.Description = stateErrors, r.failure.code, r.failure.name
	}
	return out
}

// acceptedAs is the answer that names a job.
func (c *call) acceptedAs(j *job) answer {
	return answer{status: http.StatusAccepted}.with("Location", c.customerPath("/batchJobStatus/%s", j.id))
}
