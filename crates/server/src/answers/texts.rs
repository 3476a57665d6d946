//! Texts of people: "42a", "accept all", "stop". Told twice they count once; an unknown number gets one answer and no more.

use super::{Account, acting};
use crate::app::App;
use crate::error::ApiError;
use serde::{Deserialize, Serialize};
use watchbell_connect::channels::Text;
use watchbell_core::alert::Alert;
use watchbell_core::ids::{ConnectorId, UserId};
use watchbell_core::language::Language;
use watchbell_core::limits::{HEARD_CHARS_MAX, NONSENSE_ANSWERS_MAX};
use watchbell_core::reply::{self, Answer, Candidate, Chosen, Reply, Said};
use watchbell_core::timeline::Entry;
use watchbell_core::user::{Channel, ContactStatus};
use watchbell_store::contacts::{self, Contact};
use watchbell_store::heard::{self, Told};
use watchbell_store::jobs::{self, JobKind, NewJob};
use watchbell_store::{StoreError, users};

/// What a timeline keeps of an answer, in characters.
const SAID_CHARS_MAX: usize = 100;

/// An answer to be sent.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct AnswerOrder {
    /// Through the account that the text came by.
    pub connector: ConnectorId,
    /// Over what.
    pub channel: Channel,
    /// Number or chat.
    pub to: String,
    /// What is said.
    pub text: String,
    /// In which language.
    pub language: Language,
}

/// Takes a text.
pub async fn text(app: &App, account: &Account, mut text: Text) -> Result<(), ApiError> {
    text.text = text.text.chars().take(HEARD_CHARS_MAX).collect();
    let key = (&account.via.connector, text.provider_id.as_str());
    if !heard::note(&app.db, account.org(), key, &text.from, app.clock.now()).await? {
        return Ok(());
    }
    let who = contacts::with_target(&app.db, account.org(), text.channel.contact(), &text.from).await?;
    match who.is_empty() {
        true => stranger(app, account, &text).await,
        false => known(app, account, &text, who).await,
    }
}

/// Whoever is unknown hears once that they are. A number that was entered and not proven yet says "stop" and "start" all the same:
/// codes go there.
async fn stranger(app: &App, account: &Account, text: &Text) -> Result<(), ApiError> {
    let said = reply::read(&text.text);
    if matches!(said, Said::Stop | Said::Start) {
        let (answer, contacts) = stop(app, account, text, said == Said::Stop).await?;
        if contacts > 0 {
            understood(app, account, text).await?;
            let words = reply::answer(Language::English, &answer);
            return ask(app, answer_job(app, account, text, Language::English, words)).await;
        }
    }
    let count = heard::nonsense(&app.db, account.org(), &text.from).await?;
    tracing::warn!(account = %account.via.connector, count, "a text came from an address that is nobody's contact");
    match count {
        1 => ask(app, answer_job(app, account, text, Language::English, stranger_words())).await,
        _ => Ok(()),
    }
}

fn stranger_words() -> String {
    "This is Watchbell. Your number is no verified contact of anybody here, so nothing was changed. Add it in your profile first."
        .into()
}

/// The contact of this address whose owner was told of something last, or any; and what they were told of.
async fn known(app: &App, account: &Account, text: &Text, who: Vec<Contact>) -> Result<(), ApiError> {
    let mut all: Vec<(Contact, Vec<Told>)> = Vec::with_capacity(who.len());
    for contact in who {
        let told = heard::told(&app.db, account.org(), contact.id, text.channel).await?;
        all.push((contact, told));
    }
    let Some((contact, told)) = all.into_iter().max_by_key(|(_, told)| told.iter().map(|one| one.alert).max()) else {
        return Ok(());
    };
    let language = language_of(app, account, contact.user).await?;
    let candidates: Vec<Candidate> = told.iter().map(candidate).collect();
    let said = reply::read(&text.text);
    let answer = match &said {
        Said::Stop => Some(stop(app, account, text, true).await?.0),
        Said::Start => Some(stop(app, account, text, false).await?.0),
        Said::Help => Some(Answer::help(&candidates)),
        Said::Comment(_) | Said::Unknown => return nonsense(app, account, text, (language, &candidates)).await,
        Said::Reply(order) => return act(app, account, text, (&contact, language), (&candidates, *order)).await,
    };
    understood(app, account, text).await?;
    match answer {
        Some(answer) => ask(app, answer_job(app, account, text, language, reply::answer(language, &answer))).await,
        None => Ok(()),
    }
}

fn candidate(told: &Told) -> Candidate {
    Candidate { id: told.alert, code: told.code, status: told.status, accepted_by_me: told.accepted_by_me }
}

pub(super) async fn language_of(app: &App, account: &Account, user: UserId) -> Result<Language, StoreError> {
    Ok(Language::of(&users::get(&app.db, &account.scope, user).await?.language))
}

async fn understood(app: &App, account: &Account, text: &Text) -> Result<(), StoreError> {
    heard::understood(&app.db, account.org(), (&account.via.connector, &text.provider_id)).await
}

/// Text messages to the number end, or go on; calls are not meant. With how many contacts have the number.
async fn stop(app: &App, account: &Account, text: &Text, is_stop: bool) -> Result<(Answer, u64), StoreError> {
    let at = is_stop.then(|| app.clock.now());
    let contacts = match text.channel.is_text() {
        true => contacts::stop_texts(&app.db, account.org(), &text.from, at).await?,
        false => 0,
    };
    Ok((if is_stop { Answer::Stopped } else { Answer::Started }, contacts))
}

/// A machine that answers machines is not answered for ever.
async fn nonsense(
    app: &App,
    account: &Account,
    text: &Text,
    (language, candidates): (Language, &[Candidate]),
) -> Result<(), ApiError> {
    if heard::nonsense(&app.db, account.org(), &text.from).await? > NONSENSE_ANSWERS_MAX {
        return Ok(());
    }
    let words = reply::answer(language, &Answer::unknown(candidates));
    ask(app, answer_job(app, account, text, language, words)).await
}

async fn act(
    app: &App,
    account: &Account,
    text: &Text,
    (contact, language): (&Contact, Language),
    (candidates, order): (&[Candidate], Reply),
) -> Result<(), ApiError> {
    let answer = match reply::choose(candidates, order) {
        Chosen::Nothing(why) => Answer::Nothing(why),
        // A contact that is locked still speaks for its owner: only sending there is refused.
        Chosen::Act(on) => {
            let scope = acting(app, account.org(), contact.user).await?;
            let said = text.text.chars().take(SAID_CHARS_MAX).collect();
            let entry = Entry::Answered { channel: text.channel, said };
            let what = (order.verb.happening(), entry);
            let alerts = heard::act(&app.db, &scope, on, what, Vec::new(), app.clock.now()).await?;
            alerts.iter().for_each(|alert| app.bus.changed(account.org(), alert.id.0));
            done(order, &alerts)
        }
    };
    understood(app, account, text).await?;
    if contact.status == ContactStatus::Blacklisted {
        return Ok(());
    }
    ask(app, answer_job(app, account, text, language, reply::answer(language, &answer))).await
}

fn done(order: Reply, alerts: &[Alert]) -> Answer {
    match alerts {
        [alert] => Answer::Done { verb: order.verb, alert: alert.id, headline: headline(alert) },
        several => Answer::DoneAll { verb: order.verb, count: several.len() },
    }
}

fn headline(alert: &Alert) -> String {
    match &alert.content.customer {
        Some(customer) if !alert.summary.contains(customer.as_str()) => format!("{customer}: {}", alert.summary),
        _ => alert.summary.clone(),
    }
}

/// The job that answers a text, by the account that it came by.
fn answer_job(app: &App, account: &Account, text: &Text, language: Language, words: String) -> NewJob {
    let order = AnswerOrder {
        connector: account.via.connector.clone(),
        channel: text.channel,
        to: text.from.clone(),
        text: words,
        language,
    };
    let key = format!("answer:{}:{}", account.via.connector, text.provider_id);
    NewJob::new(account.org(), JobKind::Answer, 0, app.clock.now()).once(key).with(order)
}

pub(super) async fn ask(app: &App, job: NewJob) -> Result<(), ApiError> {
    app.db.write(move |tx| Box::pin(async move { jobs::ask(tx, vec![job]).await })).await?;
    app.wake.notify_one();
    Ok(())
}
