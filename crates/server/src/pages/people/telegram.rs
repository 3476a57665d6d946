//! The viewer's link to the bot: the chat that it opens becomes a contact of theirs (see [`crate::answers::joined`]).

use super::super::answer::{self, Answer};
use super::super::shell::Visit;
use super::user::own;
use crate::answers::word_of;
use crate::app::App;
use crate::auth::{Own, PageCan};
use crate::error::ApiError;
use crate::providers as accounts;
use axum::Router;
use axum::extract::State;
use axum::routing::get;
use watchbell_connect::channels::{AnyProvider, Outcome};
use watchbell_core::user::Channel;
use watchbell_store::providers;
use watchbell_ui::pages::telegram::telegram;
use watchbell_ui::routes;

pub(super) fn router() -> Router<App> {
    Router::new().route(routes::PROFILE_TELEGRAM, get(show))
}

async fn show(State(app): State<App>, visit: Visit<Own>) -> Answer {
    let link = link(&app, &visit.can).await?;
    answer::page(telegram(&visit.shell, &link))
}

/// The bot is asked for its name each time: another token is another bot. Errors inside: why there is no link.
async fn link(app: &App, can: &PageCan<Own>) -> Result<Result<String, String>, ApiError> {
    let user = own(can)?;
    let account = providers::of_channel(&app.db, &can.scope, Channel::Telegram).await?.into_iter().next();
    let Some(account) = account else {
        return Ok(Err("No bot is connected: an administrator connects one under Settings, Providers.".into()));
    };
    let bot = match accounts::configure(app, &account) {
        Ok(AnyProvider::Telegram(bot)) => bot,
        Ok(_) => return Ok(Err("The account is no bot.".into())),
        Err(why) => return Ok(Err(why.to_string())),
    };
    let word = word_of(app, can.scope.org, user);
    Ok(match bot.me(app.channels.http()).await {
        Ok(bot) => Ok(format!("https://t.me/{}?start={word}", bot.username)),
        Err(Outcome::Transient { error, .. } | Outcome::Permanent { error, .. }) => {
            Err(format!("The bot does not answer. Try again later. {error}"))
        }
        Err(Outcome::Sent { .. }) => Err("The bot does not answer. Try again later.".into()),
    })
}
