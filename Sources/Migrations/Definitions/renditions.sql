-- Where browsers cannot play a recording's codecs there is no playback copy. A job of its own, behind everything else, encodes a rendition:
-- the answer is reviewable first, and plays everywhere soon after.

-- Asks for a rendition, unless it is asked for already. Priority 12 is behind a bulk import: answers that nobody can look at yet come before
-- answers that cannot be played yet.
CREATE OR REPLACE FUNCTION dailies.need_rendition(response bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO dailies.renditions (response_id) VALUES (response) ON CONFLICT DO NOTHING;
    IF FOUND THEN
        INSERT INTO dailies.jobs (kind, payload, priority, fair_key)
        SELECT 'render_response', jsonb_build_object('response_id', r.id), 12, r.interview_id
        FROM dailies.responses r WHERE r.id = response;
    END IF;
END $$;

-- Whatever program wrote the review record.
CREATE OR REPLACE FUNCTION dailies.request_rendition() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM dailies.need_rendition(NEW.response_id);
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER review_records_request_renditions AFTER INSERT ON dailies.review_records
    FOR EACH ROW
    WHEN (NEW.report ->> 'outcome' = 'usable' AND json_typeof(NEW.report #> '{artifacts,playback}') IS DISTINCT FROM 'object')
    EXECUTE FUNCTION dailies.request_rendition();

-- Writes a rendition, once. Returns whether it was not there yet.
CREATE OR REPLACE FUNCTION dailies.record_rendition(response bigint, rendition jsonb) RETURNS boolean LANGUAGE plpgsql AS $$
#variable_conflict use_variable
BEGIN
    INSERT INTO dailies.added_artifacts (response_id, kind, key, media_type, bytes, sha256)
    VALUES (response, 'rendition', rendition ->> 'file', rendition ->> 'media_type', (rendition ->> 'bytes')::bigint,
            rendition ->> 'sha256')
    ON CONFLICT ON CONSTRAINT added_artifacts_pkey DO NOTHING;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    UPDATE dailies.renditions r SET status = 'made', why = NULL, ended_at = now() WHERE r.response_id = response;
    INSERT INTO dailies.outbox (topic, payload) VALUES ('response.playable', jsonb_build_object('response_id', response));
    RETURN true;
END $$;

-- Stores that there will be no rendition, unless a person retries.
CREATE OR REPLACE FUNCTION dailies.refuse_rendition(response bigint, because text) RETURNS void LANGUAGE sql AS $$
    UPDATE dailies.renditions r SET status = 'impossible', why = left(because, 500), ended_at = now()
    WHERE r.response_id = response AND r.status <> 'made';
$$;

-- The rendition is awaited again, because its discarded job was put back.
CREATE OR REPLACE FUNCTION dailies.await_rendition(response bigint) RETURNS void LANGUAGE sql AS $$
    UPDATE dailies.renditions r SET status = 'waiting', why = NULL, ended_at = NULL
    WHERE r.response_id = response AND r.status = 'impossible';
$$;

-- Has renditions made again whose files are missing or damaged; until then there is nothing to play. Returns the responses that get one. For
-- people at the command line, with their own rights.
CREATE OR REPLACE FUNCTION dailies.render_again(ids bigint[]) RETURNS SETOF bigint LANGUAGE plpgsql AS $$
DECLARE
    response bigint;
BEGIN
    FOR response IN
        SELECT n.response_id FROM dailies.renditions n WHERE n.response_id = ANY (ids) AND n.status = 'made' ORDER BY n.response_id FOR UPDATE
    LOOP
        DELETE FROM dailies.added_artifacts a WHERE a.response_id = response AND a.kind = 'rendition';
        DELETE FROM dailies.renditions n WHERE n.response_id = response;
        PERFORM dailies.need_rendition(response);
        RETURN NEXT response;
    END LOOP;
END $$;
