// Package form holds the forms and questions of the dashboard: assign a policy, upload
// a list, make or change a BIOS configuration, and the plain question before a decision.
// Each is a [kit.Screen] that goes through stages (fields, a preview, a question), one
// in sight at a time, inside one [Host], which has the keys that all forms share.
//
// A form checks with model, asks before it writes, and hands over through the commands
// of kit. It stays open until the intent is on disk and stays filled when that fails.
// It opens no file, sends nothing, and is no list: what can be chosen from is read by
// commands and judged by model and desk.
package form
