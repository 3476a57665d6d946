//! Mails that Mailgun and SES post to us. 2xx is sent only after what a mail means is stored; what is forged gets 403 and a log line.

use crate::api::extract::InBytes;
use crate::app::App;
use crate::error::ApiError;
use crate::mail_in::{self, NotTaken, Taken};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::routing::post;
use sha2::{Digest as _, Sha256};
use std::time::Duration;
use watchbell_connect::channels::Refused;
use watchbell_connect::channels::email::inbound::ses::{self, SesSaid};
use watchbell_connect::channels::email::inbound::sns::{self, SnsMessage, SnsSaid};
use watchbell_connect::channels::email::inbound::{
    Door, Envelope, MAIL_BYTES_MAX, ReceivedMail, mailgun, receive, token_of_message_id,
};
use watchbell_connect::http::Url;
use watchbell_store::doors;
use watchbell_store::heard::{self, Once};

/// A mail of ten megabytes, and what its form adds to it.
const BODY_BYTES_MAX: usize = MAIL_BYTES_MAX + 1024 * 1024;
/// A certificate.
const CERTIFICATE_BYTES_MAX: usize = 64 * 1024;
/// How long Amazon may take to hand one out.
const CERTIFICATE_DEADLINE: Duration = Duration::from_secs(5);

type Body = InBytes<BODY_BYTES_MAX>;

/// Routes, below `/api`. Mailgun posts a mail as it is where the address ends in `mime`.
pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/v1/mail/mailgun", post(take_mailgun))
        .route("/v1/mail/mailgun/mime", post(take_mailgun))
        .route("/v1/mail/ses", post(take_ses))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
}

async fn take_mailgun(State(app): State<App>, headers: HeaderMap, InBytes(body): Body) -> Result<StatusCode, ApiError> {
    let key = app.config.mailgun_key.as_ref();
    let key = key.ok_or_else(|| ApiError::not_found("No signing key of Mailgun is set up here."))?;
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let now = app.clock.now();
    let posted = mailgun::read(content_type, &body, key, now).map_err(|why| refuse("Mailgun", &why))?;
    first_use(&app, &posted.once, &posted.raw).await?;
    let envelope = Envelope { sender: posted.sender.as_deref(), recipients: &posted.recipients };
    done(mail_in::take_raw(&app, &posted.raw, &envelope).await)
}

/// Mailgun signs a token, not the mail: a token that came with another mail before is played again. The same mail may be posted again,
/// and counts once. Errors: 403.
async fn first_use(app: &App, token: &str, mail: &[u8]) -> Result<(), ApiError> {
    let print: String = Sha256::digest(mail).iter().map(|byte| format!("{byte:02x}")).collect();
    let once = Once { sender: print.clone(), ..Once::mail(format!("mailgun/{token}")) };
    heard::note(&app.db, doors::ORGANIZATION, once.clone(), true, app.clock.now()).await?;
    match heard::known(&app.db, doors::ORGANIZATION, &once).await? {
        Some(known) if known != print => {
            Err(refuse("Mailgun", &Refused::Forged("The signature was used before, with another mail.".into())))
        }
        _ => Ok(()),
    }
}

/// 406 keeps Mailgun from posting what cannot be read again and again.
fn done(taken: Result<Taken, NotTaken>) -> Result<StatusCode, ApiError> {
    match taken {
        Ok(_) => Ok(StatusCode::OK),
        Err(NotTaken::Unreadable(why)) => {
            Err(ApiError::new(StatusCode::NOT_ACCEPTABLE, "UNREADABLE_MAIL", why.to_string()))
        }
        Err(NotTaken::Store(error)) => Err(error.into()),
    }
}

fn refuse(who: &str, why: &Refused) -> ApiError {
    tracing::warn!(who, %why, "a mail that was posted does not count");
    match why {
        Refused::Forged(why) => ApiError::forbidden(why.clone()),
        Refused::Unreadable(why) => ApiError::bad_request(why.clone()),
    }
}

async fn take_ses(State(app): State<App>, InBytes(body): Body) -> Result<StatusCode, ApiError> {
    let topic = app.config.sns_topic.as_deref();
    let topic = topic.ok_or_else(|| ApiError::not_found("No topic of Amazon SNS is set up here."))?;
    let message = sns::read(&body, topic).map_err(|why| refuse("SES", &why))?;
    let pem = certificate(&app, &message).await?;
    match message.verify(&pem).map_err(|why| refuse("SES", &why))? {
        SnsSaid::Confirm { url } => confirm(&app, &url).await,
        SnsSaid::Notification { text } => notified(&app, &text).await,
        SnsSaid::Other => Ok(StatusCode::OK),
    }
}

async fn certificate(app: &App, message: &SnsMessage) -> Result<Bytes, ApiError> {
    let url = message.certificate_url().map_err(|why| refuse("SES", &why))?;
    fetch(app, &url).await.map(Bytes::from)
}

/// Yes, we want the messages of the topic: it is the one that was set up.
async fn confirm(app: &App, url: &Url) -> Result<StatusCode, ApiError> {
    fetch(app, url).await?;
    tracing::info!("the topic of Amazon SNS is connected");
    Ok(StatusCode::OK)
}

async fn fetch(app: &App, url: &Url) -> Result<Vec<u8>, ApiError> {
    let away = |why: String| {
        tracing::warn!(why, "Amazon SNS did not answer");
        ApiError::unavailable("Amazon SNS did not answer; send it again.")
    };
    let call = app.channels.http().get(url.as_str()).map_err(|error| away(error.to_string()))?;
    let call = call.deadline(CERTIFICATE_DEADLINE).answer_bytes_max(CERTIFICATE_BYTES_MAX);
    let answer = call.send().await.map_err(|error| away(error.to_string()))?;
    match answer.is_success() {
        true => Ok(answer.body),
        false => Err(away(format!("it answered {}", answer.status))),
    }
}

async fn notified(app: &App, text: &str) -> Result<StatusCode, ApiError> {
    let said = ses::read(text).map_err(|why| refuse("SES", &why))?;
    done(take_said(app, said).await)
}

async fn take_said(app: &App, said: SesSaid) -> Result<Taken, NotTaken> {
    let Some(rules) = mail_in::rules(app) else { return Ok(Taken::Ignored("no domain is set up for answers")) };
    let mail = match said {
        SesSaid::Other => return Ok(Taken::Ignored("it is neither a mail nor a bounce")),
        SesSaid::Mail { sender, recipients, raw, checks } => {
            let mail = receive(&raw, &Envelope { sender: Some(&sender), recipients: &recipients }, &rules)?;
            ReceivedMail { checks, ..mail }
        }
        SesSaid::Bounced(bounce) => ReceivedMail {
            from: None,
            to: Vec::new(),
            subject: String::new(),
            message_id: None,
            door: Door::Reply,
            tokens: bounce.original_message_id.as_deref().and_then(token_of_message_id).into_iter().collect(),
            text: String::new(),
            is_automatic: true,
            bounce: Some(bounce),
            checks: Default::default(),
        },
    };
    Ok(mail_in::take(app, &mail).await?)
}
