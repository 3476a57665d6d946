//! The first start: administrator, e-mail, the own contact, and a phone or mailbox that rang.

use super::answer::{self, Answer};
use super::login::{read_body, refuse_foreign};
use super::people::{contact_entry, test_view};
use super::query::Query;
use super::reader::{Filled, Reader};
use super::settings;
use super::shell::{self, Visit};
use crate::app::App;
use crate::auth::{Administer, PageCan, begin_session, hash_password};
use crate::contact_proof::{self, Unproven};
use crate::error::ApiError;
use crate::setup;
use axum::Router;
use axum::extract::{Request, State};
use axum::routing::{get, post};
use secrecy::SecretString;
use watchbell_core::ids::UserId;
use watchbell_core::notify::NotificationState;
use watchbell_core::user::Role;
use watchbell_store::contact_tests::ContactTest;
use watchbell_store::contacts::{self, Contact};
use watchbell_store::preferences::{self, Collection, HIGH_PRIORITY, PreferenceIn};
use watchbell_store::users::UserIn;
use watchbell_store::{contact_tests, doors, users};
use watchbell_ui::pages::delivery::channel_name;
use watchbell_ui::pages::setup::{SetupStep, setup as page};
use watchbell_ui::shell::{Shell, Tone, public_url_banner};
use watchbell_ui::{Form, routes};

/// The routes.
pub(super) fn router() -> Router<App> {
    let step = routes::setup;
    Router::new()
        .route(routes::SETUP, get(begin))
        .route(&step("account"), get(begin).post(make_administrator))
        .route(&step("email"), get(show_email).post(save_email))
        .route(&step("email/test"), post(test_email))
        .route(&step("contact"), get(show_contact).post(add_contact))
        .route(&step("contact/test"), post(test_contact))
        .route(&step("contact/rang"), post(contact_rang))
        .route(&step("done"), get(show_done))
}

/// Before anybody can log in: the page with the token. Afterwards the way goes on where it stands.
async fn begin(State(app): State<App>, query: Query) -> Answer {
    if setup::is_over(&app).await? {
        return Ok(answer::to(routes::ALERTS));
    }
    let form = Form::of([("token", query.0.value("token"))]);
    answer::page(page(&stranger(&app), &SetupStep::Account(form)))
}

fn stranger(app: &App) -> Shell {
    Shell {
        banners: public_url_banner(&app.config.public_url())
            .into_iter()
            .map(|banner| watchbell_ui::shell::Banner { link: None, ..banner })
            .collect(),
        ..shell::bare(app)
    }
}

async fn make_administrator(State(app): State<App>, request: Request) -> Answer {
    let headers = request.headers().clone();
    refuse_foreign(&headers)?;
    let mut reader = Reader::new(read_body(request).await?)?;
    if setup::is_over(&app).await? {
        return Ok(answer::to(routes::LOGIN));
    }
    if !setup::is_token(&app, reader.form.value("token")).await? {
        reader.form.error("token", "This token does not count. The newest one is in the log of the server.");
        return answer::refused(page(&stranger(&app), &SetupStep::Account(reader.form)));
    }
    let (name, email) = (reader.name("name"), reader.email("email"));
    let hashed = hash_password(SecretString::from(reader.value("password")), app.ids.salt()).await;
    let hashed = reader.take("password", hashed);
    let (Some(name), Some(email), Some(hash)) = (name, email, hashed) else {
        return answer::refused(page(&stranger(&app), &SetupStep::Account(reader.form)));
    };
    let (first, last) = split_name(&name);
    let new = UserIn::new(email, first, last, Role::Admin);
    let Some(user) = setup::make_administrator(&app, new, hash).await? else { return Ok(answer::to(routes::LOGIN)) };
    let claim =
        doors::login(&app.db, &user.email).await?.ok_or_else(|| ApiError::internal("the first user is gone"))?;
    let cookie = begin_session(&app, &claim.proven(), &headers).await?;
    let mut response = answer::to(&routes::setup("email"));
    answer::set_cookie(&mut response, &cookie.to_string());
    Ok(response)
}

/// "Ann Maria Lee" as first and last name.
pub(super) fn split_name(name: &str) -> (&str, &str) {
    name.trim().split_once(' ').map_or((name.trim(), ""), |(first, last)| (first, last.trim()))
}

/// Where the navigation is not shown yet: the shell with its token, without the viewer's sections, and without
/// the reminders of what these very steps set up.
async fn of(app: &App, can: &PageCan<Administer>) -> Result<Shell, ApiError> {
    let mut shell = Shell { viewer: None, pending: 0, on_call: Vec::new(), ..shell::of(app, can).await? };
    shell.banners.retain(|banner| banner.tone != Tone::Yellow);
    Ok(shell)
}

async fn show_email(State(app): State<App>, visit: Visit<Administer>) -> Answer {
    let (form, stored) = settings::email_form(&app, &visit.can.scope).await?;
    let flash = visit.shell.flash.clone();
    let shell = Shell { flash: None, ..of(&app, &visit.can).await? };
    answer::page(page(&shell, &SetupStep::Email { form, stored, test: flash.map(Ok) }))
}

async fn save_email(State(app): State<App>, posted: Filled<Administer>) -> Answer {
    let mut reader = Reader::new(posted.form)?;
    if settings::keep_email(&app, &posted.can.scope, &mut reader).await? {
        return Ok(answer::to(&routes::setup("email")));
    }
    let (_, stored) = settings::email_form(&app, &posted.can.scope).await?;
    answer::refused(page(&of(&app, &posted.can).await?, &SetupStep::Email { form: reader.form, stored, test: None }))
}

async fn test_email(State(app): State<App>, posted: Filled<Administer>) -> Answer {
    let mut reader = Reader::new(posted.form)?;
    let result = settings::send_test(&app, &posted.can.scope, &mut reader).await?;
    if let Ok(words) = &result {
        return answer::done(&routes::setup("email"), words);
    }
    let (form, stored) = settings::email_form(&app, &posted.can.scope).await?;
    let form = settings::with_test_to(&form, reader.value("test_to"));
    answer::refused(page(&of(&app, &posted.can).await?, &SetupStep::Email { form, stored, test: Some(result) }))
}

fn own(can: &PageCan<Administer>) -> Result<UserId, ApiError> {
    can.scope.actor.user().ok_or_else(|| ApiError::forbidden("Only users are set up."))
}

/// The contact that the step is about: the one that was added last; the mailbox of the log-in does not count before it was chosen.
async fn chosen(app: &App, can: &PageCan<Administer>, wanted: Option<i64>) -> Result<Option<Contact>, ApiError> {
    let all = contacts::list(&app.db, &can.scope, own(can)?).await?;
    let tests = contact_tests::of_user(&app.db, &can.scope, own(can)?).await?;
    let by_id = wanted.and_then(|id| all.iter().find(|contact| contact.id.0 == id));
    let tested = tests.last().and_then(|test| all.iter().find(|contact| contact.id == test.contact));
    let added = all.last().filter(|_| all.len() > 1);
    Ok(by_id.or(tested).or(added).cloned())
}

async fn show_contact(State(app): State<App>, visit: Visit<Administer>, query: Query) -> Answer {
    let contact = match query.0.value("another") {
        "1" => None,
        _ => chosen(&app, &visit.can, query.number("contact")).await?,
    };
    let user = users::get(&app.db, &visit.can.scope, own(&visit.can)?).await?;
    let form = Form::of([("channel", "EMAIL"), ("address", user.email.as_str())]);
    let step = contact_step(&app, &visit.can, form, contact).await?;
    answer::page(page(&of(&app, &visit.can).await?, &step))
}

async fn contact_step(
    app: &App,
    can: &PageCan<Administer>,
    form: Form,
    contact: Option<Contact>,
) -> Result<SetupStep, ApiError> {
    let tests = contact_tests::of_user(&app.db, &can.scope, own(can)?).await?;
    let user = users::get(&app.db, &can.scope, own(can)?).await?;
    let Some(contact) = contact else { return Ok(SetupStep::Contact { form, contact: None, test: None, rang: None }) };
    let test = tests.iter().rev().find(|test| test.contact == contact.id);
    let is_lost = |test: &ContactTest| (test.state == NotificationState::Failed).then_some(false);
    let rang = test.and_then(|test| test.rang.or(is_lost(test)));
    Ok(SetupStep::Contact {
        form,
        contact: Some((contact.id, format!("{} {}", channel_name(contact.channel), contact.target))),
        test: test.map(|test| test_view(test, &contact, &user)),
        rang,
    })
}

/// Adds the contact, vouched for by the administrator who enters it, with a rule that pages it at once; or takes the one that is there.
async fn add_contact(State(app): State<App>, posted: Filled<Administer>) -> Answer {
    let can = posted.can;
    let (user, mut reader) = (own(&can)?, Reader::new(posted.form)?);
    let Some((new, _)) = contact_entry(&app, &mut reader, true)? else {
        return refuse_contact(&app, &can, reader).await;
    };
    let known = contacts::find_by_target(&app.db, &can.scope, user, new.channel, &new.target).await?;
    let contact = match known {
        Some(known) => known,
        None => match contacts::create(&app.db, &can.scope, user, new, app.clock.now()).await {
            Ok(contact) => {
                let rule = PreferenceIn {
                    collection: Collection::Alerts,
                    method: contact.channel,
                    contact: contact.id,
                    kind: HIGH_PRIORITY.into(),
                    delay_s: 0,
                };
                preferences::create(&app.db, &can.scope, user, rule, app.clock.now()).await?;
                contact
            }
            Err(error) => {
                reader.refuse(error, &[("target", "address")])?;
                return refuse_contact(&app, &can, reader).await;
            }
        },
    };
    Ok(answer::to(&format!("{}?contact={}", routes::setup("contact"), contact.id)))
}

async fn refuse_contact(app: &App, can: &PageCan<Administer>, reader: Reader) -> Answer {
    let step = contact_step(app, can, reader.form, None).await?;
    answer::refused(page(&of(app, can).await?, &step))
}

async fn test_contact(State(app): State<App>, query: Query, posted: Filled<Administer>) -> Answer {
    let contact = chosen(&app, &posted.can, query.number("contact"))
        .await?
        .ok_or_else(|| ApiError::not_found("There is no contact to test yet."))?;
    let tested = contact_proof::test(&app, &posted.can.scope, &contact, contact.channel).await;
    tested.map_err(Unproven::into_error)?;
    Ok(answer::to(&format!("{}?contact={}", routes::setup("contact"), contact.id)))
}

async fn contact_rang(State(app): State<App>, query: Query, posted: Filled<Administer>) -> Answer {
    let reader = Reader::new(posted.form)?;
    let contact = chosen(&app, &posted.can, query.number("contact")).await?;
    let contact = contact.ok_or_else(|| ApiError::not_found("There is no contact that was tested."))?;
    let rang = reader.form.has("rang", "yes");
    let way = (contact.id, contact.channel);
    contact_tests::answer(&app.db, &posted.can.scope, contact.user, way, rang, app.clock.now()).await?;
    Ok(answer::to(&format!("{}?contact={}", routes::setup("contact"), contact.id)))
}

async fn show_done(State(app): State<App>, visit: Visit<Administer>) -> Answer {
    let contacts = contacts::list(&app.db, &visit.can.scope, own(&visit.can)?).await?;
    let rang = contacts.iter().any(|contact| contact.rang_at.is_some());
    answer::page(page(&of(&app, &visit.can).await?, &SetupStep::Done { rang }))
}
