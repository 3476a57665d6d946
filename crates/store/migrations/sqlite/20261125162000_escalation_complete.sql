-- Escalation, complete: what follows an accept, snoozes, levels of schedules and teams, turns.
-- After an accept: JSON (core::escalation::AfterAccept).
ALTER TABLE escalation_policy_version ADD COLUMN after_accept TEXT NOT NULL DEFAULT '{}';

-- When an alert is looked at beside its next step; until when nobody is disturbed; what its escalation remembers (JSON, core::escalation::Progress).
ALTER TABLE alert ADD COLUMN wake_at BIGINT;
ALTER TABLE alert ADD COLUMN snoozed_until BIGINT;
ALTER TABLE alert ADD COLUMN progress TEXT NOT NULL DEFAULT '{}';
CREATE INDEX alert_wake ON alert (org_id, wake_at) WHERE wake_at IS NOT NULL;

-- Whose turn is next at a level that takes turns, counted for ever.
CREATE TABLE escalation_turn (
    org_id BIGINT NOT NULL,
    policy_id BIGINT NOT NULL,
    level BIGINT NOT NULL,
    turn BIGINT NOT NULL,
    PRIMARY KEY (org_id, policy_id, level),
    FOREIGN KEY (org_id, policy_id) REFERENCES escalation_policy (org_id, id) ON DELETE CASCADE
);
