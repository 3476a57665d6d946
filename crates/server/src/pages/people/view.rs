//! What the page of a user shows.

use super::super::choices;
use super::super::shell::{full_name, person};
use super::{absences, numbers, silence, ways};
use crate::app::App;
use crate::auth::{May, PageCan};
use crate::error::ApiError;
use watchbell_core::ids::UserId;
use watchbell_core::language::Language;
use watchbell_core::notify::Purpose;
use watchbell_core::user::{Channel, ContactStatus};
use watchbell_store::contact_tests::{self, ContactTest};
use watchbell_store::contacts::{self, Contact};
use watchbell_store::policies;
use watchbell_store::preferences::{self, Collection, HIGH_PRIORITY, Preference};
use watchbell_store::providers;
use watchbell_store::schedules;
use watchbell_store::scope::Scope;
use watchbell_store::teams;
use watchbell_store::users::{self, User};
use watchbell_store::{Page, StoreError, reach};
use watchbell_ui::components::Choice;
use watchbell_ui::pages::absences::AbsencesView;
use watchbell_ui::pages::contact_forms::Offers;
use watchbell_ui::pages::contacts::{ContactView, TestView};
use watchbell_ui::pages::delivery::{Delivery, channel_name};
use watchbell_ui::pages::rules::{RuleFor, RuleView};
use watchbell_ui::pages::user::{UserMay, UserView};
use watchbell_ui::{Form, routes};

/// The page of a user as somebody may see it. `form`: what was typed and refused; the stored values are added.
pub(super) async fn view<P>(app: &App, can: &PageCan<P>, id: UserId, form: Option<Form>) -> Result<UserView, ApiError> {
    let scope = &can.scope;
    let user = users::get(&app.db, scope, id).await?;
    let administers = May::Administer.is_granted_to(can.role);
    let edit = administers || scope.actor.user() == Some(id);
    let accounts = providers::all(&app.db, scope).await?;
    let usable = ways::usable(app, &accounts);
    let (contacts, rules) = if edit { reached(app, scope, &user, &usable).await? } else { (Vec::new(), Vec::new()) };
    let reach = reach::of_users(&app.db, scope, &[id], app.clock.now()).await?;
    Ok(UserView {
        contact_choices: contacts.iter().flat_map(choices_of).collect(),
        offers: Offers {
            region: user.region.clone().unwrap_or_default(),
            is_own: scope.actor.user() == Some(id),
            connects: administers,
            usable,
        },
        has_numbers: !numbers::of(&accounts).is_empty(),
        form: form.unwrap_or_else(|| stored(&user)),
        contacts,
        rules,
        absences: if edit { absences::view(app, scope, id).await? } else { AbsencesView::default() },
        made_secret: None,
        zones: choices::zones(),
        zone: user.timezone.clone(),
        teams: teams_of(app, scope, id).await?,
        policies: called_by(app, scope, id).await?,
        rotas: if administers { rotas(app, scope, id).await? } else { Vec::new() },
        replacements: if administers { replacements(app, scope, id).await? } else { Vec::new() },
        can_be_paged: reach.get(&id).is_some_and(|reach| reach.pages),
        shows_contacts: edit,
        may: UserMay { edit, administer: administers },
        person: person(&user),
    })
}

/// What is kept, as the form shows it.
pub(super) fn stored(user: &User) -> Form {
    let form = Form::of([
        ("name", full_name(user)),
        ("email", user.email.clone()),
        ("role", user.role.to_string()),
        ("zone", user.timezone.clone()),
        ("language", Language::of(&user.language).as_str().to_owned()),
    ])
    .with("delay_min", "0");
    silence::stored(form, user)
}

async fn reached(
    app: &App,
    scope: &Scope,
    user: &User,
    usable: &[Channel],
) -> Result<(Vec<ContactView>, Vec<RuleView>), StoreError> {
    let contacts = contacts::list(&app.db, scope, user.id).await?;
    let tests = contact_tests::of_user(&app.db, scope, user.id).await?;
    let view = |contact: &Contact| contact_view(contact, &tests, user, usable);
    let contacts_shown: Vec<ContactView> = contacts.iter().map(view).collect();
    let mut rules = Vec::new();
    for collection in [Collection::Alerts, Collection::Duties, Collection::Updates] {
        let found = preferences::list(&app.db, scope, user.id, collection).await?;
        rules.extend(found.iter().filter_map(|rule| rule_view(rule, &contacts, &contacts_shown)));
    }
    rules.sort_by_key(|rule| (if rule.what == RuleFor::Shifts { -rule.delay_s } else { rule.delay_s }, rule.id));
    Ok((contacts_shown, rules))
}

/// How somebody is reached by alerts, with the last test of each rule.
pub(in super::super) async fn alert_rules(app: &App, scope: &Scope, id: UserId) -> Result<Vec<RuleView>, StoreError> {
    let usable = ways::usable(app, &providers::all(&app.db, scope).await?);
    let (_, mut rules) = reached(app, scope, &users::get(&app.db, scope, id).await?, &usable).await?;
    rules.retain(|rule| matches!(rule.what, RuleFor::Pages | RuleFor::Quiet));
    Ok(rules)
}

fn contact_view(contact: &Contact, tests: &[ContactTest], user: &User, usable: &[Channel]) -> ContactView {
    let own = tests.iter().filter(|test| test.contact == contact.id);
    ContactView {
        id: contact.id,
        channel: contact.channel,
        address: contact.channel.shown(&contact.target),
        label: contact.label.clone(),
        ways: ways::of_contact(contact, usable),
        subscribe: ways::subscribe_link(contact),
        lock_reason: contact.lock_reason.clone(),
        stopped_at: contact.stopped_at,
        status: contact.status,
        verified_at: contact.verified_at,
        rang_at: contact.rang_at,
        tests: own.map(|test| test_view(test, contact, user)).collect(),
    }
}

/// A test as pages show it.
pub(in super::super) fn test_view(test: &ContactTest, contact: &Contact, user: &User) -> TestView {
    let delivery = Delivery {
        person: person(user),
        channel: test.channel,
        address: contact.channel.shown(&contact.target),
        purpose: Purpose::Test,
        state: test.state,
        reason: test.reason.clone(),
        due_at: test.due_at,
        tries: test.tries,
    };
    TestView { delivery, asks: test.wants_an_answer() }
}

/// What a stored rule is for; `None` for what this version does not know.
fn what_for(rule: &Preference) -> Option<RuleFor> {
    match (rule.collection, rule.kind.as_str()) {
        (Collection::Alerts, HIGH_PRIORITY) => Some(RuleFor::Pages),
        (Collection::Alerts, _) => Some(RuleFor::Quiet),
        (Collection::Duties, _) => Some(RuleFor::Shifts),
        (Collection::Updates, kind) => RuleFor::parse(kind),
        (Collection::Subscriptions, _) => None,
    }
}

fn rule_view(rule: &Preference, contacts: &[Contact], shown: &[ContactView]) -> Option<RuleView> {
    let contact = contacts.iter().find(|contact| contact.id == rule.contact);
    let tested = shown.iter().find(|contact| contact.id == rule.contact);
    let is_carried = tested.is_some_and(|contact| contact.ways.contains(&rule.method));
    Some(RuleView {
        id: rule.id,
        what: what_for(rule)?,
        contact: rule.contact,
        last_test: tested
            .filter(|_| rule.collection == Collection::Alerts)
            .and_then(|contact| contact.tests.iter().find(|test| test.delivery.channel == rule.method).cloned()),
        channel: rule.method,
        address: contact.and_then(|contact| contact.label.clone()).unwrap_or_else(|| rule.channel.shown(&rule.target)),
        delay_s: rule.delay_s,
        usable: is_carried
            && contact.is_some_and(|contact| contact.status == ContactStatus::Ok && contact.verified_at.is_some()),
    })
}

/// What a rule can use: a contact, or each way that reaches it.
fn choices_of(contact: &ContactView) -> Vec<Choice> {
    let name = contact.label.as_ref().unwrap_or(&contact.address);
    let several = contact.channel == Channel::Sms;
    match contact.ways.is_empty() {
        true => vec![Choice::new(
            contact.id.to_string(),
            format!("{} {name} (nothing carries it now)", channel_name(contact.channel)),
        )],
        false => contact
            .ways
            .iter()
            .map(|way| {
                let value = if several { format!("{}:{way}", contact.id) } else { contact.id.to_string() };
                Choice::new(value, format!("{} {name}", channel_name(*way)))
            })
            .collect(),
    }
}

/// The teams that somebody is in.
async fn teams_of(app: &App, scope: &Scope, id: UserId) -> Result<Vec<(String, String)>, StoreError> {
    let teams = teams::list(&app.db, scope, Some(id), Page::first(choices::CHOICES_MAX)).await?;
    Ok(teams.into_iter().map(|team| (team.name, routes::team(team.id))).collect())
}

/// The policies that name somebody.
async fn called_by(app: &App, scope: &Scope, id: UserId) -> Result<Vec<(String, String)>, StoreError> {
    let all = policies::list(&app.db, scope, Page::first(choices::CHOICES_MAX)).await?;
    let names = all.into_iter().filter(|policy| policy.levels.iter().any(|level| level.users.contains(&id)));
    Ok(names.map(|policy| (policy.name, routes::policy(policy.id))).collect())
}

/// Where somebody is in schedules.
async fn rotas(app: &App, scope: &Scope, id: UserId) -> Result<Vec<String>, StoreError> {
    let uses = schedules::uses_of_user(&app.db, scope, id, app.clock.now()).await?;
    Ok(uses.iter().map(ToString::to_string).collect())
}

/// Everybody else, after a choice that is none.
async fn replacements(app: &App, scope: &Scope, id: UserId) -> Result<Vec<Choice>, StoreError> {
    let others = choices::people(app, scope).await?.into_iter().filter(|choice| choice.value != id.to_string());
    Ok(std::iter::once(Choice::new("", "Choose somebody")).chain(others).collect())
}
