-- An override outlives the account of its person: what was shown for the past stays. SQLite drops a foreign key only with its table.
CREATE TABLE schedule_override_new (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    org_id BIGINT NOT NULL,
    schedule_id BIGINT NOT NULL,
    user_id BIGINT,
    from_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL,
    reason TEXT,
    created_by BIGINT,
    created_at BIGINT NOT NULL,
    UNIQUE (org_id, id),
    FOREIGN KEY (org_id, schedule_id) REFERENCES schedule (org_id, id) ON DELETE CASCADE
);
INSERT INTO schedule_override_new SELECT id, org_id, schedule_id, user_id, from_at, until_at, reason, created_by, created_at FROM schedule_override;
DROP TABLE schedule_override;
ALTER TABLE schedule_override_new RENAME TO schedule_override;
CREATE INDEX schedule_override_span ON schedule_override (org_id, schedule_id, until_at);
CREATE INDEX schedule_override_user ON schedule_override (org_id, user_id) WHERE user_id IS NOT NULL;

-- iCal feeds: of a schedule, or of the person person_id. The secret of the address is kept as its SHA-256.
CREATE TABLE calendar_feed (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    org_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    schedule_id BIGINT,
    person_id BIGINT,
    token_hash BLOB NOT NULL,
    created_at BIGINT NOT NULL,
    used_at BIGINT,
    UNIQUE (org_id, id),
    FOREIGN KEY (org_id, user_id) REFERENCES user_account (org_id, id) ON DELETE CASCADE,
    FOREIGN KEY (org_id, person_id) REFERENCES user_account (org_id, id) ON DELETE CASCADE,
    FOREIGN KEY (org_id, schedule_id) REFERENCES schedule (org_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX calendar_feed_token ON calendar_feed (token_hash);
CREATE INDEX calendar_feed_user ON calendar_feed (org_id, user_id);

-- Somebody asks a person, a team, or (where both are NULL) everybody to take their duty for a span.
CREATE TABLE cover_request (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    org_id BIGINT NOT NULL,
    schedule_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    created_by BIGINT,
    from_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL,
    message TEXT,
    asked_user_id BIGINT,
    asked_team_id BIGINT,
    state TEXT NOT NULL,
    answered_by BIGINT,
    override_id BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (org_id, id),
    FOREIGN KEY (org_id, schedule_id) REFERENCES schedule (org_id, id) ON DELETE CASCADE,
    FOREIGN KEY (org_id, user_id) REFERENCES user_account (org_id, id) ON DELETE CASCADE
);
CREATE INDEX cover_request_state ON cover_request (org_id, state, from_at);
CREATE INDEX cover_request_user ON cover_request (org_id, user_id);

-- Who said no: where everybody who was asked has, the request is declined.
CREATE TABLE cover_decline (
    org_id BIGINT NOT NULL,
    request_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    declined_at BIGINT NOT NULL,
    PRIMARY KEY (org_id, request_id, user_id),
    FOREIGN KEY (org_id, request_id) REFERENCES cover_request (org_id, id) ON DELETE CASCADE,
    FOREIGN KEY (org_id, user_id) REFERENCES user_account (org_id, id) ON DELETE CASCADE
);
