//! Every limit of the product, in one place. Units are in the names; each has a test at the limit where it is used.

/// Longest name of a configured thing (source, policy, user, key), in characters.
pub const NAME_CHARS_MAX: usize = 255;
/// Longest summary of an alert, in characters; longer ones are cut.
pub const SUMMARY_CHARS_MAX: usize = 512;
/// Longest details of an alert, in characters; longer ones are cut.
pub const DETAILS_CHARS_MAX: usize = 32_000;
/// Longest alert key, in characters: a longer one is refused, because a cut key would join strangers.
pub const ALERT_KEY_CHARS_MAX: usize = 512;
/// Longest comment, in characters.
pub const COMMENT_CHARS_MAX: usize = 8_000;
/// Longest outside text in general (addresses, labels, reasons), in characters.
pub const TEXT_CHARS_MAX: usize = 2_000;
/// Links, images, labels and comments an event may carry of each.
pub const EVENT_PARTS_MAX: usize = 100;
/// Custom details of an event as JSON, in bytes.
pub const CUSTOM_DETAILS_BYTES_MAX: usize = 64 * 1024;
/// One event body on the events API, in bytes.
pub const EVENT_BODY_BYTES_MAX: usize = 256 * 1024;
/// An array of events in one request, in bytes, and how many.
pub const EVENT_BATCH_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Events in one array.
pub const EVENT_BATCH_MAX: usize = 512;
/// An extension callout, in bytes.
pub const CALLOUT_BODY_BYTES_MAX: usize = 64 * 1024;
/// What is kept of an event of a webhook that a tool has for a source, in bytes.
pub const WEBHOOK_BODY_BYTES_KEPT: usize = 64 * 1024;
/// Body of an API or form request, in bytes.
pub const REQUEST_BODY_BYTES_MAX: usize = 1024 * 1024;
/// Events waiting to be committed, weighed by [`INGEST_EVENT_BYTES`]; more are answered with 429.
pub const INGEST_QUEUE_MAX: usize = 20_000;
/// A larger event weighs as several of this size, in bytes.
pub const INGEST_EVENT_BYTES: usize = 4_096;
/// Events in one commit, weighed likewise.
pub const INGEST_BATCH_MAX: usize = 512;
/// Units of work that share one commit on SQLite.
pub const WRITER_UNITS_MAX: usize = 64;
/// Units of work waiting for the SQLite writer.
pub const WRITER_QUEUE_MAX: usize = 4_096;
/// How long a claimed job belongs to its node, in seconds: longer than any time-out of a send.
pub const JOB_LEASE_S: i64 = 30;
/// Escalations stepped in one commit.
pub const ESCALATION_BATCH_MAX: usize = 256;
/// Messages of one channel under way at once on one node: each channel has places of its own, so that a dead one starves no other.
pub const CHANNEL_RUNNING_MAX: usize = 64;
/// Calls to outside tools under way at once on one node.
pub const CALLS_RUNNING_MAX: usize = 16;
/// Jobs under way at once on one node that only touch the database.
pub const OWN_RUNNING_MAX: usize = 8;
/// Tries of one notification before the user's next contact is used.
pub const NOTIFICATION_TRIES_MAX: i64 = 3;
/// Seconds between the tries of a notification: three tries within 30 seconds.
pub const NOTIFICATION_RETRY_S: [i64; 2] = [5, 15];
/// Messages of one source to one contact that go out singly within [`BUNDLE_WINDOW_S`]; later ones become one summary.
pub const BUNDLE_SINGLE_MAX: i64 = 2;
/// Window of bundling, in seconds.
pub const BUNDLE_WINDOW_S: i64 = 180;
/// Push and messengers: messages to one contact that go out singly within [`PUSH_WINDOW_S`] ..
pub const PUSH_SINGLE_MAX: i64 = 20;
/// .. in seconds.
pub const PUSH_WINDOW_S: i64 = 60;
/// Push and messengers: the same words to the same contact within so many seconds are held back for the summary.
pub const PUSH_SAME_S: i64 = 240;
/// Calls: at least so many seconds between two dials of one number.
pub const VOICE_APART_S: i64 = 10;
/// How often a number is called for one alert where nobody picks up.
pub const CALL_TRIES_MAX: i64 = 2;
/// After so many seconds a call counts as over, whatever is told of it: another may be made to the number.
pub const CALL_S_MAX: i64 = 180;
/// Where no report came, an account is asked where a message stands after so many seconds, each time.
pub const ASK_AFTER_S: [i64; 4] = [60, 120, 600, 3_600];
/// Text messages to one number: one in so many milliseconds ..
pub const ADDRESS_MS: i64 = 1_000;
/// .. of which so many may come at once.
pub const ADDRESS_BURST: i64 = 5;
/// Messages through accounts to one person: one in so many milliseconds ..
pub const USER_MS: i64 = 1_000;
/// .. of which so many may come at once.
pub const USER_BURST: i64 = 20;
/// Accounts that carry messages.
pub const PROVIDERS_MAX: i64 = 50;
/// Longest setting of several lines of an account that carries messages (a private key, headers, a body), in characters.
pub const PROVIDER_LINES_CHARS_MAX: usize = 10_000;
/// Longest text message of a person that is read, in characters.
pub const HEARD_CHARS_MAX: usize = 1_600;
/// Answers in a row to somebody whose texts mean nothing: what answers them by itself would go on for ever.
pub const NONSENSE_ANSWERS_MAX: i64 = 5;
/// Days for which it is known what was heard.
pub const HEARD_KEPT_DAYS: i64 = 30;
/// A request of a provider to us, in bytes.
pub const PROVIDER_BODY_BYTES_MAX: usize = 64 * 1024;
/// How long the first bundled message waits for company, in seconds.
pub const BUNDLE_COLLECT_S: i64 = 30;
/// Messages that one summary stands for; more wait for the next one. Marking them is one unit of work: so few that it keeps no other
/// page waiting (ten thousand at a time held SQLite's writer for seconds in a storm of twenty sources).
pub const BUNDLE_MAX: i64 = 1_000;
/// Alerts named in one summary; the rest is counted.
pub const BUNDLE_LISTED_MAX: usize = 50;
/// Levels of an escalation policy.
pub const POLICY_LEVELS_MAX: usize = 50;
/// Targets of one level.
pub const LEVEL_TARGETS_MAX: usize = 25;
/// Members of one team.
pub const TEAM_MEMBERS_MAX: usize = 200;
/// Routing keys that are tried of one event.
pub const ROUTING_KEYS_MAX: usize = 20;
/// Longest time-out of a level, in minutes (a year).
pub const LEVEL_TIMEOUT_MIN_MAX: i64 = 525_600;
/// Passes through a policy.
pub const POLICY_PASSES_MAX: i64 = 9;
/// Where nobody is on call or can be reached, it is looked again after so many seconds.
pub const NOBODY_LOOK_S: i64 = 60;
/// The fallback contacts are told again after so many seconds while nobody is reached.
pub const FALLBACK_AGAIN_S: i64 = 3_600;
/// Users and mail addresses among the fallback contacts, each.
pub const FALLBACK_CONTACTS_MAX: usize = 20;
/// Longest time-outs that follow an accept, in minutes (30 days).
pub const AFTER_ACCEPT_MIN_MAX: i64 = 43_200;
/// Longest snooze, in minutes (30 days).
pub const SNOOZE_MIN_MAX: i64 = 43_200;
/// Steps of a simulated escalation: more than a policy of this size can take without hand-overs.
pub const SIMULATED_STEPS_MAX: usize = 1_000;
/// How far a simulated escalation looks ahead, in days.
pub const SIMULATED_DAYS_MAX: i64 = 31;
/// How far ahead hand-overs are looked for when a level starts, in days; a longer level looks again then.
pub const HAND_OVER_LOOK_DAYS: i64 = 8;
/// Before somebody is asked whether they do anything, their ticket is read; the question waits for it so many seconds.
pub const TICKET_LOOK_S: i64 = 60;
/// Alerts that are woken in one commit because a schedule was changed.
pub const SCHEDULE_CHANGE_ALERTS_MAX: i64 = 500;
/// Where messages failed and nobody was reached, everybody is tried again: after as long as nobody has been reached, at least and
/// at most so many minutes ..
pub const NOBODY_RETRY_MIN: [i64; 2] = [1, 60];
/// .. until that has lasted for so many days.
pub const NOBODY_RETRY_DAYS_MAX: i64 = 7;
/// Longest delay before the first page, in minutes.
pub const POLICY_DELAY_MIN_MAX: i64 = 60;
/// Contacts and notification preferences of a user, each.
pub const USER_PARTS_MAX: i64 = 50;
/// Longest delay of a notification preference, in minutes.
pub const RULE_DELAY_MIN_MAX: i64 = 1_440;
/// Longest time before a shift at which somebody is reminded, in minutes (a day).
pub const REMIND_BEFORE_MIN_MAX: i64 = 1_440;
/// Event bodies kept of an open alert: the first ones and the last ones.
pub const ALERT_EVENTS_FIRST_KEPT: i64 = 100;
/// See [`ALERT_EVENTS_FIRST_KEPT`].
pub const ALERT_EVENTS_LAST_KEPT: i64 = 1_000;
/// Events without an alert kept per source, as a ring.
pub const SOURCE_RING_MAX: i64 = 1_000;
/// Rows deleted by clean-up in one commit.
pub const CLEAN_UP_ROWS_MAX: i64 = 500;
/// Days that alerts and notifications are kept (18 months).
pub const ALERTS_KEPT_DAYS: i64 = 548;
/// Days that raw events are kept.
pub const EVENTS_KEPT_DAYS: i64 = 30;
/// Days that audit rows are kept (6 years).
pub const AUDIT_KEPT_DAYS: i64 = 2_192;
/// Rows of a page in the UI.
pub const PAGE_ROWS: i64 = 50;
/// How often the outside watch is told that all is well, in seconds, unless somebody chose otherwise ..
pub const PING_EVERY_S: i64 = 60;
/// .. which is between these.
pub const PING_EVERY_S_RANGE: [i64; 2] = [30, 3_600];
/// Largest distance between a node's clock and the database's, in milliseconds; beyond it the node is not ready.
pub const CLOCK_SKEW_MS_MAX: i64 = 1_000;
/// Owners of a schedule, and teams of one, each.
pub const SCHEDULE_OWNERS_MAX: usize = 25;
/// Overrides of a schedule that are not over; temporary schedules likewise.
pub const SCHEDULE_EXCEPTIONS_MAX: i64 = 1_000;
/// Longest override or temporary schedule, in days.
pub const EXCEPTION_DAYS_MAX: i64 = 366;
/// Shifts of a temporary schedule.
pub const TEMPORARY_SHIFTS_MAX: usize = 1_000;
/// Longest that somebody takes on-call "now", in hours.
pub const TAKE_HOURS_MAX: i64 = 168;
/// Cover requests that a person has open.
pub const COVER_REQUESTS_MAX: i64 = 50;
/// iCal feeds that a person has made.
pub const FEEDS_MAX: i64 = 50;
/// Days of an iCal feed before today, and after it.
pub const FEED_DAYS: [i64; 2] = [90, 400];
/// Layers of a schedule.
pub const SCHEDULE_LAYERS_MAX: usize = 50;
/// Users of a layer, counted as often as they come.
pub const LAYER_USERS_MAX: usize = 200;
/// Windows of a layer.
pub const LAYER_RESTRICTIONS_MAX: usize = 100;
/// Longest turn of a rotation, in days; weeks and months are counted within it.
pub const ROTATION_DAYS_MAX: i64 = 366;
/// Shifts entered by hand in one schedule, or in one temporary schedule.
pub const STATIC_SHIFTS_MAX: usize = 2_000;
/// Longest shift that is entered by hand, in days.
pub const SHIFT_DAYS_MAX: i64 = 366;
/// Longest reason why nobody is paged in an attended layer, in characters.
pub const ATTENDED_CHARS_MAX: usize = 255;
/// Years in which layers may start and end.
pub const SCHEDULE_YEARS: [i16; 2] = [1970, 2200];
/// Days ahead in which holes are looked for when a person leaves a schedule.
pub const REPLACEMENT_LOOKED_AT_DAYS: i64 = 400;
/// Longest span of a schedule that may be asked for at once, in days.
pub const SCHEDULE_SPAN_DAYS_MAX: i64 = 400;
/// Longest calendar that is read from an address, in bytes.
pub const ICAL_BYTES_MAX: usize = 2 * 1024 * 1024;
/// Events of a calendar that is read, with what repeats written out.
pub const ICAL_EVENTS_MAX: usize = 5_000;
/// Years of a calendar that are read: before this one, and after it.
pub const ICAL_YEARS: [i16; 2] = [1, 3];
/// Days ahead in which a gap of a schedule is told to its owners.
pub const GAPS_LOOKED_AT_DAYS: i64 = 7;
/// Days ahead whose gaps count as told with it.
pub const GAPS_TOLD_DAYS: i64 = 14;
/// Gaps that a message names; the rest is counted.
pub const GAPS_LISTED_MAX: usize = 10;
/// Other schedules that are looked at for people who are on call twice.
pub const TWICE_SCHEDULES_MAX: usize = 200;
/// Calendars of public holidays.
pub const HOLIDAY_CALENDARS_MAX: i64 = 100;
/// Holidays of a calendar.
pub const HOLIDAYS_MAX: usize = 5_000;
/// Absences of a person.
pub const ABSENCES_MAX: i64 = 2_000;
/// How far ahead somebody may be muted, in days.
pub const MUTE_DAYS_MAX: i64 = 366;
/// Longest absence, in days.
pub const ABSENCE_DAYS_MAX: i64 = 1_098;
/// Spans of one day of support hours.
pub const SUPPORT_DAY_SPANS_MAX: usize = 10;
/// Exceptions of support hours.
pub const SUPPORT_EXCEPTIONS_MAX: usize = 200;
/// Days that are looked ahead for the next border of support hours.
pub const SUPPORT_HOURS_DAYS_AHEAD: usize = 400;
/// Longest time that support hours or one time of a maintenance window may silence, in days.
pub const HOLD_DAYS_MAX: i64 = 31;
/// Names of one kind that a maintenance window may cover.
pub const WINDOW_NAMES_MAX: usize = 100;
/// Maintenance windows that are not over.
pub const WINDOWS_MAX: i64 = 500;
/// Every so many days, weeks or months a maintenance window may come back at most.
pub const WINDOW_REPEAT_MAX: i64 = 366;
/// Longest template of a text that an organization writes itself, in characters.
pub const TEXT_TEMPLATE_CHARS_MAX: usize = 4_000;
/// Alert actions.
pub const ALERT_ACTIONS_MAX: i64 = 500;
/// Alert sources of an alert action.
pub const ALERT_ACTION_SOURCES_MAX: usize = 200;
/// Further events of an alert are told to its ticket in one note for those of so many minutes.
pub const REPEATS_TOLD_EVERY_MIN: i64 = 10;
/// What happened to an alert before its ticket was made: entries that are told.
pub const TOLD_LATE_MAX: i64 = 50;
