//! What accounts that carry messages tell us: what became of a message, what people answered, which key was pressed. Nothing counts
//! that is not signed as the provider signs, and nothing about a message that this account does not carry.

use crate::answers::{self, Account};
use crate::app::App;
use crate::error::ApiError;
use crate::links::{self, Use};
use crate::providers;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{OriginalUri, Path, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use watchbell_connect::channels::{AnyProvider, Heard, Hook, Inbound, Refused, Spoken};
use watchbell_core::ids::{ConnectorId, NotificationId};
use watchbell_core::limits;
use watchbell_store::{doors, providers as accounts};

/// A request without a token: words and presses of people.
pub(super) async fn take(
    state: State<App>,
    Path((connector, hook)): Path<(String, String)>,
    uri: OriginalUri,
    method: Method,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, ApiError> {
    answer(state.0, (connector, hook, None), (uri.0, method), headers, body).await
}

/// A request about one message, which its token names.
pub(super) async fn take_about(
    state: State<App>,
    Path((connector, hook, token)): Path<(String, String, String)>,
    uri: OriginalUri,
    method: Method,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, ApiError> {
    answer(state.0, (connector, hook, Some(token)), (uri.0, method), headers, body).await
}

fn unknown() -> ApiError {
    ApiError::not_found("There is no such account, or it has no such address.")
}

async fn answer(
    app: App,
    (connector, hook, token): (String, String, Option<String>),
    (uri, method): (Uri, Method),
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, ApiError> {
    let hook = Hook::parse(&hook).ok_or_else(unknown)?;
    let scope = doors::system(doors::ORGANIZATION);
    let id = ConnectorId(connector);
    let account = accounts::of_connector(&app.db, &scope, &id).await?.into_iter().next().ok_or_else(unknown)?;
    let provider = providers::configure(&app, &account).map_err(|why| {
        tracing::warn!(account = %id, %why, "an account called us that cannot be used");
        ApiError::unavailable("The account cannot be used at the moment: its settings are wrong.")
    })?;
    let body = body.map_err(|_| {
        ApiError::too_large(format!("A request must be at most {} bytes.", limits::PROVIDER_BODY_BYTES_MAX))
    })?;
    let heard = listen(&app, &provider, hook, (&uri, &method), (&headers, &body));
    let heard = heard.map_err(|refused| refuse(&id, hook, &refused))?;
    let about = about(&app, token.as_deref())?;
    let round = round_of(uri.query());
    let account = Account { scope, via: providers::via(&account), provider };
    let mut spoken = None;
    for one in heard {
        spoken = match answers::hear(&app, &account, (about, round), one).await {
            Ok(said) => said.or(spoken),
            // Telegram tells again what is refused, and what follows waits behind it.
            Err(error) if error.is_final() && matches!(account.provider, AnyProvider::Telegram(_)) => {
                tracing::warn!(account = %id, error = error.message(), "what an account told does not count");
                spoken
            }
            Err(error) => return Err(error),
        };
    }
    Ok(respond(spoken))
}

/// What a request says, checked as the provider signs.
fn listen(
    app: &App,
    provider: &AnyProvider,
    hook: Hook,
    (uri, method): (&Uri, &Method),
    (headers, body): (&HeaderMap, &Bytes),
) -> Result<Vec<Heard>, Refused> {
    let path = uri.path_and_query().map_or("", |path| path.as_str());
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    provider.receive(&Inbound {
        hook,
        method: method.as_str(),
        url: &format!("{}{path}", app.config.public_url()),
        header: &header,
        query: uri.query().unwrap_or_default(),
        body,
        now: app.clock.now(),
    })
}

/// Nothing of a forged request is logged but where it went.
fn refuse(account: &ConnectorId, hook: Hook, refused: &Refused) -> ApiError {
    tracing::warn!(%account, hook = hook.word(), why = %refused, "a provider's request was refused");
    match refused {
        Refused::Forged(why) => ApiError::forbidden(why.clone()),
        Refused::Unreadable(why) => ApiError::bad_request(why.clone()),
    }
}

/// The message that a token names. Errors: 404 for a token that was not signed here.
fn about(app: &App, token: Option<&str>) -> Result<Option<NotificationId>, ApiError> {
    let Some(token) = token else { return Ok(None) };
    let link =
        links::verify(app, Use::Callback, token).ok_or_else(|| ApiError::not_found("There is no such message."))?;
    Ok(Some(link.notification))
}

/// How often a call has said its message: `?round=1` of the address for keys.
fn round_of(query: Option<&str>) -> u8 {
    let pairs: Vec<(String, String)> = serde_html_form::from_str(query.unwrap_or_default()).unwrap_or_default();
    let round = pairs.iter().find(|(name, _)| name == "round").and_then(|(_, value)| value.parse().ok());
    round.unwrap_or_default()
}

fn respond(spoken: Option<Spoken>) -> Response {
    match spoken {
        Some(spoken) => ([(header::CONTENT_TYPE, spoken.content_type)], spoken.body).into_response(),
        None => StatusCode::NO_CONTENT.into_response(),
    }
}
