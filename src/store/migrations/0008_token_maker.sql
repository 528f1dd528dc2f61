-- Which user made a token, so that it ends when that user is removed; empty for one that no user
-- made (the command line's own). Those that are there already are known from the logbook.
ALTER TABLE api_token ADD COLUMN made_by TEXT NOT NULL DEFAULT '';
UPDATE api_token SET made_by = COALESCE((
  SELECT MAX(actor_name) FROM logbook
  WHERE kind = 'token.created' AND actor_kind = 'user' AND subject_id = api_token.id), '');
