//! Who is behind the targets of policies, loaded for a whole batch: a fixed number of statements, none more where levels name people only.

use crate::error::StoreError;
use crate::reader::Reader;
use crate::schedules::load::{holidays, load_from};
use crate::scope::Scope;
use crate::{recipients, teams};
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use watchbell_core::escalation::{Level, OnDuty, Roster};
use watchbell_core::ids::{ScheduleId, TeamId, UserId};
use watchbell_core::limits;
use watchbell_core::schedule::{self, Because, Plan, Prepared, Schedule, Span};

/// A schedule, and the same made ready.
#[derive(Debug, Clone)]
struct Rota {
    schedule: Schedule,
    prepared: Prepared,
}

/// The schedules and teams that levels name, within a span: who is behind them can be asked at each moment of it.
#[derive(Debug, Clone)]
pub struct Rotas {
    span: Span,
    schedules: BTreeMap<ScheduleId, Rota>,
    members: BTreeMap<TeamId, Vec<UserId>>,
}

impl Rotas {
    /// Loads what levels name.
    pub async fn load<'l>(
        reader: &mut Reader<'_>,
        scope: &Scope,
        levels: impl Iterator<Item = &'l Level>,
        span: Span,
    ) -> Result<Self, StoreError> {
        let (mut schedules, mut teams) = (BTreeSet::new(), BTreeSet::new());
        for level in levels {
            schedules.extend(level.schedules.iter().copied());
            teams.extend(level.teams.iter().copied());
        }
        let schedules: Vec<ScheduleId> = schedules.into_iter().collect();
        let teams: Vec<TeamId> = teams.into_iter().collect();
        let members = teams::members_of(reader, scope.org, &teams).await?;
        Ok(Self { span, schedules: rotas(reader, scope, &schedules, span).await?, members })
    }

    /// Who is behind them at a moment of the span; nobody's rules are known yet.
    pub fn at(&self, at: Timestamp) -> Roster {
        let on_duty = self.schedules.iter().map(|(id, rota)| (*id, rota.on_duty(at, self.span.until)));
        Roster { on_duty: on_duty.collect(), members: self.members.clone(), ..Roster::default() }
    }

    /// Everybody who is on call at any moment of the span, or in one of the teams.
    pub fn people(&self) -> BTreeSet<UserId> {
        let shifts = self.schedules.values().flat_map(|rota| schedule::shifts(&rota.prepared, self.span));
        shifts.filter_map(|shift| shift.duty.user()).chain(self.members.values().flatten().copied()).collect()
    }
}

impl Rota {
    fn on_duty(&self, at: Timestamp, until: Timestamp) -> OnDuty {
        OnDuty::of(&self.prepared, self.attended_because(at), at, until)
    }

    /// Why nobody is paged at a moment, where a layer says so.
    fn attended_because(&self, at: Timestamp) -> Option<String> {
        let Because::Layer { layer, .. } = schedule::on_call(&self.prepared, at).1 else { return None };
        let version =
            self.schedule.versions.iter().filter(|version| version.from <= at).max_by_key(|version| version.from)?;
        match &version.plan {
            Plan::Recurring { layers } => layers.get(layer)?.attended.clone(),
            Plan::Static { .. } => None,
        }
    }
}

async fn rotas(
    reader: &mut Reader<'_>,
    scope: &Scope,
    ids: &[ScheduleId],
    span: Span,
) -> Result<BTreeMap<ScheduleId, Rota>, StoreError> {
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let schedules = load_from(reader, scope.org, ids, span).await?;
    let versions = schedules.values().flat_map(|schedule| &schedule.versions);
    let holidays = holidays(reader, scope.org, versions).await?;
    let ready = |(id, schedule): (ScheduleId, Schedule)| match Prepared::new(&schedule, &holidays) {
        Ok(prepared) => Some((id, Rota { schedule, prepared })),
        Err(error) => {
            tracing::error!(schedule = %id, %error, "a schedule cannot be asked: nobody is on call by it");
            None
        }
    };
    Ok(schedules.into_iter().filter_map(ready).collect())
}

/// The span in which hand-overs are looked for when levels start.
fn ahead<'l>(levels: impl Iterator<Item = &'l Level>, now: Timestamp) -> Span {
    let longest_s = levels.filter(|level| !level.schedules.is_empty()).map(|level| level.timeout_s).max().unwrap_or(0);
    let look_s = longest_s.min(limits::HAND_OVER_LOOK_DAYS * 24 * 3_600) + 1;
    Span::new(now, now.saturating_add(SignedDuration::from_secs(look_s)).unwrap_or(now))
}

/// Who is behind levels now, with the rules of everybody whom they name, and of `others`.
pub async fn load(
    reader: impl Into<Reader<'_>>,
    scope: &Scope,
    levels: &[&Level],
    others: &[UserId],
    now: Timestamp,
) -> Result<Roster, StoreError> {
    let mut reader = reader.into();
    let rotas = Rotas::load(&mut reader, scope, levels.iter().copied(), ahead(levels.iter().copied(), now)).await?;
    let mut roster = rotas.at(now);
    let mut people: BTreeSet<UserId> = levels.iter().flat_map(|level| level.users.iter().copied()).collect();
    people.extend(others.iter().copied());
    people.extend(roster.on_duty.values().filter_map(|on_duty| on_duty.duty.user()));
    people.extend(roster.members.values().flatten().copied());
    roster.recipients = with_rules(&mut reader, scope, people).await?;
    Ok(roster)
}

/// People with their usable rules.
pub async fn with_rules(
    reader: &mut Reader<'_>,
    scope: &Scope,
    people: BTreeSet<UserId>,
) -> Result<BTreeMap<UserId, watchbell_core::user::Recipient>, StoreError> {
    let ids = people.into_iter().map(|user| user.0).collect();
    let found = recipients::recipients(reader, scope.org, ids).await?;
    Ok(found.into_iter().map(|recipient| (recipient.user, recipient)).collect())
}
