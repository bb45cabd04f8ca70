package form

import "muster/ui/kit"

// All returns the constructors of every form, for [kit.Env].
func All() kit.Forms {
	return kit.Forms{
		Assign:   Assign,
		Upload:   Upload,
		NewBIOS:  NewBIOS,
		EditBIOS: EditBIOS,

		AssignBIOS:   AssignBIOS,
		DeleteBIOS:   DeleteBIOS,
		BIOSPassword: BIOSPassword,

		AssignEither:    AssignEither,
		ChangeAutopilot: ChangeAutopilot,
		DeleteAutopilot: DeleteAutopilot,
		AssignProfile:   AssignProfile,
		SyncAutopilot:   SyncAutopilot,

		NewProfile:    NewProfile,
		EditProfile:   EditProfile,
		DeleteProfile: DeleteProfile,
		TargetProfile: TargetProfile,

		Confirm: Confirm,

		NewPolicy:    NewPolicy,
		EditPolicy:   EditPolicy,
		DeletePolicy: DeletePolicy,
		AssignBatch:  AssignBatch,
		Remove:       Remove,
		Undo:         Undo,
		Adopt:        Adopt,
		MarkList:     MarkList,
		Find:         Find,

		NewConnection: NewConnection,

		ExportList:     ExportList,
		ExportEvidence: ExportEvidence,
	}
}
