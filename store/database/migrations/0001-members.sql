-- Members, their consents and their sealed templates. What may never happen is forbidden here as well as in the program.

CREATE TABLE vault (
  only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
  -- tells a wrong master key from a damaged template; says nothing about the key
  key_fingerprint TEXT NOT NULL
) STRICT;
-- next
CREATE TABLE members (
  member_id TEXT PRIMARY KEY,
  subject_key TEXT NOT NULL UNIQUE,
  -- the member's data key, sealed by the master key; destroying it makes everything else of the member unreadable
  sealed_key BLOB NOT NULL,
  sealed_name BLOB NOT NULL,
  enrolled_at TEXT NOT NULL
) STRICT;
-- next
CREATE TABLE consents (
  consent_id TEXT PRIMARY KEY,
  member_id TEXT NOT NULL REFERENCES members (member_id) ON DELETE CASCADE,
  purpose TEXT NOT NULL CHECK (purpose IN ('door-recognition', 'show-name')),
  text_version TEXT NOT NULL,
  channel TEXT NOT NULL CHECK (channel IN ('command-line', 'kiosk', 'simulation')),
  given_at TEXT NOT NULL,
  withdrawn_at TEXT
) STRICT;
-- next
-- agreeing to a newer text stands beside the older consent; withdrawing a purpose ends them all
CREATE UNIQUE INDEX consents_active ON consents (member_id, purpose, text_version) WHERE withdrawn_at IS NULL;
-- next
CREATE TABLE templates (
  member_id TEXT NOT NULL REFERENCES members (member_id) ON DELETE CASCADE,
  template_index INTEGER NOT NULL CHECK (template_index >= 0),
  -- which network made it: templates of different networks are never compared
  network TEXT NOT NULL,
  sealed_template BLOB NOT NULL,
  PRIMARY KEY (member_id, template_index)
) STRICT;
-- next
CREATE TRIGGER templates_need_consent BEFORE INSERT ON templates
WHEN NOT EXISTS (
  SELECT 1 FROM consents
  WHERE member_id = NEW.member_id AND purpose = 'door-recognition' AND withdrawn_at IS NULL
)
BEGIN
  SELECT raise(ABORT, 'a template needs an active consent to door recognition');
END;
-- next
CREATE TRIGGER templates_stay_as_they_are BEFORE UPDATE ON templates
BEGIN
  SELECT raise(ABORT, 'templates are replaced, not changed');
END;
-- next
CREATE TRIGGER consents_are_history BEFORE UPDATE ON consents
WHEN OLD.withdrawn_at IS NOT NULL OR NEW.withdrawn_at IS NULL
  OR (NEW.consent_id, NEW.member_id, NEW.purpose, NEW.text_version, NEW.channel, NEW.given_at)
    IS NOT (OLD.consent_id, OLD.member_id, OLD.purpose, OLD.text_version, OLD.channel, OLD.given_at)
BEGIN
  SELECT raise(ABORT, 'a consent can be withdrawn once and otherwise stays as it was given');
END;
-- next
CREATE TRIGGER withdrawal_deletes_templates AFTER UPDATE ON consents
WHEN NEW.purpose = 'door-recognition' AND NOT EXISTS (
  SELECT 1 FROM consents
  WHERE member_id = NEW.member_id AND purpose = 'door-recognition' AND withdrawn_at IS NULL
)
BEGIN
  DELETE FROM templates WHERE member_id = NEW.member_id;
END;
-- next
CREATE TRIGGER lost_consent_deletes_templates AFTER DELETE ON consents
WHEN OLD.purpose = 'door-recognition' AND NOT EXISTS (
  SELECT 1 FROM consents
  WHERE member_id = OLD.member_id AND purpose = 'door-recognition' AND withdrawn_at IS NULL
)
BEGIN
  DELETE FROM templates WHERE member_id = OLD.member_id;
END;
-- next
CREATE TABLE gallery (
  only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
  -- grows with every change of a template, so that a running store sees what the command line did
  revision INTEGER NOT NULL
) STRICT;
-- next
INSERT INTO gallery (only_row, revision) VALUES (1, 0);
-- next
CREATE TRIGGER gallery_gains AFTER INSERT ON templates
BEGIN
  UPDATE gallery SET revision = revision + 1;
END;
-- next
CREATE TRIGGER gallery_loses AFTER DELETE ON templates
BEGIN
  UPDATE gallery SET revision = revision + 1;
END;
