//! Who gets what, when: the notifications of a level, and what is bundled.

use crate::alert::Priority;
use crate::ids::{ContactId, RuleId, UserId};
use crate::limits;
use crate::provider::Reported;
use crate::user::{Channel, Recipient, words};
use jiff::{SignedDuration, Timestamp};

words! {
    /// Where a notification stands.
    NotificationState {
        /// Waits for its time.
        Planned = "PLANNED",
        /// On its way: committed before the network is touched.
        Sending = "SENDING",
        /// The other side took it.
        Sent = "SENT",
        /// The other side says it arrived.
        Delivered = "DELIVERED",
        /// Gave up.
        Failed = "FAILED",
        /// No longer needed: somebody had the alert.
        Cancelled = "CANCELLED",
        /// Held back, with the reason.
        Suppressed = "SUPPRESSED",
    }

    /// What a notification is for.
    Purpose {
        /// Wakes somebody.
        Page = "PAGE",
        /// Stands for bundled pages.
        Summary = "SUMMARY",
        /// Tells somebody who asked to be told.
        Update = "UPDATE",
        /// Tries a contact.
        Test = "TEST",
        /// Says something that is about no alert: a shift that begins, a fault that the auditor found.
        Notice = "NOTICE",
    }
}

/// A message to be sent at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// To whom.
    pub user: UserId,
    /// Because of which preference.
    pub rule: RuleId,
    /// Where to.
    pub contact: ContactId,
    /// Over what.
    pub channel: Channel,
    /// When.
    pub due_at: Timestamp,
    /// Whether quiet hours put it off.
    pub waits: bool,
}

/// The messages for one person at a level that starts now, soonest first. Empty: the person cannot be paged.
/// A muted person is still planned when nobody else is (see [`plan_level`]).
pub fn plan_user(recipient: &Recipient, priority: Priority, now: Timestamp) -> Vec<Planned> {
    let mut planned: Vec<Planned> = recipient
        .rules
        .iter()
        .filter(|rule| rule.priority == priority)
        .map(|rule| {
            let asked = now.saturating_add(SignedDuration::from_secs(rule.delay_s)).unwrap_or(now);
            // Quiet alerts wait for the end of quiet hours; what pages never does.
            let due_at = if priority == Priority::Low { recipient.silence.quiet_due(asked) } else { asked };
            Planned {
                user: recipient.user,
                rule: rule.id,
                contact: rule.contact,
                channel: rule.channel,
                due_at,
                waits: due_at != asked,
            }
        })
        .collect();
    planned.sort_by_key(|p| (p.due_at, p.rule));
    planned.dedup_by_key(|p| (p.due_at, p.contact, p.channel));
    planned
}

/// The messages of a level, and who of its targets cannot be paged. A target who muted notifications is passed over.
pub fn plan_level(targets: &[Recipient], priority: Priority, now: Timestamp) -> (Vec<Planned>, Vec<UserId>) {
    let mut planned = Vec::new();
    let mut unreachable = Vec::new();
    for target in targets {
        let messages = if target.silence.is_muted(now) { Vec::new() } else { plan_user(target, priority, now) };
        match messages.is_empty() {
            true => unreachable.push(target.user),
            false => planned.extend(messages),
        }
    }
    (planned, unreachable)
}

/// How many messages of a source a contact of a channel takes singly. ilert's rates: what rings long or costs money is bundled early,
/// what is read at a glance late.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// So many within the window; later ones become one summary.
    pub singly_max: i64,
    /// Seconds.
    pub window_s: i64,
    /// Whether what says the same as another within [`limits::PUSH_SAME_S`] is held back at once.
    pub holds_repeats: bool,
}

/// The rate of a channel.
pub const fn rate(channel: Channel) -> Rate {
    match channel {
        // A webhook leads to whatever tool: ilert knows none. It is bundled like mail.
        Channel::Email | Channel::Sms | Channel::Voice | Channel::Webhook | Channel::WhatsApp => {
            Rate { singly_max: limits::BUNDLE_SINGLE_MAX, window_s: limits::BUNDLE_WINDOW_S, holds_repeats: false }
        }
        Channel::Ntfy
        | Channel::Telegram
        | Channel::Pushover
        | Channel::Gotify
        | Channel::WebPush
        | Channel::UnifiedPush => {
            Rate { singly_max: limits::PUSH_SINGLE_MAX, window_s: limits::PUSH_WINDOW_S, holds_repeats: true }
        }
    }
}

/// Whether the next message of a source to a contact goes out by itself: `recent` of them left within the window of the rate.
pub fn goes_out_singly(rate: Rate, recent: i64) -> bool {
    recent < rate.singly_max
}

/// When the summary of bundled messages is due: soon after the first of them, but at most one per window.
pub fn summary_due(first_bundled: Timestamp, last_summary: Option<Timestamp>) -> Timestamp {
    let collected = first_bundled.saturating_add(SignedDuration::from_secs(limits::BUNDLE_COLLECT_S));
    let window = last_summary.map(|at| at.saturating_add(SignedDuration::from_secs(limits::BUNDLE_WINDOW_S)));
    let collected = collected.unwrap_or(first_bundled);
    window.and_then(Result::ok).map_or(collected, |window| collected.max(window))
}

/// What becomes of a message that could not be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AfterFailure {
    /// Try once more at that time.
    TryAgain {
        /// When.
        at: Timestamp,
    },
    /// Give up: the user's next contact is used at once.
    GiveUp,
}

/// Why a message was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// It may pass: trying again can help.
    Transient {
        /// How long the other side asks to wait, in seconds.
        retry_after_s: Option<i64>,
    },
    /// This message will never pass.
    Message,
    /// Nothing will pass to this contact.
    Contact,
    /// Nothing will pass by this account of ours.
    Account,
}

/// The rule of retries: three tries within 30 seconds, and a later one only where the other side named a time within them.
/// Where `others` have not been asked yet to carry the message, the next of them is asked at once.
pub fn after_failure(tries: i64, failure: Failure, others: bool, now: Timestamp) -> AfterFailure {
    let wait = limits::NOTIFICATION_RETRY_S.get(usize::try_from(tries - 1).unwrap_or(0));
    match (failure, wait) {
        (Failure::Contact, _) => AfterFailure::GiveUp,
        // What one account does not take, another one may: countries and texts are allowed by account.
        _ if others => AfterFailure::TryAgain { at: now },
        (Failure::Message | Failure::Account, _) | (_, None) => AfterFailure::GiveUp,
        _ if tries >= limits::NOTIFICATION_TRIES_MAX => AfterFailure::GiveUp,
        (Failure::Transient { retry_after_s }, Some(wait)) => {
            let wait = retry_after_s.unwrap_or(*wait);
            match wait > limits::NOTIFICATION_RETRY_S[1] {
                true => AfterFailure::GiveUp,
                false => AfterFailure::TryAgain { at: now + SignedDuration::from_secs(wait.max(1)) },
            }
        }
    }
}

/// The same where the other side had taken the message and told later that it reached nobody. A call that nobody picks up is made
/// once more: phones let the second call of a number through their silence.
pub fn after_report(channel: Channel, tries: i64, reported: Reported, others: bool, now: Timestamp) -> AfterFailure {
    match (channel, reported) {
        (Channel::Voice, Reported::Unanswered | Reported::Busy | Reported::Machine)
            if tries < limits::CALL_TRIES_MAX =>
        {
            AfterFailure::TryAgain { at: now + SignedDuration::from_secs(limits::VOICE_APART_S) }
        }
        (_, Reported::Undelivered) if others => AfterFailure::TryAgain { at: now },
        _ => AfterFailure::GiveUp,
    }
}

/// Which of several accounts carries a message: the one that failed with it least, a working one first, in the order that people chose.
pub fn choose_provider<P>(providers: &[P], of: impl Fn(&P) -> Standing) -> Option<&P> {
    providers.iter().min_by_key(|provider| of(provider))
}

/// What decides which account carries a message; the least is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Standing {
    /// How often it failed with this message.
    pub failures: usize,
    /// Whether it is refused, or silent, for all.
    pub is_down: bool,
    /// Its place in the order that people chose.
    pub rank: i64,
}

/// What goes first where there is more than can be sent, from 0: whom nothing has reached yet, then further contacts, then what is quiet.
pub const fn rank(purpose: Purpose, priority: Priority, is_first_contact: bool) -> i64 {
    match (purpose, priority, is_first_contact) {
        (Purpose::Page, Priority::High, true) => 0,
        (Purpose::Page, Priority::High, false) => 1,
        (Purpose::Summary | Purpose::Test, _, _) => 1,
        (Purpose::Page, Priority::Low, _) => 2,
        (Purpose::Update | Purpose::Notice, _, _) => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::silence::{QuietHours, Silence};
    use crate::user::Rule;

    fn at(s: i64) -> Timestamp {
        Timestamp::from_second(s).unwrap()
    }

    fn person(user: i64, rules: &[(i64, i64, Priority)]) -> Recipient {
        let rule = |(i, (contact, delay_s, priority)): (usize, &(i64, i64, Priority))| Rule {
            id: RuleId(user * 100 + i as i64),
            contact: ContactId(*contact),
            channel: Channel::Email,
            delay_s: *delay_s,
            priority: *priority,
        };
        Recipient {
            user: UserId(user),
            rules: rules.iter().enumerate().map(rule).collect(),
            silence: Silence::default(),
        }
    }

    #[test]
    fn rules_of_the_priority_count_and_the_same_contact_once_per_moment() {
        let ann = person(
            1,
            &[(7, 0, Priority::High), (7, 0, Priority::High), (8, 300, Priority::High), (9, 0, Priority::Low)],
        );
        let (planned, unreachable) = plan_level(&[ann], Priority::High, at(10));
        assert_eq!(planned.iter().map(|p| (p.contact.0, p.due_at)).collect::<Vec<_>>(), [(7, at(10)), (8, at(310))]);
        assert!(unreachable.is_empty());
    }

    #[test]
    fn who_has_no_rule_or_is_muted_cannot_be_paged() {
        let mut muted = person(2, &[(7, 0, Priority::High)]);
        muted.silence.muted_until = Some(at(11));
        let (planned, unreachable) =
            plan_level(&[person(1, &[(7, 0, Priority::Low)]), muted.clone()], Priority::High, at(10));
        assert_eq!((planned.len(), unreachable), (0, vec![UserId(1), UserId(2)]));
        assert_eq!(plan_level(&[muted], Priority::High, at(11)).0.len(), 1);
    }

    #[test]
    fn quiet_alerts_wait_for_the_end_of_quiet_hours_and_pages_never_do() {
        let mut ann = person(
            1,
            &[(7, 0, Priority::High), (7, 0, Priority::Low), (8, 600, Priority::Low), (9, 86_400, Priority::Low)],
        );
        let zone = crate::schedule::Zone::named("UTC").unwrap();
        // 1970 began at midnight: quiet until 07:00.
        ann.silence.quiet = Some(QuietHours { from_min: 22 * 60, until_min: 7 * 60, zone });
        let due = |priority| {
            plan_user(&ann, priority, at(6 * 3_600 + 3_300)).iter().map(|p| (p.contact.0, p.due_at)).collect::<Vec<_>>()
        };
        assert_eq!(due(Priority::High), [(7, at(6 * 3_600 + 3_300))]);
        assert_eq!(due(Priority::Low), [(7, at(7 * 3_600)), (8, at(7 * 3_600 + 300)), (9, at(86_400 + 7 * 3_600))]);
    }

    #[test]
    fn the_third_message_is_bundled_and_summaries_keep_their_distance() {
        let mail = rate(Channel::Email);
        assert!(goes_out_singly(mail, 1) && !goes_out_singly(mail, 2));
        let push = rate(Channel::Ntfy);
        assert!(goes_out_singly(push, 19) && !goes_out_singly(push, 20));
        assert_eq!((push.window_s, push.holds_repeats, mail.holds_repeats), (60, true, false));
        assert_eq!(summary_due(at(100), None), at(130));
        assert_eq!(summary_due(at(100), Some(at(90))), at(270));
        assert_eq!(summary_due(at(1000), Some(at(90))), at(1030));
    }

    #[test]
    fn three_tries_within_thirty_seconds_then_the_next_contact() {
        let passing = Failure::Transient { retry_after_s: None };
        assert_eq!(after_failure(1, passing, false, at(0)), AfterFailure::TryAgain { at: at(5) });
        assert_eq!(after_failure(2, passing, false, at(5)), AfterFailure::TryAgain { at: at(20) });
        assert_eq!(after_failure(3, passing, false, at(20)), AfterFailure::GiveUp);
        assert_eq!(after_failure(1, Failure::Message, false, at(0)), AfterFailure::GiveUp);
        assert_eq!(after_failure(1, Failure::Contact, true, at(0)), AfterFailure::GiveUp);
        let limited = Failure::Transient { retry_after_s: Some(600) };
        assert_eq!(after_failure(1, limited, false, at(0)), AfterFailure::GiveUp);
    }

    #[test]
    fn another_account_carries_a_message_at_once_where_one_fails() {
        let again = AfterFailure::TryAgain { at: at(7) };
        for failure in [
            Failure::Account,
            Failure::Message,
            Failure::Transient { retry_after_s: None },
            Failure::Transient { retry_after_s: Some(600) },
        ] {
            assert_eq!(after_failure(1, failure, true, at(7)), again);
        }
        assert_eq!(after_failure(1, Failure::Account, false, at(7)), AfterFailure::GiveUp);
    }

    #[test]
    fn the_account_that_failed_least_carries_a_message() {
        let of = |(failures, is_down, rank): &(usize, bool, i64)| Standing {
            failures: *failures,
            is_down: *is_down,
            rank: *rank,
        };
        for (accounts, expected) in [
            (vec![(0, false, 1), (0, false, 2)], Some((0, false, 1))),
            (vec![(0, true, 1), (0, false, 2)], Some((0, false, 2))),
            (vec![(1, false, 1), (0, true, 2)], Some((0, true, 2))),
            (vec![(1, false, 1), (1, false, 2)], Some((1, false, 1))),
            (vec![(0, true, 1)], Some((0, true, 1))),
            (vec![], None),
        ] {
            assert_eq!(choose_provider(&accounts, of).copied(), expected, "{accounts:?}");
        }
    }

    #[test]
    fn a_call_that_nobody_picks_up_is_made_once_more() {
        let after = |tries, reported| after_report(Channel::Voice, tries, reported, false, at(0));
        for reported in [Reported::Unanswered, Reported::Busy, Reported::Machine] {
            assert_eq!(after(1, reported), AfterFailure::TryAgain { at: at(10) });
            assert_eq!(after(2, reported), AfterFailure::GiveUp);
        }
        assert_eq!(after(1, Reported::Refused), AfterFailure::GiveUp);
        let text = |others| after_report(Channel::Sms, 1, Reported::Undelivered, others, at(0));
        assert_eq!((text(true), text(false)), (AfterFailure::TryAgain { at: at(0) }, AfterFailure::GiveUp));
    }

    #[test]
    fn whom_nothing_has_reached_yet_comes_first() {
        let of = |purpose, priority, first| rank(purpose, priority, first);
        assert!(of(Purpose::Page, Priority::High, true) < of(Purpose::Page, Priority::High, false));
        assert!(of(Purpose::Page, Priority::High, false) < of(Purpose::Page, Priority::Low, true));
        assert!(of(Purpose::Page, Priority::Low, true) < of(Purpose::Update, Priority::High, true));
    }
}
