-- Who may sign in (room access). `password` is an argon2id string with its own salt and cost.
CREATE TABLE user_account (
  name TEXT PRIMARY KEY,
  password TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('responder', 'admin')),
  person TEXT NOT NULL,
  created BIGINT NOT NULL,
  password_set BIGINT NOT NULL
);

-- Browsers that are signed in. `hash` is SHA-256 of the cookie, in hexadecimal; the cookie itself
-- is known to the browser alone. Each row has a timer session.expire.
CREATE TABLE user_session (
  id TEXT PRIMARY KEY,
  hash TEXT NOT NULL UNIQUE,
  user_name TEXT NOT NULL REFERENCES user_account (name),
  created BIGINT NOT NULL,
  expires BIGINT NOT NULL
);
CREATE INDEX user_session_by_user ON user_session (user_name, created);

-- Programs that may call. `hash` as above, of the token.
CREATE TABLE api_token (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  hash TEXT NOT NULL UNIQUE,
  role TEXT NOT NULL CHECK (role IN ('responder', 'admin')),
  created BIGINT NOT NULL,
  last_used BIGINT
);
