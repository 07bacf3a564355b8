-- The hiring team's accounts, and how they prove who they are. Of every secret only a hash is kept: who reads this database, or
-- a backup of it, can sign in as nobody.

CREATE TABLE dailies.reviewers (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email         text NOT NULL UNIQUE
                  CHECK (email = lower(btrim(email)) AND email ~ '^[^@[:space:]]+@[^@[:space:]]+$' AND length(email) <= 254),
    name          text NOT NULL CHECK (length(btrim(name)) BETWEEN 1 AND 200),
    access        text NOT NULL DEFAULT 'reviewer' CHECK (access IN ('admin', 'reviewer')),
    password_hash text CHECK (password_hash ~ '^\$scrypt\$'),
    disabled_at   timestamptz,
    created_at    timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE dailies.reviewers IS 'Members of the hiring team. Never deleted, because ratings are theirs; disabled instead.';
COMMENT ON COLUMN dailies.reviewers.password_hash IS
    'scrypt with its parameters and salt; null until the first sign-in, and where a proxy or a link says who it is.';

CREATE TABLE dailies.sessions (
    token_hash  bytea PRIMARY KEY CHECK (octet_length(token_hash) = 32),
    reviewer_id bigint NOT NULL REFERENCES dailies.reviewers ON DELETE CASCADE,
    created_at  timestamptz NOT NULL DEFAULT now(),
    expires_at  timestamptz NOT NULL,
    CHECK (expires_at > created_at)
);
CREATE INDEX sessions_by_reviewer ON dailies.sessions (reviewer_id);
CREATE INDEX sessions_by_expiry ON dailies.sessions (expires_at);
COMMENT ON COLUMN dailies.sessions.token_hash IS 'SHA-256 of the cookie''s 256 random bits.';

CREATE TABLE dailies.sign_in_links (
    token_hash  bytea PRIMARY KEY CHECK (octet_length(token_hash) = 32),
    reviewer_id bigint NOT NULL REFERENCES dailies.reviewers ON DELETE CASCADE,
    created_at  timestamptz NOT NULL DEFAULT now(),
    expires_at  timestamptz NOT NULL,
    CHECK (expires_at > created_at)
);
CREATE INDEX sign_in_links_by_reviewer ON dailies.sign_in_links (reviewer_id);
COMMENT ON TABLE dailies.sign_in_links IS 'Links that sign somebody in once: using one deletes it.';

-- What was tried lately. Neither address nor account is kept in clear.
CREATE TABLE dailies.sign_in_attempts (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_hash bytea NOT NULL CHECK (octet_length(account_hash) = 32),
    address_hash bytea NOT NULL CHECK (octet_length(address_hash) = 32),
    attempted_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX sign_in_attempts_by_account ON dailies.sign_in_attempts (account_hash, attempted_at);
CREATE INDEX sign_in_attempts_by_address ON dailies.sign_in_attempts (address_hash, attempted_at);
CREATE INDEX sign_in_attempts_by_time ON dailies.sign_in_attempts (attempted_at);

-- Counts an attempt to sign in, before it is known how it ends, so that a thousand at once are no way around the limit. Returns null
-- when it may go on, or else the seconds until one may; such a refused attempt is not counted.
CREATE FUNCTION dailies.count_sign_in_attempt(
    account bytea, address bytea, account_limit integer, address_limit integer, within interval
) RETURNS integer LANGUAGE plpgsql AS $$
#variable_conflict use_variable
DECLARE
    free_at timestamptz;
BEGIN
    -- One attempt of an account, and of an address, at a time; always in this order, so that none wait for each other.
    PERFORM pg_advisory_xact_lock(hashtext('dailies.sign_in.account'), hashtext(encode(account, 'hex')));
    PERFORM pg_advisory_xact_lock(hashtext('dailies.sign_in.address'), hashtext(encode(address, 'hex')));
    DELETE FROM dailies.sign_in_attempts WHERE attempted_at < clock_timestamp() - within;

    -- The attempt that has to grow old before there is room for one more, whichever limit is the stricter now.
    SELECT max(attempted_at) + within INTO free_at
    FROM ((SELECT a.attempted_at FROM dailies.sign_in_attempts a WHERE a.account_hash = account
           ORDER BY a.attempted_at DESC OFFSET account_limit - 1 LIMIT 1)
          UNION ALL
          (SELECT a.attempted_at FROM dailies.sign_in_attempts a WHERE a.address_hash = address
           ORDER BY a.attempted_at DESC OFFSET address_limit - 1 LIMIT 1)) AS oldest;
    IF free_at > clock_timestamp() THEN
        RETURN ceil(extract(epoch FROM free_at - clock_timestamp()));
    END IF;
    INSERT INTO dailies.sign_in_attempts (account_hash, address_hash, attempted_at) VALUES (account, address, clock_timestamp());
    RETURN NULL;
END $$;

CREATE TABLE dailies.api_tokens (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    reviewer_id  bigint NOT NULL REFERENCES dailies.reviewers ON DELETE CASCADE,
    name         text NOT NULL CHECK (length(btrim(name)) BETWEEN 1 AND 200),
    scope        text NOT NULL CHECK (scope IN ('read', 'write')),
    token_hash   bytea NOT NULL UNIQUE CHECK (octet_length(token_hash) = 32),
    created_at   timestamptz NOT NULL DEFAULT now(),
    last_used_at timestamptz,
    revoked_at   timestamptz
);
CREATE INDEX api_tokens_by_reviewer ON dailies.api_tokens (reviewer_id);
COMMENT ON TABLE dailies.api_tokens IS 'What programs use /api/v1 with: each acts as its reviewer and may do no more than that one.';
COMMENT ON COLUMN dailies.api_tokens.scope IS 'read: may only look; write: may also rate, comment and decide.';
