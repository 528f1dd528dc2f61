-- Who goes next in the lane of a provider, found without reading all that wait there.
CREATE INDEX outbox_waiting ON outbox (lane, is_page DESC, created, id) WHERE state = 'waiting';

-- What is kept of an escalation that is over: 0 all, 1 without the addresses of its calls, 2 without
-- the calls. When earlier ones ended is not known; they began before that.
ALTER TABLE escalation ADD COLUMN ended BIGINT;
ALTER TABLE escalation ADD COLUMN keep_stage BIGINT NOT NULL DEFAULT 0;
UPDATE escalation SET ended = started WHERE state = 'stopped';
CREATE INDEX escalation_by_end ON escalation (keep_stage, ended) WHERE ended IS NOT NULL;
