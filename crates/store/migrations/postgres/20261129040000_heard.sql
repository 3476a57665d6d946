-- Mails are told apart like texts: what came in is no longer an account's alone. What was heard before may count once more.
DROP TABLE heard_text;
CREATE TABLE heard_text (
    org_id BIGINT NOT NULL,
    connector_id TEXT COLLATE "C" NOT NULL,
    provider_id TEXT COLLATE "C" NOT NULL,
    sender TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    understood BOOLEAN NOT NULL,
    PRIMARY KEY (org_id, connector_id, provider_id)
);
CREATE INDEX heard_text_sender ON heard_text (org_id, sender, at);
CREATE INDEX heard_text_age ON heard_text (org_id, at);
