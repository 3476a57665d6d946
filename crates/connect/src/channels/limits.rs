//! How long a message and its parts may be, and how long sending may take.

use std::time::Duration;

/// Deadline of one send, everything included: below the 30 s for which a job is leased.
pub const SEND_DEADLINE: Duration = Duration::from_secs(15);

/// The same of a push message and of a webhook.
pub(super) const HTTP_SEND_DEADLINE: Duration = Duration::from_secs(10);

/// Title or subject, in characters.
pub(super) const TITLE_CHARS_MAX: usize = 200;
/// One line of a message (a name, a label), in characters.
pub(super) const LINE_CHARS_MAX: usize = 300;
/// Details in a mail, in characters.
pub(super) const DETAILS_CHARS_MAX: usize = 8_000;
/// Alerts named one by one in a summary.
pub(super) const LISTED_MAX: usize = 50;
/// Due dates named in a message.
pub(super) const DUE_DATES_MAX: usize = 10;
/// Text of an ntfy message, in bytes: a longer one than 4,096 becomes an attachment there.
pub(super) const NTFY_TEXT_BYTES_MAX: usize = 3_600;
/// What a push message says before it is encrypted, in bytes: with header, key and tag it stays below the 4,096 of RFC 8030.
pub(super) const PUSH_BYTES_MAX: usize = 3_900;
/// Text of a Gotify message, in bytes. Its server has no limit of its own; a phone has.
pub(super) const GOTIFY_TEXT_BYTES_MAX: usize = 4_000;
/// Text of a Pushover message, in characters.
pub(super) const PUSHOVER_TEXT_CHARS_MAX: usize = 1_024;
/// Text of a Telegram message, in UTF-16 units once its tags are read.
pub(super) const TELEGRAM_TEXT_UNITS_MAX: usize = 4_096;
/// Words of a person in one message, in characters.
/// Error shown for a failed send, in characters.
pub(super) const ERROR_CHARS_MAX: usize = 400;
/// Answer of a push server or webhook that is read, in bytes.
pub(super) const ANSWER_BYTES_MAX: usize = 64 * 1024;
/// Longest wait that a server may ask for.
pub(super) const RETRY_AFTER_MAX: Duration = Duration::from_secs(3_600);
/// Connections to the mail server at once where the settings say nothing: Microsoft 365 allows three per mailbox.
pub(super) const SMTP_CONNECTIONS: usize = 3;
/// Connections to the mail server at once at most.
pub(super) const SMTP_CONNECTIONS_MAX: usize = 20;
/// How long a kept connection to the mail server has to answer that it still lives.
pub(super) const SMTP_NOOP_DEADLINE: Duration = Duration::from_secs(2);
/// How long a connection to the mail server may take to come up.
pub(super) const SMTP_CONNECT_DEADLINE: Duration = Duration::from_secs(8);
