package export_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"muster/model"
	"muster/ui/export"
)

func evidence() export.Evidence {
	return export.Evidence{
		Operation: model.Operation{ID: "k3f9-2mqa", Kind: model.UploadDevices, Title: "upload 4 devices to batch <spring>|26", Customer: "c-1", CustomerName: "Contoso",
			Target: "spring 26", Source: "list.csv", Created: noon, Ended: noon.Add(time.Minute), Rows: model.Tally{Done: 1, Failed: 2, Unknown: 1},
			Jobs: []model.Job{
				{ID: "track-1", Chunk: 1, Rows: 3, Phase: model.ChunkEnded, State: model.JobFinishedWithErrors, RequestID: "request-1", Correlation: "correlation-1", Sent: noon, Accepted: noon, Ended: noon.Add(time.Minute)},
				{Chunk: 2, Rows: 1, Phase: model.ChunkUnknown, RequestID: "request-2", Problem: "the line was cut"},
			}},
		Rows: []model.Row{
			{Number: 1, Line: 2, Serial: "SN1", Chunk: 1, State: model.RowDone, By: model.BySerial, Attempt: 1},
			{Number: 2, Line: 3, Serial: "=SN2", Chunk: 1, State: model.RowFailed, Code: "808", CodeName: "ZtdDeviceAssignedToOtherTenant", Text: "registered to another tenant", What: "ask the vendor", Attempt: 1},
			{Number: 3, Line: 4, Serial: "`<b>SN3\x1b[31m", Chunk: 1, State: model.RowFailed, Code: "640", CodeName: "StorageError", Text: "a passing fault", Attempt: 2,
				Past: []model.PastAttempt{{Attempt: 1, Chunk: 1, Job: "track-1", State: model.RowFailed, Code: "640", CodeName: "=Storage|Error", Text: "the first time", At: noon}}},
			{Number: 4, Line: 5, HashSum: "0a1b2c3d", Chunk: 2, State: model.RowUnknown, Attempt: 1},
		},
		Events: []model.Event{{At: noon, What: "asked", Detail: "see http://evil.example|x"}, {At: noon.Add(time.Second), Chunk: 1, What: "accepted", Detail: "track-1 correlation-1"}},
		By:     "ada", Place: "test", Simulated: true, Written: noon.Add(time.Hour), Zone: time.FixedZone("CEST", 7200),
	}
}

func written(t *testing.T, e export.Evidence, f export.Format) string {
	t.Helper()
	var b bytes.Buffer
	if err := e.Write(&b, f); err != nil {
		t.Fatal(err)
	}
	if strings.ContainsFunc(b.String(), func(r rune) bool { return r < 0x20 && r != '\n' && r != '\r' }) {
		t.Errorf("%s: a control character reaches the file", f)
	}
	return b.String()
}

func TestEvidenceAsMarkdown(t *testing.T) {
	want := "# Evidence: upload 4 devices to batch \\<spring\\>\\|26\n" + `
## What was asked

|  |  |
| --- | --- |
| operation | k3f9-2mqa |
| what | upload 4 devices to batch \<spring\>\|26 |
| kind | upload |
| customer | Contoso c-1 |
| target | spring 26 |
| rows from | list.csv |
| at | test, SIMULATED |
| asked | 2026-05-04 14:00:00 CEST |
| by | ada |
| ended | 2026-05-04 14:01:00 CEST |
| state | partly failed |
| rows | 4: 0 queued, 0 in flight, 0 accepted, 1 done, 2 failed, 0 skipped, 1 unknown |
| written | 2026-05-04 15:00:00 CEST |

## Requests

| job | rows | state | request id | correlation id | tracking id | sent | accepted | ended | problem |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
| 1 | 3 | finished with errors | request-1 | correlation-1 | track-1 | 2026-05-04 14:00:00 CEST | 2026-05-04 14:00:00 CEST | 2026-05-04 14:01:00 CEST |  |
| 2 | 1 | unknown | request-2 |  |  |  |  |  | the line was cut |

## Why rows failed

| rows | code | name | class | why | what to do |
| --- | --- | --- | --- | --- | --- |
| 1 | 808 | ZtdDeviceAssignedToOtherTenant | other tenant | registered to another tenant | ask the vendor |
| 1 | 640 | StorageError | passing fault | a passing fault |  |
| 1 |  |  |  |  |  |

## For a support request: devices that are registered to another tenant

| serial | tracking id | correlation id |
| --- | --- | --- |
| =SN2 | track-1 | correlation-1 |

## Rows

| row | line | device | device id | batch | state | code | class | why | attempt | job |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
| 1 | 2 | SN1 |  |  | done |  |  |  | 1 | 1 |
| 2 | 3 | =SN2 |  |  | failed | 808 ZtdDeviceAssignedToOtherTenant | other tenant | registered to another tenant | 1 | 1 |
` + "| 3 | 4 | \\`\\<b\\>SN3\ufffd\\[31m |  |  | failed | 640 StorageError | passing fault | a passing fault | 2 | 1 |\n" +
		`| 4 | 5 | hash 0a1b2c3d |  |  | unknown |  |  |  | 1 | 2 |

## Earlier attempts

| row | device | attempt | state | code | why | job | tracking id | correlation id | ended |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
` + "| 3 | \\`\\<b\\>SN3\ufffd\\[31m | 1 | failed | 640 =Storage\\|Error | the first time | 1 | track-1 | correlation-1 | 2026-05-04 14:00:00 CEST |\n" + `
## Record

| at | job | what | detail |
| --- | --- | --- | --- |
| 2026-05-04 14:00:00 CEST |  | asked | see http\://evil.example\|x |
| 2026-05-04 14:00:01 CEST | 1 | accepted | track-1 correlation-1 |
`
	if diff := cmp.Diff(want, written(t, evidence(), export.Markdown)); diff != "" {
		t.Errorf("page (-want +got):\n%s", diff)
	}
	e := evidence()
	e.By = ""
	if !strings.Contains(written(t, e, export.Markdown), "| by | not recorded |") {
		t.Error("an account that is not recorded is not said to be so")
	}
}

func TestEvidenceAsCSV(t *testing.T) {
	all, err := csv.NewReader(strings.NewReader(written(t, evidence(), export.CSV))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	at := func(line int, column string) string { return all[line][slices.Index(all[0], column)] }
	var records []string
	for _, l := range all[1:] {
		records = append(records, l[0])
	}
	if diff := cmp.Diff([]string{"operation", "event", "event", "job", "job", "row", "row", "attempt", "row", "row"}, records); diff != "" {
		t.Fatalf("records (-want +got):\n%s", diff)
	}
	if got := at(7, "Serial"); got != "'=SN2" {
		t.Errorf("a formula: %q", got)
	}
	for column, want := range map[string]string{"Row": "2", "Line": "3", "Code": "808", "Class": "other tenant", "Request id": "request-1", "Correlation id": "correlation-1", "Tracking id": "track-1", "Attempt": "1"} {
		if got := at(7, column); got != want {
			t.Errorf("%s: got %q, want %q", column, got, want)
		}
	}
	for column, want := range map[string]string{"Row": "3", "Code": "640", "Code name": "'=Storage|Error", "Tracking id": "track-1", "Attempt": "1", "At (UTC)": "2026-05-04T12:00:00Z"} {
		if got := at(8, column); got != want {
			t.Errorf("the earlier attempt, %s: got %q, want %q", column, got, want)
		}
	}
	if at(1, "At (UTC)") != "2026-05-04T12:00:00Z" || !strings.Contains(at(1, "Text"), "SIMULATED by ada; rows from list.csv") || at(10, "Name") != "hash 0a1b2c3d" {
		t.Errorf("operation %q, last row %q", all[1], all[10])
	}
}

func TestEvidenceAsJSON(t *testing.T) {
	text := written(t, evidence(), export.JSON)
	var got struct {
		Operation, Kind, By, Asked string
		Simulated                  bool
		Counts                     struct{ Done, Failed, Unknown int }
		Jobs                       []struct{ RequestID, CorrelationID, TrackingID, State string }
		Rows                       []struct {
			Row, Attempt                int
			Serial, Device, Code, Class string
			Past                        []struct {
				Attempt          int
				Code, TrackingID string
			}
		}
		Events []struct{ At, What string }
	}
	if err := json.Unmarshal([]byte(text), &got); err != nil || strings.Count(text, "\n") != 1 {
		t.Fatalf("%v: %s", err, text)
	}
	if got.Operation != "k3f9-2mqa" || got.Kind != "upload" || got.By != "ada" || !got.Simulated || got.Asked != "2026-05-04T12:00:00Z" || got.Counts.Failed != 2 {
		t.Errorf("got %+v", got)
	}
	if len(got.Jobs) != 2 || got.Jobs[0].CorrelationID != "correlation-1" || len(got.Events) != 2 || len(got.Rows) != 4 {
		t.Fatalf("got %+v", got)
	}
	if r := got.Rows[2]; r.Serial != "`<b>SN3\x1b[31m" || r.Class != "passing fault" || r.Attempt != 2 || len(r.Past) != 1 || r.Past[0].Attempt != 1 || r.Past[0].TrackingID != "track-1" || got.Rows[3].Device != "hash 0a1b2c3d" {
		t.Errorf("rows %+v", got.Rows)
	}
}

func TestEvidenceHasNoOtherFormat(t *testing.T) {
	if err := evidence().Write(&bytes.Buffer{}, export.NDJSON); model.KindOf(err) != model.Invalid {
		t.Errorf("got %v", err)
	}
}

func TestOneClassOfRowsAsAList(t *testing.T) {
	want := "\"Serial\",\"Correlation id\",\"Tracking id\",\"Code\",\"Code name\",\"Why\",\"Line\",\"Batch\"\r\n" +
		"\"'=SN2\",\"correlation-1\",\"track-1\",\"808\",\"ZtdDeviceAssignedToOtherTenant\",\"registered to another tenant\",\"3\",\"\"\r\n"
	var b bytes.Buffer
	if n, err := evidence().WriteOnly(&b, export.CSV, model.OtherTenant); n != 1 || err != nil || b.String() != want {
		t.Errorf("%d rows, %v: %s", n, err, b.String())
	}
	b.Reset()
	if n, err := evidence().WriteOnly(&b, export.Markdown, model.Transient); n != 1 || err != nil || !strings.Contains(b.String(), "| correlation-1 | track-1 | 640 | StorageError |") {
		t.Errorf("%d rows, %v: %s", n, err, b.String())
	}
	b.Reset()
	if n, err := evidence().WriteOnly(&b, export.Markdown, model.MendFile); n != 0 || err != nil || b.Len() != 0 {
		t.Errorf("a class without rows: %d, %v: %q", n, err, b.String())
	}
	for _, c := range model.Classes() {
		if got, ok := export.ParseClass(export.ClassWord(c)); !ok || got != c {
			t.Errorf("class %v reads as %v, %v", c, got, ok)
		}
	}
	if _, ok := export.ParseClass("other"); ok {
		t.Error("a word that is no class is taken for one")
	}
}

func TestDigestsAreShownWhenAskedFor(t *testing.T) {
	e := evidence()
	e.Rows[0].HashSum, e.Rows[0].KeySum = "11112222", "33334444"
	for _, f := range export.EvidenceFormats() {
		e.Digests = false
		if text := written(t, e, f); strings.Contains(text, "11112222") || strings.Contains(text, "33334444") {
			t.Errorf("%s: digests that nobody asked for", f)
		}
		e.Digests = true
		if text := written(t, e, f); !strings.Contains(text, "11112222") || !strings.Contains(text, "33334444") {
			t.Errorf("%s: no digests: %s", f, text)
		}
	}
}
