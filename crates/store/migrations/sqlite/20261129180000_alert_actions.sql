-- What is done in outside tools about alerts, and the tickets that came of it.
CREATE TABLE alert_action (
    id TEXT NOT NULL PRIMARY KEY,
    org_id BIGINT NOT NULL REFERENCES organization (id),
    type TEXT NOT NULL,
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    connector_id TEXT NOT NULL,
    mode TEXT NOT NULL,
    triggers TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (org_id, id),
    FOREIGN KEY (org_id, connector_id) REFERENCES connector (org_id, id)
);

-- The sources whose alerts an action acts upon. A list in the body would not say which actions an alert has.
CREATE TABLE alert_action_source (
    org_id BIGINT NOT NULL,
    source_id BIGINT NOT NULL,
    action_id TEXT NOT NULL,
    PRIMARY KEY (org_id, source_id, action_id),
    FOREIGN KEY (org_id, action_id) REFERENCES alert_action (org_id, id) ON DELETE CASCADE,
    FOREIGN KEY (org_id, source_id) REFERENCES alert_source (org_id, id) ON DELETE CASCADE
);
CREATE INDEX alert_action_source_action ON alert_action_source (org_id, action_id);

-- The ticket of an alert: asked for under a mark that the ticket carries, so that a repetition finds it; then followed.
CREATE TABLE action_ticket (
    org_id BIGINT NOT NULL,
    alert_id BIGINT NOT NULL,
    action_id TEXT NOT NULL,
    connector_id TEXT NOT NULL,
    source_id BIGINT NOT NULL,
    mark TEXT NOT NULL,
    posted_at BIGINT,
    ticket_id BIGINT,
    number TEXT,
    followed BOOLEAN NOT NULL,
    missed BIGINT NOT NULL,
    PRIMARY KEY (org_id, alert_id),
    FOREIGN KEY (org_id, alert_id) REFERENCES alert (org_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX action_ticket_mark ON action_ticket (org_id, mark);
CREATE INDEX action_ticket_ticket ON action_ticket (org_id, ticket_id) WHERE ticket_id IS NOT NULL;
CREATE INDEX action_ticket_followed ON action_ticket (org_id, connector_id, ticket_id) WHERE followed;
