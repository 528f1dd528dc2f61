-- Posted alerts that became an alert, or joined one (docs/problems.md). A source keeps its alert firing,
-- evidence only stands beside it. A row is live until `left_at`.
CREATE TABLE alert_source (
  alert TEXT NOT NULL,
  fingerprint BIGINT NOT NULL,
  joined BIGINT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('source', 'evidence')),
  is_cause BIGINT NOT NULL,
  why TEXT NOT NULL,
  labels TEXT NOT NULL,
  summary TEXT NOT NULL,
  left_at BIGINT,
  how_left TEXT NOT NULL,
  PRIMARY KEY (alert, fingerprint, joined)
);
CREATE INDEX alert_source_live ON alert_source (fingerprint) WHERE left_at IS NULL;

-- Which a person has split off; until it ends it is an alert by itself.
CREATE TABLE alert_split (
  fingerprint BIGINT NOT NULL PRIMARY KEY,
  alert TEXT NOT NULL,
  made_by TEXT NOT NULL,
  made BIGINT NOT NULL
);

-- What the page gate says of a posted alert that fires and asks for a page.
CREATE TABLE gate_verdict (
  fingerprint BIGINT NOT NULL PRIMARY KEY,
  decision TEXT NOT NULL CHECK (decision IN ('page', 'ticket', 'dashboard')),
  mode TEXT NOT NULL CHECK (mode IN ('observe', 'enforce')),
  reasons TEXT NOT NULL,
  judged BIGINT NOT NULL
);

-- In which of the last slots a posted alert fired or resolved, by bits, and the number of the newest slot
-- (alert/flapping.h). An alert that has not changed since it began has no bits.
ALTER TABLE posted_alert ADD COLUMN changes BIGINT NOT NULL DEFAULT 0;
ALTER TABLE posted_alert ADD COLUMN newest_slot BIGINT NOT NULL DEFAULT 0;
ALTER TABLE posted_alert ADD COLUMN flapping_since BIGINT;

-- Posted alerts may belong to a team and to no service; then the team has one open incident.
DROP INDEX incident_one_open;
CREATE UNIQUE INDEX incident_one_open ON incident (service, (CASE WHEN service = '' THEN team ELSE '' END))
  WHERE is_open = 1;
