-- Events that are true from the moment their state is committed; the relay brings them to the event log.
CREATE TABLE outbox (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  topic TEXT NOT NULL,
  record_key TEXT NOT NULL,
  headers TEXT NOT NULL,
  value BLOB NOT NULL,
  relayed_at TEXT
) STRICT;
-- next
CREATE INDEX outbox_waiting ON outbox (sequence) WHERE relayed_at IS NULL;
