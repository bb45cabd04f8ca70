package screen

import (
	"cmp"
	"iter"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"muster/model"
	"muster/model/fleet"
	"muster/ui/kit"
	"muster/ui/table"
	"muster/ui/theme"
)

var requestSchema = fleet.Schema{
	{Name: "time", Title: "TIME", Kind: fleet.Time}, {Name: "method", Title: "METHOD"}, {Name: "status", Title: "STATUS"},
	{Name: "ms", Title: "MS", Kind: fleet.Count}, {Name: "try", Title: "TRY", Kind: fleet.Count}, {Name: "path", Title: "PATH"},
	{Name: "request", Title: "REQUEST ID"}, {Name: "correlation", Title: "CORRELATION ID"}, {Name: "cv", Title: "MS-CV"},
	{Name: "server", Title: "SERVER"}, {Name: "service", Title: "SERVICE"}, {Name: "answer", Title: "ANSWERED ID"},
	{Name: "whole", Title: "WHOLE PATH"},
}

var requestCols = []table.Col{
	{Name: "time", Min: 8, Max: 8, Priority: 8}, {Name: "method", Min: 6, Max: 6, Priority: 7}, {Name: "status", Min: 6, Max: 9, Priority: 9, Tone: statusTone},
	{Name: "ms", Min: 6, Right: true, Priority: 6}, {Name: "try", Min: 3, Right: true, Priority: 5}, {Name: "path", Min: 30, Max: 110, Priority: 8},
	{Name: "request", Min: 36, Max: 36, Priority: 4}, {Name: "correlation", Min: 36, Max: 36, Priority: 3}, {Name: "cv", Min: 18, Max: 24, Priority: 2},
	{Name: "server", Min: 9, Max: 12, Priority: 2},
}

// noAnswer stands where a request has no status.
const noAnswer = "none"

func statusTone(cell string) theme.Tone {
	switch {
	case cell == noAnswer || cell == "429":
		return theme.WarnTone
	case cell != "" && cell[0] == '2':
		return theme.GoodTone
	}
	return theme.BadTone
}

// Requests is the request log: the latest tries of requests to the services, newest
// first. It is kept in memory only.
type Requests struct {
	env     *kit.Env
	list    *list[model.Request]
	actions []kit.Action
}

// NewRequests returns the log, still empty; Init fills it.
func NewRequests(env *kit.Env) *Requests {
	s := &Requests{env: env}
	s.list = newList(env, s, listing[model.Request]{
		one: "request", many: "requests", whose: env.Place.Connection, schema: requestSchema, cols: requestCols, live: true,
		none: []string{"Nothing was asked of the services yet."},
		pages: func() iter.Seq2[kit.Page[model.Request], error] {
			log, clock := env.Backend.Requests, env.Second
			return atOnce(func() ([]model.Request, error) { return log.Requests(), nil }, requestRow(clock))
		},
	})
	s.actions = append([]kit.Action{
		{Name: "open", Key: env.Keys.Open, Do: s.open, Off: s.list.needRow, Help: "Every id of the request, for support, and its other tries."},
	}, append(s.list.looks(), s.list.moves()...)...)
	return s
}

func requestRow(clock momentFunc) func(model.Request) fleet.Row {
	return func(r model.Request) fleet.Row {
		return fleet.Row{
			Key: strconv.FormatUint(r.Number, 10),
			Cells: []string{clock(r.At), model.Clean(r.Method), statusOf(r), kit.Count(int(r.Duration.Milliseconds())), kit.Count(r.Try),
				model.Clean(shortPath(r.Path)), model.Clean(r.RequestID), model.Clean(r.Correlation), model.Clean(r.Vector), model.Clean(r.Server),
				model.Clean(r.Service), model.Clean(r.AnswerID), model.Clean(r.Path)},
			Sort: []int64{sortTime(r.At), 3: int64(r.Duration), 4: int64(r.Try)},
		}
	}
}

// shortPath leaves out what all paths of a service begin with and cuts ids to what tells
// them apart, so that the end of the path is in sight.
func shortPath(path string) string {
	parts := strings.Split(path, "/")
	if len(parts) > 2 && parts[0] == "" {
		parts = append(parts[:1], parts[2:]...)
	}
	for i, p := range parts {
		if model.IsGUID(p) {
			parts[i] = p[:8]
		}
	}
	return strings.Join(parts, "/")
}

func statusOf(r model.Request) string {
	if r.Status == 0 {
		return noAnswer
	}
	return strconv.Itoa(r.Status)
}

// Init implements kit.Screen.
func (s *Requests) Init() kit.Effect { return s.list.refresh() }

// Update implements kit.Screen. News of an operation come with requests, so they are
// read again then; what a list asks for is there after r.
func (s *Requests) Update(msg tea.Msg) kit.Effect {
	if _, ok := msg.(kit.JobsMsg); ok {
		return s.list.refresh()
	}
	return s.list.handle(msg, s.actions)
}

// View implements kit.Screen.
func (s *Requests) View() string { return s.list.view() }

// Resize implements kit.Screen.
func (s *Requests) Resize(w, h int) { s.list.resize(w, h) }

// Card implements kit.Screen.
func (s *Requests) Card() kit.Card { return s.list.card("requests", s.actions) }

func (s *Requests) open() kit.Effect {
	r, _, ok := s.list.current()
	if !ok {
		return kit.Effect{}
	}
	return kit.Effect{Push: newRequestDetail(s.env, r, s.list.items)}
}

// requestDetail shows all that is known of one try, and the other tries of the request.
type requestDetail struct {
	detail
	request model.Request
	tries   []model.Request // newest first, with this one
}

func newRequestDetail(env *kit.Env, r model.Request, log []model.Request) *requestDetail {
	s := &requestDetail{request: r}
	for _, other := range log {
		if other.SameRequest(r) {
			s.tries = append(s.tries, other)
		}
	}
	s.detail = detail{env: env, name: "request " + kit.Count(int(r.Number)), write: s.fill}
	s.actions = s.moves(env)
	return s
}

// Init implements kit.Screen.
func (s *requestDetail) Init() kit.Effect { return kit.Effect{} }

// Update implements kit.Screen.
func (s *requestDetail) Update(msg tea.Msg) kit.Effect { return s.turn(msg) }

func (s *requestDetail) fill() {
	r := s.request
	s.title("Request")
	s.field("asked", r.Method+" "+r.Path)
	s.field("service", r.Service)
	s.field("tenant", r.Tenant)
	s.field("sent", s.env.Day(r.At)+" "+s.env.Second(r.At))
	s.field("status", answered(r))
	s.field("took", took(r))
	s.field("try", kit.Count(r.Try))
	s.field("answer", kit.Counted(r.Bytes, "byte", "bytes"))
	s.title("For support")
	if r.Correlation == "" {
		s.field("client id", r.RequestID)
		s.field("request-id", r.AnswerID)
	} else {
		s.field("MS-RequestId", r.RequestID)
		s.field("correlation", r.Correlation)
		if r.AnswerID == r.RequestID && r.AnswerCorrelation == r.Correlation {
			s.field("answered", "with the same two ids")
		} else if r.Status != 0 {
			s.field("answered", cmp.Or(r.AnswerID, "no MS-RequestId"))
			s.field("", cmp.Or(r.AnswerCorrelation, "no correlation id"))
		}
		s.field("MS-CV", r.Vector)
		s.field("MS-ServerId", r.Server)
	}
	if len(s.tries) < 2 {
		return
	}
	s.title("All its tries")
	for _, t := range s.tries {
		s.field("try "+kit.Count(t.Try), words(s.env, s.env.Second(t.At), answered(t), took(t)))
	}
}

// answered is the status in words.
func answered(r model.Request) string {
	if r.Status == 0 {
		return "no answer came"
	}
	return strconv.Itoa(r.Status)
}

func took(r model.Request) string { return r.Duration.Round(100 * time.Microsecond).String() }
