-- Alerts that others post (room alert, PostedBook). No index but a key that only grows: many new
-- alerts at once must not touch a page of their own each. `fingerprint` holds the 64 bits of the
-- labels' fingerprint as a signed number. Labels and annotations are name 0xFF value 0xFF after
-- another. While it fires, `ends` minus `updated` is how long its sender asked for; a post that only
-- repeats an alert is not written. `last_entry` is the newest entry of the logbook about it, which
-- names the one before it.
CREATE TABLE posted_alert (
  number BIGINT NOT NULL PRIMARY KEY,
  fingerprint BIGINT NOT NULL,
  labels BYTEA NOT NULL,
  annotations BYTEA NOT NULL,
  generator_url TEXT NOT NULL,
  starts BIGINT NOT NULL,
  ends BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  is_timeout BIGINT NOT NULL,
  is_ended BIGINT NOT NULL,
  last_entry BIGINT NOT NULL
);
-- Where the history of an alert that is over and forgotten ends in the logbook.
CREATE TABLE posted_past (
  fingerprint BIGINT NOT NULL,
  last_entry BIGINT NOT NULL,
  PRIMARY KEY (fingerprint, last_entry)
);

-- Silences (room alert, SilenceBook). Matchers are a JSON list of {name, op, value}.
CREATE TABLE silence (
  id TEXT NOT NULL PRIMARY KEY,
  matchers TEXT NOT NULL,
  starts BIGINT NOT NULL,
  ends BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  created_by TEXT NOT NULL,
  comment TEXT NOT NULL,
  annotations TEXT NOT NULL
);

-- What one integration of one receiver knows about one group (room alert, NotificationLog). `id` is
-- a hash of the four columns after it, which may be too long for an index. The lists hold
-- fingerprints, 8 bytes each, little endian, sorted. `told` is null while nothing is known to have
-- arrived. `is_in_doubt`: a send was cut off or failed so that it may have arrived; then `doubtful`
-- holds what it told as firing.
CREATE TABLE told (
  id TEXT NOT NULL PRIMARY KEY,
  group_key TEXT NOT NULL,
  receiver TEXT NOT NULL,
  kind TEXT NOT NULL,
  position BIGINT NOT NULL,
  told BIGINT,
  firing BYTEA NOT NULL,
  resolved BYTEA NOT NULL,
  still_open BYTEA NOT NULL,
  expires BIGINT NOT NULL,
  is_in_doubt BIGINT NOT NULL,
  doubtful BYTEA NOT NULL
);

-- Each notification, from the intent (`sending`) on. `group_hash` is a hash of the group's key.
CREATE TABLE notification (
  id TEXT NOT NULL PRIMARY KEY,
  told_id TEXT NOT NULL,
  group_hash TEXT NOT NULL,
  group_key TEXT NOT NULL,
  receiver TEXT NOT NULL,
  kind TEXT NOT NULL,
  position BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('sending', 'sent', 'failed', 'cut off')),
  reason TEXT NOT NULL,
  firing BIGINT NOT NULL,
  resolved BIGINT NOT NULL,
  maybe_duplicate BIGINT NOT NULL,
  began BIGINT NOT NULL,
  finished BIGINT,
  tries BIGINT NOT NULL,
  detail TEXT NOT NULL,
  CHECK ((state = 'sending') = (finished IS NULL))
);
CREATE INDEX notification_by_group ON notification (group_hash, began);
CREATE INDEX notification_by_begin ON notification (began);
CREATE INDEX notification_under_way ON notification (told_id) WHERE state = 'sending';

-- Which alerts a notification told in a state that its receiver did not know yet.
CREATE TABLE notification_alert (
  fingerprint BIGINT NOT NULL,
  notification TEXT NOT NULL,
  is_firing BIGINT NOT NULL,
  PRIMARY KEY (fingerprint, notification)
);
CREATE INDEX notification_alert_by_notification ON notification_alert (notification);
