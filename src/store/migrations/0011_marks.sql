-- What people have said of posted alerts (room alert, MarkBook); a row ends with its alert's firing.
-- `fingerprint` as in posted_alert. Times are null where there is no such mark.
CREATE TABLE posted_mark (
  fingerprint BIGINT NOT NULL PRIMARY KEY,
  acknowledged BIGINT,
  acknowledged_by TEXT NOT NULL,
  acknowledged_comment TEXT NOT NULL,
  snoozed BIGINT,
  snoozed_until BIGINT,
  snoozed_by TEXT NOT NULL,
  snoozed_comment TEXT NOT NULL,
  CHECK ((snoozed IS NULL) = (snoozed_until IS NULL))
);

-- Silences that come again (room alert, RecurringBook). Matchers as in silence; `start` and the list
-- `exceptions` (JSON) are times of the zone's calendar, `lasts` is in microseconds. `next_begin`: the
-- occurrence that is made next, null when there are no more.
CREATE TABLE recurring_silence (
  id TEXT NOT NULL PRIMARY KEY,
  matchers TEXT NOT NULL,
  rule TEXT NOT NULL,
  start TEXT NOT NULL,
  zone TEXT NOT NULL,
  exceptions TEXT NOT NULL,
  lasts BIGINT NOT NULL,
  created_by TEXT NOT NULL,
  comment TEXT NOT NULL,
  created BIGINT NOT NULL,
  next_begin BIGINT
);
