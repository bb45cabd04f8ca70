package ledger

// version is what this program writes into PRAGMA user_version: the number of
// migrations. A database with a higher one was written by a newer muster and is
// opened for reading only.
const version = 4

// migrations lead from each version to the next one.
func migrations() [version]string { return [version]string{schema, later, intune, attempts} }

// later creates version 2. A chunk is in doubt when some sending of it may have
// taken effect although no answer was recorded. A row can have a target of its
// own, and attempt counts how often it was asked for.
const later = `
ALTER TABLE chunks ADD COLUMN doubt INTEGER NOT NULL DEFAULT 0;
ALTER TABLE rows ADD COLUMN target TEXT NOT NULL DEFAULT '';
ALTER TABLE rows ADD COLUMN maker TEXT NOT NULL DEFAULT '';
ALTER TABLE rows ADD COLUMN model TEXT NOT NULL DEFAULT '';
ALTER TABLE rows ADD COLUMN attempt INTEGER NOT NULL DEFAULT 1;
`

// intune creates version 3. A row of an operation in Intune names its device in
// that service's own id space, and the ticket of its import while that exists.
const intune = `
ALTER TABLE rows ADD COLUMN autopilot TEXT NOT NULL DEFAULT '';
ALTER TABLE rows ADD COLUMN ticket TEXT NOT NULL DEFAULT '';
`

// attempts creates version 4. What became of a row in an earlier attempt is kept,
// and a chunk can have a moment before which it is not sent.
const attempts = `
ALTER TABLE chunks ADD COLUMN due INTEGER NOT NULL DEFAULT 0;
CREATE TABLE past (
	operation TEXT NOT NULL REFERENCES operations (id) ON DELETE CASCADE,
	number    INTEGER NOT NULL,
	attempt   INTEGER NOT NULL,
	chunk     INTEGER NOT NULL,
	job       TEXT NOT NULL,
	state     INTEGER NOT NULL,
	code      TEXT NOT NULL,
	code_name TEXT NOT NULL,
	text      TEXT NOT NULL,
	what      TEXT NOT NULL,
	ended     INTEGER NOT NULL,
	PRIMARY KEY (operation, number, attempt)
) WITHOUT ROWID;
`

// schema creates version 1. Times are milliseconds since 1970 in UTC, 0 = none.
// rev counts the changes of an operation, so that a reader re-reads only what
// changed.
const schema = `
CREATE TABLE operations (
	id            TEXT PRIMARY KEY,
	backend       TEXT NOT NULL,
	owner         TEXT NOT NULL,
	rev           INTEGER NOT NULL DEFAULT 1,
	held          INTEGER NOT NULL DEFAULT 0,
	kind          TEXT NOT NULL,
	customer      TEXT NOT NULL,
	customer_name TEXT NOT NULL,
	title         TEXT NOT NULL,
	target        TEXT NOT NULL,
	source        TEXT NOT NULL,
	who           TEXT NOT NULL,
	note          TEXT NOT NULL DEFAULT '',
	created       INTEGER NOT NULL,
	ended         INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX operations_backend ON operations (backend, created);
CREATE TABLE chunks (
	operation   TEXT NOT NULL REFERENCES operations (id) ON DELETE CASCADE,
	number      INTEGER NOT NULL,
	phase       INTEGER NOT NULL DEFAULT 0,
	request_id  TEXT NOT NULL,
	correlation TEXT NOT NULL DEFAULT '',
	job         TEXT NOT NULL DEFAULT '',
	job_state   INTEGER NOT NULL DEFAULT 0,
	job_word    TEXT NOT NULL DEFAULT '',
	rows        INTEGER NOT NULL,
	method      TEXT NOT NULL DEFAULT '',
	tries       INTEGER NOT NULL DEFAULT 0,
	sent        INTEGER NOT NULL DEFAULT 0,
	accepted    INTEGER NOT NULL DEFAULT 0,
	polled      INTEGER NOT NULL DEFAULT 0,
	ended       INTEGER NOT NULL DEFAULT 0,
	problem     TEXT NOT NULL DEFAULT '',
	PRIMARY KEY (operation, number)
) WITHOUT ROWID;
CREATE TABLE rows (
	operation TEXT NOT NULL REFERENCES operations (id) ON DELETE CASCADE,
	number    INTEGER NOT NULL,
	chunk     INTEGER NOT NULL,
	state     INTEGER NOT NULL DEFAULT 0,
	line      INTEGER NOT NULL DEFAULT 0,
	serial    TEXT NOT NULL DEFAULT '',
	sent_serial INTEGER NOT NULL DEFAULT 0,
	device    TEXT NOT NULL DEFAULT '',
	batch     TEXT NOT NULL DEFAULT '',
	name      TEXT NOT NULL DEFAULT '',
	key_sum   TEXT NOT NULL DEFAULT '',
	hash_sum  TEXT NOT NULL DEFAULT '',
	previous  TEXT NOT NULL DEFAULT '',
	code      TEXT NOT NULL DEFAULT '',
	code_name TEXT NOT NULL DEFAULT '',
	text      TEXT NOT NULL DEFAULT '',
	what      TEXT NOT NULL DEFAULT '',
	paired    INTEGER NOT NULL DEFAULT 0,
	PRIMARY KEY (operation, number)
) WITHOUT ROWID;
CREATE INDEX rows_chunk ON rows (operation, chunk, state);
CREATE TABLE spool (
	operation TEXT NOT NULL REFERENCES operations (id) ON DELETE CASCADE,
	chunk     INTEGER NOT NULL,
	number    INTEGER NOT NULL,
	body      BLOB NOT NULL,
	PRIMARY KEY (operation, chunk, number)
);
CREATE TABLE events (
	at        INTEGER NOT NULL,
	operation TEXT NOT NULL REFERENCES operations (id) ON DELETE CASCADE,
	chunk     INTEGER NOT NULL,
	what      TEXT NOT NULL,
	detail    TEXT NOT NULL DEFAULT ''
);
CREATE INDEX events_operation ON events (operation, at);
`
