-- More channels, and what providers say of a message after they took it (room notify).
-- `provider`: the template of a contact of kind http. `language` of the person. `reply_code`: what
-- answers by SMS begin with; 0 for none. `taken_by`, `message_id`: who took it and how he calls it.
-- `receipt`: `awaited` rows have a timer outbox.poll until `poll_until`.
-- The names of channels are held by the catalog alone, so that the next one needs no new table.
CREATE TABLE outbox_new (
  id TEXT PRIMARY KEY,
  state TEXT NOT NULL CHECK (state IN ('pending', 'waiting', 'sending', 'sent', 'failed', 'dropped')),
  subject_kind TEXT NOT NULL,
  subject_id TEXT NOT NULL,
  person TEXT NOT NULL,
  channel TEXT NOT NULL,
  lane TEXT NOT NULL,
  address TEXT NOT NULL,
  secret TEXT NOT NULL,
  is_page BIGINT NOT NULL,
  message TEXT NOT NULL,
  attempts BIGINT NOT NULL CHECK (attempts >= 0),
  maybe_duplicate BIGINT NOT NULL,
  created BIGINT NOT NULL,
  tried BIGINT,
  finished BIGINT,
  detail TEXT NOT NULL,
  provider TEXT NOT NULL DEFAULT '',
  language TEXT NOT NULL DEFAULT 'en',
  reply_code BIGINT NOT NULL DEFAULT 0,
  taken_by TEXT NOT NULL DEFAULT '',
  message_id TEXT NOT NULL DEFAULT '',
  receipt TEXT NOT NULL DEFAULT 'none'
    CHECK (receipt IN ('none', 'awaited', 'delivered', 'undelivered', 'read', 'unknown')),
  poll_until BIGINT,
  CHECK ((state IN ('sent', 'failed', 'dropped')) = (finished IS NOT NULL)),
  CHECK (state <> 'sending' OR tried IS NOT NULL)
);
INSERT INTO outbox_new (id, state, subject_kind, subject_id, person, channel, lane, address, secret,
    is_page, message, attempts, maybe_duplicate, created, tried, finished, detail)
  SELECT id, state, subject_kind, subject_id, person, channel, lane, address, secret, is_page,
    message, attempts, maybe_duplicate, created, tried, finished, detail FROM outbox;
DROP TABLE outbox;
ALTER TABLE outbox_new RENAME TO outbox;
CREATE INDEX outbox_by_lane ON outbox (state, lane);
CREATE INDEX outbox_by_subject ON outbox (subject_kind, subject_id);
CREATE INDEX outbox_by_end ON outbox (finished) WHERE finished IS NOT NULL;

-- What an answer by SMS begins with: which page of this number it means. A code is given anew when
-- it is the oldest of its number.
CREATE TABLE reply_code (
  number TEXT NOT NULL,
  code BIGINT NOT NULL CHECK (code > 0),
  page TEXT NOT NULL,
  person TEXT NOT NULL,
  given BIGINT NOT NULL,
  PRIMARY KEY (number, code)
);
CREATE INDEX reply_code_by_age ON reply_code (given);

-- Browsers of people (RFC 8030). `endpoint` is as good as a key to the browser behind it.
CREATE TABLE push_subscription (
  endpoint TEXT PRIMARY KEY,
  person TEXT NOT NULL,
  p256dh TEXT NOT NULL,
  auth TEXT NOT NULL,
  created BIGINT NOT NULL
);
CREATE INDEX push_subscription_by_person ON push_subscription (person);
