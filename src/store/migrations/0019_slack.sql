-- Threads, user groups and channels in Slack (rooms notify, oncall and incident).

-- The message under which all later ones of an incident stand in one conversation. `head` is how
-- the provider calls it; empty while `opener`, the delivery that went first, has no answer yet.
CREATE TABLE message_thread (
  incident TEXT NOT NULL,
  channel TEXT NOT NULL,
  address TEXT NOT NULL,
  person TEXT NOT NULL,
  language TEXT NOT NULL,
  opener TEXT NOT NULL,
  head TEXT NOT NULL,
  begun BIGINT NOT NULL,
  PRIMARY KEY (incident, channel, address)
);
CREATE INDEX message_thread_by_age ON message_thread (begun);

-- A group of Slack that is kept equal to who is on call; has a timer slack.group. `members`: ids as
-- Slack confirmed them at `confirmed`, sorted, with commas. `tries`: failures in a row. `problem`:
-- why it is not as it should be; empty if it is.
CREATE TABLE user_group (
  id TEXT PRIMARY KEY,
  members TEXT NOT NULL,
  confirmed BIGINT,
  tries BIGINT NOT NULL CHECK (tries >= 0),
  problem TEXT NOT NULL
);

-- The channel of an incident. A row has a timer incident.channel while something is to be done.
-- `asked`: a creation under `name` was handed to Slack, so a channel of that name may be ours.
-- `channel`: Slack's id; empty until it is there. `topic` and `invited` (people, with commas): what
-- has been done.
CREATE TABLE incident_channel (
  incident TEXT PRIMARY KEY,
  state TEXT NOT NULL CHECK (state IN ('wanted', 'open', 'archived', 'failed')),
  name TEXT NOT NULL,
  suffix BIGINT NOT NULL CHECK (suffix > 0),
  asked BIGINT,
  channel TEXT NOT NULL,
  url TEXT NOT NULL,
  topic TEXT NOT NULL,
  invited TEXT NOT NULL,
  archive_at BIGINT,
  tries BIGINT NOT NULL CHECK (tries >= 0),
  problem TEXT NOT NULL,
  CHECK (state <> 'open' OR channel <> '')
);
