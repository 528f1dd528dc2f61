CREATE TABLE incident (
  id TEXT PRIMARY KEY,
  number BIGINT NOT NULL UNIQUE,
  title TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('triage', 'investigating', 'identified', 'mitigating',
    'monitoring', 'resolved', 'closed', 'declined', 'merged', 'cancelled')),
  is_open BIGINT NOT NULL,
  severity BIGINT NOT NULL CHECK (severity BETWEEN 1 AND 5),
  is_severity_by_hand BIGINT NOT NULL,
  service TEXT NOT NULL,
  team TEXT NOT NULL,
  impact TEXT NOT NULL,
  impact_started BIGINT,
  detected BIGINT,
  paged BIGINT,
  acknowledged BIGINT,
  declared BIGINT,
  mitigated BIGINT,
  resolved BIGINT,
  clean_since BIGINT,
  who_has_it TEXT NOT NULL,
  follows TEXT NOT NULL,
  opened BIGINT NOT NULL,
  updated BIGINT NOT NULL,
  CHECK (is_open = CASE WHEN state IN ('triage', 'investigating', 'identified', 'mitigating',
    'monitoring') THEN 1 ELSE 0 END)
);
CREATE UNIQUE INDEX incident_one_open ON incident (service) WHERE is_open = 1;
CREATE INDEX incident_by_opening ON incident (opened);
