-- What keeps a worker from working as it should. Workers of the release before do not write it.
ALTER TABLE dailies.workers ADD COLUMN trouble text;
COMMENT ON COLUMN dailies.workers.trouble IS 'What keeps the worker from working as it should, in words for people; NULL for nothing. It holds no candidate''s data.';
