-- A batch whose sink died is sent again by another one, and must be known then. On a server that many shops share, other
-- shops' inserts push its token out: 1,000 are seconds there, 10,000 are half an hour at six inserts a second.
ALTER TABLE events MODIFY SETTING non_replicated_deduplication_window = 10000;
ALTER TABLE visits MODIFY SETTING non_replicated_deduplication_window = 10000;
ALTER TABLE visits_quarter_hourly MODIFY SETTING non_replicated_deduplication_window = 10000;
ALTER TABLE camera_events MODIFY SETTING non_replicated_deduplication_window = 10000;
