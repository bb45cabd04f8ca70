package simulator_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"muster/client/simulator"
)

// shapes walks answers of Graph and notes what is not as the table of entities says.
type shapes struct {
	flaws map[string]bool
	seen  map[string]int // entities that were looked at, by name
	words map[string]bool
}

func (s *shapes) flaw(at, format string, args ...any) {
	s.flaws[at+": "+fmt.Sprintf(format, args...)] = true
}

var guidForm = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// object checks one entity or complex value.
func (s *shapes) object(at, name string, v any) {
	o, ok := v.(map[string]any)
	props, types, known := entity(name)
	if !ok || !known {
		s.flaw(at, "%T is no %s", v, name)
		return
	}
	s.seen[name]++
	if kind, has := o["@odata.type"]; has != (len(types) > 0) || has && !slices.Contains(types, fmt.Sprint(kind)) {
		s.flaw(at, "@odata.type is %v, want one of %v", kind, types)
	}
	for key, value := range o {
		p, there := props[key]
		switch {
		case strings.HasPrefix(key, "@odata.") || strings.HasSuffix(key, "@odata.context"):
		case !there:
			s.flaw(at, "%s is no property of a %s", key, name)
		case value == nil && !p.null:
			s.flaw(at, "%s is null", key)
		case value != nil:
			s.value(at+"."+key, p.kind, value)
		}
	}
	for key, p := range props {
		if _, there := o[key]; !there && !p.optional {
			s.flaw(at, "%s is missing", key)
		}
	}
}

// value checks one property.
func (s *shapes) value(at, kind string, v any) {
	switch kind[0] {
	case '{':
		s.object(at, strings.Trim(kind, "{}"), v)
		return
	case '[':
		all, ok := v.([]any)
		if !ok {
			s.flaw(at, "%T is no collection", v)
		}
		for _, one := range all {
			s.object(at, strings.Trim(kind, "[{}]"), one)
		}
		return
	case '<':
		name := strings.Trim(kind, "<>")
		word, _ := v.(string)
		if !slices.Contains(strings.Fields(members[name]), word) {
			s.flaw(at, "%v is no member of %s", v, name)
		}
		s.words[name+" "+word] = true
		return
	}
	if why := simple(kind, v); why != "" {
		s.flaw(at, "%v %s", v, why)
	}
}

// simple says what is wrong with a value of a simple type.
func simple(kind string, v any) string {
	text, isText := v.(string)
	number, isNumber := v.(json.Number)
	fits := func(bits int) bool {
		_, err := strconv.ParseInt(string(number), 10, bits)
		return isNumber && err == nil
	}
	_, isBool := v.(bool)
	_, timeErr := time.Parse(time.RFC3339Nano, text)
	raw, base64Err := base64.StdEncoding.DecodeString(text)
	list, isList := v.([]any)
	ok := false
	switch kind {
	case "text":
		ok = isText
	case "guid":
		ok = isText && guidForm.MatchString(text)
	case "time":
		ok = isText && timeErr == nil && strings.HasSuffix(text, "Z")
	case "bool":
		ok = isBool
	case "int":
		ok = fits(32)
	case "long":
		ok = fits(64)
	case "bytes":
		ok = isText && base64Err == nil && len(raw) > 0
	case "list":
		ok = isList && !slices.ContainsFunc(list, func(one any) bool { _, is := one.(string); return !is })
	}
	if ok {
		return ""
	}
	return "is no " + kind
}

// answer checks a whole answer: an entity, or a page of them.
func (s *shapes) answer(b *bench, path, name string, list bool, got reply) map[string]any {
	b.t.Helper()
	d := json.NewDecoder(bytes.NewReader(got.body))
	d.UseNumber()
	var o map[string]any
	if got.status/100 != 2 || d.Decode(&o) != nil {
		b.t.Fatalf("%s: %d %s", path, got.status, got.body)
	}
	root := strings.TrimSuffix(b.ready.Graph, "/beta")
	if context, _ := o["@odata.context"].(string); !strings.HasPrefix(context, root+path[:strings.IndexByte(path[1:], '/')+1]+"/$metadata#") {
		s.flaw(path, "@odata.context is %q", context)
	}
	at := regexp.MustCompile(`[0-9a-f-]{36}(_[0-9a-f-]{36})?`).ReplaceAllString(path, "ID")
	if !list {
		s.object(at, name, o)
		return o
	}
	for key, v := range o {
		next, _ := v.(string)
		switch key {
		case "@odata.context":
		case "@odata.nextLink":
			if !strings.HasPrefix(next, root+"/") || !strings.Contains(next, "skiptoken=") {
				s.flaw(at, "the next link is %q", next)
			}
		case "@odata.count":
			if n, is := v.(json.Number); !is || simple("int", n) != "" || !strings.Contains(path, "$count=true") {
				s.flaw(at, "@odata.count is %v", v)
			}
		case "value":
			all, is := v.([]any)
			if !is {
				s.flaw(at, "value is %T", v)
			}
			for _, one := range all {
				s.object(at, name, one)
			}
		default:
			s.flaw(at, "a list has %s", key)
		}
	}
	return o
}

// firstID is the id of the first entity of a list.
func firstID(o map[string]any) string {
	all, _ := o["value"].([]any)
	if len(all) == 0 {
		return "none"
	}
	id, _ := all[0].(map[string]any)["id"].(string)
	return id
}

// Everything that the simulator serves of Intune has the properties, the types and the
// members that the reference gives it, so that the vendor's own clients, which fail on
// anything else or lose it, can read all of it.
func TestWhatGraphServesIsWhatTheReferenceSays(t *testing.T) {
	b := start(t, simulator.Options{Devices: 400})
	s := &shapes{flaws: map[string]bool{}, seen: map[string]int{}, words: map[string]bool{}}
	const dm = "/beta/deviceManagement"
	list := func(path, name string) map[string]any {
		t.Helper()
		return s.answer(b, path, name, true, b.directory("GET", path, ""))
	}
	item := func(path, name string) { t.Helper(); s.answer(b, path, name, false, b.directory("GET", path, "")) }
	send := func(method, path, name string, isList bool, body string) map[string]any {
		t.Helper()
		return s.answer(b, path, name, isList, b.directory(method, path, body, "Content-Type", "application/json"))
	}

	device := firstID(list(dm+pilots, "identity"))
	list(dm+pilots+"?$top=7", "identity")
	item(dm+pilots+"/"+device, "identity")
	item(dm+pilots+"/"+device+"?$expand=deploymentProfile,intendedDeploymentProfile", "identity")
	item(dm+"/windowsAutopilotSettings", "settings")

	made := send("POST", dm+imports, "import", false, importBody("SHAPE01", hash("SHAPE01", "Dell Inc.", "Latitude 7450"), "T"))
	send("POST", dm+imports+"/import", "import", true, `{"importedWindowsAutopilotDeviceIdentities":[`+importBody("SHAPE02", hash("SHAPE01", "Dell Inc.", "Latitude 7450"), "T")+`]}`)
	list(dm+imports, "import")
	b.watch.forward(3 * time.Minute)
	list(dm+imports, "import")
	item(dm+imports+"/"+made["id"].(string), "import")

	const profiles = dm + "/windowsAutopilotDeploymentProfiles"
	list(profiles, "profile")
	profile := firstID(list(profiles+"?$expand=assignments", "profile"))
	for _, p := range b.profiles() {
		list(profiles+"/"+p.ID+"/assignments", "profileAssignment")
		list(profiles+"/"+p.ID+"/assignedDevices?$top=5", "identity")
	}
	const azure = `{"@odata.type":"#microsoft.graph.azureADWindowsAutopilotDeploymentProfile",`
	fresh := send("POST", profiles, "profile", false, azure+`"displayName":"Shapes","outOfBoxExperienceSetting":{"deviceUsageType":"shared"}}`)["id"].(string)
	send("PATCH", profiles+"/"+fresh, "profile", false, azure+`"description":"x"}`)
	group := b.group("Helpdesk").ID
	send("POST", profiles+"/"+fresh+"/assignments", "profileAssignment", false, `{"target":{"@odata.type":"#microsoft.graph.groupAssignmentTarget","groupId":"`+group+`"}}`)
	send("POST", profiles+"/"+profile+"/assignedDevices", "identity", false, `{"id":"`+device+`"}`)
	for _, to := range []string{"/deploymentProfile", "/intendedDeploymentProfile"} {
		b.watch.forward(3 * time.Minute)
		item(dm+pilots+"/"+device+to, "profile")
	}

	const hardware = dm + "/hardwareConfigurations"
	list(hardware, "hardware")
	path, managed := b.withPasswords()
	config := dm + path
	list(hardware, "hardware")
	item(config+"?$expand=assignments", "hardware")
	list(config+"/assignments", "hardwareAssignment")
	item(config+"/runSummary", "runSummary")
	run := firstID(list(config+"/deviceRunStates", "deviceRun"))
	item(config+"/deviceRunStates/"+run, "deviceRun")
	list(config+"/userRunStates", "userRun")
	send("POST", config+"/assign", "hardwareAssignment", true, assignBody(aimAt(includeType, group, "")))
	send("PATCH", config, "hardware", false, `{"description":"x"}`)
	list(dm+"/hardwarePasswordDetails", "password")
	item(dm+"/hardwarePasswordDetails/"+managed[0], "password")
	list(dm+"/hardwarePasswordInfo", "password")
	item(dm+"/hardwarePasswordInfo/"+managed[0], "password")
	list(dm+"/roleScopeTags", "scopeTag")
	list(dm+"/assignmentFilters", "filter")

	enrolled := firstID(list(dm+"/managedDevices", "managed"))
	list(dm+"/managedDevices?$count=true&$top=3", "managed")
	item(dm+"/managedDevices/"+enrolled, "managed")
	list("/v1.0/deviceManagement/managedDevices", "managedV1")
	list("/v1.0/deviceManagement"+pilots, "identityV1")
	item("/v1.0/deviceManagement"+pilots+"/"+device, "identityV1")
	list("/v1.0/deviceManagement"+imports, "import")

	for _, f := range slices.Sorted(maps.Keys(s.flaws)) {
		t.Error(f)
	}
	for name := range entities {
		if s.seen[name] == 0 && name != "none" {
			t.Errorf("no %s was served; the test shows nothing of it", name)
		}
	}
	if len(s.words) < 45 {
		t.Errorf("only %d members of enumerations were served: %v", len(s.words), slices.Sorted(maps.Keys(s.words)))
	}
}
