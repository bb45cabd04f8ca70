package form

import (
	"muster/model"
	"muster/ui/kit"
)

func NewBIOS(env *kit.Env) kit.Screen                             { return nil }
func EditBIOS(env *kit.Env, b model.BIOSConfiguration) kit.Screen { return nil }
