//! Where the pages live: one list for links, forms and the server's router. The JSON API has its own paths below `/api`.

use std::fmt::Display;

/// Alerts list; also the front door.
pub const ALERTS: &str = "/alerts";
/// POST: accept or resolve several (`id` repeated, `do` = `accept`, `resolve` or `resolve-confirmed`, `back`).
pub const ALERTS_BULK: &str = "/alerts/bulk";
/// The stream of the list (GET, server-sent events): first and after every change `event: html` with rows
/// ([`crate::pages::alert_row::alert_row`]) and tabs; `event: changed` asks the page to fetch itself again.
pub const ALERTS_STREAM: &str = "/alerts/stream";
/// Alert sources.
pub const SOURCES: &str = "/sources";
/// Choice of a type.
pub const SOURCE_NEW: &str = "/sources/new";
/// New API source (GET form, POST makes it).
pub const SOURCE_NEW_API: &str = "/sources/new/api";
/// New Autotask source: the account (GET form, POST chooses or makes it).
pub const SOURCE_NEW_AUTOTASK: &str = "/sources/new/autotask";
/// New Autotask source: everything else (GET with `account` and `preset`, POST makes it).
pub const SOURCE_NEW_AUTOTASK_RULES: &str = "/sources/new/autotask/rules";
/// Accounts of outside tools (connectors).
pub const ACCOUNTS: &str = "/accounts";
/// New account (GET form, POST makes it).
pub const ACCOUNT_NEW: &str = "/accounts/new";
/// The viewer's own on-call; below it: POST `take-over`, `cover`, `cover/{id}/{accept,decline,withdraw}`, `feed`, `feed/revoke`.
pub const ON_CALL: &str = "/on-call";
/// Schedules (GET with `span`, `from`, `zone`).
pub const SCHEDULES: &str = "/schedules";
/// New schedule (GET with `preset`, POST makes it).
pub const SCHEDULE_NEW: &str = "/schedules/new";
/// Escalation policies.
pub const POLICIES: &str = "/policies";
/// New policy (GET form, POST makes it).
pub const POLICY_NEW: &str = "/policies/new";
/// Alert actions.
pub const ALERT_ACTIONS: &str = "/alert-actions";
/// New alert action (GET with `connector`, POST makes it).
pub const ALERT_ACTION_NEW: &str = "/alert-actions/new";
/// Support hours.
pub const SUPPORT_HOURS: &str = "/support-hours";
/// New support hours (GET form, POST makes them).
pub const SUPPORT_HOURS_NEW: &str = "/support-hours/new";
/// Calendars of public holidays.
pub const HOLIDAYS: &str = "/holiday-calendars";
/// New calendar of holidays (GET form, POST makes it).
pub const HOLIDAY_NEW: &str = "/holiday-calendars/new";
/// Maintenance windows: calendar (`month=2026-11`) and list.
pub const MAINTENANCE: &str = "/maintenance";
/// New maintenance window (GET form, POST makes it).
pub const MAINTENANCE_NEW: &str = "/maintenance/new";
/// Users.
pub const USERS: &str = "/users";
/// New user (GET form, POST makes them).
pub const USER_NEW: &str = "/users/new";
/// Teams.
pub const TEAMS: &str = "/teams";
/// New team (GET form, POST makes it).
pub const TEAM_NEW: &str = "/teams/new";
/// The viewer's own page.
pub const PROFILE: &str = "/profile";
/// The viewer's link to the bot (GET).
pub const PROFILE_TELEGRAM: &str = "/profile/telegram";
/// Push to the viewer's browser, for its script: GET says with which key to subscribe; POST keeps a subscription (`endpoint`, `p256dh`,
/// `auth`, `previous`, `sync`, `rule`) or forgets it (`off`).
pub const PROFILE_PUSH: &str = "/profile/push";
/// A contact card with the numbers that Watchbell calls and writes from.
pub const NUMBERS_CARD: &str = "/contacts.vcf";
/// The service worker; its place says for which pages it is.
pub const SERVICE_WORKER: &str = "/sw.js";
/// What an installed page is called and looks like.
pub const MANIFEST: &str = "/manifest.webmanifest";
/// API keys.
pub const API_KEYS: &str = "/api-keys";
/// Settings.
pub const SETTINGS: &str = "/settings";
/// How Watchbell itself stands (GET), and who is called when it is not well (POST).
pub const HEALTH: &str = "/health";
/// Accounts that carry messages, by channel (GET).
pub const PROVIDERS: &str = "/providers";
/// New account that carries messages (GET chooses a kind, with `type` it is the form; POST makes it).
pub const PROVIDER_NEW: &str = "/providers/new";
/// Who changed what.
pub const AUDIT: &str = "/audit";
/// The rest of the navigation, for phones.
pub const MORE: &str = "/more";
/// Log in.
pub const LOGIN: &str = "/login";
/// POST: log out.
pub const LOGOUT: &str = "/logout";
/// First start.
pub const SETUP: &str = "/setup";

/// Paging that is held back after a restore (GET asks); below it: POST [`PAGING_RESUME`].
pub const PAGING: &str = "/paging";
/// POST: pages go out again (`confirmed=on`).
pub const PAGING_RESUME: &str = "/paging/resume";

/// Work that gave up; below it: POST `{id}/retry`.
pub const JOBS: &str = "/jobs";

/// The link in a message (GET shows the alert and asks, POST with `confirm=1` does it); no log-in. `verb`: `accept`, `resolve`,
/// `complete`. Short, because it stands in messages.
pub fn link(token: &str, verb: &str) -> String {
    format!("/l/{token}/{verb}")
}

/// Tries a job again that gave up (POST).
pub fn job_retry(id: impl Display) -> String {
    format!("/jobs/{id}/retry")
}

/// One alert; `verb` below it is a POST: `accept`, `resolve`, `escalate`, `reassign`, `comment`.
pub fn alert(id: impl Display) -> String {
    format!("/alerts/{id}")
}

/// An action on an alert (POST), or its `stream` (GET).
pub fn alert_do(id: impl Display, verb: &str) -> String {
    format!("/alerts/{id}/{verb}")
}

/// One source; below it: `settings`, `look`, and POST `pause`, `resume`, `watch-only`, `go-live`, `delete`, `rotate-key`, `webhooks`, `remove-webhooks`,
/// GET `stream`.
pub fn source(id: impl Display) -> String {
    format!("/sources/{id}")
}

/// Something below a source.
pub fn source_do(id: impl Display, verb: &str) -> String {
    format!("/sources/{id}/{verb}")
}

/// One account; POST saves it, below it: POST `try-again`, `delete`.
pub fn account(id: impl Display) -> String {
    format!("/accounts/{id}")
}

/// An action on an account.
pub fn account_do(id: impl Display, verb: &str) -> String {
    format!("/accounts/{id}/{verb}")
}

/// One account that carries messages; POST saves it.
pub fn provider(id: impl Display) -> String {
    format!("/providers/{id}")
}

/// An action on an account that carries messages (POST): `move` (`channel`, `to` = `up` or `down`), `test`, `delete`.
pub fn provider_do(id: impl Display, verb: &str) -> String {
    format!("/providers/{id}/{verb}")
}

/// The form of a new account of a kind.
pub fn provider_new(kind: impl Display) -> String {
    format!("/providers/new?type={kind}")
}

/// Something of the viewer's on-call.
pub fn on_call_do(verb: &str) -> String {
    format!("/on-call/{verb}")
}

/// One schedule (GET with `span`, `from`, `zone`).
pub fn schedule(id: impl Display) -> String {
    format!("/schedules/{id}")
}

/// Something below a schedule: `edit` (GET, POST), `edit/preview` (POST), `overrides/new`, `overrides/{id}` (GET, POST),
/// `overrides/{id}/delete`, `temporary/new` (GET, POST), `temporary/{id}/delete`, `cover`, `feed`, `feed/revoke`, `delete` (POST).
pub fn schedule_do(id: impl Display, verb: &str) -> String {
    format!("/schedules/{id}/{verb}")
}

/// One policy; POST saves it, below it: POST `delete`.
pub fn policy(id: impl Display) -> String {
    format!("/policies/{id}")
}

/// An action on a policy.
pub fn policy_do(id: impl Display, verb: &str) -> String {
    format!("/policies/{id}/{verb}")
}

/// An alert action; POST saves it, below it: POST `delete`, `test`.
pub fn alert_action(id: impl Display) -> String {
    format!("/alert-actions/{id}")
}

/// An action on an alert action.
pub fn alert_action_do(id: impl Display, verb: &str) -> String {
    format!("/alert-actions/{id}/{verb}")
}

/// Support hours; POST saves them, below it: POST `delete`.
pub fn support_hours(id: impl Display) -> String {
    format!("/support-hours/{id}")
}

/// An action on support hours.
pub fn support_hours_do(id: impl Display, verb: &str) -> String {
    format!("/support-hours/{id}/{verb}")
}

/// One calendar of holidays; POST saves it, below it: POST `delete`.
pub fn holiday_calendar(id: impl Display) -> String {
    format!("/holiday-calendars/{id}")
}

/// An action on a calendar of holidays.
pub fn holiday_calendar_do(id: impl Display, verb: &str) -> String {
    format!("/holiday-calendars/{id}/{verb}")
}

/// One maintenance window; POST saves it, below it: POST `end`, `delete`.
pub fn maintenance(id: impl Display) -> String {
    format!("/maintenance/{id}")
}

/// An action on a maintenance window.
pub fn maintenance_do(id: impl Display, verb: &str) -> String {
    format!("/maintenance/{id}/{verb}")
}

/// One team; POST saves it, below it: POST `delete`.
pub fn team(id: impl Display) -> String {
    format!("/teams/{id}")
}

/// An action on a team.
pub fn team_do(id: impl Display, verb: &str) -> String {
    format!("/teams/{id}/{verb}")
}

/// The hand-off notes of a schedule (GET; POST leaves one); below it: POST `confirm`.
pub fn handoff(schedule: impl Display) -> String {
    format!("/schedules/{schedule}/handoff-note")
}

/// One user; POST saves them, below it: POST `contacts`, `rules`, `test-rules`, `silence`, `absences`, `absences/{id}` (GET, POST),
/// `absences/{id}/delete`, `absence-feed`, `absence-feed/delete`, `password`, `delete`.
pub fn user(id: impl Display) -> String {
    format!("/users/{id}")
}

/// An action on a user.
pub fn user_do(id: impl Display, verb: &str) -> String {
    format!("/users/{id}/{verb}")
}

/// An action on a contact (POST): `test`, `send-code` (both with `over`), `verify`, `rang`, `switch-on`, `start-texts`, `delete`.
pub fn contact_do(user: impl Display, contact: impl Display, verb: &str) -> String {
    format!("/users/{user}/contacts/{contact}/{verb}")
}

/// Deletes a notification rule (POST).
pub fn rule_delete(user: impl Display, rule: impl Display) -> String {
    format!("/users/{user}/rules/{rule}/delete")
}

/// Revokes an API key (POST).
pub fn api_key_delete(id: impl Display) -> String {
    format!("/api-keys/{id}/delete")
}

/// A step of the first start: `account`, `email`, `contact`, `done`; below it POST `test` and `rang`.
pub fn setup(step: &str) -> String {
    format!("/setup/{step}")
}

/// The texts of a language (GET, POST); below it: [`texts_do`].
pub fn texts(language: impl Display) -> String {
    format!("/settings/texts/{language}")
}

/// Something done to the texts of a language (POST): `preview`, `default`.
pub fn texts_do(language: impl Display, what: &str) -> String {
    format!("/settings/texts/{language}/{what}")
}

/// One part of settings (POST): `email`, `email/test`, `address`, `retention`.
pub fn settings_do(part: &str) -> String {
    format!("/settings/{part}")
}
