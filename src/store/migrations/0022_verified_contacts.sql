-- Contacts of people that were shown to reach them (room notify): a code that was sent there was
-- given back. `digest` is a keyed digest of kind, provider and address, so that an address that is
-- edited in the catalog is not verified any more, and no telephone number stands here.
CREATE TABLE verified_contact (
  person TEXT NOT NULL,
  digest TEXT NOT NULL,
  verified BIGINT NOT NULL,
  verified_by TEXT NOT NULL,
  PRIMARY KEY (person, digest)
);

-- The newest code of each contact, hashed, for as long as it or the count of codes matters.
-- `tries_left` 0: it is void.
CREATE TABLE contact_code (
  id TEXT PRIMARY KEY,
  person TEXT NOT NULL,
  digest TEXT NOT NULL,
  code_hash TEXT NOT NULL,
  sent BIGINT NOT NULL,
  ends BIGINT NOT NULL,
  tries_left BIGINT NOT NULL CHECK (tries_left >= 0),
  window_begin BIGINT NOT NULL,
  window_codes BIGINT NOT NULL CHECK (window_codes > 0),
  UNIQUE (person, digest)
);
