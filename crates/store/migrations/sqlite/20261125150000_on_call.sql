-- On-call: teams, calendars of holidays, schedules with their versions and exceptions, absences, support hours.
-- Times are microseconds since 1970 in UTC; a version of a schedule is JSON (core::schedule::Version), written and read by the program.
CREATE TABLE team (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    org_id BIGINT NOT NULL REFERENCES organization (id),
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (org_id, id)
);
CREATE UNIQUE INDEX team_name ON team (org_id, name_folded);

CREATE TABLE team_member (
    org_id BIGINT NOT NULL,
    team_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    role TEXT NOT NULL,
    PRIMARY KEY (org_id, team_id, user_id),
    FOREIGN KEY (org_id, team_id) REFERENCES team (org_id, id) ON DELETE CASCADE,
    FOREIGN KEY (org_id, user_id) REFERENCES user_account (org_id, id) ON DELETE CASCADE
);
CREATE INDEX team_member_user ON team_member (org_id, user_id);

-- Public holidays: of a country's region from the library, from an iCal address, or entered by hand.
CREATE TABLE holiday_calendar (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    org_id BIGINT NOT NULL REFERENCES organization (id),
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    origin TEXT NOT NULL,
    read_at BIGINT,
    error TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (org_id, id)
);
CREATE UNIQUE INDEX holiday_calendar_name ON holiday_calendar (org_id, name_folded);

-- Days are ISO dates: civil days have no instant before a schedule gives them its zone.
CREATE TABLE holiday (
    org_id BIGINT NOT NULL,
    calendar_id BIGINT NOT NULL,
    day TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (org_id, calendar_id, day),
    FOREIGN KEY (org_id, calendar_id) REFERENCES holiday_calendar (org_id, id) ON DELETE CASCADE
);

CREATE TABLE schedule (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    org_id BIGINT NOT NULL REFERENCES organization (id),
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    deleted_at BIGINT,
    UNIQUE (org_id, id)
);
CREATE UNIQUE INDEX schedule_name ON schedule (org_id, name_folded) WHERE deleted_at IS NULL;

-- The plan from a moment until the next version's; what was in force is never changed.
CREATE TABLE schedule_version (
    org_id BIGINT NOT NULL,
    schedule_id BIGINT NOT NULL,
    from_at BIGINT NOT NULL,
    body TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (org_id, schedule_id, from_at),
    FOREIGN KEY (org_id, schedule_id) REFERENCES schedule (org_id, id) ON DELETE CASCADE
);

-- Owners are told of gaps; teams that own a schedule as well.
CREATE TABLE schedule_owner (
    org_id BIGINT NOT NULL,
    schedule_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    PRIMARY KEY (org_id, schedule_id, user_id),
    FOREIGN KEY (org_id, schedule_id) REFERENCES schedule (org_id, id) ON DELETE CASCADE,
    FOREIGN KEY (org_id, user_id) REFERENCES user_account (org_id, id) ON DELETE CASCADE
);

CREATE TABLE schedule_team (
    org_id BIGINT NOT NULL,
    schedule_id BIGINT NOT NULL,
    team_id BIGINT NOT NULL,
    PRIMARY KEY (org_id, schedule_id, team_id),
    FOREIGN KEY (org_id, schedule_id) REFERENCES schedule (org_id, id) ON DELETE CASCADE,
    FOREIGN KEY (org_id, team_id) REFERENCES team (org_id, id) ON DELETE CASCADE
);

-- A person, or nobody, for a span; the later one wins.
CREATE TABLE schedule_override (
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
    FOREIGN KEY (org_id, schedule_id) REFERENCES schedule (org_id, id) ON DELETE CASCADE,
    FOREIGN KEY (org_id, user_id) REFERENCES user_account (org_id, id)
);
CREATE INDEX schedule_override_span ON schedule_override (org_id, schedule_id, until_at);
CREATE INDEX schedule_override_user ON schedule_override (org_id, user_id) WHERE user_id IS NOT NULL;

-- Shifts (JSON) that replace the plan for a span.
CREATE TABLE temporary_schedule (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    org_id BIGINT NOT NULL,
    schedule_id BIGINT NOT NULL,
    from_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL,
    shifts TEXT NOT NULL,
    created_by BIGINT,
    created_at BIGINT NOT NULL,
    UNIQUE (org_id, id),
    FOREIGN KEY (org_id, schedule_id) REFERENCES schedule (org_id, id) ON DELETE CASCADE
);
CREATE INDEX temporary_schedule_span ON temporary_schedule (org_id, schedule_id, until_at);

-- When a person is away: entered, or read from an iCal address.
CREATE TABLE absence (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    org_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    from_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL,
    reason TEXT NOT NULL,
    feed_uid TEXT,
    created_at BIGINT NOT NULL,
    UNIQUE (org_id, id),
    FOREIGN KEY (org_id, user_id) REFERENCES user_account (org_id, id) ON DELETE CASCADE
);
CREATE INDEX absence_user ON absence (org_id, user_id, until_at);

-- Hours in which a priority counts; the body is JSON (core::support_hours::SupportHours).
CREATE TABLE support_hours (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    org_id BIGINT NOT NULL REFERENCES organization (id),
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (org_id, id)
);
CREATE UNIQUE INDEX support_hours_name ON support_hours (org_id, name_folded);
