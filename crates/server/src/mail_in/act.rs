//! Answers of people: what they wrote above the quote acts on the alert that their mail is about.

use super::Taken;
use crate::app::App;
use crate::links::Link;
use jiff::SignedDuration;
use watchbell_connect::channels::email::inbound::{Checks, ReceivedMail};
use watchbell_core::alert::{Alert, Happening, Status};
use watchbell_core::ids::{AlertId, NotificationId};
use watchbell_core::language::Language;
use watchbell_core::notify::Purpose;
use watchbell_core::reply::{self, Answer, Candidate, Chosen, NotChosen, Reply, Said, Which};
use watchbell_core::text;
use watchbell_core::timeline::Entry;
use watchbell_core::user::Channel;
use watchbell_store::deliveries::{self, Carried};
use watchbell_store::heard::{self, Once};
use watchbell_store::news::{self, Addressee, News};
use watchbell_store::scope::Scope;
use watchbell_store::{StoreError, alerts, doors, users};
use watchbell_ui::routes;

/// How long an alert that is over still takes comments: as long as its links say what became of it.
const AFTERGLOW: SignedDuration = SignedDuration::from_hours(24);
/// What a command of a person is shown as, in characters.
const SAID_CHARS_MAX: usize = 60;

/// The message that was answered, and by whom.
struct Answered {
    scope: Scope,
    language: Language,
    carried: Carried,
    alerts: Vec<Alert>,
}

pub(super) async fn act(app: &App, mail: &ReceivedMail, link: Link) -> Result<Taken, StoreError> {
    let Some(to) = answered(app, link).await? else { return Ok(Taken::Ignored("the message or its reader is gone")) };
    let words = reply::read_mail(&mail.text);
    match words.said {
        Said::Reply(reply) => do_reply(app, mail, &to, reply, words.comment).await,
        Said::Comment(comment) => do_comment(app, mail, &to, comment).await,
        Said::Help | Said::Unknown => say(app, &to, how_to(to.language), None).await,
        Said::Stop | Said::Start => say(app, &to, not_by_mail(to.language), None).await,
    }
}

/// What was answered; `None` where it, or who was to read it, is gone.
async fn answered(app: &App, link: Link) -> Result<Option<Answered>, StoreError> {
    let Some(carried) = deliveries::carried(&app.db, link.org, link.notification).await? else { return Ok(None) };
    let user = watchbell_core::ids::UserId(carried.user_id);
    let Some(scope) = doors::signed_link(&app.db, link.org, user).await? else { return Ok(None) };
    let user = users::get(&app.db, &scope, user).await?;
    let ids = match (carried.alert_id, Purpose::parse(&carried.purpose)) {
        (Some(alert), _) => vec![AlertId(alert)],
        (None, Some(Purpose::Summary)) => heard::of_summary(&app.db, link.org, NotificationId(carried.id)).await?,
        (None, _) => Vec::new(),
    };
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        match alerts::get(&app.db, &scope, id).await {
            Ok(alert) => found.push(alert),
            Err(StoreError::NotFound { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(Some(Answered { scope, language: Language::of(&user.language), carried, alerts: found }))
}

fn candidates(to: &Answered) -> Vec<Candidate> {
    let me = to.scope.actor.user();
    let mine = |alert: &Alert| me.is_some_and(|me| alert.progress.accepted_by.contains(&me));
    let code = to.carried.reply_code.and_then(|code| u32::try_from(code).ok());
    let candidate = |alert: &Alert| Candidate {
        id: alert.id,
        code,
        status: alert.status,
        accepted_by_me: (me.is_some() && alert.accepted_by == me) || mine(alert),
    };
    to.alerts.iter().map(candidate).collect()
}

async fn do_reply(
    app: &App,
    mail: &ReceivedMail,
    to: &Answered,
    reply: Reply,
    comment: Option<String>,
) -> Result<Taken, StoreError> {
    // A mail is about what it names: one alert, or all of its summary.
    let which = if reply.which == Which::Latest { Which::All } else { reply.which };
    let ids = match reply::choose(&candidates(to), Reply { which, ..reply }) {
        Chosen::Act(ids) => ids,
        Chosen::Nothing(why) => return nothing(app, to, why).await,
    };
    let said = mail.text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let entry = entry(said, mail);
    if let Some(text) = comment {
        let happening = Happening::Commented { text, author: None };
        apply(app, to, ids.clone(), (happening, entry.clone()), once(mail, to, "comment")).await?;
    }
    let acted = apply(app, to, ids, (reply.verb.happening(), entry), once(mail, to, "order")).await?;
    let answer = match &acted[..] {
        [one] => Answer::Done { verb: reply.verb, alert: one.id, headline: one.headline() },
        several => Answer::DoneAll { verb: reply.verb, count: several.len() },
    };
    let alert = acted.first().filter(|_| acted.len() == 1).map(|alert| alert.id);
    tell(app, to, reply::answer(to.language, &answer), alert).await?;
    Ok(Taken::Acted)
}

async fn do_comment(app: &App, mail: &ReceivedMail, to: &Answered, text: String) -> Result<Taken, StoreError> {
    let now = app.clock.now();
    let is_over = |alert: &Alert| {
        alert.status == Status::Resolved && alert.resolved_at.is_some_and(|at| now.duration_since(at) > AFTERGLOW)
    };
    match &to.alerts[..] {
        [] => nothing(app, to, NotChosen::NothingOpen).await,
        [alert] if is_over(alert) => nothing(app, to, NotChosen::AlreadyResolved { alert: alert.id }).await,
        [alert] => {
            let happening = Happening::Commented { text, author: None };
            let what = (happening, entry("a comment", mail));
            apply(app, to, vec![alert.id], what, once(mail, to, "comment")).await?;
            Ok(Taken::Acted)
        }
        _ => say(app, to, how_to(to.language), None).await,
    }
}

/// A mail that is delivered twice does each of its things once.
fn once(mail: &ReceivedMail, to: &Answered, what: &str) -> Option<Once> {
    mail.message_id.as_ref().map(|id| Once::mail(format!("{}/{id}/{what}", to.carried.id)))
}

async fn apply(
    app: &App,
    to: &Answered,
    on: Vec<AlertId>,
    (happening, entry): (Happening, Entry),
    once: Option<Once>,
) -> Result<Vec<Alert>, StoreError> {
    let acted = heard::act(&app.db, &to.scope, on, (happening, entry), (once, heard::nothing), app.clock.now()).await?;
    acted.iter().for_each(|alert| app.bus.changed(to.scope.org, alert.id.0));
    app.wake.notify_one();
    Ok(acted)
}

/// What the timeline says of the way: who sent it, and what was found out about them.
fn entry(said: &str, mail: &ReceivedMail) -> Entry {
    let from = mail.from.as_deref().map(|from| format!(" from {from}")).unwrap_or_default();
    let said = format!("{}{from}{}", text::cut(said, SAID_CHARS_MAX), checked(&mail.checks));
    Entry::Answered { channel: Channel::Email, said: text::cut(&said, 500) }
}

/// ` (SPF pass, DKIM pass)`
fn checked(checks: &Checks) -> String {
    let named = [("SPF", &checks.spf), ("DKIM", &checks.dkim), ("DMARC", &checks.dmarc)];
    let known: Vec<String> =
        named.into_iter().filter_map(|(name, result)| Some(format!("{name} {}", result.as_deref()?))).collect();
    if known.is_empty() { String::new() } else { format!(" ({})", known.join(", ")) }
}

async fn nothing(app: &App, to: &Answered, why: NotChosen) -> Result<Taken, StoreError> {
    let alert = to.alerts.first().filter(|_| to.alerts.len() == 1).map(|alert| alert.id);
    say(app, to, reply::answer(to.language, &Answer::Nothing(why)), alert).await
}

async fn say(app: &App, to: &Answered, words: String, alert: Option<AlertId>) -> Result<Taken, StoreError> {
    tell(app, to, words, alert).await?;
    Ok(Taken::Answered)
}

/// Answers over the contact that the message went to, never to the sender of the mail: anybody may write there.
async fn tell(app: &App, to: &Answered, words: String, alert: Option<AlertId>) -> Result<(), StoreError> {
    let Some(contact_id) = to.carried.contact_id else { return Ok(()) };
    let addressee = Addressee {
        user_id: to.carried.user_id,
        contact_id,
        channel: to.carried.channel.clone(),
        target: to.carried.target.clone(),
    };
    let text = match to.language {
        Language::English => "This answers the mail that you wrote to Watchbell.",
        Language::German => "Dies beantwortet die Mail, die Sie an Watchbell geschrieben haben.",
    };
    let news = News::Answer { title: words, text: text.to_owned(), path: alert.map(routes::alert) };
    let (org, now) = (to.scope.org, app.clock.now());
    let write =
        app.db.write(move |tx| Box::pin(async move { news::tell_over(tx, org, vec![addressee], &news, now).await }));
    write.await?;
    app.wake.notify_one();
    Ok(())
}

fn how_to(language: Language) -> String {
    match language {
        Language::English => "Nothing was changed. Write accept, resolve or escalate alone into the first line, above the quote.",
        Language::German => "Nichts geändert. Schreiben Sie annehmen, erledigt oder eskalieren allein in die erste Zeile, über das Zitat.",
    }
    .to_owned()
}

fn not_by_mail(language: Language) -> String {
    match language {
        Language::English => "Nothing was changed: whether pages come by e-mail is part of your profile.",
        Language::German => "Nichts geändert: ob Alarme per E-Mail kommen, steht in Ihrem Profil.",
    }
    .to_owned()
}
