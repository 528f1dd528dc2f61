-- Who is rung for an incident, how far it has come and what is next. `plan` is the list that it
-- started with; contacts are in it without their secrets.
CREATE TABLE escalation (
  incident TEXT PRIMARY KEY,
  team TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('ringing', 'acknowledged', 'paused', 'stopped')),
  is_exhausted BIGINT NOT NULL,
  step BIGINT NOT NULL,
  round BIGINT NOT NULL,
  told_in_round BIGINT NOT NULL,
  next_step BIGINT NOT NULL,
  next_round BIGINT NOT NULL,
  next_at BIGINT,
  plan TEXT NOT NULL,
  message TEXT NOT NULL,
  recovery TEXT NOT NULL,
  started BIGINT NOT NULL,
  first_told BIGINT,
  acknowledged_at BIGINT,
  acknowledged_by TEXT NOT NULL
);
CREATE INDEX escalation_by_state ON escalation (state);

-- One person rung once. While `is_live` its deliveries are wanted.
CREATE TABLE page (
  id TEXT PRIMARY KEY,
  incident TEXT NOT NULL,
  person TEXT NOT NULL,
  step BIGINT NOT NULL,
  round BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('trying', 'told', 'failed', 'dropped', 'answered')),
  is_live BIGINT NOT NULL,
  created BIGINT NOT NULL,
  first_sent BIGINT
);
CREATE INDEX page_by_incident ON page (incident, created);

-- The ways by which a page was tried, in the order of the person's contacts.
CREATE TABLE page_way (
  page TEXT NOT NULL,
  way BIGINT NOT NULL,
  delivery TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('trying', 'trouble', 'sent', 'failed', 'dropped')),
  PRIMARY KEY (page, way)
);
CREATE UNIQUE INDEX page_way_by_delivery ON page_way (delivery);

-- Who is told that it is over, and by which way last.
CREATE TABLE page_recovery (
  incident TEXT NOT NULL,
  person TEXT NOT NULL,
  way BIGINT NOT NULL,
  PRIMARY KEY (incident, person)
);
