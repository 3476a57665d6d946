-- Indexes of the paging core: each serves a statement that would read a whole table otherwise.
-- Messages of an alert, and what goes with a deleted one.
CREATE INDEX notification_alert ON notification (org_id, alert_id, id) WHERE alert_id IS NOT NULL;
-- Messages that are still to be sent: the look, each minute, for those that nothing would wake.
CREATE INDEX notification_open ON notification (org_id, due_at) WHERE state IN ('PLANNED', 'SENDING');
-- The order of a lane.
CREATE INDEX job_lane ON job (lane, id) WHERE lane IS NOT NULL AND gave_up_at IS NULL;
CREATE INDEX job_given_up ON job (org_id, gave_up_at) WHERE gave_up_at IS NOT NULL;
-- Events that led to no alert: the ring of each source.
CREATE INDEX event_ring ON event (org_id, source_id, id) WHERE alert_id IS NULL;
CREATE INDEX ticket_age ON ticket (org_id, seen_at);
