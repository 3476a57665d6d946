-- Webhooks that an outside tool has for a source: made through its API, watched, and removed there again. One that is being removed
-- outlives its source; the account is named without a reference, since that may be deleted meanwhile.
CREATE TABLE source_webhook (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    org_id BIGINT NOT NULL,
    source_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    connector_id TEXT NOT NULL,
    address TEXT NOT NULL UNIQUE,
    secret_sealed BLOB NOT NULL,
    phase TEXT NOT NULL,
    phase_since BIGINT NOT NULL,
    tool_id BIGINT,
    standing TEXT NOT NULL,
    arrivals TEXT NOT NULL,
    FOREIGN KEY (org_id, source_id) REFERENCES alert_source (org_id, id)
);
CREATE UNIQUE INDEX source_webhook_kind ON source_webhook (org_id, source_id, kind) WHERE phase <> 'REMOVING';
CREATE INDEX source_webhook_source ON source_webhook (org_id, source_id);
