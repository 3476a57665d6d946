//! Alerts as the API shows them: ilert's fields, and ours beside them.

use crate::api::policy_shapes::{EscalationPolicyOut, EscalationRuleOut, show_policies};
use crate::api::refs::UserRel;
use crate::api::source_shapes::{AlertSourceOut, View, show_sources};
use crate::api::targets::Targets;
use crate::api::users::UserOut;
use crate::app::App;
use crate::error::ApiError;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use utoipa::ToSchema;
use watchbell_core::alert::{Alert, Status};
use watchbell_core::escalation::{Level, Policy, Roster, upcoming};
use watchbell_core::event::{Caller, Image, Link, TicketRef};
use watchbell_core::hold::{Because, Hold};
use watchbell_core::ids::{AlertId, PolicyId, SourceId, UserId};
use watchbell_store::responders::{Responder, ResponderStatus};
use watchbell_store::scope::Scope;
use watchbell_store::users::User;
use watchbell_store::{StoreError, policies, responders, rosters, sources};

/// A picture.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = EventImage)]
pub struct ImageShape {
    src: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    href: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    alt: Option<String>,
}

/// A link.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = EventLink)]
pub struct LinkShape {
    href: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
}

/// Somebody who has an alert.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = AlertResponder)]
#[serde(rename_all = "camelCase")]
pub struct ResponderOut {
    user: UserRel,
    /// PENDING or ACCEPTED.
    status: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    accepted_at: Option<Timestamp>,
}

impl ResponderOut {
    /// A responder with the name.
    pub fn of(responder: &Responder, users: &[User]) -> Self {
        Self {
            user: UserRel::of(responder.user, users),
            status: responder.status.as_str().to_owned(),
            accepted_at: responder.accepted_at,
        }
    }
}

/// Who asked for help.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AlertCaller)]
struct CallerOut {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
}

impl From<Caller> for CallerOut {
    fn from(caller: Caller) -> Self {
        Self { name: caller.name, phone: caller.phone, email: caller.email }
    }
}

/// The ticket behind an alert.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AlertTicket)]
#[serde(rename_all = "camelCase")]
struct TicketOut {
    id: i64,
    number: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    queue: Option<String>,
    /// The label of its status when it was last read.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    due: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_response_due: Option<Timestamp>,
    /// The alert action that made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    alert_action_id: Option<String>,
}

impl From<TicketRef> for TicketOut {
    fn from(ticket: TicketRef) -> Self {
        let TicketRef { id, number, url, queue, status, due, first_response_due, action } = ticket;
        let alert_action_id = action.map(|action| action.0);
        Self { id, number, url, queue, status, due, first_response_due, alert_action_id }
    }
}

/// Why nobody is paged yet.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AlertHold)]
#[serde(rename_all = "camelCase")]
struct HeldOut {
    /// SUPPORT_HOURS or MAINTENANCE.
    reason: &'static str,
    /// Of the support hours or the maintenance window.
    id: i64,
    name: String,
    until: Timestamp,
    /// Whether it pages then, if it is still open.
    pages_then: bool,
}

impl From<&Hold> for HeldOut {
    fn from(hold: &Hold) -> Self {
        let (reason, id) = match hold.because {
            Because::SupportHours(id) => ("SUPPORT_HOURS", id.0),
            Because::Maintenance(id) => ("MAINTENANCE", id.0),
        };
        Self { reason, id, name: hold.name.clone(), until: hold.until, pages_then: hold.pages_then }
    }
}

/// An alert.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Alert)]
#[serde(rename_all = "camelCase")]
pub struct AlertOut {
    id: i64,
    summary: String,
    details: String,
    report_time: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    resolved_on: Option<Timestamp>,
    /// PENDING, ACCEPTED or RESOLVED.
    status: String,
    alert_source: Option<AlertSourceOut>,
    escalation_policy: Option<EscalationPolicyOut>,
    /// HIGH or LOW.
    priority: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    alert_key: Option<String>,
    /// Deprecated: use `responders`.
    #[serde(skip_serializing_if = "Option::is_none")]
    assigned_to: Option<UserRel>,
    /// When the next level is paged.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_escalation: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    escalation_rules: Option<Vec<EscalationRuleOut>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_escalation_user: Option<UserOut>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_escalation_rule_index: Option<i64>,
    images: Vec<ImageShape>,
    links: Vec<LinkShape>,
    responders: Vec<ResponderOut>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    labels: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    custom_details: Option<serde_json::Value>,
    /// The client company.
    #[serde(skip_serializing_if = "Option::is_none")]
    customer: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    caller: Option<CallerOut>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ticket: Option<TicketOut>,
    /// The source's own word for the urgency.
    #[serde(skip_serializing_if = "Option::is_none")]
    priority_label: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    accepted_at: Option<Timestamp>,
    /// Until when nobody is disturbed.
    #[serde(skip_serializing_if = "Option::is_none")]
    snoozed_until: Option<Timestamp>,
    /// Who accepted it, where several have to and it is still pending.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    accepted_by: Vec<UserRel>,
    /// How many have to accept at the level that runs.
    accepts_needed: i64,
    /// Why nobody is paged yet, and until when.
    held: Option<HeldOut>,
    /// When a quiet alert that nobody has is raised.
    raised_at: Option<Timestamp>,
    /// Whether it was found that nobody could be reached.
    nobody_notified: bool,
    event_count: i64,
    last_event_at: Timestamp,
    /// What went wrong while the alert was made, such as a broken template.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
}

/// What is read once for all alerts of an answer.
struct Around {
    sources: HashMap<SourceId, AlertSourceOut>,
    policies: HashMap<PolicyId, EscalationPolicyOut>,
    versions: HashMap<(PolicyId, i64), Policy>,
    responders: HashMap<AlertId, Vec<Responder>>,
    targets: Targets,
    roster: Roster,
}

impl Around {
    async fn read(app: &App, scope: &Scope, alerts: &[Alert], include: &[String]) -> Result<Self, ApiError> {
        let ids: Vec<AlertId> = alerts.iter().map(|alert| alert.id).collect();
        let mut found: HashMap<AlertId, Vec<Responder>> = HashMap::new();
        for responder in responders::of_alerts(&app.db, scope, &ids).await? {
            found.entry(responder.alert).or_default().push(responder);
        }
        let versions = read_versions(app, scope, alerts, include).await?;
        let mut people: Vec<UserId> = found.values().flatten().map(|responder| responder.user).collect();
        people.extend(alerts.iter().filter_map(|alert| alert.accepted_by));
        people.extend(alerts.iter().filter_map(|alert| alert.escalation.direct));
        people.extend(alerts.iter().flat_map(|alert| alert.progress.accepted_by.iter().copied()));
        let levels: Vec<&Level> = versions.values().flat_map(|policy| &policy.levels).collect();
        let roster = match is_asked(include, NEXT_USER) {
            true => rosters::load(&app.db, scope, &levels, &[], app.clock.now()).await?,
            false => Roster::default(),
        };
        people.extend(roster.recipients.keys());
        Ok(Self {
            sources: read_sources(app, scope, alerts).await?,
            policies: read_policies(app, scope, alerts).await?,
            targets: Targets::load(app, scope, levels.into_iter(), people).await?,
            versions,
            roster,
            responders: found,
        })
    }

    fn show(&self, alert: Alert, include: &[String]) -> AlertOut {
        let policy = self.versions.get(&(alert.escalation.policy, alert.escalation.version));
        let next =
            policy.filter(|_| is_asked(include, NEXT_USER)).and_then(|policy| upcoming(&alert, policy, &self.roster));
        let rules = policy.filter(|_| is_asked(include, RULES));
        let responders = self.responders.get(&alert.id).map(Vec::as_slice).unwrap_or_default();
        let pending = responders
            .iter()
            .find(|responder| responder.status == ResponderStatus::Pending)
            .map(|responder| responder.user);
        let assigned = alert.accepted_by.or(pending.filter(|_| alert.status == Status::Pending));
        let next_user = next
            .as_ref()
            .and_then(|(_, behind)| self.targets.users.iter().find(|user| behind.people.contains(&user.id)));
        let content = alert.content;
        AlertOut {
            id: alert.id.0,
            summary: alert.summary,
            details: alert.details,
            report_time: alert.report_time,
            resolved_on: alert.resolved_at,
            status: alert.status.as_str().to_owned(),
            alert_source: self.sources.get(&alert.source).cloned(),
            escalation_policy: self.policies.get(&alert.escalation.policy).cloned(),
            priority: alert.priority.as_str().to_owned(),
            alert_key: alert.key,
            assigned_to: assigned.map(|user| self.targets.user(user)),
            next_escalation: alert.escalation.next_step_at,
            escalation_rules: rules
                .map(|policy| policy.levels.iter().map(|level| EscalationRuleOut::of(level, &self.targets)).collect()),
            next_escalation_user: next_user.cloned().map(UserOut::from),
            next_escalation_rule_index: next.and_then(|(level, _)| level),
            images: content.images.into_iter().map(|Image { src, href, alt }| ImageShape { src, href, alt }).collect(),
            links: content
                .links
                .into_iter()
                .map(|Link { href, text }| LinkShape { href, text: Some(text).filter(|text| !text.is_empty()) })
                .collect(),
            responders: responders.iter().map(|responder| ResponderOut::of(responder, &self.targets.users)).collect(),
            labels: content.labels,
            custom_details: content.custom_details.filter(|_| is_asked(include, DETAILS)),
            customer: content.customer,
            caller: content.caller.map(CallerOut::from),
            ticket: content.ticket.map(TicketOut::from),
            priority_label: content.priority_label,
            accepted_at: alert.accepted_at,
            snoozed_until: alert.snoozed_until,
            accepted_by: alert.progress.accepted_by.iter().map(|user| self.targets.user(*user)).collect(),
            accepts_needed: alert.progress.accepts_needed.max(1),
            held: alert.held.as_ref().map(HeldOut::from),
            raised_at: alert.raise_at,
            nobody_notified: alert.nobody_notified_at.is_some(),
            event_count: alert.event_count,
            last_event_at: alert.last_event_at,
            warnings: content.warnings,
        }
    }
}

const NEXT_USER: &str = "nextEscalationUser";
const RULES: &str = "escalationRules";
const DETAILS: &str = "customDetails";

fn is_asked(include: &[String], what: &str) -> bool {
    include.iter().any(|word| word == what)
}

async fn read_versions(
    app: &App,
    scope: &Scope,
    alerts: &[Alert],
    include: &[String],
) -> Result<HashMap<(PolicyId, i64), Policy>, StoreError> {
    let mut versions = HashMap::new();
    if is_asked(include, NEXT_USER) || is_asked(include, RULES) {
        for alert in alerts {
            let (id, version) = (alert.escalation.policy, alert.escalation.version);
            if let std::collections::hash_map::Entry::Vacant(free) = versions.entry((id, version)) {
                free.insert(policies::get_version(&app.db, scope, id, version).await?);
            }
        }
    }
    Ok(versions)
}

async fn read_sources(
    app: &App,
    scope: &Scope,
    alerts: &[Alert],
) -> Result<HashMap<SourceId, AlertSourceOut>, ApiError> {
    let mut ids: Vec<SourceId> = alerts.iter().map(|alert| alert.source).collect();
    ids.sort();
    ids.dedup();
    let found = sources::get_many(&app.db, scope, &ids).await?;
    let ids: Vec<SourceId> = found.iter().map(|source| source.id).collect();
    let shown = show_sources(app, scope, found, View { with_keys: false, include: &[] }).await?;
    Ok(ids.into_iter().zip(shown).collect())
}

async fn read_policies(
    app: &App,
    scope: &Scope,
    alerts: &[Alert],
) -> Result<HashMap<PolicyId, EscalationPolicyOut>, StoreError> {
    let mut ids: Vec<PolicyId> = alerts.iter().map(|alert| alert.escalation.policy).collect();
    ids.sort();
    ids.dedup();
    let found = policies::get_many(&app.db, scope, &ids).await?;
    let shown = show_policies(app, scope, &found).await?;
    Ok(found.iter().map(|policy| policy.id).zip(shown).collect())
}

/// Alerts with their sources, policies and people.
pub async fn show_alerts(
    app: &App,
    scope: &Scope,
    alerts: Vec<Alert>,
    include: &[String],
) -> Result<Vec<AlertOut>, ApiError> {
    let around = Around::read(app, scope, &alerts, include).await?;
    Ok(alerts.into_iter().map(|alert| around.show(alert, include)).collect())
}

/// One alert.
pub async fn show_alert(app: &App, scope: &Scope, alert: Alert, include: &[String]) -> Result<AlertOut, ApiError> {
    let id = alert.id;
    let shown = show_alerts(app, scope, vec![alert], include).await?.pop();
    shown.ok_or_else(|| StoreError::not_found("alert", id).into())
}
