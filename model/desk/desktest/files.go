package desktest

import "strings"

// File is a list of testdata/uploads.
type File struct {
	Name string // below testdata/uploads, with forward slashes
	Data []byte
}

// Files returns every list of testdata/uploads, which a test compares with the
// folder byte for byte.
func Files() []File {
	return []File{
		{"get-windowsautopilotinfo-utf16le.csv", Script("5CG", 12)},
		{"intune-five-columns.csv", intune()},
		{"partner-center-portal.csv", portal()},
		{"semicolon-windows1252.csv", semicolon()},
		{"tabs.txt", tabs()},
		{"with-failures.csv", withFailures()},
		{"bad/empty.csv", nil},
		{"bad/binary.csv", []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x10\x00\x00\x00\x10\x08\x06\x00\x00\x00\x1f\xf3\xffa")},
		{"bad/duplicates.csv", duplicates()},
		{"bad/wrong-hash.csv", wrongHash()},
		{"bad/formula.csv", formula()},
		{"bad/no-known-column.csv", list("\n", "Asset,Room,Owner", "4711,B 2.14,Facilities", "4712,B 2.15,Facilities")},
		{"bad/header-only.csv", list("\r\n", PortalHeader)},
		{"bad/serial-only.csv", list("\n", "Serial Number", "PF4K7Q2M", "PF4K7Q2N", "PF4K7Q2P")},
		{"bad/spreadsheet-damage.csv", spreadsheet()},
		{"bad/mixed.csv", mixed()},
	}
}

func list(eol string, lines ...string) []byte { return []byte(strings.Join(lines, eol) + eol) }

func cells(c ...string) string { return strings.Join(c, ",") }

func intune() []byte {
	lines := []string{IntuneHeader}
	for i := range 6 {
		d := Device("PF5", i)
		lines = append(lines, cells(d.Serial, "", d.Hash(), "ward-7", "nurse"+d.Serial[len(d.Serial)-1:]+"@hospital.example"))
	}
	return list("\r\n", lines...)
}

// portal holds rows by hash, by product key and by serial, maker and model. The
// last line has no line end.
func portal() []byte {
	a, b, c := Device("LK7", 0), Device("LK7", 1), Device("LK7", 2)
	text := list("\r\n", PortalHeader,
		cells("", "", a.Hash(), "", ""),
		cells(b.Serial, "", b.Hash(), "", ""),
		cells(c.Serial, "3340098124401", c.Hash(), "", ""),
		cells("", "3340098124417", "", "", ""),
		cells("", "3340098124433", "", "", ""),
		cells("LK7Q2M1", "", "", "Dell Inc.", "Latitude 7450"),
		cells("LK7Q2M2", "", "", `"Contoso, Ltd."`, `"Tablet 10"" Pro"`))
	return text[:len(text)-2]
}

// semicolon is what a spreadsheet of a German or French office saves, with a
// column of the office's own.
func semicolon() []byte {
	a, b := Device("0012", 0), Device("0012", 1)
	row := func(c ...string) string { return strings.Join(c, ";") }
	return latin(string(list("\r\n", row("Standort", "Manufacturer Name", "Device Model", "Device serial number", "Windows product ID", "Hardware hash"),
		row("Zürich", "", "", a.Serial, "", a.Hash()),
		row("Genève", "", "", b.Serial, "", b.Hash()),
		row("Köln", "Würth Geräte GmbH", "Terminal 5", "WG-00017", "", ""),
		row("Köln", "Würth Geräte GmbH", "Terminal 5", "WG-00018", "", ""),
		"", ";;;;;")))
}

// latin encodes text whose letters are the same in Latin-1 and Windows-1252.
func latin(text string) []byte {
	var out []byte
	for _, r := range text {
		out = append(out, byte(r))
	}
	return out
}

func tabs() []byte {
	a, b := Device("T", 0), Device("T", 1)
	return list("\n", "hardware hash\tSERIAL\tmake\tmodel\tpkid",
		a.Hash()+"\t"+a.Serial+"\t\t\t",
		b.Hash()+"\t"+b.Serial+"\t"+b.Maker+"\t"+b.Model+"\t",
		"\tT0003\tDell Inc.\tLatitude 7450\t",
		"\t\t\t\t3340098124502")
}

// withFailures holds two serials that the simulator refuses for a cause, among
// six that it takes.
func withFailures() []byte {
	lines := []string{PortalHeader}
	for i := range 6 {
		if d := Device("OK-", i); i%2 == 0 {
			lines = append(lines, cells(d.Serial, "", d.Hash(), "", ""))
		} else {
			lines = append(lines, cells(d.Serial, "", "", d.Maker, d.Model))
		}
		switch i {
		case 1:
			lines = append(lines, cells("SIM-806-0001", "", Hash("SIM-806-0001", "Dell Inc.", "Latitude 7450"), "", ""))
		case 3:
			lines = append(lines, cells("SIM-808-0001", "", "", "Dell Inc.", "Latitude 7450"))
		}
	}
	return list("\r\n", lines...)
}

func duplicates() []byte {
	a, b := Device("DUP", 0), Device("DUP", 1)
	return list("\n", PortalHeader,
		cells(a.Serial, "", a.Hash(), "", ""),
		cells(b.Serial, "", b.Hash(), "", ""),
		cells(a.Serial, "", a.Hash(), "", ""),
		cells("", "3340098124601", "", "", ""),
		cells("DUP-X1", "", "", "LENOVO", "21ML0012GE"),
		cells("", "3340098124601", "", "", ""),
		cells("dup-x1", "", "", "LENOVO", "21ML0012GE"),
		cells("DUP-X1", "", "", "HP", "HP EliteBook 840 14 inch G11"),
		cells(b.Serial, "", "", b.Maker, b.Model))
}

func wrongHash() []byte {
	a, b, c, d := Device("WH", 0), Device("WH", 1), Device("WH", 2), Device("WH", 3)
	return list("\n", ScriptHeader,
		cells(a.Serial, "", a.Hash()),
		cells(b.Serial, "", Damaged(b.Serial, b.Maker, b.Model)),
		cells(c.Serial, "", c.Hash()[:1200]),
		cells(d.Serial, "", "T0E-not-a-hash"))
}

// formula holds cells that a spreadsheet would run. They are plain text.
func formula() []byte {
	evil := "=cmd|' /C calc'!A0"
	return list("\n", PortalHeader,
		cells(evil, "", "", "Dell Inc.", "Latitude 7450"),
		cells("+1+1", "", "", "Dell Inc.", "Latitude 7450"),
		cells("@SUM(1+1)", "", "", "Dell Inc.", `"=HYPERLINK(""http://example.invalid"",""x"")"`),
		cells("-2", "", Hash("-2", "Dell Inc.", "Latitude 7450"), "", ""))
}

func spreadsheet() []byte {
	zeros, rounded := Hash("00123457", "Dell Inc.", "Latitude 7450"), Hash("123456789012", "Dell Inc.", "Latitude 7450")
	wrapped, blanks := Device("SPW", 0), Device("SPW", 1)
	h := wrapped.Hash()
	return list("\r\n", PortalHeader,
		cells("123457", "", zeros, "", ""),
		cells("1.23E+11", "", rounded, "", ""),
		cells("9.87E+11", "", "", "Dell Inc.", "Latitude 7450"),
		cells(`"=""00778"""`, "", "", "Dell Inc.", "Latitude 7450"),
		cells("\u00a0SP-00779\ufeff", "", "", "Dell\u00a0Inc.", "Latitude 7450"),
		cells(wrapped.Serial, "", `"`+h[:2000]+"\r\n"+h[2000:]+`"`, "", ""),
		cells(blanks.Serial, "", "  "+blanks.Hash()[:76]+" "+blanks.Hash()[76:], "", ""),
		cells("SP-OTHER", "", Hash("SP-INSIDE", "Dell Inc.", "Latitude 7450"), "", ""),
		cells("", "3.34E+12", "", "", ""))
}

func mixed() []byte {
	a, b, c := Device("MIX", 0), Device("MIX", 1), Device("MIX", 2)
	return list("\n", PortalHeader+",Room",
		cells(a.Serial, "", a.Hash(), "", "", "1.01"),
		cells(b.Serial, "", Damaged(b.Serial, b.Maker, b.Model), "", "", "1.02"),
		"",
		cells("MIX-7", "", "", "Dell Inc.", "", "1.03"),
		cells("MIX-8", "", "", "Contoso, Ltd.", "Tablet 10", "1.04"),
		cells("To be filled by O.E.M.", "", "", "Dell Inc.", "Latitude 7450", "1.05"),
		cells("MIX\x1b[31m9", "", "", "Dell Inc.", "Latitude 7450", "1.06"),
		cells("", "3340098124701", "", "", "", "1.07"),
		cells(a.Serial, "", a.Hash(), "", "", "1.08"),
		cells(`"MIX-11`, "", "", "Dell Inc.", "Latitude 7450", "1.09"),
		cells(c.Serial, "", c.Hash(), "", "", "1.10"))
}
