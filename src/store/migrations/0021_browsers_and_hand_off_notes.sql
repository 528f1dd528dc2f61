-- Room notify: what a person calls a subscribed browser, and when its push service last took a
-- message (kept to the minute).
ALTER TABLE push_subscription ADD COLUMN browser TEXT NOT NULL DEFAULT '';
ALTER TABLE push_subscription ADD COLUMN last_success BIGINT;

-- Room oncall: what whoever goes off call leaves for who comes. The one without `handed_off` is
-- still being written; at the hand-off it is closed, with `receivers`, a JSON list of people.
CREATE TABLE hand_off_note (
  id TEXT NOT NULL PRIMARY KEY,
  schedule TEXT NOT NULL,
  author TEXT NOT NULL,
  body TEXT NOT NULL,
  created BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  handed_off BIGINT,
  receivers TEXT NOT NULL
);
CREATE UNIQUE INDEX hand_off_note_open ON hand_off_note (schedule) WHERE handed_off IS NULL;
CREATE INDEX hand_off_note_of ON hand_off_note (schedule, handed_off);
