//! What the auditor finds, in words; and when all is well enough to say so to the outside.

use crate::ids::{AlertId, SourceId};
use crate::language::Language;
use crate::sentences;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// A run that is older than this says nothing any more: the auditor runs each minute.
const RUN_COUNTS: SignedDuration = SignedDuration::from_secs(150);
/// After a finding the outside hears nothing for so long, also where it was mended: its watch has a grace of some minutes.
const QUIET_AFTER_FINDING: SignedDuration = SignedDuration::from_mins(5);

/// Something that should not be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Finding {
    /// Alerts whose next step nothing would have woken. Mended.
    AlertsAsleep {
        /// How many.
        count: usize,
        /// One of them.
        first: AlertId,
    },
    /// Messages that nothing would have sent. Mended.
    MessagesAsleep {
        /// How many.
        count: usize,
    },
    /// Pages whose summary nothing would have made. Mended.
    SummariesAsleep {
        /// How many.
        count: usize,
    },
    /// A job that never ends was gone, or put off beyond its bounds. Mended.
    JobGone {
        /// Its key.
        key: String,
    },
    /// Alerts that should go on to a next level, but have no time for it.
    AlertsStandStill {
        /// How many.
        count: usize,
        /// One of them.
        first: AlertId,
    },
    /// Alerts whose next step lies further ahead than their policy waits anywhere.
    StepsTooFar {
        /// How many.
        count: usize,
        /// One of them.
        first: AlertId,
    },
    /// Work that is due and is not done.
    WorkLate {
        /// What kind.
        job: String,
        /// How much.
        count: i64,
        /// Since when.
        since: Timestamp,
    },
    /// A source that has not answered for too long what is new.
    SourceSilent {
        /// Which.
        source: SourceId,
        /// Its name.
        name: String,
        /// Since when.
        since: Timestamp,
    },
}

impl Finding {
    /// Whether the auditor mended it by itself.
    pub fn is_mended(&self) -> bool {
        match self {
            Self::AlertsAsleep { .. }
            | Self::MessagesAsleep { .. }
            | Self::SummariesAsleep { .. }
            | Self::JobGone { .. } => true,
            Self::AlertsStandStill { .. }
            | Self::StepsTooFar { .. }
            | Self::WorkLate { .. }
            | Self::SourceSilent { .. } => false,
        }
    }

    /// What stays the same of it from run to run: one alert is raised for each.
    pub fn key(&self) -> String {
        match self {
            Self::AlertsAsleep { .. } => "alerts-asleep".into(),
            Self::MessagesAsleep { .. } => "messages-asleep".into(),
            Self::SummariesAsleep { .. } => "summaries-asleep".into(),
            Self::JobGone { key } => format!("job-gone:{key}"),
            Self::AlertsStandStill { .. } => "alerts-stand-still".into(),
            Self::StepsTooFar { .. } => "steps-too-far".into(),
            Self::WorkLate { job, .. } => format!("work-late:{job}"),
            Self::SourceSilent { source, .. } => format!("source-silent:{source}"),
        }
    }

    /// In a sentence.
    pub fn sentence(&self, language: Language) -> String {
        match self {
            Self::AlertsAsleep { count, first } => alerts_asleep(language, *count, *first),
            Self::MessagesAsleep { count } => messages_asleep(language, *count),
            Self::SummariesAsleep { count } => summaries_asleep(language, *count),
            Self::JobGone { key } => job_gone(language, key),
            Self::AlertsStandStill { count, first } => alerts_stand_still(language, *count, *first),
            Self::StepsTooFar { count, first } => steps_too_far(language, *count, *first),
            Self::WorkLate { job, count, since } => work_late(language, job, *count, *since),
            Self::SourceSilent { name, since, .. } => source_silent(language, name, *since),
        }
    }
}

sentences! { fn;
    alerts_asleep(count: usize, first: AlertId): "{count} open alerts (such as {first}) had nothing to wake their next step; it was set up anew.",
        "Bei {count} offenen Alarmen (etwa {first}) hätte nichts den nächsten Schritt geweckt; er wurde neu angesetzt.";
    messages_asleep(count: usize): "{count} messages had nothing to send them; they are on their way.",
        "{count} Nachrichten hätte nichts gesendet; sie sind unterwegs.";
    summaries_asleep(count: usize): "{count} summaries had nothing to make them; they are being made.",
        "{count} Zusammenfassungen hätte nichts erstellt; sie werden erstellt.";
    job_gone(key: &str): "The standing job {key} was gone or put off too far; it was set up anew.",
        "Die ständige Aufgabe {key} fehlte oder war zu weit verschoben; sie wurde neu angesetzt.";
    alerts_stand_still(count: usize, first: AlertId): "{count} pending alerts (such as {first}) have further levels, but no time at which the next one starts. Escalate them by hand.",
        "{count} offene Alarme (etwa {first}) haben weitere Stufen, aber keine Zeit, zu der die nächste beginnt. Eskalieren Sie sie von Hand.";
    steps_too_far(count: usize, first: AlertId): "{count} pending alerts (such as {first}) go on later than their policy waits anywhere. Escalate them by hand.",
        "{count} offene Alarme (etwa {first}) gehen später weiter, als ihre Richtlinie irgendwo wartet. Eskalieren Sie sie von Hand.";
    work_late(job: &str, count: i64, since: Timestamp): "{count} pieces of work ({job}) have been due since {since:.0} and are not done.",
        "{count} Arbeiten ({job}) sind seit {since:.0} fällig und nicht getan.";
    source_silent(name: &str, since: Timestamp): "The alert source {name} could not be asked for changes since {since:.0}: see its account.",
        "Die Alarmquelle {name} konnte seit {since:.0} nicht nach Änderungen gefragt werden: siehe ihr Konto.";
}

/// What is known of the auditor's runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Runs {
    /// The last one.
    pub ran_at: Option<Timestamp>,
    /// The last one that found something.
    pub found_at: Option<Timestamp>,
}

impl Runs {
    /// Whether the outside may be told that all is well: it ran lately, and has found nothing for a while.
    pub fn is_well(self, now: Timestamp) -> bool {
        let ran = self.ran_at.is_some_and(|at| now.duration_since(at) <= RUN_COUNTS);
        ran && self.found_at.is_none_or(|at| now.duration_since(at) > QUIET_AFTER_FINDING)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_is_well_only_where_it_ran_lately_and_found_nothing_for_a_while() {
        let at = |s: i64| Timestamp::from_second(s).unwrap();
        let runs = |ran: Option<i64>, found: Option<i64>| Runs { ran_at: ran.map(at), found_at: found.map(at) };
        for (ran, found, is_well) in [
            (None, None, false),
            (Some(1_000), None, true),
            (Some(850), None, true),
            (Some(849), None, false),
            (Some(1_000), Some(1_000), false),
            (Some(1_000), Some(700), false),
            (Some(1_000), Some(699), true),
        ] {
            assert_eq!(runs(ran, found).is_well(at(1_000)), is_well, "{ran:?} {found:?}");
        }
    }

    #[test]
    fn what_is_found_is_said_in_a_sentence_and_read_back() {
        let found = [
            Finding::AlertsAsleep { count: 2, first: AlertId(7) },
            Finding::JobGone { key: "clean_up".into() },
            Finding::WorkLate { job: "notify".into(), count: 3, since: Timestamp::UNIX_EPOCH },
            Finding::SourceSilent { source: SourceId(4), name: "Tickets".into(), since: Timestamp::UNIX_EPOCH },
        ];
        for finding in found {
            let text = serde_json::to_string(&finding).unwrap();
            assert_eq!(serde_json::from_str::<Finding>(&text).unwrap(), finding);
            assert!(
                Language::ALL.iter().all(|language| finding.sentence(*language).ends_with('.'))
                    && !finding.key().is_empty()
            );
        }
    }
}
