-- A review record is replaced only when the same transaction has put the former one, word for word, into the history.
CREATE OR REPLACE FUNCTION dailies.keep_review() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.response_id <> OLD.response_id OR NOT EXISTS (
        SELECT FROM dailies.withdrawn_reviews w
        WHERE w.response_id = OLD.response_id AND w.withdrawn_at = now() AND w.recorded_at = OLD.created_at
          AND w.report::text = OLD.report::text)
    THEN
        RAISE EXCEPTION 'rows of dailies.% are never changed', TG_TABLE_NAME
            USING ERRCODE = 'DA001', HINT = 'Call dailies.reinspect_responses to have the recording looked into again.';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER review_records_are_kept BEFORE UPDATE ON dailies.review_records
    FOR EACH ROW EXECUTE FUNCTION dailies.keep_review();

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

    DELETE FROM dailies.awaited_files f WHERE f.response_id = response;

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

-- Has recordings that have their review record looked into again. The record stays in effect until the new one takes its place, so an answer
-- that can be reviewed stays so. For each response says what became of it:
--   asked      a job was made
--   under_way  it is being looked into again already: one job, however often it is asked for
--   sooner     it waits for its file, and the job looks now
--   unseen     nobody has looked into it yet, so there is nothing to take back
-- A response that does not exist is left out. `reviewer` is NULL for a person at the command line. As the owner (SECURITY DEFINER), because the
-- site's account has no right on the queue.
CREATE OR REPLACE FUNCTION dailies.reinspect_responses(ids bigint[], why text, reviewer bigint)
RETURNS TABLE (response_id bigint, became text) LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    one record;
    job bigint;
BEGIN
    IF cardinality(ids) > 1000000 THEN
        RAISE EXCEPTION 'at most 1,000,000 responses at once' USING ERRCODE = '22023';
    END IF;
    FOR one IN
        SELECT r.id, r.interview_id, EXISTS (SELECT FROM dailies.review_records v WHERE v.response_id = r.id) AS is_reviewed
        FROM dailies.responses r WHERE r.id = ANY (ids) ORDER BY r.id
    LOOP
        response_id := one.id;
        IF NOT one.is_reviewed THEN
            UPDATE dailies.jobs j SET due_at = now()
            FROM dailies.awaited_files f WHERE f.response_id = one.id AND j.id = f.job_id AND j.state = 'scheduled';
            became := CASE WHEN FOUND THEN 'sooner' ELSE 'unseen' END;
            RETURN NEXT;
            CONTINUE;
        END IF;
        -- Of two requests at the same moment the second waits here, and then sees the first one's job.
        INSERT INTO dailies.reinspections AS x (response_id, job_id, reviewer_id, why) VALUES (one.id, 0, reviewer, why)
        ON CONFLICT (response_id) DO UPDATE SET response_id = excluded.response_id
        RETURNING x.job_id INTO job;
        became := 'under_way';
        IF NOT EXISTS (SELECT FROM dailies.jobs j WHERE j.id = job) THEN
            became := 'asked';
            -- One is somebody who waits. Many come behind a bulk import, and before renditions.
            INSERT INTO dailies.jobs AS j (kind, payload, priority, fair_key)
            VALUES ('inspect_response', jsonb_build_object('response_id', one.id, 'again', true),
                    CASE WHEN cardinality(ids) = 1 THEN 5 ELSE 11 END, one.interview_id)
            RETURNING j.id INTO job;
            UPDATE dailies.reinspections x SET job_id = job, reviewer_id = reviewer, why = reinspect_responses.why, requested_at = now()
            WHERE x.response_id = one.id;
            PERFORM dailies.audit_response(reviewer, 'answer.reinspected', one.id, jsonb_build_object('job_id', job));
        END IF;
        RETURN NEXT;
    END LOOP;
    PERFORM pg_notify('dailies_jobs', '');
END $$;

-- Puts a new review record in the place of the former one, which goes into the history. Only for a response that somebody wants to be looked
-- into again; that request ends. Ratings and comments belong to the response and stay. Captions stay, and so does a rendition of the same
-- bytes. As the owner (SECURITY DEFINER), so that the worker's account changes no review record in any other way.
CREATE OR REPLACE FUNCTION dailies.replace_review(response bigint, report json) RETURNS void LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    former  dailies.review_records;
    request dailies.reinspections;
    parsed  constant jsonb := report::jsonb;
BEGIN
    DELETE FROM dailies.reinspections x WHERE x.response_id = response RETURNING * INTO request;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'nobody wants response % to be looked into again', response
            USING ERRCODE = 'DA005', HINT = 'Call dailies.reinspect_responses first.';
    END IF;
    SELECT * INTO former FROM dailies.review_records r WHERE r.response_id = response FOR UPDATE;
    IF NOT FOUND THEN
        -- It was taken back meanwhile.
        PERFORM dailies.record_review(response, report);
        RETURN;
    END IF;
    INSERT INTO dailies.withdrawn_reviews (response_id, report, recorded_at, why)
    VALUES (response, former.report, former.created_at, request.why);
    UPDATE dailies.review_records r SET report = report, created_at = now() WHERE r.response_id = response;
    DELETE FROM dailies.flags f WHERE f.response_id = response;
    INSERT INTO dailies.flags (response_id, name, severity, value, spans)
    SELECT response, f.name, f.severity, f.value, f.spans
    FROM jsonb_to_recordset(parsed -> 'flags') AS f (name text, severity text, value double precision, spans jsonb);
    DELETE FROM dailies.awaited_files f WHERE f.response_id = response;

    IF parsed ->> 'outcome' <> 'usable'
       OR former.report #>> '{container,sha256}' IS DISTINCT FROM parsed #>> '{container,sha256}'
    THEN
        DELETE FROM dailies.added_artifacts a WHERE a.response_id = response AND a.kind = 'rendition';
        DELETE FROM dailies.renditions n WHERE n.response_id = response;
    END IF;
    IF parsed ->> 'outcome' = 'usable' AND jsonb_typeof(parsed #> '{artifacts,playback}') IS DISTINCT FROM 'object' THEN
        PERFORM dailies.need_rendition(response);
    END IF;

    PERFORM dailies.settle_answer(r.interview_id, r.question_id) FROM dailies.responses r WHERE r.id = response;
    INSERT INTO dailies.outbox (topic, payload)
    VALUES ('response.reopened', jsonb_build_object('response_id', response)),
           (CASE parsed ->> 'outcome' WHEN 'usable' THEN 'response.reviewable' ELSE 'response.unusable' END,
            jsonb_build_object('response_id', response));
END $$;

-- Records that a response's file was not there, or not whole: `found` is how many bytes were there, NULL for no file. Call it in the
-- transaction that puts the job back. A first look that lies ahead of the clock, because the clock was put back, counts as now.
CREATE OR REPLACE FUNCTION dailies.await_file(response bigint, job bigint, found bigint) RETURNS void LANGUAGE sql AS $$
    INSERT INTO dailies.awaited_files AS f (response_id, job_id, bytes) SELECT r.id, job, found FROM dailies.responses r WHERE r.id = response
    ON CONFLICT (response_id) DO UPDATE
    SET job_id = excluded.job_id, bytes = excluded.bytes, looks = f.looks + 1, since = least(f.since, now());
$$;

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
        response := dailies.response_id(job.payload);
        CASE job.kind
            WHEN 'inspect_response' THEN
                -- A look that was asked for again leaves the record in effect.
                IF NOT job.payload @> '{"again": true}' THEN
                    PERFORM dailies.reopen_response(response, why);
                END IF;
            WHEN 'render_response' THEN PERFORM dailies.await_rendition(response);
            ELSE NULL;
        END CASE;
        PERFORM dailies.audit_response(reviewer, 'job.retried', response, jsonb_build_object('job_id', job.job_id));
        RETURN NEXT job.job_id;
    END LOOP;
END $$;
