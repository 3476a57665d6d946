-- Mails are told apart like texts: what came in is no longer an account's alone.
CREATE TABLE heard_text_new (
    org_id BIGINT NOT NULL,
    connector_id TEXT NOT NULL,
    provider_id TEXT NOT NULL,
    sender TEXT NOT NULL,
    at BIGINT NOT NULL,
    understood BOOLEAN NOT NULL,
    PRIMARY KEY (org_id, connector_id, provider_id)
);
INSERT INTO heard_text_new SELECT org_id, connector_id, provider_id, sender, at, understood FROM heard_text;
DROP TABLE heard_text;
ALTER TABLE heard_text_new RENAME TO heard_text;
CREATE INDEX heard_text_sender ON heard_text (org_id, sender, at);
CREATE INDEX heard_text_age ON heard_text (org_id, at);
