-- Order, patience, quiet hours and second sendings of the outbox (room notify).
-- `held`: waits until every earlier message of its line has ended; the end of the last of these wakes
-- it. `line`: the incident and the receiver that a message is ordered by; nothing once it has ended,
-- so that no address stays. `place`: the order within a line. `contact`: the contact's name in the
-- catalog. `quiet_until`: it waits for the end of the person's quiet hours. `retry_of`, `retried_as`:
-- the failed delivery that somebody sent again, and the new one. `is_drill`: of the canary.
-- Rows of earlier versions are in no line.
CREATE TABLE outbox_new (
  id TEXT PRIMARY KEY,
  state TEXT NOT NULL
    CHECK (state IN ('pending', 'waiting', 'held', 'sending', 'sent', 'failed', 'dropped')),
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
  contact TEXT NOT NULL DEFAULT '',
  line TEXT,
  place BIGINT NOT NULL DEFAULT 0,
  quiet_until BIGINT,
  retry_of TEXT NOT NULL DEFAULT '',
  retried_as TEXT NOT NULL DEFAULT '',
  is_drill BIGINT NOT NULL DEFAULT 0,
  CHECK ((state IN ('sent', 'failed', 'dropped')) = (finished IS NOT NULL)),
  CHECK (state <> 'sending' OR tried IS NOT NULL),
  CHECK (finished IS NULL OR line IS NULL),
  CHECK (state <> 'held' OR line IS NOT NULL)
);
INSERT INTO outbox_new (id, state, subject_kind, subject_id, person, channel, lane, address, secret,
    is_page, message, attempts, maybe_duplicate, created, tried, finished, detail, provider,
    language, reply_code, taken_by, message_id, receipt, poll_until, is_drill)
  SELECT id, state, subject_kind, subject_id, person, channel, lane, address, secret, is_page,
    message, attempts, maybe_duplicate, created, tried, finished, detail, provider, language,
    reply_code, taken_by, message_id, receipt, poll_until,
    CASE WHEN message LIKE '%"is_drill":true%' THEN 1 ELSE 0 END FROM outbox;
DROP TABLE outbox;
ALTER TABLE outbox_new RENAME TO outbox;
CREATE INDEX outbox_by_lane ON outbox (state, lane);
CREATE INDEX outbox_by_subject ON outbox (subject_kind, subject_id);
CREATE INDEX outbox_by_end ON outbox (finished) WHERE finished IS NOT NULL;
CREATE INDEX outbox_by_line ON outbox (line, place) WHERE line IS NOT NULL;
CREATE INDEX outbox_by_quiet ON outbox (quiet_until) WHERE quiet_until IS NOT NULL;
CREATE INDEX outbox_dead ON outbox (finished, id) WHERE state = 'failed';
