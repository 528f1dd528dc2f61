-- On-call schedules (room oncall, ScheduleBook). `declared` is the schedule as its document said it
-- last, `versions` its layers over time, both JSON. `checked`: up to when its history is written.
-- A schedule whose document is gone stays, with `ended`, for its history.
CREATE TABLE schedule (
  id TEXT NOT NULL PRIMARY KEY,
  declared TEXT NOT NULL,
  versions TEXT NOT NULL,
  checked BIGINT NOT NULL,
  ended BIGINT
);

-- `made` counts up: of two that differ the later one wins.
CREATE TABLE schedule_override (
  id TEXT NOT NULL PRIMARY KEY,
  schedule TEXT NOT NULL,
  made BIGINT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('add', 'remove', 'replace')),
  person TEXT NOT NULL,
  replaces TEXT NOT NULL,
  begins BIGINT NOT NULL,
  ends BIGINT NOT NULL,
  note TEXT NOT NULL,
  made_by TEXT NOT NULL
);
CREATE INDEX schedule_override_of ON schedule_override (schedule, made);

CREATE TABLE schedule_plan (
  id TEXT NOT NULL PRIMARY KEY,
  schedule TEXT NOT NULL,
  made BIGINT NOT NULL,
  begins BIGINT NOT NULL,
  ends BIGINT NOT NULL,
  shifts TEXT NOT NULL,
  note TEXT NOT NULL,
  made_by TEXT NOT NULL
);
CREATE INDEX schedule_plan_of ON schedule_plan (schedule, made);

-- Imported ones are replaced when the person's vacations are imported again.
CREATE TABLE absence (
  id TEXT NOT NULL PRIMARY KEY,
  person TEXT NOT NULL,
  begins BIGINT NOT NULL,
  ends BIGINT NOT NULL,
  note TEXT NOT NULL,
  is_imported BIGINT NOT NULL
);
CREATE INDEX absence_of ON absence (person, begins);

-- Public holidays and the like; `days` is a JSON list of [begin, end].
CREATE TABLE day_calendar (
  name TEXT NOT NULL PRIMARY KEY,
  days TEXT NOT NULL
);

-- Its end, when nobody answers, is a row of `timers`, kind schedule.swap.
CREATE TABLE swap_request (
  id TEXT NOT NULL PRIMARY KEY,
  schedule TEXT NOT NULL,
  asker TEXT NOT NULL,
  asked TEXT NOT NULL,
  begins BIGINT NOT NULL,
  ends BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'taken', 'declined', 'withdrawn', 'expired')),
  note TEXT NOT NULL,
  override_id TEXT NOT NULL,
  created BIGINT NOT NULL
);
CREATE INDEX swap_request_of ON swap_request (schedule, created);

-- Who really was on call. Without `ends` they still are.
CREATE TABLE schedule_served (
  schedule TEXT NOT NULL,
  person TEXT NOT NULL,
  begins BIGINT NOT NULL,
  ends BIGINT,
  why TEXT NOT NULL,
  PRIMARY KEY (schedule, person, begins)
);
CREATE INDEX schedule_served_at ON schedule_served (schedule, begins);

-- The faults of which the team was told, so that it is told once.
CREATE TABLE schedule_fault (
  schedule TEXT NOT NULL,
  kind TEXT NOT NULL,
  person TEXT NOT NULL,
  begins BIGINT NOT NULL,
  ends BIGINT NOT NULL,
  PRIMARY KEY (schedule, kind, person, begins)
);

-- Calendar feeds that are read without signing in. Of the secret in their address only a hash.
CREATE TABLE ical_link (
  id TEXT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('person', 'schedule', 'team')),
  name TEXT NOT NULL,
  token_hash TEXT NOT NULL UNIQUE,
  made_by TEXT NOT NULL,
  created BIGINT NOT NULL
);
