package simulator

// maker is one manufacturer as SMBIOS spells it, with the form of its serial
// numbers and some of its models.
type maker struct {
	name   string
	form   serialForm
	share  uint64 // in a hundred
	models []string
}

// makers is read only. The shares add up to a hundred.
var makers = []maker{
	{"Dell Inc.", formService, 38, []string{"Latitude 7450", "Latitude 5550", "OptiPlex Micro 7020", "Precision 3680", "Latitude 7350 Detachable"}},
	{"HP", formHP, 24, []string{"HP EliteBook 840 14 inch G11 Notebook PC", "HP ProBook 450 15.6 inch G10 Notebook PC", "HP Elite Mini 800 G9 Desktop PC"}},
	{"LENOVO", formLenovo, 22, []string{"21ML003XGE", "21LV0028MX", "12JES04Q00", "21KC00BQUK"}},
	{"Microsoft Corporation", formSurface, 12, []string{"Surface Laptop 6 for Business", "Surface Pro 10 for Business", "Surface Go 4"}},
	{"Microsoft Corporation", formVirtual, 4, []string{"Virtual Machine"}},
}

// unknownModels are the models that the simulated hardware catalogue may
// lack; the seed picks a few of them.
var unknownModels = []string{
	"Prototype A17", "Engineering Sample 3", "Whitebox 9000", "Nameless Tablet",
	"Evaluation Unit X", "Refurbished Desktop", "Bench Rig 42", "Unlisted Notebook 14",
}

var customerFirst = []string{
	"Larkspur", "Tamar", "Quillfeather", "Bramblewick", "Ostermoor", "Fennel Hill", "Corvid", "Saltmarsh",
	"Ninebark", "Hollin", "Wrenfield", "Thistledown", "Copperbeech", "Marram", "Peregrine Row", "Sundew",
	"Velmere", "Ashlark", "Brackenby", "Dunlin", "Elderflow", "Foxglove", "Gorsehall", "Heronsgate",
	"Ivybridge Lane", "Juniper Cross", "Kestrel", "Lindenholt", "Mistle", "Nettlecombe",
}

var customerSecond = []string{
	"Clinics", "Freight", "Dairies", "Library Trust", "Shipwrights", "School Federation", "Insurance", "Bakeries",
	"Foundry", "Water Works", "Ferries", "Opticians", "Housing", "Textiles", "Museums", "Veterinary Group",
	"Printworks", "Garden Centres", "Logistics", "Observatory",
}

// batchNames are the parts that follow a customer's short name in a batch id.
var batchNames = []string{
	"2026-W19", "frontdesk", "warehouse-2", "Loan pool", "2025-Q4", "field-team", "Training rooms", "spares",
}

// policySeed describes a policy that every customer with devices may have.
type policySeed struct {
	name, description string
	settings          []string
}

var policySeeds = []policySeed{
	{"Reception kiosks", "No local admin, straight to sign-in", []string{setUserNotAdmin, setSkipExpress, setSkipRegistration}},
	{"Plain start", "Changes nothing", []string{}},
	{"All pages skipped", "Every setting that there is", []string{setRemovePreinstalls, setUserNotAdmin, setSkipExpress, setSkipRegistration, setSkipEULA}},
	{"Standard users", "", []string{setUserNotAdmin}},
	{"Field laptops", "Express settings skipped for people on the road", []string{setSkipExpress, setRemovePreinstalls}},
	{"Lab benches", "Keeps the local administrator", []string{setSkipExpress, setSkipEULA}},
}

// The settings as Partner Center spells them.
const (
	setRemovePreinstalls = "remove_oem_preinstalls"
	setUserNotAdmin      = "oobe_user_not_local_admin"
	setSkipExpress       = "skip_express_settings"
	setSkipRegistration  = "skip_oem_registration"
	setSkipEULA          = "skip_eula"
	setNone              = "none"
)

// settingWords are the settings that a policy can have; read only.
var settingWords = []string{setRemovePreinstalls, setUserNotAdmin, setSkipExpress, setSkipRegistration, setSkipEULA, setNone}

// foreignProfile is what a device shows that took the customer's own default
// profile: a display name where an id is usual.
const foreignProfile = "AzureAD Join Default Profile"

// hardwareSeed describes a BIOS configuration that every customer with
// devices has.
type hardwareSeed struct {
	name, description, file, content string
	version                          int
	noPassword                       bool
}

var hardwareSeeds = []hardwareSeed{
	{"Counter PCs, secure boot baseline", "Secure Boot and TPM on, camera off", "counter-baseline.cctk",
		"[cctk]\r\n; simulated: shared counters\r\nSecureBoot=Enabled\r\nTpmSecurity=Enabled\r\nVirtualization=Enabled\r\nVtForDirectIo=Enabled\r\nUsbWake=Disabled\r\nWakeOnLan=LanOnly\r\nCamera=Disabled\r\n", 2, true},
	{"Laptops on the road", "Wake on LAN off, thunderbolt guarded", "road-laptops.cctk",
		"[cctk]\r\n; simulated: notebooks that leave the house\r\nSecureBoot=Enabled\r\nWakeOnLan=Disabled\r\nThunderboltSecLvl=SecureConnect\r\nBluetoothDevice=Enabled\r\n", 1, false},
	{"Training rooms", "", "training-rooms.cctk",
		"[cctk]\r\nAutoOn=Everyday\r\nAutoOnHr=6\r\nAutoOnMn=30\r\nDeepSleepCtrl=Disabled\r\n", 4, true},
}

// hostileTexts are what a malicious tenant might call things.
var hostileTexts = []string{
	"\x1b[2J\x1b[31mred\x1b[0m", "\x1b]52;c;cHduZWQ=\x07", "\x1b]0;not your title\x07", "\u202egnp.exe",
	"\u2066a\u2069\u200b\u200d", "line\r\nbreak\ttab\x00null", "\u009b31m8-bit", "Z\u0351\u036b\u0343\u036aA\u0321\u034dL\u0321G\u034eO\u035d",
}

// peopleFirst and peopleLast name the people of the customers; neither length
// is a multiple of seven.
var peopleFirst = []string{
	"Ines", "Aino", "Bram", "Carla", "Dario", "Edda", "Fionn", "Greta", "Hanno", "Ilse",
	"Jonas", "Katri", "Lars", "Mira", "Nadia", "Oskar", "Petra", "Quentin", "Rosa", "Sami",
	"Tilde", "Ulla", "Vera", "Wim", "Yusuf", "Zoe",
}

var peopleLast = []string{
	"Aalto", "Berger", "Castell", "Dahl", "Eriksen", "Ferrante", "Gallo", "Hoekstra", "Iversen", "Jansen",
	"Kowal", "Lindqvist", "Marsh", "Novak", "Okafor", "Pike", "Quist", "Rossi", "Sandoval", "Thorne",
	"Ueda", "Varga", "Wiberg", "Yilmaz", "Zeman",
}

var departments = []string{"Finance", "Front Office", "Facilities", "Human Resources", "Research", "Sales", "Field Service", "Procurement"}

var sites = []string{
	"Aarhus", "Bergen", "Cork", "Dornbirn", "Espoo", "Faro", "Ghent", "Hasselt", "Izola", "Jesenice",
	"Kolding", "Leiden", "Malmo", "Nantes", "Ostend", "Porto", "Reims", "Skopje", "Tartu", "Utrecht",
}
