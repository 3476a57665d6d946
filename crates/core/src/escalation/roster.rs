//! Who is behind the targets of a level at one moment: people with their rules, who is on call, who is in a team, whose turn it is.

use super::{Level, Target};
use crate::alert::Priority;
use crate::ids::{PolicyId, ScheduleId, TeamId, UserId};
use crate::schedule::{self, Duty, Prepared, Span};
use crate::user::{Channel, Recipient};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// Who is on call in a schedule, and until when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnDuty {
    /// Who.
    pub duty: Duty,
    /// When somebody else is, or nobody; the end of the time that was looked at, where it does not change within it.
    pub until: Timestamp,
    /// Why nobody is paged, where that is on purpose.
    pub reason: Option<String>,
}

impl OnDuty {
    /// Who is on call at an instant; the hand-over is looked for until `until`. `reason` is that of the rule which pages nobody.
    pub fn of(prepared: &Prepared, reason: Option<String>, at: Timestamp, until: Timestamp) -> Self {
        let within = Span { from: at, until: until.max(at) };
        let shifts = if within.until > at { schedule::shifts(prepared, within) } else { Vec::new() };
        let duty = schedule::on_call(prepared, at).0;
        // The same person by another turn, or by an override of their own, is no hand-over.
        let change = shifts.iter().find(|shift| shift.duty != duty && shift.span.from > at);
        let until = change.map_or(within.until, |shift| shift.span.from);
        Self { duty, until, reason: reason.filter(|_| duty == Duty::Attended) }
    }
}

/// Who is behind targets. Whoever is missing cannot be paged; a schedule that is missing has nobody.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Roster {
    /// People with their usable rules.
    pub recipients: BTreeMap<UserId, Recipient>,
    /// Who is on call.
    pub on_duty: BTreeMap<ScheduleId, OnDuty>,
    /// Members of teams.
    pub members: BTreeMap<TeamId, Vec<UserId>>,
    /// Whose turn is next at levels that take turns, counted from 0 for ever.
    pub turns: BTreeMap<(PolicyId, i64), i64>,
}

/// Who is behind the targets of a level.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Resolved {
    /// People, each once, in the order of the targets.
    pub people: Vec<UserId>,
    /// Schedules in which nobody is paged by rule, with the reason.
    pub attended: Vec<(ScheduleId, String)>,
    /// Schedules in which nobody is on call.
    pub gaps: Vec<ScheduleId>,
    /// When somebody else is next behind one of them.
    pub hand_over: Option<Timestamp>,
}

impl Resolved {
    /// One person.
    pub fn person(user: UserId) -> Self {
        Self { people: vec![user], ..Self::default() }
    }

    fn add(&mut self, user: UserId) {
        if !self.people.contains(&user) {
            self.people.push(user);
        }
    }
}

impl Roster {
    /// A roster of people alone.
    pub fn of(recipients: impl IntoIterator<Item = Recipient>) -> Self {
        let by_user = recipients.into_iter().map(|recipient| (recipient.user, recipient));
        Self { recipients: by_user.collect(), ..Self::default() }
    }

    /// Who is behind targets: THE function of paging, pages and simulation.
    pub fn resolve(&self, targets: &[Target]) -> Resolved {
        let mut resolved = Resolved::default();
        for target in targets {
            match target {
                Target::User(user) => resolved.add(*user),
                Target::Team(team) => self.members.get(team).into_iter().flatten().for_each(|user| resolved.add(*user)),
                Target::Schedule(schedule) => self.resolve_schedule(*schedule, &mut resolved),
            }
        }
        resolved
    }

    /// Who is behind a whole level, whosever turn it is.
    pub fn resolve_level(&self, level: &Level) -> Resolved {
        self.resolve(&level.targets())
    }

    /// Whether push to browsers is all by which alerts that page reach the people of levels: it is silent while the browser is not running.
    pub fn is_browser_only(&self, levels: &[Level]) -> bool {
        let people = levels.iter().flat_map(|level| self.resolve_level(level).people);
        let rules = people.filter_map(|id| self.recipients.get(&id)).flat_map(|recipient| &recipient.rules);
        let mut paging = rules.filter(|rule| rule.priority == Priority::High).map(|rule| rule.channel).peekable();
        paging.peek().is_some() && paging.all(|channel| channel == Channel::WebPush)
    }

    fn resolve_schedule(&self, schedule: ScheduleId, resolved: &mut Resolved) {
        let Some(on_duty) = self.on_duty.get(&schedule) else { return resolved.gaps.push(schedule) };
        resolved.hand_over = Some(resolved.hand_over.map_or(on_duty.until, |at| at.min(on_duty.until)));
        match on_duty.duty {
            Duty::User(user) => resolved.add(user),
            Duty::Attended => resolved.attended.push((schedule, on_duty.reason.clone().unwrap_or_default())),
            Duty::Nobody => resolved.gaps.push(schedule),
        }
    }
}
