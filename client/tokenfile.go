package client

import (
	"bytes"
	"encoding/json"
	"os"

	"muster/model"
)

// maxTokenFile bounds a token file, in bytes: two tokens in a JSON object.
const maxTokenFile = 64 << 10

// TokenFile reads partnerToken and graphToken from a JSON file that only its owner can
// read; the ready line of muster simulate is one. Errors are of kind Invalid.
func TokenFile(path string) (partner, graph model.Secret, err error) {
	bad := func(msg string) (model.Secret, model.Secret, error) {
		return model.Secret{}, model.Secret{}, &model.Error{Kind: model.Invalid, Op: "read token file", Msg: msg,
			Hint: `it holds {"partnerToken": …, "graphToken": …} and has mode 0600`}
	}
	fi, err := os.Stat(path)
	switch {
	case err != nil:
		return bad("it cannot be opened")
	case !fi.Mode().IsRegular() || fi.Size() > maxTokenFile:
		return bad("it is not a small regular file")
	case fi.Mode().Perm()&0o077 != 0:
		return bad("others can read it")
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return bad("it cannot be read")
	}
	var w struct{ PartnerToken, GraphToken string }
	if json.Unmarshal(bytes.TrimSpace(raw), &w) != nil {
		return bad("it is not JSON")
	}
	return model.NewSecret(w.PartnerToken), model.NewSecret(w.GraphToken), nil
}
