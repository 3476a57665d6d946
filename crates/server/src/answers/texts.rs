//! Texts of people: "42a", "accept all", "stop". Told twice they count once; an unknown number gets one answer and no more.

use super::{Account, acting, wanted};
use crate::app::App;
use crate::error::ApiError;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use watchbell_connect::channels::Text;
use watchbell_core::alert::Alert;
use watchbell_core::ids::{ConnectorId, OrgId, UserId};
use watchbell_core::language::Language;
use watchbell_core::limits::{HEARD_CHARS_MAX, NONSENSE_ANSWERS_MAX};
use watchbell_core::reply::{self, Answer, Candidate, Chosen, Reply, Said};
use watchbell_core::timeline::Entry;
use watchbell_core::user::{Channel, ContactStatus};
use watchbell_store::contacts::{self, Contact};
use watchbell_store::heard::{self, Once, Told};
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
    if heard::known(&app.db, account.org(), &once(account, &text)).await?.is_some() {
        return Ok(());
    }
    let who = contacts::with_target(&app.db, account.org(), text.channel.contact(), &text.from).await?;
    match who.is_empty() {
        true => stranger(app, account, &text).await,
        false => known(app, account, &text, who).await,
    }
}

fn once(account: &Account, text: &Text) -> Once {
    account.once(text.provider_id.clone(), &text.from)
}

/// Keeps that a text was heard. What it does is done before, and may be done twice: what is told again is not lost.
async fn note(app: &App, account: &Account, text: &Text, understood: bool) -> Result<(), StoreError> {
    heard::note(&app.db, account.org(), once(account, text), understood, app.clock.now()).await.map(|_| ())
}

/// Whoever is unknown hears once that they are. A number that was entered and not proven yet says "stop" and "start" all the same:
/// codes go there.
async fn stranger(app: &App, account: &Account, text: &Text) -> Result<(), ApiError> {
    let said = reply::read(&text.text);
    if matches!(said, Said::Stop | Said::Start) {
        let (answer, contacts) = stop(app, account, text, said == Said::Stop).await?;
        if contacts > 0 {
            let words = reply::answer(Language::English, &answer);
            ask(app, vec![answer_job(ours(account), text, (Language::English, words), app.clock.now())]).await?;
            return note(app, account, text, true).await.map_err(Into::into);
        }
    }
    note(app, account, text, false).await?;
    let count = heard::nonsense(&app.db, account.org(), &text.from).await?;
    tracing::warn!(account = %account.via.connector, count, "a text came from an address that is nobody's contact");
    match count {
        1 => {
            ask(app, vec![answer_job(ours(account), text, (Language::English, stranger_words()), app.clock.now())])
                .await
        }
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
        Said::Stop => stop(app, account, text, true).await?.0,
        Said::Start => stop(app, account, text, false).await?.0,
        Said::Help => Answer::help(&candidates),
        Said::Comment(_) | Said::Unknown => return nonsense(app, account, text, (language, &candidates)).await,
        Said::Reply(order) => return act(app, account, text, (&contact, language), (&candidates, *order)).await,
    };
    ask(app, vec![answer_job(ours(account), text, (language, reply::answer(language, &answer)), app.clock.now())])
        .await?;
    note(app, account, text, true).await.map_err(Into::into)
}

fn candidate(told: &Told) -> Candidate {
    Candidate { id: told.alert, code: told.code, status: told.status, accepted_by_me: told.accepted_by_me }
}

pub(super) async fn language_of(app: &App, account: &Account, user: UserId) -> Result<Language, StoreError> {
    Ok(Language::of(&users::get(&app.db, &account.scope, user).await?.language))
}

/// Messages to the number or the chat end, or go on; calls are not meant. With how many contacts have it.
async fn stop(app: &App, account: &Account, text: &Text, is_stop: bool) -> Result<(Answer, u64), StoreError> {
    let at = is_stop.then(|| app.clock.now());
    let contacts = match text.channel.is_text() {
        true => contacts::stop_texts(&app.db, account.org(), &text.from, at).await?,
        false => wanted(app, account, &text.from, !is_stop).await?,
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
    note(app, account, text, false).await?;
    if heard::nonsense(&app.db, account.org(), &text.from).await? > NONSENSE_ANSWERS_MAX {
        return Ok(());
    }
    let words = reply::answer(language, &Answer::unknown(candidates));
    ask(app, vec![answer_job(ours(account), text, (language, words), app.clock.now())]).await
}

async fn act(
    app: &App,
    account: &Account,
    text: &Text,
    (contact, language): (&Contact, Language),
    (candidates, order): (&[Candidate], Reply),
) -> Result<(), ApiError> {
    // A contact that is locked still speaks for its owner: only sending there is refused.
    let is_locked = contact.status == ContactStatus::Blacklisted;
    let (org, connector, about, now) = (account.org(), account.via.connector.clone(), text.clone(), app.clock.now());
    let say = move |answer: Answer| match is_locked {
        true => Vec::new(),
        false => vec![answer_job((org, &connector), &about, (language, reply::answer(language, &answer)), now)],
    };
    let on = match reply::choose(candidates, order) {
        Chosen::Act(on) => on,
        Chosen::Nothing(why) => {
            ask(app, say(Answer::Nothing(why))).await?;
            return note(app, account, text, true).await.map_err(Into::into);
        }
    };
    let scope = acting(app, account.org(), contact.user).await?;
    let said = text.text.chars().take(SAID_CHARS_MAX).collect();
    let entry = Entry::Answered { channel: text.channel, said };
    let what = (order.verb.happening(), entry);
    let then = (Some(once(account, text)), move |acted: &[Alert]| say(done(order, acted)));
    let acted = heard::act(&app.db, &scope, on, what, then, app.clock.now()).await?;
    acted.iter().for_each(|alert| app.bus.changed(account.org(), alert.id.0));
    app.wake.notify_one();
    Ok(())
}

fn done(order: Reply, alerts: &[Alert]) -> Answer {
    match alerts {
        [alert] => Answer::Done { verb: order.verb, alert: alert.id, headline: alert.headline() },
        several => Answer::DoneAll { verb: order.verb, count: several.len() },
    }
}

fn ours(account: &Account) -> (OrgId, &ConnectorId) {
    (account.org(), &account.via.connector)
}

/// The job that answers a text, by the account that it came by.
fn answer_job(
    (org, connector): (OrgId, &ConnectorId),
    text: &Text,
    (language, words): (Language, String),
    now: Timestamp,
) -> NewJob {
    let (connector, channel, to) = (connector.clone(), text.channel, text.from.clone());
    let key = format!("answer:{connector}:{}", text.provider_id);
    let order = AnswerOrder { connector, channel, to, text: words, language };
    NewJob::new(org, JobKind::Answer, 0, now).once(key).with(order)
}

pub(super) async fn ask(app: &App, jobs: Vec<NewJob>) -> Result<(), ApiError> {
    app.db.write(move |tx| Box::pin(async move { jobs::ask(tx, jobs).await })).await?;
    app.wake.notify_one();
    Ok(())
}
