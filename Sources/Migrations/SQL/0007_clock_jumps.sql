-- The database's clock was set back: one row for the last time that a maintenance turn noticed it. Times that were stored before are ahead
-- of the clock then, and `follow_clock` moves them back by the same distance, once.
CREATE TABLE dailies.clock_jumps (
    -- The maintenance turn that lay ahead of the clock, in milliseconds since 1970. It names the jump: a second worker that notices the
    -- same jump writes nothing.
    turn        bigint PRIMARY KEY,
    -- How far back the clock went, at least: the time from that turn until the jump is not known.
    back        interval NOT NULL CHECK (back > interval '0'),
    noticed_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- When the stored times were moved; NULL until then.
    followed_at timestamptz
);
COMMENT ON TABLE dailies.clock_jumps IS 'When the database''s clock was last set back, and whether stored times have followed it.';
