package model

// inverses say, for each kind of operation, what undoes it, or what is left to do when
// nothing does. They go on after "it can be undone:" and "it cannot be undone:".
var inverses = map[OperationKind]struct {
	words string
	can   bool
}{
	UploadDevices:    {words: "devices leave a batch only by a removal, one by one, and a batch stays for good"},
	AssignPolicy:     {words: "gives the former policies back, to devices that have one now", can: true},
	CreateBIOS:       {words: "what was made can only be deleted"},
	EditBIOS:         {words: "only another edit brings the old values back"},
	CreatePolicy:     {words: "what was made can only be deleted"},
	EditPolicy:       {words: "only another edit brings the old values back"},
	DeletePolicy:     {words: "a new one has another id, and no device gets it back"},
	RemoveDevices:    {words: "only another upload brings the devices back"},
	UnassignPolicy:   {words: "only another assignment gives the devices a policy again"},
	UndoAssignment:   {words: "only another assignment changes the policies again"},
	ChangeAutopilot:  {words: "gives the former values back", can: true},
	UndoAutopilot:    {words: "only another change sets the values again"},
	DeleteAutopilot:  {words: "only another import or upload brings the devices back"},
	SyncAutopilot:    {words: "what the services bring in line stays so"},
	ImportAutopilot:  {words: "devices leave Intune only by a deletion"},
	AssignProfile:    {words: "only another assignment changes the profile again"},
	CreateProfile:    {words: "what was made can only be deleted"},
	EditProfile:      {words: "only another edit brings the old values back"},
	DeleteProfile:    {words: "a new one has another id and no assignment"},
	TargetProfile:    {words: "only another change of the groups brings the old ones back"},
	DeleteBIOS:       {words: "a new one has another id and no assignment"},
	AssignBIOS:       {words: "only another assignment brings the old set back"},
	ReadBIOSPassword: {words: "what was shown is known, and that it was read stays on record"},
}

// Inverse reports whether muster can undo an operation of this kind, and says in a
// clause what that does, or what is left to do without. The clause is "" for kinds that
// change nothing at a service.
func (k OperationKind) Inverse() (clause string, can bool) {
	i := inverses[k]
	return i.words, i.can
}
