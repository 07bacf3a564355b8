-- What follows from a statement follows with the schema owner's rights, not with those of whoever gave the statement. So the web page
-- that takes recordings in needs no right on the queue, the worker none on the wall of answers, and the site none on the queue:
-- `grants.sql` says which account may do what, and these functions are the doors between.
--
-- Each names every table with its schema; the search path is set so that nobody can put another table, function or operator in the way.

DO $$
DECLARE
    function regprocedure;
BEGIN
    FOREACH function IN ARRAY ARRAY[
        -- Accepting an answer: whose it is, its job, its place on the wall.
        'dailies.submit_response(text, text, text, text, text, text, bigint, text, boolean)',
        'dailies.complete_response()', 'dailies.enqueue_responses()', 'dailies.settle_responses()', 'dailies.name_interview()',
        -- Rating: what is counted of it.
        'dailies.count_rating()',
        -- Recording a review: the wall, and the job for what browsers cannot play.
        'dailies.settle_record()', 'dailies.request_rendition()',
        -- What an admin does on the site.
        'dailies.announce_take_request()', 'dailies.retry_jobs(bigint[], text)', 'dailies.reopen_response(bigint, text)',
        -- The history's partitions are tables, which only their owner makes and drops.
        'dailies.prepare_job_history(integer)', 'dailies.drop_job_history(interval)'
    ]::regprocedure[] LOOP
        EXECUTE format('ALTER FUNCTION %s SECURITY DEFINER SET search_path = pg_catalog, pg_temp', function);
    END LOOP;
END $$;
