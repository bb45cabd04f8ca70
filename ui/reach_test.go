package ui

import (
	"testing"

	"muster/model"
	"muster/ui/keys"
	"muster/ui/kit"
	"muster/ui/screen"
	"muster/ui/uitest"
)

// screens are one of each that declares actions.
func screens(a *App) map[string]kit.Screen {
	env := a.env
	op := model.Operation{ID: "op", Title: "policy Kiosk on 1 device", Rows: model.Tally{Done: 1}}
	return map[string]kit.Screen{
		"home": screen.NewHome(env, nil), "customers": screen.NewCustomers(env), "devices": screen.NewDevices(env),
		"customer": screen.NewCustomer(env, model.Customer{ID: "c"}, env.Now()),
		"device":   screen.NewDevice(env, model.Device{}, "", "", env.Now()), "batches": screen.NewBatches(env),
		"policies": screen.NewPolicies(env), "policy": screen.NewPolicy(env, model.ConfigurationPolicy{}, env.Now()),
		"bios": screen.NewBIOSConfigurations(env), "bios detail": screen.NewBIOSConfiguration(env, model.BIOSConfiguration{}),
		"operations": screen.NewOperations(env), "operation": screen.NewOperation(env, op), "help": screen.NewHelp(env, "home", nil),
		"requests": screen.NewRequests(env), "found": screen.NewFoundDevices(env, "S1"),
	}
}

func TestNoTwoActionsInReachShareAKey(t *testing.T) {
	a := New(t.Context(), Options{Backend: (&uitest.Still{}).Backend(), Now: uitest.Noon})
	for name, s := range screens(a) {
		card := s.Card()
		owner := map[string]string{}
		for _, act := range append(append([]kit.Action(nil), card.Actions...), a.reach(card)...) {
			if len(act.Key) == 0 || act.Name == "" {
				t.Errorf("%s: action %q has key %q", name, act.Name, act.Key)
			}
			for _, key := range act.Key {
				if other, taken := owner[key]; taken {
					t.Errorf("%s: %s is both %q and %q", name, key, other, act.Name)
				}
				if !keys.Safe(key) {
					t.Errorf("%s: %q is on %s, which over SSH may be another key", name, act.Name, key)
				}
				owner[key] = act.Name
			}
		}
		if owner["esc"] == "" || owner["ctrl+c"] == "" {
			t.Errorf("%s: there is no way back or out", name)
		}
	}
}

// What changes a tenant says so, and nothing that hurts sits on a ctrl key.
func TestWhatHurtsIsMarked(t *testing.T) {
	a := New(t.Context(), Options{Backend: (&uitest.Still{}).Backend(), Now: uitest.Noon})
	k := a.env.Keys
	hurting := map[string]bool{}
	for _, b := range []keys.Binding{k.Assign, k.New, k.Edit, k.Upload, k.Again, k.Continue, k.Drop, k.Remove, k.Undo, k.Tag, k.Sync} {
		for _, key := range b {
			hurting[key] = true
		}
	}
	for name, s := range screens(a) {
		card := s.Card()
		for _, act := range append(append([]kit.Action(nil), card.Actions...), a.reach(card)...) {
			if hurting[act.Key[0]] != act.Hurt {
				t.Errorf("%s: %q on %s: hurt is %v", name, act.Name, act.Key[0], act.Hurt)
			}
			if act.Hurt && len(act.Key[0]) > 4 && act.Key[0][:5] == "ctrl+" {
				t.Errorf("%s: %q hurts and is on %s", name, act.Name, act.Key[0])
			}
		}
	}
}
