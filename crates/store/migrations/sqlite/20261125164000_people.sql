-- People: silence on purpose, reminders of shifts, hand-off notes, and what the auditor found.
-- A person is muted from muted_from (at once where it is null) until muted_until.
ALTER TABLE user_account ADD COLUMN muted_from BIGINT;
-- Quiet hours for quiet alerts, in minutes of the person's day; both or neither.
ALTER TABLE user_account ADD COLUMN quiet_from_min BIGINT;
ALTER TABLE user_account ADD COLUMN quiet_until_min BIGINT;
-- Whoever was paged is told over the same contact that somebody has it, or that it is over.
ALTER TABLE user_account ADD COLUMN told_of_answers BOOLEAN NOT NULL DEFAULT TRUE;

-- Reminders that were sent: each once.
CREATE TABLE shift_reminder (
    org_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    schedule_id BIGINT NOT NULL,
    shift_from BIGINT NOT NULL,
    before_s BIGINT NOT NULL,
    contact_id BIGINT NOT NULL,
    told_at BIGINT NOT NULL,
    PRIMARY KEY (org_id, schedule_id, shift_from, user_id, before_s, contact_id),
    FOREIGN KEY (org_id, user_id) REFERENCES user_account (org_id, id) ON DELETE CASCADE,
    FOREIGN KEY (org_id, schedule_id) REFERENCES schedule (org_id, id) ON DELETE CASCADE
);
CREATE INDEX shift_reminder_user ON shift_reminder (org_id, user_id);

-- What the person on call leaves for the next one, until that one confirms it.
CREATE TABLE handoff_note (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    org_id BIGINT NOT NULL,
    schedule_id BIGINT NOT NULL,
    author_id BIGINT,
    text TEXT NOT NULL,
    written_at BIGINT NOT NULL,
    confirmed_by BIGINT,
    confirmed_at BIGINT,
    UNIQUE (org_id, id),
    FOREIGN KEY (org_id, schedule_id) REFERENCES schedule (org_id, id) ON DELETE CASCADE
);
CREATE INDEX handoff_note_schedule ON handoff_note (org_id, schedule_id, id);

-- What the auditor found at its last run, what it raised, and when the outside was told that all is well. Texts are JSON.
CREATE TABLE auditor (
    org_id BIGINT NOT NULL PRIMARY KEY REFERENCES organization (id),
    ran_at BIGINT,
    findings TEXT NOT NULL,
    raised TEXT NOT NULL,
    last_findings TEXT NOT NULL,
    found_at BIGINT,
    pinged_at BIGINT,
    ping_tried_at BIGINT,
    ping_error TEXT
);
