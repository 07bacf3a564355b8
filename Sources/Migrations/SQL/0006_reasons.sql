-- An inspector's death has a reason of its own for each limit that ends it. A worker of the release before goes on writing
-- the two that it knows; a record with any of them may be taken back.

-- Takes back a record that only says how an inspector ended; whether there was one. What is known of the recording itself is
-- never taken back. `output_too_large` can be either; only a job that was given up is ever put back, and that one's inspector
-- was ended for it.
CREATE OR REPLACE FUNCTION dailies.reopen_response(response bigint, why text) RETURNS boolean LANGUAGE plpgsql AS $$
#variable_conflict use_variable
BEGIN
    WITH withdrawn AS (
        DELETE FROM dailies.review_records r
        WHERE r.response_id = response AND r.outcome = 'unusable'
          AND r.reason IN ('inspector_died', 'timed_out', 'cpu_time', 'out_of_memory', 'output_too_large')
        RETURNING r.response_id, r.report, r.created_at
    )
    INSERT INTO dailies.withdrawn_reviews (response_id, report, recorded_at, why)
    SELECT w.response_id, w.report, w.created_at, why FROM withdrawn w;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    INSERT INTO dailies.outbox (topic, payload) VALUES ('response.reopened', jsonb_build_object('response_id', response));
    RETURN true;
END $$;
