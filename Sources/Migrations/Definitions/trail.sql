-- The trail of who did what: rows are only ever added.
CREATE OR REPLACE FUNCTION dailies.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of dailies.% are only ever added', TG_TABLE_NAME USING ERRCODE = 'DR001';
END $$;

-- For each statement, so that it is refused also when it would change no row.
CREATE OR REPLACE TRIGGER audit_events_are_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON dailies.audit_events
    FOR EACH STATEMENT EXECUTE FUNCTION dailies.refuse_change();

-- One event about a response.
CREATE OR REPLACE FUNCTION dailies.audit_response(reviewer bigint, what text, response bigint, more jsonb DEFAULT '{}') RETURNS void LANGUAGE sql AS $$
    INSERT INTO dailies.audit_events (reviewer_id, action, role_id, interview_id, response_id, detail)
    SELECT reviewer, what, r.role_id, r.interview_id, r.id, more FROM dailies.responses r WHERE r.id = response;
$$;
