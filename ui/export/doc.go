// Package export writes what muster knows for others to read: lists as CSV, JSON
// or NDJSON, and the evidence of an operation as Markdown, CSV or JSON.
//
// Nothing that it writes runs in a spreadsheet, steers a terminal or breaks out
// of a Markdown table. It never writes a hardware hash or a product key: what it
// is given has none. Files are new ones, readable by their owner alone.
//
// It reads nothing, knows no screen and no command line, and has no clock.
package export
