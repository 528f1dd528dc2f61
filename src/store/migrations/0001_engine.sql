-- What the engine itself keeps. See docs/store.md for the SQL that both backends understand.

-- Whatever happened, once, in order. seq has no gap: the one writer gives it at commit.
CREATE TABLE logbook (
  seq BIGINT NOT NULL PRIMARY KEY,
  happened BIGINT NOT NULL,
  recorded BIGINT NOT NULL,
  actor_kind TEXT NOT NULL,
  actor_name TEXT NOT NULL,
  kind TEXT NOT NULL,
  subject_kind TEXT NOT NULL,
  subject_id TEXT NOT NULL,
  incident_id TEXT,
  data TEXT NOT NULL
);
CREATE INDEX logbook_incident ON logbook (incident_id, happened, seq)
  WHERE incident_id IS NOT NULL;

-- Due times. basis: 0 a delay, which moves along when the wall clock is set; 1 a moment.
CREATE TABLE timers (
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  due BIGINT NOT NULL,
  basis BIGINT NOT NULL,
  PRIMARY KEY (kind, subject)
);
CREATE INDEX timers_due ON timers (due);

-- Who may write. One row; the epoch rises each time that the lease changes hands.
CREATE TABLE lease (
  id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
  epoch BIGINT NOT NULL,
  holder TEXT NOT NULL,
  acquired_at BIGINT NOT NULL
);
INSERT INTO lease (id, epoch, holder, acquired_at) VALUES (1, 0, '', 0);
