-- When the relay first tried to append an event. Set and not relayed: whether the log has it must be looked up.
ALTER TABLE outbox ADD COLUMN tried_at TEXT;
