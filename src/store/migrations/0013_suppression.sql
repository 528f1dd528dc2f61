-- Which firing alerts a group does not tell, and why (room alert, SuppressionLog): what the flushes
-- said last, so that a restart does not write it down again. `id` only grows, so that a storm
-- appends. `reasons` is a JSON list of {kind, by}.
CREATE TABLE suppression (
  id BIGINT NOT NULL PRIMARY KEY,
  fingerprint BIGINT NOT NULL,
  group_key TEXT NOT NULL,
  receiver TEXT NOT NULL,
  reasons TEXT NOT NULL,
  since BIGINT NOT NULL
);
