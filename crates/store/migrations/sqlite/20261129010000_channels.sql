-- How people are reached by others: which accounts carry the messages of a channel, and in which order; what comes back from them.
CREATE TABLE provider (
    org_id BIGINT NOT NULL,
    channel TEXT NOT NULL,
    connector_id TEXT NOT NULL,
    rank BIGINT NOT NULL,
    PRIMARY KEY (org_id, channel, connector_id),
    FOREIGN KEY (org_id, connector_id) REFERENCES connector (org_id, id) ON DELETE CASCADE
);
CREATE INDEX provider_connector ON provider (org_id, connector_id);

-- The last failure of an account stays known after it works again.
ALTER TABLE connector ADD COLUMN failure TEXT;
ALTER TABLE connector ADD COLUMN failed_at BIGINT;

-- Why a contact is locked; when its owner asked by text message to get no more of them; which device it is.
ALTER TABLE contact ADD COLUMN lock_reason TEXT;
ALTER TABLE contact ADD COLUMN stopped_at BIGINT;
ALTER TABLE contact ADD COLUMN label TEXT;
CREATE INDEX contact_target ON contact (org_id, target_folded);

-- Who carried a message, whom it failed with (a JSON list of connectors), the number that answers name, what was reported last, and
-- when the other side said that nothing more is to come.
ALTER TABLE notification ADD COLUMN connector_id TEXT;
ALTER TABLE notification ADD COLUMN failed_with TEXT;
ALTER TABLE notification ADD COLUMN reply_code BIGINT;
ALTER TABLE notification ADD COLUMN reported TEXT;
ALTER TABLE notification ADD COLUMN ended_at BIGINT;
CREATE INDEX notification_provider ON notification (org_id, connector_id, provider_id) WHERE connector_id IS NOT NULL;
CREATE INDEX notification_carried ON notification (org_id, connector_id, sent_at) WHERE connector_id IS NOT NULL;
CREATE INDEX notification_reply ON notification (org_id, contact_id, reply_code) WHERE reply_code IS NOT NULL;
CREATE INDEX notification_line ON notification (org_id, target) WHERE channel = 'VOICE' AND ended_at IS NULL AND state IN ('SENDING', 'SENT', 'DELIVERED');

-- When an account, an address or a person may get the next message: the moment at which what was promised so far is used up.
CREATE TABLE pace (
    org_id BIGINT NOT NULL REFERENCES organization (id),
    name TEXT NOT NULL,
    used_until BIGINT NOT NULL,
    PRIMARY KEY (org_id, name)
);

-- What people wrote to us, so that what is told twice counts once, and who writes nonsense is not answered for ever.
CREATE TABLE heard_text (
    org_id BIGINT NOT NULL,
    connector_id TEXT NOT NULL,
    provider_id TEXT NOT NULL,
    sender TEXT NOT NULL,
    at BIGINT NOT NULL,
    understood BOOLEAN NOT NULL,
    PRIMARY KEY (org_id, connector_id, provider_id),
    FOREIGN KEY (org_id, connector_id) REFERENCES connector (org_id, id) ON DELETE CASCADE
);
CREATE INDEX heard_text_sender ON heard_text (org_id, sender, at);
CREATE INDEX heard_text_age ON heard_text (org_id, at);
