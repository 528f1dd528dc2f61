-- Who goes next in the lane of a provider, found without reading all that wait there.
CREATE INDEX outbox_waiting ON outbox (lane, is_page DESC, created, id) WHERE state = 'waiting';
