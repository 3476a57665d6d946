//! Servers that do not answer: after a few messages that nobody took in time, the next ones fail at once for a moment. Otherwise
//! each would hold a place until its deadline, and the way to the next contact would get longer with every message that waits.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};

use super::Outcome;

/// Messages in a row that got no answer before the next ones are not tried.
const UNANSWERED_MAX: u32 = 3;
/// How long nothing is tried after the last of them was given up.
const REST: Duration = Duration::from_secs(5);
/// Servers that are remembered; beyond them a silent one is only slow.
const SERVERS_MAX: usize = 1_000;

/// What is known of servers that did not answer lately.
#[derive(Debug, Default)]
pub(super) struct Silence {
    servers: Mutex<HashMap<String, Silent>>,
}

#[derive(Debug, Clone, Copy)]
struct Silent {
    unanswered: u32,
    since: Timestamp,
    until: Timestamp,
}

impl Silence {
    /// Whether nothing is tried there at `now`. A clock that was set back asks again.
    pub(super) fn is_silent(&self, server: &str, now: Timestamp) -> bool {
        let found = self.servers().get(server).copied();
        found.is_some_and(|silent| silent.unanswered >= UNANSWERED_MAX && silent.since <= now && now < silent.until)
    }

    /// What became of a message that began at `now` and had so long.
    pub(super) fn note(&self, server: &str, now: Timestamp, (outcome, deadline): (&Outcome, Duration)) {
        match outcome.is_unheard() {
            true => self.unanswered(server, now, deadline),
            false => self.answered(server),
        }
    }

    /// A message that began at `now` got no answer.
    fn unanswered(&self, server: &str, now: Timestamp, deadline: Duration) {
        let rest = SignedDuration::try_from(deadline + REST).unwrap_or(SignedDuration::ZERO);
        let until = now.saturating_add(rest).unwrap_or(now);
        let mut servers = self.servers();
        if servers.len() >= SERVERS_MAX {
            servers.retain(|_, silent| now < silent.until);
        }
        if servers.len() < SERVERS_MAX || servers.contains_key(server) {
            let silent = servers.entry(server.to_owned()).or_insert(Silent { unanswered: 0, since: now, until });
            *silent = Silent { unanswered: silent.unanswered.saturating_add(1), since: now, until };
        }
    }

    /// It answered, whatever it said.
    fn answered(&self, server: &str) {
        self.servers().remove(server);
    }

    /// Forgets all: the settings changed.
    pub(super) fn clear(&self) {
        self.servers().clear();
    }

    fn servers(&self) -> std::sync::MutexGuard<'_, HashMap<String, Silent>> {
        self.servers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn after_three_messages_without_an_answer_the_next_wait_for_nothing() {
        let (silence, deadline) = (Silence::default(), Duration::from_secs(15));
        for begun in 0..3 {
            assert!(!silence.is_silent("mail", at(begun)));
            silence.unanswered("mail", at(begun), deadline);
        }
        assert!(
            silence.is_silent("mail", at(17))
                && silence.is_silent("mail", at(21))
                && !silence.is_silent("push", at(17))
        );
        assert!(!silence.is_silent("mail", at(22)), "it is asked again");
        silence.unanswered("mail", at(22), deadline);
        assert!(silence.is_silent("mail", at(40)), "one is enough as long as it never answered");
        assert!(!silence.is_silent("mail", at(1)), "the clock was set back");
        silence.answered("mail");
        silence.unanswered("mail", at(40), deadline);
        assert!(!silence.is_silent("mail", at(41)));
    }

    #[test]
    fn what_is_remembered_is_limited() {
        let silence = Silence::default();
        for nth in 0..SERVERS_MAX + 10 {
            silence.unanswered(&nth.to_string(), at(0), REST);
        }
        assert_eq!(silence.servers().len(), SERVERS_MAX);
        silence.unanswered("late", at(100), REST);
        assert_eq!(silence.servers().len(), 1);
    }
}
