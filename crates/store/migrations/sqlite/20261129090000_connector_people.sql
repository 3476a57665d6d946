-- Who a user is in an outside tool, where somebody chose it by hand: one person each way.
CREATE TABLE connector_person (
    org_id BIGINT NOT NULL,
    connector_id TEXT NOT NULL,
    user_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (org_id, connector_id, user_id),
    UNIQUE (org_id, connector_id, person_id),
    FOREIGN KEY (org_id, connector_id) REFERENCES connector (org_id, id) ON DELETE CASCADE,
    FOREIGN KEY (org_id, user_id) REFERENCES user_account (org_id, id) ON DELETE CASCADE
);
CREATE INDEX connector_person_user ON connector_person (org_id, user_id);
