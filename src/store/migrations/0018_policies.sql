-- Escalations by policies. `plan` and `plan_at_start` name a recorded policy: the one in force, and
-- the one that the escalation began with. In rows of earlier versions `plan` is the list itself.
ALTER TABLE escalation ADD COLUMN plan_at_start TEXT NOT NULL DEFAULT '';
ALTER TABLE escalation ADD COLUMN rung_in_round BIGINT NOT NULL DEFAULT 0;
-- Acknowledged, and all its alerts have ended for now.
ALTER TABLE escalation ADD COLUMN is_calm BIGINT NOT NULL DEFAULT 0;
-- Names of those who have answered since it rings, a line each.
ALTER TABLE escalation ADD COLUMN answered_by TEXT NOT NULL DEFAULT '';
ALTER TABLE escalation ADD COLUMN rings_again_at BIGINT;
ALTER TABLE escalation ADD COLUMN is_snoozed BIGINT NOT NULL DEFAULT 0;
ALTER TABLE escalation ADD COLUMN bring_in_at BIGINT;
ALTER TABLE escalation ADD COLUMN brought_in BIGINT;

-- By its digest; never changed.
CREATE TABLE recorded_policy (
  id TEXT PRIMARY KEY,
  policy TEXT NOT NULL
);

-- One series of messages to one person, about one page (the call has the page's id) or, as a
-- bundle, about several. `plan`: their ways and when each begins; empty in rows of earlier versions:
-- their contacts in order. A way's number is lap * ways + its place in the plan.
CREATE TABLE page_call (
  id TEXT PRIMARY KEY,
  person TEXT NOT NULL,
  service TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('gathering', 'calling', 'over')),
  is_bundle BIGINT NOT NULL,
  plan TEXT NOT NULL,
  begun BIGINT,
  lap BIGINT NOT NULL,
  next_way BIGINT NOT NULL,
  is_lost BIGINT NOT NULL,
  CHECK (state = 'gathering' OR begun IS NOT NULL)
);
INSERT INTO page_call (id, person, service, state, is_bundle, plan, begun, lap, next_way, is_lost)
  SELECT id, person, '', 'calling', 0, '', created, 0, 0, 0 FROM page;
CREATE INDEX page_call_by_person ON page_call (person, begun);
CREATE UNIQUE INDEX page_call_gathering ON page_call (person) WHERE state = 'gathering';

ALTER TABLE page ADD COLUMN call TEXT NOT NULL DEFAULT '';
ALTER TABLE page ADD COLUMN via TEXT NOT NULL DEFAULT '';
UPDATE page SET call = id;
CREATE INDEX page_by_call ON page (call);
CREATE INDEX page_by_time ON page (created);

ALTER TABLE page_recovery ADD COLUMN call TEXT NOT NULL DEFAULT '';

-- Rooms that were told of an incident, and so hear its end.
CREATE TABLE page_channel (
  incident TEXT NOT NULL,
  channel TEXT NOT NULL,
  PRIMARY KEY (incident, channel)
);

-- Who of a team was taken last by a policy's round robin.
CREATE TABLE round_robin (
  policy TEXT NOT NULL,
  team TEXT NOT NULL,
  person TEXT NOT NULL,
  PRIMARY KEY (policy, team)
);
