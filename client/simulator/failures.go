package simulator

import "strings"

// failure is what became of a device that was refused.
type failure struct{ code, name string }

// failures are the outcomes that admins know, by number; read only.
var failures = map[string]*failure{
	"640": {"640", "StorageError"},
	"801": {"801", "InvalidZtdRequestBody"},
	"802": {"802", "InvalidZtdHardwareHash"},
	"803": {"803", "MissingZtdSerialNumberAndProductKey"},
	"806": {"806", "ZtdDeviceAlreadyAssigned"},
	"807": {"807", "ZtdDeviceIsNotRegistered"},
	"808": {"808", "ZtdDeviceAssignedToOtherTenant"},
	"809": {"809", "ZtdProfileIsNotRegistered"},
	"810": {"810", "ZtdProfileAssignedToOtherTenant"},
	"811": {"811", "ZtdDeviceRegisteredByOtherTenant"},
	"812": {"812", "ZtdDeviceNotFound"},
	"813": {"813", "ZtdDeviceIsNotUnique"},
	"814": {"814", "ZtdDeviceAlreadyAadRegistered"},
}

// duplicated is the one whose number nobody has published.
var duplicated = &failure{"", "ZtdDeviceDuplicated"}

const magicPrefix = "SIM-"

// magic reads the outcome that a serial number or product key asks for.
func magic(text string) *failure {
	rest, ok := strings.CutPrefix(strings.ToUpper(text), magicPrefix)
	if !ok {
		return nil
	}
	code, _, ok := strings.Cut(rest, "-")
	switch f := failures[code]; {
	case !ok || len(code) != 3 || strings.Trim(code, "0123456789") != "":
		return nil
	case f == nil:
		return &failure{code, ""} // the service has codes without a published name
	default:
		return f
	}
}

// foldID is how the simulator keeps ids of its own making.
func foldID(id string) string { return strings.ToLower(id) }
