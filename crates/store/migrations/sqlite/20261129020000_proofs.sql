-- When the owner of a contact last said that a test rang there, and which tests were answered. What a carrier reported is no answer.
ALTER TABLE contact ADD COLUMN rang_at BIGINT;
ALTER TABLE notification ADD COLUMN answered_at BIGINT;
UPDATE notification SET answered_at = delivered_at WHERE purpose = 'TEST' AND state = 'DELIVERED' AND reported IS NULL;
UPDATE contact SET rang_at = t.at
    FROM (SELECT org_id, contact_id, max(answered_at) AS at FROM notification WHERE answered_at IS NOT NULL GROUP BY org_id, contact_id) AS t
    WHERE contact.org_id = t.org_id AND contact.id = t.contact_id;

-- Numbers whose owners answered a text with "stop". It outlives the contacts: a number that is removed and added again stays stopped.
CREATE TABLE stopped_number (
    org_id BIGINT NOT NULL REFERENCES organization (id),
    number TEXT NOT NULL,
    stopped_at BIGINT NOT NULL,
    PRIMARY KEY (org_id, number)
);
INSERT INTO stopped_number (org_id, number, stopped_at)
    SELECT org_id, target_folded, max(stopped_at) FROM contact
    WHERE channel = 'SMS' AND stopped_at IS NOT NULL AND lock_reason IS NULL GROUP BY org_id, target_folded;
