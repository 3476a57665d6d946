//! Who would be paged: every level of every policy has to have somebody with a contact that works.

use super::Patient;
use super::finding::Finding;
use std::collections::BTreeSet;
use watchbell_core::escalation::{Level, Roster};
use watchbell_core::ids::{PolicyId, UserId};
use watchbell_core::user::{Channel, ContactStatus};
use watchbell_store::policies::EscalationPolicy;
use watchbell_store::preferences::{Collection, HIGH_PRIORITY};
use watchbell_store::users::User;
use watchbell_store::{Page, StoreError, contacts, policies, preferences, providers, rosters, sources, users};

/// Most policies and sources that are looked at.
const LOOKED_AT_MAX: i64 = 1_000;

/// Whether each level reaches somebody.
pub(super) async fn examine(patient: &Patient, has_mail: bool) -> Vec<Finding> {
    match look(patient, has_mail).await {
        Ok(findings) => findings,
        Err(error) => vec![Finding::unread("Who would be paged", &error)],
    }
}

async fn look(patient: &Patient, has_mail: bool) -> Result<Vec<Finding>, StoreError> {
    let page = Page::first(LOOKED_AT_MAX);
    let (people, policies) = (
        users::list(&patient.db, &patient.scope, page).await?,
        policies::list(&patient.db, &patient.scope, page).await?,
    );
    if people.is_empty() {
        let advice = "open the link with the token in the server's log, or: watchbell user create --email E --name N --role ADMIN --password-stdin";
        return Ok(vec![Finding::wrong("People: nobody has an account", advice)]);
    }
    let (reachable, used) = (reachable(patient, &people, has_mail).await?, used(patient, page).await?);
    let in_use: Vec<&EscalationPolicy> = policies.iter().filter(|policy| used.contains(&policy.id)).collect();
    let all: Vec<&Level> = in_use.iter().flat_map(|policy| &policy.levels).collect();
    let roster = rosters::load(&patient.db, &patient.scope, &all, &[], patient.now).await?;
    let mut findings: Vec<Finding> =
        in_use.iter().flat_map(|policy| levels(policy, &people, &roster, &reachable, has_mail)).collect();
    let by_browser = in_use.iter().filter(|policy| roster.is_browser_only(&policy.levels));
    findings.extend(by_browser.map(|policy| browser_only(policy)));
    if findings.is_empty() || used.is_empty() {
        findings.push(standing(used.len()));
    }
    Ok(findings)
}

/// What there is to say where no policy has a fault: `used`, how many are in use.
fn standing(used: usize) -> Finding {
    if used == 0 {
        let what = "Alert sources: there is none that is switched on, so nothing can page";
        return Finding::doubtful(what, "make one under Alert sources");
    }
    Finding::fine(format!("People: every level of the {used} escalation policies in use reaches somebody"))
}

/// The people whom a page would reach.
async fn reachable(patient: &Patient, people: &[User], has_mail: bool) -> Result<BTreeSet<UserId>, StoreError> {
    let carried: BTreeSet<Channel> =
        providers::all(&patient.db, &patient.scope).await?.into_iter().map(|account| account.channel).collect();
    let mut reachable = BTreeSet::new();
    for user in people {
        if is_reachable(patient, user, (has_mail, &carried)).await? {
            reachable.insert(user.id);
        }
    }
    Ok(reachable)
}

/// The policies of sources that are switched on.
async fn used(patient: &Patient, page: Page) -> Result<BTreeSet<PolicyId>, StoreError> {
    let sources = sources::list(&patient.db, &patient.scope, page).await?;
    Ok(sources.into_iter().filter(|source| source.active).map(|source| source.policy).collect())
}

/// Whether a page would leave to them: a rule for pages whose contact is verified, not locked, and of a channel that is connected.
async fn is_reachable(
    patient: &Patient,
    user: &User,
    (has_mail, carried): (bool, &BTreeSet<Channel>),
) -> Result<bool, StoreError> {
    if user.muted_until.is_some_and(|until| until > patient.now) {
        return Ok(false);
    }
    let contacts = contacts::list(&patient.db, &patient.scope, user.id).await?;
    let rules = preferences::list(&patient.db, &patient.scope, user.id, Collection::Alerts).await?;
    let works = |contact: &contacts::Contact, over: Channel| {
        contact.status == ContactStatus::Ok && contact.verified_at.is_some() && !contact.is_stopped_for(over)
    };
    let is_connected = |over: Channel| match over {
        Channel::Email => has_mail,
        over => !over.needs_provider() || carried.contains(&over),
    };
    let leads_there = |rule: &preferences::Preference| {
        let mut used = contacts.iter().filter(|contact| contact.id == rule.contact);
        is_connected(rule.method) && used.any(|contact| works(contact, rule.method))
    };
    Ok(rules.iter().any(|rule| rule.kind == HIGH_PRIORITY && leads_there(rule)))
}

fn browser_only(policy: &EscalationPolicy) -> Finding {
    Finding::doubtful(
        format!("Escalation policy {:?}: only push to browsers reaches its people", policy.name),
        "a browser that does not run shows nothing: give one of them a phone number, ntfy or Pushover with a rule for pages",
    )
}

fn levels(
    policy: &EscalationPolicy,
    people: &[User],
    roster: &Roster,
    reachable: &BTreeSet<UserId>,
    has_mail: bool,
) -> Vec<Finding> {
    let name_of = |id: &UserId| {
        people.iter().find(|user| user.id == *id).map_or_else(|| format!("user {id}"), |user| user.email.clone())
    };
    let is_covered = |level: &Level| {
        let behind = roster.resolve_level(level);
        !behind.attended.is_empty() || behind.people.iter().any(|user| reachable.contains(user))
    };
    let empty = policy.levels.iter().enumerate().filter(|(_, level)| !is_covered(level));
    let advice = if has_mail {
        "give one of them a contact with a rule for pages (Users, Contacts), verified and not locked"
    } else {
        "set up a mail server (Settings, E-mail, or WATCHBELL_SMTP_URL), or give one of them a contact of ntfy or a webhook with a rule for pages"
    };
    let finding = |(at, level): (usize, &Level)| {
        let behind = roster.resolve_level(level);
        let gap = (!behind.gaps.is_empty()).then(|| "nobody is on call now".to_owned());
        let names: Vec<String> = behind.people.iter().map(name_of).chain(gap).collect();
        let what = format!(
            "Escalation policy {:?}: nobody of level {} can be reached ({})",
            policy.name,
            at + 1,
            names.join(", ")
        );
        if at == 0 { Finding::wrong(what, advice) } else { Finding::doubtful(what, advice) }
    };
    empty.map(finding).collect()
}
