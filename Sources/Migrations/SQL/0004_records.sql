-- Whether every artifact that a report tells of has a key, a media type, a size and a hash.
CREATE FUNCTION dailies.artifacts_are_whole(report jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(bool_and(coalesce(
        length(a.file ->> 'file') BETWEEN 1 AND 512 AND a.file ->> 'media_type' IS NOT NULL
        AND (a.file ->> 'bytes')::bigint > 0 AND a.file ->> 'sha256' ~ '^[0-9a-f]{64}$', false)), true)
    FROM (VALUES (report #> '{artifacts,poster}'), (report #> '{artifacts,storyboard}'), (report #> '{artifacts,storyboard,vtt}'),
                 (report #> '{artifacts,waveform}'), (report #> '{artifacts,playback}')) AS a (file)
    WHERE jsonb_typeof(a.file) = 'object';
$$;

-- What the worker found out. The report is stored whole, and it is the only place where it stands: the columns that people query are
-- computed from it, and `dailies.artifacts` is a view of it. It is text (`json`), which takes a sixth less room than `jsonb`; the check
-- parses it as `jsonb`, which refuses what only `json` would take, such as \u0000.
CREATE TABLE dailies.review_records (
    response_id bigint PRIMARY KEY REFERENCES dailies.responses ON DELETE CASCADE,
    report      json NOT NULL CHECK (report::jsonb ->> 'schema' = 'dailies.report/1' AND dailies.artifacts_are_whole(report::jsonb)),
    outcome     text NOT NULL GENERATED ALWAYS AS (report::jsonb ->> 'outcome') STORED CHECK (outcome IN ('usable', 'unusable')),
    reason      text GENERATED ALWAYS AS (report::jsonb #>> '{reason,code}') STORED,
    duration_ms bigint GENERATED ALWAYS AS ((report::jsonb ->> 'duration_ms')::bigint) STORED CHECK (duration_ms >= 0),
    created_at  timestamptz NOT NULL DEFAULT now(),
    CHECK ((outcome = 'unusable') = (reason IS NOT NULL)),
    CHECK (outcome = 'unusable' OR duration_ms IS NOT NULL)
);
-- The few that operations people look for, the newest first. A usable record costs it nothing.
CREATE INDEX review_records_unusable ON dailies.review_records (created_at) WHERE outcome = 'unusable';

CREATE TABLE dailies.flags (
    response_id bigint NOT NULL REFERENCES dailies.review_records ON DELETE CASCADE,
    name        text NOT NULL CHECK (name ~ '^[a-z_]{1,40}$'),
    severity    text NOT NULL CHECK (severity IN ('fault', 'warning')),
    value       double precision,
    spans       jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(spans) = 'array'),
    PRIMARY KEY (response_id, name)
);

-- Artifacts that came after the review record: renditions, and captions, which another program may add (it puts a WebVTT file into
-- storage and a row here; the player offers it). `dailies.artifacts` shows these together with those of the report.
CREATE TABLE dailies.added_artifacts (
    response_id bigint NOT NULL REFERENCES dailies.review_records ON DELETE CASCADE,
    kind        text NOT NULL CHECK (kind IN ('rendition', 'captions')),
    key         text NOT NULL CHECK (length(key) BETWEEN 1 AND 512),
    media_type  text NOT NULL,
    bytes       bigint NOT NULL CHECK (bytes > 0),
    sha256      text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    PRIMARY KEY (response_id, kind)
);

-- When the inspection of a response is put back, its answer is processing again. The review record that called it unusable moves here,
-- whole, and the outbox tells other programs.
CREATE TABLE dailies.withdrawn_reviews (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    response_id  bigint NOT NULL REFERENCES dailies.responses ON DELETE CASCADE,
    report       json NOT NULL,
    recorded_at  timestamptz NOT NULL,
    withdrawn_at timestamptz NOT NULL DEFAULT now(),
    why          text NOT NULL
);
CREATE INDEX withdrawn_reviews_by_response ON dailies.withdrawn_reviews (response_id);
COMMENT ON TABLE dailies.withdrawn_reviews IS 'Review records that were taken back because the recording was looked into again.';

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
COMMENT ON TABLE dailies.renditions IS 'Answers whose codecs browsers do not play, and the state of their rendition.';

-- News for other programs, written in the transaction that makes it true. Read it in the order of id.
CREATE TABLE dailies.outbox (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    topic      text NOT NULL CHECK (topic IN ('response.reviewable', 'response.unusable', 'response.reopened', 'response.playable', 'take.requested')),
    payload    jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
