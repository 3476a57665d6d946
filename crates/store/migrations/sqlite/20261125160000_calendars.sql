-- Where a person's absences are read from: an iCal address, sealed, because whoever has it reads the calendar.
CREATE TABLE absence_feed (
    org_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    sealed BLOB NOT NULL,
    read_at BIGINT,
    error TEXT,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (org_id, user_id),
    FOREIGN KEY (org_id, user_id) REFERENCES user_account (org_id, id) ON DELETE CASCADE
);

-- Gaps that the owners of a schedule know of: each is told once.
CREATE TABLE gap_told (
    org_id BIGINT NOT NULL,
    schedule_id BIGINT NOT NULL,
    from_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL,
    told_at BIGINT NOT NULL,
    PRIMARY KEY (org_id, schedule_id, from_at),
    FOREIGN KEY (org_id, schedule_id) REFERENCES schedule (org_id, id) ON DELETE CASCADE
);
