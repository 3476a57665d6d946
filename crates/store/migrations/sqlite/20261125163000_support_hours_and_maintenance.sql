-- Sources by support hours, alerts that wait for a border, maintenance windows.
ALTER TABLE alert_source ADD COLUMN support_hours_id BIGINT;
ALTER TABLE alert_source ADD COLUMN auto_raise BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX alert_source_support_hours ON alert_source (org_id, support_hours_id) WHERE support_hours_id IS NOT NULL;

-- Why nobody is paged yet (JSON: core::hold::Hold), and when a quiet alert is raised.
ALTER TABLE alert ADD COLUMN held TEXT;
ALTER TABLE alert ADD COLUMN raise_at BIGINT;
CREATE INDEX alert_waiting ON alert (org_id, id) WHERE (held IS NOT NULL OR raise_at IS NOT NULL) AND status <> 'RESOLVED';

-- A window is JSON (core::maintenance::Window); when it first begins and is last over are columns, so that those of the past cost nothing.
CREATE TABLE maintenance_window (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    org_id BIGINT NOT NULL REFERENCES organization (id),
    summary TEXT NOT NULL,
    description TEXT NOT NULL,
    notifications TEXT NOT NULL,
    body TEXT NOT NULL,
    from_at BIGINT NOT NULL,
    over_at BIGINT,
    created_by BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (org_id, id)
);
CREATE INDEX maintenance_window_span ON maintenance_window (org_id, over_at);
