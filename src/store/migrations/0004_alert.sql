-- One row for one problem of one objective; while it fires it is the only one of its class.
CREATE TABLE alert (
  id TEXT PRIMARY KEY,
  objective TEXT NOT NULL,
  class TEXT NOT NULL CHECK (class IN ('page', 'ticket', 'no-data')),
  fingerprint TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('firing', 'resolved')),
  severity TEXT NOT NULL CHECK (severity IN ('page', 'ticket')),
  service TEXT NOT NULL,
  team TEXT NOT NULL,
  labels TEXT NOT NULL,
  tiers TEXT NOT NULL,
  problem TEXT NOT NULL,
  summary TEXT NOT NULL,
  impact TEXT NOT NULL,
  runbook TEXT NOT NULL,
  links TEXT NOT NULL,
  evidence TEXT NOT NULL,
  impact_started BIGINT NOT NULL,
  started BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  ended BIGINT,
  incident TEXT NOT NULL,
  CHECK ((state = 'resolved') = (ended IS NOT NULL))
);
CREATE UNIQUE INDEX alert_one_firing ON alert (objective, class) WHERE state = 'firing';
CREATE INDEX alert_by_incident ON alert (incident);
CREATE INDEX alert_by_start ON alert (started);

-- What the objectives say: a row while a tier fires. Read at start to tell room slo where it was.
CREATE TABLE alert_tier (
  objective TEXT NOT NULL,
  tier TEXT NOT NULL,
  class TEXT NOT NULL CHECK (class IN ('page', 'ticket', 'no-data')),
  since BIGINT NOT NULL,
  impact_started BIGINT NOT NULL,
  PRIMARY KEY (objective, tier)
);
