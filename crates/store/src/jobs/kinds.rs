//! The kinds of jobs: their words, where each takes a place, and what goes first.

use crate::room::Place;

/// What a job does. Each kind says in `engine` how a repetition is made safe, its back-off, and when it gives up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JobKind {
    /// Step the escalation of an alert (subject: alert).
    Escalate,
    /// Send a notification (subject: notification).
    Notify,
    /// Make a summary of bundled notifications (subject: contact, payload: source).
    Summarize,
    /// Tell those who asked to be told (subject: alert, payload: what).
    Tell,
    /// Resolve an alert that has been silent for too long (subject: alert).
    AutoResolve,
    /// Read a ticket and act on it (subject: source).
    FetchTicket,
    /// Ask for changed tickets (subject: source).
    Poll,
    /// Make, watch and remove the webhooks that Autotask has for a source (subject: source).
    KeepWebhooks,
    /// Write to a ticket (subject: alert).
    WriteBack,
    /// Let an alert action act upon an alert (subject: alert, payload: which, for whom).
    RunAction,
    /// Look at the tickets that alert actions made (subject: organization, payload: account).
    WatchTickets,
    /// Tell the owner of an account that it is refused (subject: user, payload: account).
    TellOwner,
    /// Tell the fallback contacts that nobody was notified of an alert (subject: alert, payload: whom; everybody at first).
    TellFallback,
    /// Look again at the alerts whose running level asks a schedule (subject: schedule).
    ScheduleChanged,
    /// Look again at alerts that wait for a border, since one was moved (subject: organization).
    RecheckHolds,
    /// See to the alerts of somebody whose account is deleted (subject: user, payload: where they were paged).
    PersonLeft,
    /// Cut the events of one alert to the limit (subject: alert).
    TrimEvents,
    /// End a cover request that nobody answered (subject: cover request).
    ExpireCover,
    /// Delete what is older than its retention (subject: organization).
    CleanUp,
    /// Look for open alerts and messages that nothing would wake (subject: organization).
    Reconcile,
    /// Read a calendar of holidays from its address (subject: calendar).
    ReadHolidays,
    /// Read a person's absences from their address (subject: user).
    ReadAbsences,
    /// Look for gaps in the next days of all schedules (subject: organization).
    WatchGaps,
    /// Tell an owner of a schedule about its gaps (subject: user, payload: schedule and gaps).
    TellOfGaps,
    /// Tell the outside that all is well (subject: organization).
    Ping,
    /// Remind people of the next shifts of a schedule (subject: schedule).
    RemindShifts,
    /// Ask an account where a message stands, since no report came (subject: notification).
    AskDelivery,
    /// Let a report act that came before it was recorded that its message was sent (subject: notification, payload: the report).
    LateReport,
    /// Take a message back that is not needed any more (subject: notification).
    TakeBack,
    /// Answer somebody who wrote to us (subject: connector's message, payload: whom and what).
    Answer,
    /// Ask an account for what people wrote to it, where it cannot call us (subject: organization, payload: account).
    PollAnswers,
}

impl JobKind {
    const WORDS: &'static [(JobKind, &'static str)] = &[
        (JobKind::Escalate, "escalate"),
        (JobKind::Notify, "notify"),
        (JobKind::Summarize, "summarize"),
        (JobKind::Tell, "tell"),
        (JobKind::AutoResolve, "auto_resolve"),
        (JobKind::FetchTicket, "fetch_ticket"),
        (JobKind::Poll, "poll"),
        (JobKind::KeepWebhooks, "keep_webhooks"),
        (JobKind::WriteBack, "write_back"),
        (JobKind::RunAction, "run_action"),
        (JobKind::WatchTickets, "watch_tickets"),
        (JobKind::TellOwner, "tell_owner"),
        (JobKind::TellFallback, "tell_fallback"),
        (JobKind::ScheduleChanged, "schedule_changed"),
        (JobKind::RecheckHolds, "recheck_holds"),
        (JobKind::PersonLeft, "person_left"),
        (JobKind::TrimEvents, "trim_events"),
        (JobKind::ExpireCover, "expire_cover"),
        (JobKind::CleanUp, "clean_up"),
        (JobKind::Reconcile, "reconcile"),
        (JobKind::ReadHolidays, "read_holidays"),
        (JobKind::ReadAbsences, "read_absences"),
        (JobKind::WatchGaps, "watch_gaps"),
        (JobKind::TellOfGaps, "tell_of_gaps"),
        (JobKind::Ping, "ping"),
        (JobKind::RemindShifts, "remind_shifts"),
        (JobKind::AskDelivery, "ask_delivery"),
        (JobKind::LateReport, "late_report"),
        (JobKind::TakeBack, "take_back"),
        (JobKind::Answer, "answer"),
        (JobKind::PollAnswers, "poll_answers"),
    ];

    /// The words of all kinds.
    pub fn words() -> impl Iterator<Item = &'static str> {
        Self::WORDS.iter().map(|(_, word)| *word)
    }

    /// The word in the database.
    pub fn as_str(self) -> &'static str {
        Self::WORDS.iter().find(|(kind, _)| *kind == self).map_or("", |(_, word)| word)
    }

    /// The kind of a word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(_, known)| *known == word).map(|(kind, _)| *kind)
    }

    /// The words of all kinds that are leased; escalations are stepped in one transaction instead.
    pub(super) fn claimed() -> Vec<String> {
        Self::WORDS.iter().filter(|(kind, _)| *kind != JobKind::Escalate).map(|(_, word)| (*word).to_owned()).collect()
    }

    /// Where it takes a place while it runs; a message that of its channel, see [`super::NewJob::send`].
    pub fn place(self) -> Place {
        match self {
            JobKind::FetchTicket
            | JobKind::Poll
            | JobKind::KeepWebhooks
            | JobKind::WriteBack
            | JobKind::RunAction
            | JobKind::WatchTickets
            | JobKind::TellOwner
            | JobKind::TellFallback
            | JobKind::ReadHolidays
            | JobKind::ReadAbsences
            | JobKind::TellOfGaps
            | JobKind::Ping
            | JobKind::AskDelivery
            | JobKind::TakeBack
            | JobKind::Answer
            | JobKind::PollAnswers => Place::Call,
            JobKind::Escalate => Place::Step,
            JobKind::Notify
            | JobKind::Summarize
            | JobKind::Tell
            | JobKind::AutoResolve
            | JobKind::ScheduleChanged
            | JobKind::RecheckHolds
            | JobKind::PersonLeft
            | JobKind::TrimEvents
            | JobKind::ExpireCover
            | JobKind::CleanUp
            | JobKind::Reconcile
            | JobKind::WatchGaps
            | JobKind::LateReport
            | JobKind::RemindShifts => Place::Own,
        }
    }

    /// What goes first when there is more than can be done.
    pub fn rank(self) -> i64 {
        match self {
            JobKind::Notify => 0,
            JobKind::TakeBack | JobKind::Answer | JobKind::LateReport => 1,
            JobKind::Escalate | JobKind::Summarize => 2,
            JobKind::FetchTicket
            | JobKind::Tell
            | JobKind::TellOwner
            | JobKind::TellFallback
            | JobKind::ScheduleChanged
            | JobKind::RecheckHolds
            | JobKind::PersonLeft
            | JobKind::AskDelivery
            | JobKind::PollAnswers
            | JobKind::RemindShifts => 3,
            JobKind::WriteBack
            | JobKind::RunAction
            | JobKind::ExpireCover
            | JobKind::AutoResolve
            | JobKind::Reconcile
            | JobKind::Ping => 4,
            JobKind::Poll
            | JobKind::WatchTickets
            | JobKind::KeepWebhooks
            | JobKind::ReadHolidays
            | JobKind::ReadAbsences
            | JobKind::WatchGaps
            | JobKind::TellOfGaps => 5,
            JobKind::TrimEvents | JobKind::CleanUp => 6,
        }
    }
}
