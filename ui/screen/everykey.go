package screen

import (
	"time"

	"muster/model"
	"muster/ui/kit"
)

// Details returns what the keys do on the screens that stand for one thing, in the
// order of the views that they open from. Nothing is read.
func Details(env *kit.Env) (cards []kit.Card) {
	then := time.Time{}
	add := func(title string, s kit.Screen) {
		cards = append(cards, kit.Card{Title: title, Actions: s.Card().Actions})
	}
	add("device", NewDevice(env, model.Device{}, "", "", then))
	add("device in Intune", NewAutopilot(env, model.Device{}, "", model.AutopilotDevice{}, source{}))
	add("devices found", NewFoundDevices(env, ""))
	add("batch", NewBatch(env, model.DeviceBatch{}, then))
	add("policy", NewPolicy(env, model.ConfigurationPolicy{}, then))
	bios := NewBIOSConfiguration(env, model.BIOSConfiguration{})
	for _, actions := range bios.actions {
		cards = append(cards, kit.Card{Title: "BIOS configuration", Actions: actions})
	}
	add("profile", NewProfile(env, model.DeploymentProfile{}))
	add("devices of a profile", NewProfileDevices(env, model.DeploymentProfile{}))
	add("operation", NewOperation(env, model.Operation{}))
	add("JSON", NewRaw(env, "", model.ItemRef{}, ""))
	add("difference", NewPolicyDifference(env, model.ConfigurationPolicy{}))
	add("help", NewHelp(env, "", nil))
	return cards
}
