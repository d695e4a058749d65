-- Attributes of the envelope that this release has no column for, as one JSON object; empty where there are none.
-- Facts that a newer producer adds are kept without a change of the table.
ALTER TABLE events ADD COLUMN IF NOT EXISTS extensions String DEFAULT '' CODEC(ZSTD(3)) AFTER data;
