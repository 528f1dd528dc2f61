-- What is expected to call in, again and again (room door, HeartbeatBook). `definition` is JSON.
-- `since` is the last ping, or when it was declared or enabled: what the next ping is counted from.
-- When it is overdue is a row of `timers`, kind heartbeat.due; without one it is not waited for.
-- `missed`: since when its alert fires.
CREATE TABLE heartbeat (
  name TEXT NOT NULL PRIMARY KEY,
  origin TEXT NOT NULL CHECK (origin IN ('catalog', 'opsgenie')),
  definition TEXT NOT NULL,
  is_enabled BIGINT NOT NULL,
  since BIGINT NOT NULL,
  last_ping BIGINT,
  missed BIGINT
);
