CREATE OR REPLACE TRIGGER review_records_are_kept BEFORE UPDATE ON dailies.review_records
    FOR EACH ROW EXECUTE FUNCTION dailies.refuse_update();

-- Writes a review record with its flags. The key of response_id makes it once each.
CREATE OR REPLACE FUNCTION dailies.record_review(response bigint, report json) RETURNS void LANGUAGE plpgsql AS $$
#variable_conflict use_variable
DECLARE
    parsed jsonb := report::jsonb;
BEGIN
    INSERT INTO dailies.review_records (response_id, report) VALUES (response, report);

    INSERT INTO dailies.flags (response_id, name, severity, value, spans)
    SELECT response, f.name, f.severity, f.value, f.spans
    FROM jsonb_to_recordset(parsed -> 'flags') AS f (name text, severity text, value double precision, spans jsonb);

    INSERT INTO dailies.outbox (topic, payload)
    VALUES (CASE parsed ->> 'outcome' WHEN 'usable' THEN 'response.reviewable' ELSE 'response.unusable' END,
            jsonb_build_object('response_id', response));
END $$;

-- Every artifact of every response: those of the report, and those that were added later. Each report is parsed once (OFFSET 0), which costs
-- less than one search in its text.
CREATE OR REPLACE VIEW dailies.artifacts AS
SELECT rr.response_id, a.kind, a.file ->> 'file' AS key, a.file ->> 'media_type' AS media_type, (a.file ->> 'bytes')::bigint AS bytes,
       a.file ->> 'sha256' AS sha256
FROM dailies.review_records rr
CROSS JOIN LATERAL (SELECT rr.report::jsonb -> 'artifacts' AS artifacts OFFSET 0) AS parsed
CROSS JOIN LATERAL (VALUES
    ('poster', parsed.artifacts -> 'poster'), ('storyboard', parsed.artifacts -> 'storyboard'),
    ('storyboard_track', parsed.artifacts #> '{storyboard,vtt}'), ('waveform', parsed.artifacts -> 'waveform'),
    ('playback', parsed.artifacts -> 'playback')) AS a (kind, file)
WHERE jsonb_typeof(a.file) = 'object'
UNION ALL
SELECT response_id, kind, key, media_type, bytes, sha256 FROM dailies.added_artifacts;

-- Takes back a review record that only says how an inspector ended; returns whether there was one. A record about the recording itself is
-- never taken back. `output_too_large` can mean either; but only discarded jobs are retried, and in a discarded job this reason means that
-- the inspector was killed.
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

-- Puts discarded and cancelled jobs back into the queue, and takes back what their earlier ending wrote: for an inspection the verdict that
-- only said how the inspector ended, for a rendition the word that there will be none. Each goes into the trail. `reviewer` is NULL for a
-- person at the command line. Returns the jobs that are back, in order. As the owner (SECURITY DEFINER), because the site's account has no
-- right on the queue. So what it takes is bounded: 10,000 jobs, a reason that is a remark, a reviewer who is there.
CREATE OR REPLACE FUNCTION dailies.retry_work(ids bigint[], why text, reviewer bigint) RETURNS SETOF bigint LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    job      record;
    response bigint;
BEGIN
    IF cardinality(ids) > 10000 OR array_ndims(ids) > 1 THEN
        RAISE EXCEPTION 'at most 10000 jobs are retried at once, not %', cardinality(ids) USING ERRCODE = '22023';
    END IF;
    IF why IS NULL OR length(why) NOT BETWEEN 1 AND 2000 THEN
        RAISE EXCEPTION 'the reason for a retry has 1 to 2000 characters, not %', coalesce(length(why), 0) USING ERRCODE = '22023';
    END IF;
    IF reviewer IS NOT NULL AND NOT EXISTS (SELECT FROM dailies.reviewers v WHERE v.id = reviewer) THEN
        RAISE EXCEPTION 'there is no reviewer %', reviewer USING ERRCODE = '22023';
    END IF;
    -- In the order of locks (see the head of queue_ending.sql). The fair key of a job about an answer is its interview.
    PERFORM FROM dailies.locks l WHERE l.name = 'retry' FOR UPDATE;
    PERFORM FROM dailies.job_stops s WHERE s.job_id = ANY (ids) ORDER BY s.job_id FOR UPDATE;
    PERFORM FROM dailies.interviews i WHERE i.id IN (SELECT h.fair_key FROM dailies.job_history h WHERE h.id = ANY (ids))
    ORDER BY i.id FOR NO KEY UPDATE;
    FOR job IN SELECT r.job_id, r.kind, r.payload FROM dailies.retry_jobs(ids, why) AS r ORDER BY r.job_id LOOP
        response := (job.payload ->> 'response_id')::bigint;
        CASE job.kind
            WHEN 'inspect_response' THEN PERFORM dailies.reopen_response(response, why);
            WHEN 'render_response' THEN PERFORM dailies.await_rendition(response);
            ELSE NULL;
        END CASE;
        PERFORM dailies.audit_response(reviewer, 'job.retried', response, jsonb_build_object('job_id', job.job_id));
        RETURN NEXT job.job_id;
    END LOOP;
END $$;
