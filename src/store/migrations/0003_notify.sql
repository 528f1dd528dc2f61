-- Intents to tell one person by one way (room notify). `pending` rows have a timer outbox.send,
-- `sending` rows a timer outbox.deadline; `waiting` rows wait for a free place in their lane.
CREATE TABLE outbox (
  id TEXT PRIMARY KEY,
  state TEXT NOT NULL CHECK (state IN ('pending', 'waiting', 'sending', 'sent', 'failed', 'dropped')),
  subject_kind TEXT NOT NULL,
  subject_id TEXT NOT NULL,
  person TEXT NOT NULL,
  channel TEXT NOT NULL CHECK (channel IN ('webhook', 'mail', 'slack')),
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
  CHECK ((state IN ('sent', 'failed', 'dropped')) = (finished IS NOT NULL)),
  CHECK (state <> 'sending' OR tried IS NOT NULL)
);

CREATE INDEX outbox_by_lane ON outbox (state, lane);
CREATE INDEX outbox_by_subject ON outbox (subject_kind, subject_id);
CREATE INDEX outbox_by_end ON outbox (finished) WHERE finished IS NOT NULL;

-- Keys that this installation makes for itself, base64url.
CREATE TABLE notify_key (
  name TEXT PRIMARY KEY,
  bytes TEXT NOT NULL
);
