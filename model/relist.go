package model

import "strings"

// AlreadyThere returns the failed rows of an upload of which the service says that
// the customer has the device already. They may be counted as done once the device
// has been seen there.
func AlreadyThere(o Operation, rows []Row) []Row {
	if o.Kind != UploadDevices {
		return nil
	}
	var out []Row
	for _, r := range rows {
		if r.State == RowFailed && ClassOf(r.Code, r.CodeName) == AlreadyYours {
			out = append(out, r)
		}
	}
	return out
}

// NeedsList reports whether the row can be sent again when its list is given once
// more: it failed by a passing fault, and the hash or product key that was sent is
// erased.
func (r Row) NeedsList(k OperationKind) bool {
	return k == UploadDevices && r.State == RowFailed && ClassOf(r.Code, r.CodeName) == Transient && !r.Again(k)
}

// Relisting finds the rows of an upload in a list that is read again. It pairs by
// what was sent: the digests of hash and product key, and the serial.
type Relisting struct {
	kind   OperationKind
	wanted map[relistKey][]Row
	left   int
}

type relistKey struct{ hash, key, serial string }

// Relist prepares to find the rows that need their list.
func Relist(o Operation, rows []Row) *Relisting {
	l := &Relisting{kind: o.Kind, wanted: map[relistKey][]Row{}}
	for _, r := range rows {
		if r.NeedsList(o.Kind) {
			k := relistKey{r.HashSum, r.KeySum, strings.ToUpper(r.Serial)}
			l.wanted[k] = append(l.wanted[k], r)
			l.left++
		}
	}
	return l
}

// Left counts the rows that were not found yet.
func (l *Relisting) Left() int { return l.left }

// Take returns the row that a row of the list is, once: of several that are alike,
// the one on the same line goes before others.
func (l *Relisting) Take(u UploadRow) (Row, bool) {
	sent := u.Identity.Sent()
	k := relistKey{sent.Hash.Digest(), sent.ProductKey.Digest(), strings.ToUpper(u.Serial())}
	alike := l.wanted[k]
	if len(alike) == 0 {
		return Row{}, false
	}
	at := 0
	for i, r := range alike {
		if r.Line == u.Line {
			at = i
			break
		}
	}
	row := alike[at]
	l.wanted[k] = append(alike[:at:at], alike[at+1:]...)
	l.left--
	return row, true
}
