-- What a contact was told of is found by the contact, and so are the numbers that its answers name.
CREATE INDEX notification_contact ON notification (org_id, contact_id, id) WHERE contact_id IS NOT NULL;
DROP INDEX notification_reply;

-- Only a call that was made keeps a line busy.
DROP INDEX notification_line;
CREATE INDEX notification_line ON notification (org_id, target) WHERE channel = 'VOICE' AND ended_at IS NULL AND state IN ('SENT', 'DELIVERED');
