-- Counts an attempt to sign in, before it is known how it ends, so that a thousand at once are no way around a limit. A refused attempt is
-- not counted, and one that succeeds is forgotten.
--
-- An attempt has three limits: its account's (whether there is one or not), its network's, and the whole site's. A browser in which this
-- person signed in before has one of its own in place of them.
--   attempt     to forget it; NULL when it is refused
--   wait        the seconds until one may try again; NULL when it may go on
--   known_as    whose browser it is, if it is known for this person
CREATE OR REPLACE FUNCTION dailies.admit_sign_in(
    typed text, network text, browser bytea, account_limit integer, network_limit integer, site_limit integer, within interval,
    OUT attempt bigint, OUT wait integer, OUT known_as bigint
) LANGUAGE plpgsql AS $$
DECLARE
    address     text := dailies.email_address(typed);
    -- A text that is no address is nobody's, and counts for its network and the site.
    account_key bytea := sha256(convert_to(E'account\n' || coalesce(address, typed), 'UTF8'));
    network_key bytea := sha256(convert_to(E'address\n' || network, 'UTF8'));
    free_at     timestamptz;
BEGIN
    SELECT r.id INTO known_as FROM dailies.known_browsers b JOIN dailies.reviewers r ON r.id = b.reviewer_id
    WHERE b.token_hash = browser AND b.expires_at > now() AND r.email = address;
    IF known_as IS NOT NULL THEN
        account_key := sha256('browser'::bytea || browser || account_key);
        network_key := account_key;
    END IF;
    -- One attempt of an account, and of a network, at a time; always in this order, so that none wait for each other.
    PERFORM FROM dailies.locks WHERE name = 'account.' || get_byte(account_key, 0) % 64 FOR UPDATE;
    PERFORM FROM dailies.locks WHERE name = 'address.' || get_byte(network_key, 0) % 64 FOR UPDATE;
    -- An attempt that is ahead of the clock was counted before the clock was set back. It must not keep a person out until then.
    DELETE FROM dailies.sign_in_attempts
    WHERE attempted_at < clock_timestamp() - within OR attempted_at > clock_timestamp() + interval '2 seconds';

    -- The attempt that has to grow old before there is room for one more, whichever limit is the strictest now.
    SELECT max(attempted_at) + within INTO free_at
    FROM ((SELECT a.attempted_at FROM dailies.sign_in_attempts a WHERE a.account_hash = account_key
           ORDER BY a.attempted_at DESC OFFSET account_limit - 1 LIMIT 1)
          UNION ALL
          (SELECT a.attempted_at FROM dailies.sign_in_attempts a WHERE a.address_hash = network_key
           ORDER BY a.attempted_at DESC OFFSET network_limit - 1 LIMIT 1)
          UNION ALL
          -- Not locked: a few at once more than this do no harm.
          (SELECT a.attempted_at FROM dailies.sign_in_attempts a WHERE known_as IS NULL
           ORDER BY a.attempted_at DESC OFFSET site_limit - 1 LIMIT 1)) AS oldest;
    IF free_at > clock_timestamp() THEN
        wait := ceil(extract(epoch FROM free_at - clock_timestamp()));
        RETURN;
    END IF;
    INSERT INTO dailies.sign_in_attempts (account_hash, address_hash, attempted_at) VALUES (account_key, network_key, clock_timestamp())
    RETURNING id INTO attempt;
END $$;

-- Forgets what an account failed from a network, or in a browser, when it has signed in from there. What others tried stays counted.
CREATE OR REPLACE FUNCTION dailies.forget_sign_ins(attempt bigint) RETURNS void LANGUAGE sql AS $$
    DELETE FROM dailies.sign_in_attempts a USING dailies.sign_in_attempts succeeded
    WHERE succeeded.id = attempt AND a.account_hash = succeeded.account_hash AND a.address_hash = succeeded.address_hash;
$$;

-- The release before calls it.
-- Counts an attempt to sign in, before it is known how it ends, so that a thousand at once are no way around the limit. Returns null
-- when it may go on, or else the seconds until one may; such a refused attempt is not counted.
CREATE OR REPLACE FUNCTION dailies.count_sign_in_attempt(
    account bytea, address bytea, account_limit integer, address_limit integer, within interval
) RETURNS integer LANGUAGE plpgsql AS $$
#variable_conflict use_variable
DECLARE
    free_at timestamptz;
BEGIN
    -- One attempt of an account, and of an address, at a time; always in this order, so that none wait for each other.
    PERFORM FROM dailies.locks WHERE name = 'account.' || get_byte(account, 0) % 64 FOR UPDATE;
    PERFORM FROM dailies.locks WHERE name = 'address.' || get_byte(address, 0) % 64 FOR UPDATE;
    -- An attempt that is ahead of the clock was counted before the clock was set back. It must not keep a person out until then.
    DELETE FROM dailies.sign_in_attempts
    WHERE attempted_at < clock_timestamp() - within OR attempted_at > clock_timestamp() + interval '2 seconds';

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
