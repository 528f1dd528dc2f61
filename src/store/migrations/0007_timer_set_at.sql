-- When a timer was set, by the clock of its writer; it moves along with `due`. Tells at a start that
-- the clock was set back while nobody ran: a delay that was set after now.
ALTER TABLE timers ADD COLUMN set_at BIGINT NOT NULL DEFAULT 0;
