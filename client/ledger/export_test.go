package ledger

import (
	"context"
	"errors"

	"muster/model"
)

// Afresh reads an operation past everything that is remembered.
func Afresh(ctx context.Context, l *Ledger, id model.OperationID) (model.Operation, error) {
	tx, err := l.read.BeginTx(ctx, nil)
	if err != nil {
		return model.Operation{}, err
	}
	defer tx.Rollback()
	return l.operation(ctx, tx, id)
}

// Version is the schema that this program writes.
const Version = version

// Die ends a ledger as a kill would: the lock goes, its file and all that is
// owned stay.
func Die(l *Ledger) error {
	file := l.owner.file
	l.owner.file = nil
	return errors.Join(l.Close(), file.Close())
}
