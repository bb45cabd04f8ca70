package ledger

import (
	"context"

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
