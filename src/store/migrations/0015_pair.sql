-- What processes of a cluster tell each other of table told, and what was imported from an
-- Alertmanager (room alert, NotificationLog). `noted`: when its arrival was known; of two the newer
-- holds. `doubted`: when the send that is in doubt began. `imported`: XXH64 hashes of the labels of
-- alerts that an Alertmanager told as firing, as the lists beside it; null is none.
ALTER TABLE told ADD COLUMN noted BIGINT NOT NULL DEFAULT 0;
ALTER TABLE told ADD COLUMN doubted BIGINT NOT NULL DEFAULT 0;
ALTER TABLE told ADD COLUMN imported BYTEA;
UPDATE told SET noted = told WHERE told IS NOT NULL;
