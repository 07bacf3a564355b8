-- Where browsers cannot play a recording's codecs there is no playback copy, and a rendition is encoded, by a job of its own behind
-- everything else: the answer is reviewable first, and plays everywhere soon after.

ALTER TABLE dailies.artifacts DROP CONSTRAINT artifacts_kind_check;
ALTER TABLE dailies.artifacts ADD CONSTRAINT artifacts_kind_check
    CHECK (kind IN ('poster', 'storyboard', 'storyboard_track', 'waveform', 'playback', 'rendition', 'captions'));
COMMENT ON COLUMN dailies.artifacts.kind IS
    'captions, as WebVTT, are made by no worker of ours: whatever transcribes answers puts the file into storage and a row here, and the player offers them.';
ALTER TABLE dailies.outbox DROP CONSTRAINT outbox_topic_check;
ALTER TABLE dailies.outbox ADD CONSTRAINT outbox_topic_check
    CHECK (topic IN ('response.reviewable', 'response.unusable', 'response.reopened', 'response.playable', 'take.requested'));

-- One row for each response that needs a rendition.
CREATE TABLE dailies.renditions (
    response_id  bigint PRIMARY KEY REFERENCES dailies.review_records ON DELETE CASCADE,
    status       text NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'made', 'impossible')),
    -- For ops people: why it is impossible.
    why          text CHECK (length(why) BETWEEN 1 AND 500),
    requested_at timestamptz NOT NULL DEFAULT now(),
    ended_at     timestamptz,
    CHECK ((status = 'waiting') = (ended_at IS NULL)),
    CHECK ((status = 'impossible') = (why IS NOT NULL))
);
COMMENT ON TABLE dailies.renditions IS 'Answers that no browser plays as they were recorded, and how far the copy is that every browser plays.';

-- However a review record arrives, also from a worker of the release before, the job that its answer needs arrives with it. Priority 12
-- is behind a bulk import: what nobody can look at yet comes before what cannot be played yet.
CREATE FUNCTION dailies.request_rendition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO dailies.renditions (response_id) VALUES (NEW.response_id);
    INSERT INTO dailies.jobs (kind, payload, priority, fair_key)
    SELECT 'render_response', jsonb_build_object('response_id', r.id), 12, r.interview_id
    FROM dailies.responses r WHERE r.id = NEW.response_id;
    RETURN NULL;
END $$;
CREATE TRIGGER review_records_request_renditions AFTER INSERT ON dailies.review_records
    FOR EACH ROW
    WHEN (NEW.report ->> 'outcome' = 'usable' AND jsonb_typeof(NEW.report #> '{artifacts,playback}') IS DISTINCT FROM 'object')
    EXECUTE FUNCTION dailies.request_rendition();

-- Writes a rendition, once; whether it was not there yet.
CREATE FUNCTION dailies.record_rendition(response bigint, rendition jsonb) RETURNS boolean LANGUAGE plpgsql AS $$
#variable_conflict use_variable
BEGIN
    INSERT INTO dailies.artifacts (response_id, kind, key, media_type, bytes, sha256)
    VALUES (response, 'rendition', rendition ->> 'file', rendition ->> 'media_type', (rendition ->> 'bytes')::bigint,
            rendition ->> 'sha256')
    ON CONFLICT ON CONSTRAINT artifacts_pkey DO NOTHING;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    UPDATE dailies.renditions r SET status = 'made', why = NULL, ended_at = now() WHERE r.response_id = response;
    INSERT INTO dailies.outbox (topic, payload) VALUES ('response.playable', jsonb_build_object('response_id', response));
    RETURN true;
END $$;

-- Says that there will be none, as long as nobody tries again.
CREATE FUNCTION dailies.refuse_rendition(response bigint, because text) RETURNS void LANGUAGE sql AS $$
    UPDATE dailies.renditions r SET status = 'impossible', why = left(because, 500), ended_at = now()
    WHERE r.response_id = response AND r.status <> 'made';
$$;

-- A job that was given up is put back.
CREATE FUNCTION dailies.await_rendition(response bigint) RETURNS void LANGUAGE sql AS $$
    UPDATE dailies.renditions r SET status = 'waiting', why = NULL, ended_at = NULL
    WHERE r.response_id = response AND r.status = 'impossible';
$$;

-- Records of before that have no copy get their rendition too.
WITH needed AS (
    INSERT INTO dailies.renditions (response_id)
    SELECT rr.response_id FROM dailies.review_records rr
    WHERE rr.outcome = 'usable' AND jsonb_typeof(rr.report #> '{artifacts,playback}') IS DISTINCT FROM 'object'
    RETURNING response_id
)
INSERT INTO dailies.jobs (kind, payload, priority, fair_key)
SELECT 'render_response', jsonb_build_object('response_id', r.id), 12, r.interview_id
FROM needed JOIN dailies.responses r ON r.id = needed.response_id ORDER BY r.id;
