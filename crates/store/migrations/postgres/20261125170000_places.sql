-- Where a job takes a place while it runs: the channel of a message, CALL, or none of these; STEP: it is stepped with others, see
-- room.rs and jobs/kinds.rs. What is due is read by place, so that a channel which is full is not looked through for the others.
ALTER TABLE job ADD COLUMN place TEXT COLLATE "C" NOT NULL DEFAULT '';
UPDATE job SET place = CASE WHEN kind = 'escalate' THEN 'STEP'
    WHEN kind = 'notify' THEN coalesce((SELECT n.channel FROM notification n WHERE n.org_id = job.org_id AND n.id = job.subject_id), '')
    WHEN kind IN ('fetch_ticket', 'poll', 'write_back', 'tell_owner', 'tell_fallback', 'read_holidays', 'read_absences', 'tell_of_gaps', 'ping') THEN 'CALL'
    ELSE '' END;
DROP INDEX job_due;
CREATE INDEX job_due ON job (place, rank, visible_at, id) WHERE gave_up_at IS NULL AND lane IS NULL AND pool IS NULL;
CREATE INDEX job_limited ON job (visible_at) WHERE gave_up_at IS NULL AND (lane IS NOT NULL OR pool IS NOT NULL);
