CREATE OR REPLACE FUNCTION dailies.refuse_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of dailies.% are never changed', TG_TABLE_NAME
        USING ERRCODE = 'DA001', HINT = 'Insert a new row instead.';
END $$;
CREATE OR REPLACE TRIGGER question_versions_are_kept BEFORE UPDATE ON dailies.question_versions
    FOR EACH ROW EXECUTE FUNCTION dailies.refuse_update();

-- Drawn at random, not made from anything of the candidate, and kept, so that a team can talk of "Candidate 4F7K". The letters are
-- those that cannot be mistaken for each other or make a word.
CREATE OR REPLACE FUNCTION dailies.draw_pseudonym(role bigint) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    letters constant text := '23456789BCDFGHJKMNPQRSTVWXZ';
    drawn   text;
BEGIN
    FOR tries IN 1..1000 LOOP
        -- Four letters, of which there are half a million; one more for each hundred that were taken.
        SELECT 'Candidate ' || string_agg(substr(letters, 1 + floor(random() * length(letters))::integer, 1), '')
        INTO drawn FROM generate_series(1, 4 + tries / 100);
        EXIT WHEN NOT EXISTS (SELECT FROM dailies.interviews i WHERE i.role_id = role AND i.pseudonym = drawn);
    END LOOP;
    -- If two sessions draw the same name, the unique key refuses the second; the odds are one to half a million.
    RETURN drawn;
END $$;

CREATE OR REPLACE FUNCTION dailies.name_interview() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    NEW.pseudonym := dailies.draw_pseudonym(NEW.role_id);
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER interviews_are_named BEFORE INSERT ON dailies.interviews
    FOR EACH ROW WHEN (NEW.pseudonym IS NULL) EXECUTE FUNCTION dailies.name_interview();
