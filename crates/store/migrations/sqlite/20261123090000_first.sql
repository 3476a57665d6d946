-- The first schema of Watchbell. The two files of this name differ in types only; a test compares the schemas.
-- Times are microseconds since 1970 in UTC. Texts that are JSON are written and read by the program, never queried.
-- org_id leads every index and is part of every foreign key: a reference across organizations cannot exist.
CREATE TABLE organization (
    id BIGINT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
INSERT INTO organization (id, name, created_at) VALUES (1, 'Watchbell', 0);

-- Settings that pages edit (mail server, public URL, retention). Secrets are sealed.
CREATE TABLE setting (
    org_id BIGINT NOT NULL REFERENCES organization (id),
    name TEXT NOT NULL,
    value TEXT,
    sealed BLOB,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (org_id, name)
);

-- A sealed word that proves that a node has the key of this database.
CREATE TABLE seal_canary (
    id BIGINT NOT NULL PRIMARY KEY,
    sealed BLOB NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE user_account (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    org_id BIGINT NOT NULL REFERENCES organization (id),
    email TEXT NOT NULL,
    email_folded TEXT NOT NULL,
    first_name TEXT NOT NULL,
    last_name TEXT NOT NULL,
    role TEXT NOT NULL,
    timezone TEXT NOT NULL,
    position TEXT,
    department TEXT,
    language TEXT NOT NULL,
    region TEXT,
    shift_color TEXT,
    muted_until BIGINT,
    password_hash TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (org_id, id),
    UNIQUE (org_id, email_folded)
);

CREATE TABLE contact (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    org_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    channel TEXT NOT NULL,
    target TEXT NOT NULL,
    target_folded TEXT NOT NULL,
    region TEXT,
    is_primary BOOLEAN NOT NULL,
    status TEXT NOT NULL,
    verified_at BIGINT,
    verify_hash BLOB,
    verify_until BIGINT,
    sealed BLOB,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (org_id, id),
    UNIQUE (org_id, user_id, channel, target_folded),
    FOREIGN KEY (org_id, user_id) REFERENCES user_account (org_id, id) ON DELETE CASCADE
);

-- All four collections of notification preferences: ALERTS, DUTIES, UPDATES, SUBSCRIPTIONS.
CREATE TABLE notification_preference (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    org_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    collection TEXT NOT NULL,
    method TEXT NOT NULL,
    contact_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    delay_s BIGINT NOT NULL,
    UNIQUE (org_id, id),
    FOREIGN KEY (org_id, user_id) REFERENCES user_account (org_id, id) ON DELETE CASCADE,
    FOREIGN KEY (org_id, contact_id) REFERENCES contact (org_id, id) ON DELETE CASCADE
);
CREATE INDEX notification_preference_user ON notification_preference (org_id, user_id, collection, id);
CREATE INDEX notification_preference_contact ON notification_preference (org_id, contact_id);

CREATE TABLE session (
    token_hash BLOB NOT NULL PRIMARY KEY,
    org_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    csrf_hash BLOB NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    agent TEXT NOT NULL,
    FOREIGN KEY (org_id, user_id) REFERENCES user_account (org_id, id) ON DELETE CASCADE
);
CREATE INDEX session_of_user ON session (org_id, user_id);
CREATE INDEX session_expiry ON session (expires_at);

CREATE TABLE api_key (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    org_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    token_hash BLOB NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    used_at BIGINT,
    UNIQUE (org_id, id),
    FOREIGN KEY (org_id, user_id) REFERENCES user_account (org_id, id) ON DELETE CASCADE
);
CREATE INDEX api_key_user ON api_key (org_id, user_id, id);

-- Failed log-ins by account and address, so that every node throttles alike.
CREATE TABLE login_attempt (
    org_id BIGINT NOT NULL REFERENCES organization (id),
    subject TEXT NOT NULL,
    failures BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    PRIMARY KEY (org_id, subject)
);

CREATE TABLE escalation_policy (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    org_id BIGINT NOT NULL REFERENCES organization (id),
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    routing_key TEXT,
    routing_key_folded TEXT,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    deleted_at BIGINT,
    UNIQUE (org_id, id)
);
CREATE UNIQUE INDEX escalation_policy_name ON escalation_policy (org_id, name_folded) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX escalation_policy_routing_key ON escalation_policy (org_id, routing_key_folded) WHERE deleted_at IS NULL AND routing_key_folded IS NOT NULL;

-- Immutable: editing a policy makes a new version, running alerts keep theirs.
CREATE TABLE escalation_policy_version (
    org_id BIGINT NOT NULL,
    policy_id BIGINT NOT NULL,
    version BIGINT NOT NULL,
    levels TEXT NOT NULL,
    passes BIGINT NOT NULL,
    repeating BOOLEAN NOT NULL,
    delay_s BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (org_id, policy_id, version),
    FOREIGN KEY (org_id, policy_id) REFERENCES escalation_policy (org_id, id) ON DELETE CASCADE
);

-- The credentials of an outside account, with what is known of its health.
CREATE TABLE connector (
    id TEXT NOT NULL PRIMARY KEY,
    org_id BIGINT NOT NULL REFERENCES organization (id),
    type TEXT NOT NULL,
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    params TEXT NOT NULL,
    sealed BLOB,
    owner_id BIGINT,
    state TEXT NOT NULL,
    state_reason TEXT,
    state_since BIGINT NOT NULL,
    owner_told_at BIGINT,
    facts TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (org_id, id),
    UNIQUE (org_id, type, name_folded)
);

CREATE TABLE alert_source (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    org_id BIGINT NOT NULL REFERENCES organization (id),
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    integration_type TEXT NOT NULL,
    key_hash BLOB NOT NULL UNIQUE,
    key_sealed BLOB NOT NULL,
    policy_id BIGINT NOT NULL,
    active BOOLEAN NOT NULL,
    grouping TEXT NOT NULL,
    grouping_window_s BIGINT,
    priority_rule TEXT NOT NULL,
    auto_resolve_s BIGINT,
    connector_id TEXT,
    settings TEXT NOT NULL,
    rules TEXT,
    started_at BIGINT NOT NULL,
    polled_at BIGINT,
    poll_state TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    deleted_at BIGINT,
    UNIQUE (org_id, id),
    FOREIGN KEY (org_id, policy_id) REFERENCES escalation_policy (org_id, id),
    FOREIGN KEY (org_id, connector_id) REFERENCES connector (org_id, id)
);
CREATE UNIQUE INDEX alert_source_name ON alert_source (org_id, name_folded) WHERE deleted_at IS NULL;
CREATE INDEX alert_source_policy ON alert_source (org_id, policy_id);
CREATE INDEX alert_source_connector ON alert_source (org_id, connector_id);

CREATE TABLE alert (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    org_id BIGINT NOT NULL,
    source_id BIGINT NOT NULL,
    alert_key TEXT,
    group_key TEXT,
    summary TEXT NOT NULL,
    details TEXT NOT NULL,
    status TEXT NOT NULL,
    priority TEXT NOT NULL,
    policy_id BIGINT NOT NULL,
    policy_version BIGINT NOT NULL,
    pass BIGINT NOT NULL,
    first_pass BIGINT NOT NULL,
    level BIGINT NOT NULL,
    direct_user_id BIGINT,
    next_step_at BIGINT,
    notified_at BIGINT,
    nobody_notified_at BIGINT,
    version BIGINT NOT NULL,
    event_count BIGINT NOT NULL,
    report_time BIGINT NOT NULL,
    last_event_at BIGINT NOT NULL,
    accepted_at BIGINT,
    accepted_by BIGINT,
    resolved_at BIGINT,
    resolved_by_person BOOLEAN NOT NULL,
    content TEXT NOT NULL,
    UNIQUE (org_id, id),
    FOREIGN KEY (org_id, source_id) REFERENCES alert_source (org_id, id),
    FOREIGN KEY (org_id, policy_id, policy_version) REFERENCES escalation_policy_version (org_id, policy_id, version)
);
CREATE UNIQUE INDEX alert_open_group ON alert (org_id, source_id, group_key) WHERE status <> 'RESOLVED' AND group_key IS NOT NULL;
CREATE INDEX alert_open ON alert (org_id, status, id) WHERE status <> 'RESOLVED';
CREATE INDEX alert_age ON alert (org_id, report_time, id);

CREATE TABLE alert_responder (
    org_id BIGINT NOT NULL,
    alert_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    status TEXT NOT NULL,
    added_at BIGINT NOT NULL,
    accepted_at BIGINT,
    PRIMARY KEY (org_id, alert_id, user_id),
    FOREIGN KEY (org_id, alert_id) REFERENCES alert (org_id, id) ON DELETE CASCADE,
    FOREIGN KEY (org_id, user_id) REFERENCES user_account (org_id, id) ON DELETE CASCADE
);

-- What a source sent, raw. Without an alert: left out or waiting, with the reason.
CREATE TABLE event (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    org_id BIGINT NOT NULL,
    source_id BIGINT NOT NULL,
    alert_id BIGINT,
    received_at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT,
    verdict TEXT NOT NULL,
    reason TEXT,
    content_type TEXT,
    body BLOB NOT NULL,
    FOREIGN KEY (org_id, source_id) REFERENCES alert_source (org_id, id),
    FOREIGN KEY (org_id, alert_id) REFERENCES alert (org_id, id) ON DELETE CASCADE
);
CREATE INDEX event_alert ON event (org_id, alert_id, id) WHERE alert_id IS NOT NULL;
CREATE INDEX event_source ON event (org_id, source_id, id);
CREATE INDEX event_waiting ON event (org_id, source_id, subject) WHERE verdict = 'WAITING';

CREATE TABLE alert_log (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    org_id BIGINT NOT NULL,
    alert_id BIGINT NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    entry TEXT NOT NULL,
    FOREIGN KEY (org_id, alert_id) REFERENCES alert (org_id, id) ON DELETE CASCADE
);
CREATE INDEX alert_log_alert ON alert_log (org_id, alert_id, id);

CREATE TABLE notification (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    org_id BIGINT NOT NULL,
    alert_id BIGINT,
    source_id BIGINT,
    pass BIGINT NOT NULL,
    level BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    preference_id BIGINT,
    contact_id BIGINT,
    channel TEXT NOT NULL,
    target TEXT NOT NULL,
    purpose TEXT NOT NULL,
    about TEXT,
    state TEXT NOT NULL,
    reason TEXT,
    due_at BIGINT NOT NULL,
    planned_at BIGINT NOT NULL,
    sent_at BIGINT,
    delivered_at BIGINT,
    tries BIGINT NOT NULL,
    provider_id TEXT,
    error TEXT,
    summary_id BIGINT,
    UNIQUE (org_id, id),
    FOREIGN KEY (org_id, alert_id) REFERENCES alert (org_id, id) ON DELETE CASCADE,
    FOREIGN KEY (org_id, user_id) REFERENCES user_account (org_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX notification_step ON notification (org_id, alert_id, pass, level, user_id, preference_id) WHERE purpose = 'PAGE';
CREATE INDEX notification_bundle ON notification (org_id, source_id, contact_id, due_at) WHERE purpose <> 'UPDATE' AND state IN ('SENDING', 'SENT', 'DELIVERED');
CREATE INDEX notification_waiting ON notification (org_id, source_id, contact_id) WHERE state = 'SUPPRESSED' AND summary_id IS NULL;
CREATE INDEX notification_summary ON notification (org_id, summary_id) WHERE summary_id IS NOT NULL;
CREATE INDEX notification_user ON notification (org_id, user_id, id);

-- Work that is due at some time. once_key coalesces; lane and pool limit how many run at once across the nodes.
CREATE TABLE job (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    org_id BIGINT NOT NULL REFERENCES organization (id),
    kind TEXT NOT NULL,
    subject_id BIGINT NOT NULL,
    once_key TEXT,
    lane TEXT,
    pool TEXT,
    pool_max BIGINT NOT NULL,
    rank BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    visible_at BIGINT NOT NULL,
    leased BOOLEAN NOT NULL,
    again BOOLEAN NOT NULL,
    generation BIGINT NOT NULL,
    attempt BIGINT NOT NULL,
    gave_up_at BIGINT,
    last_error TEXT,
    payload TEXT NOT NULL
);
CREATE UNIQUE INDEX job_once ON job (org_id, once_key) WHERE once_key IS NOT NULL AND gave_up_at IS NULL;
CREATE INDEX job_due ON job (rank, visible_at, id) WHERE gave_up_at IS NULL;
CREATE INDEX job_wake ON job (visible_at) WHERE gave_up_at IS NULL;
CREATE INDEX job_leased ON job (leased, lane, pool) WHERE leased AND gave_up_at IS NULL;
CREATE INDEX job_subject ON job (org_id, kind, subject_id);

-- The last seen snapshot of a ticket per source, with what it led to and why.
CREATE TABLE ticket (
    org_id BIGINT NOT NULL,
    source_id BIGINT NOT NULL,
    ticket_id BIGINT NOT NULL,
    number TEXT NOT NULL,
    title TEXT NOT NULL,
    snapshot TEXT NOT NULL,
    body TEXT NOT NULL,
    verdict TEXT NOT NULL,
    seen_at BIGINT NOT NULL,
    modified_at BIGINT NOT NULL,
    alert_id BIGINT,
    PRIMARY KEY (org_id, source_id, ticket_id),
    FOREIGN KEY (org_id, source_id) REFERENCES alert_source (org_id, id) ON DELETE CASCADE
);
CREATE INDEX ticket_number ON ticket (org_id, source_id, number);
CREATE INDEX ticket_seen ON ticket (org_id, source_id, seen_at);

-- Picklists and other slow facts of an outside account.
CREATE TABLE connector_cache (
    org_id BIGINT NOT NULL,
    connector_id TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    read_at BIGINT NOT NULL,
    PRIMARY KEY (org_id, connector_id, name),
    FOREIGN KEY (org_id, connector_id) REFERENCES connector (org_id, id) ON DELETE CASCADE
);

CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    org_id BIGINT NOT NULL REFERENCES organization (id),
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    verb TEXT NOT NULL,
    noun TEXT NOT NULL,
    noun_id TEXT NOT NULL,
    before TEXT,
    after TEXT
);
CREATE INDEX audit_at ON audit (org_id, at, id);
CREATE INDEX audit_noun ON audit (org_id, noun, noun_id, id);
