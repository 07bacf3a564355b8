-- One spelling for each e-mail address, and what signing in keeps beside it.

-- The only spelling of an e-mail address that is stored, looked up and counted; NULL for a text that is no address. What a person, a program
-- or a proxy typed goes through it in every statement, so that two spellings of one address are never two accounts, nor two limits.
--
--   Capitals are those of ASCII alone, because every locale of a database agrees on them: `İ` is a letter of its own and no `i`.
--   An accent is one with its letter or beside it (NFC): both are the same address. So are `example.org` and `example.org.`.
--   Refused is what cannot be seen (control and format characters, blanks), what stands for another character (full-width letters,
--   ligatures: what IDNA refuses too), and quoting, comments and lists, by which one mailbox has many spellings.
--
-- In a migration, because constraints need it. It depends on nothing but its argument: a backup is restored under another locale.
CREATE FUNCTION dailies.email_address(typed text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    address text;
BEGIN
    -- 254 characters have at most 1016 bytes. Longer texts are not worth the time.
    IF octet_length(typed) > 2000 THEN RETURN NULL; END IF;
    address := btrim(typed, E' \t\r\n');
    IF octet_length(address) = length(address) THEN
        address := lower(address COLLATE "C");
    ELSE
        -- Composed first, so that É is one character, and no E, however it was typed. And again, because small letters have composed forms that
        -- capitals lack (ǰ).
        address := normalize(lower(normalize(address, NFC) COLLATE "C"), NFC);
        IF address <> normalize(address, NFKC) OR address COLLATE "C" ~
            ('[\u007F-\u00A0\u00AD\u034F\u0600-\u0605\u061C\u06DD\u070F\u0890\u0891\u08E2\u115F\u1160\u1680\u17B4\u17B5\u180B-\u180F'
             '\u2000-\u200F\u2028-\u202F\u205F-\u206F\u2800\u3000\u3002\u3164\uE000-\uF8FF\uFDD0-\uFDEF\uFE00-\uFE0F\uFEFF\uFFA0\uFFF0-\uFFFF'
             '\U000110BD\U000110CD\U00013430-\U0001343F\U0001BCA0-\U0001BCA3\U0001D159\U0001D173-\U0001D17A\U0001FFFE\U0001FFFF\U0002FFFE\U0002FFFF\U0003FFFE-\U0010FFFF]')
        THEN RETURN NULL; END IF;
    END IF;
    IF right(address, 1) = '.' THEN address := left(address, -1); END IF;
    IF length(address) > 254 OR address COLLATE "C" !~
        '^[^\u0001-\u0020\u007F"(),:;<>@\\]+@[^\u0001-\u0020\u007F"(),;<>@\\.]+(\.[^\u0001-\u0020\u007F"(),;<>@\\.]+)*$'
    THEN RETURN NULL; END IF;
    RETURN address;
END $$;
COMMENT ON FUNCTION dailies.email_address IS 'The one spelling of an e-mail address that is stored, looked up and counted; NULL: no address.';

-- Rows of before. An address that was stored in another spelling gets this one, unless another row has it: then there are two rows for one
-- person. Both stay, `dailies doctor` tells of them, and people decide.
CREATE TABLE dailies.duplicate_addresses (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    candidate_id bigint UNIQUE REFERENCES dailies.candidates ON DELETE CASCADE,
    reviewer_id  bigint UNIQUE REFERENCES dailies.reviewers ON DELETE CASCADE,
    found_at     timestamptz NOT NULL DEFAULT now(),
    CHECK (num_nonnulls(candidate_id, reviewer_id) = 1)
);
COMMENT ON TABLE dailies.duplicate_addresses IS
    'Candidates and reviewers of before addresses had one spelling, whose address is no address now or is the one of another row.';

-- For this migration only. Not temporary, which takes a right that an account may lack.
CREATE TABLE dailies.respelled AS
SELECT *, address IS NOT NULL AND row_number() OVER (
              -- The row that has the address already keeps it; else the one in use, else the oldest.
              PARTITION BY of_reviewer, address ORDER BY email <> address, is_less_used, id) = 1 AS keeps_it
FROM (
    SELECT of_reviewer, id, email, is_less_used,
           -- What cannot be seen was not meant, and a full-width letter is the letter that was.
           coalesce(dailies.email_address(email), dailies.email_address(normalize(regexp_replace(email COLLATE "C",
               '[\u007F-\u009F\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180F\u200B-\u200F\u202A-\u202E\u2060-\u206F\u3164\uFE00-\uFE0F\uFEFF\uFFA0\U000E0000-\U000E0FFF]',
               '', 'g'), NFKC))) AS address
    FROM (SELECT true, id, email, password_hash IS NULL OR disabled_at IS NOT NULL FROM dailies.reviewers
          UNION ALL SELECT false, id, email, false FROM dailies.candidates) AS everybody (of_reviewer, id, email, is_less_used)
    -- In ASCII only few spellings are wrong, and few rows have anything else.
    WHERE octet_length(email) <> length(email) OR email COLLATE "C" ~ '\.\.|\.$|@\.|[\u0001-\u0020\u007F"(),:;<>\\]'
) AS spelled;
-- A row that has the address already does not stand in that list when it is plain.
UPDATE dailies.respelled s SET keeps_it = false
WHERE s.keeps_it AND s.email <> s.address
  AND CASE WHEN of_reviewer THEN EXISTS (SELECT FROM dailies.reviewers v WHERE v.email = s.address)
           ELSE EXISTS (SELECT FROM dailies.candidates c WHERE c.email = s.address) END;

UPDATE dailies.reviewers v SET email = s.address FROM dailies.respelled s WHERE s.of_reviewer AND s.id = v.id AND s.keeps_it AND v.email <> s.address;
UPDATE dailies.candidates c SET email = s.address FROM dailies.respelled s WHERE NOT s.of_reviewer AND s.id = c.id AND s.keeps_it AND c.email <> s.address;
INSERT INTO dailies.duplicate_addresses (candidate_id, reviewer_id)
SELECT CASE WHEN NOT of_reviewer THEN id END, CASE WHEN of_reviewer THEN id END FROM dailies.respelled WHERE NOT keeps_it ORDER BY id;
-- An account has to be reached, at least to disable it. Its sessions, password and ratings stay. The address is one that nobody can have.
UPDATE dailies.reviewers v SET email = 'account-' || v.id || '@renamed.invalid' FROM dailies.respelled s
WHERE s.of_reviewer AND s.id = v.id AND NOT s.keeps_it;
INSERT INTO dailies.audit_events (action, detail)
SELECT 'reviewer.renamed', jsonb_build_object('reviewer_id', id) FROM dailies.respelled WHERE of_reviewer AND (NOT keeps_it OR email <> address) ORDER BY id;
DROP TABLE dailies.respelled;

ALTER TABLE dailies.reviewers DROP CONSTRAINT reviewers_email_check,
    ADD CONSTRAINT reviewers_email_check CHECK ((email = dailies.email_address(email)) IS TRUE);
-- NOT VALID: a candidate's address stays as it was given where it is another one's in another spelling, because people write to it.
ALTER TABLE dailies.candidates DROP CONSTRAINT candidates_email_check,
    ADD CONSTRAINT candidates_email_check CHECK ((email = dailies.email_address(email)) IS TRUE) NOT VALID;

-- Browsers ---------------------------------------------------------------------------------------------------------------------

-- A browser in which somebody signed in has limits of its own for this person: whoever spends the limits of an account, a network or the
-- whole site does not shut it out.
CREATE TABLE dailies.known_browsers (
    token_hash   bytea NOT NULL CHECK (octet_length(token_hash) = 32),
    reviewer_id  bigint NOT NULL REFERENCES dailies.reviewers ON DELETE CASCADE,
    signed_in_at timestamptz NOT NULL DEFAULT now(),
    expires_at   timestamptz NOT NULL,
    PRIMARY KEY (token_hash, reviewer_id),
    CHECK (expires_at > signed_in_at)
);
CREATE INDEX known_browsers_by_reviewer ON dailies.known_browsers (reviewer_id, signed_in_at);
COMMENT ON TABLE dailies.known_browsers IS 'Browsers in which people signed in. Knowing a browser signs nobody in; it only counts attempts.';
COMMENT ON COLUMN dailies.known_browsers.token_hash IS 'SHA-256 of the cookie''s 256 random bits. The cookie is changed at each sign-in.';

ALTER TABLE dailies.sessions ADD COLUMN may_set_password_until timestamptz;
COMMENT ON COLUMN dailies.sessions.may_set_password_until IS
    'A session that a one-time link began: until then its person sets a new password without the old one. NULL: not.';
