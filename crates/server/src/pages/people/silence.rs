//! When somebody wants to be left alone: muted for a while, quiet hours, and whether they hear that somebody has it.

use super::super::answer::{self, Answer};
use super::super::reader::{Filled, Reader};
use super::user::{home, may_change, refused};
use crate::api::extract::InPath;
use crate::api::users::checked_mute;
use crate::app::App;
use crate::auth::Own;
use axum::Router;
use axum::extract::State;
use axum::routing::post;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use watchbell_connect::channels::zone_named;
use watchbell_core::ids::UserId;
use watchbell_core::silence;
use watchbell_store::users::{self, User, UserIn};
use watchbell_ui::Form;

pub(super) fn router() -> Router<App> {
    Router::new().route("/users/{id}/silence", post(save))
}

/// What is kept, as the form shows it: in the person's own zone.
pub(super) fn stored(form: Form, user: &User) -> Form {
    let zone = zone_named(&user.timezone);
    let local = |at: Option<Timestamp>| {
        at.map(|at| at.to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M").to_string()).unwrap_or_default()
    };
    let minute = |at: Option<i64>| at.map(silence::words_of).unwrap_or_default();
    form.with("muted_from", local(user.muted_from))
        .with("muted_until", local(user.muted_until))
        .with("quiet_from", minute(user.quiet_min.map(|(from, _)| from)))
        .with("quiet_until", minute(user.quiet_min.map(|(_, until)| until)))
        .ticked("told_of_answers", user.told_of_answers)
}

async fn save(State(app): State<App>, InPath(id): InPath<i64>, posted: Filled<Own>) -> Answer {
    let can = posted.can;
    let id = may_change(&can, UserId(id))?;
    let mut reader = Reader::new(posted.form)?;
    let before = users::get(&app.db, &can.scope, id).await?;
    let zone = zone_named(&before.timezone);
    let (muted_from, muted_until) =
        (moment(&mut reader, "muted_from", &zone), moment(&mut reader, "muted_until", &zone));
    let (quiet_from, quiet_until) = (minute(&mut reader, "quiet_from"), minute(&mut reader, "quiet_until"));
    if muted_from.is_some() && muted_until.is_none() {
        reader.form.error("muted_until", "Say until when.");
    }
    if muted_from.zip(muted_until).is_some_and(|(from, until)| from >= until) {
        reader.form.error("muted_until", "Must come after the beginning.");
    }
    if let Some(until) = muted_until.filter(|until| Some(*until) != before.muted_until) {
        let checked = checked_mute("muted_until", until, app.clock.now());
        reader.take("muted_until", checked);
    }
    let quiet_min = quiet_from.zip(quiet_until);
    if quiet_from.is_some() != quiet_until.is_some() || quiet_min.is_some_and(|(from, until)| from == until) {
        reader.form.error("quiet_until", "Give a beginning and another end, or neither.");
    }
    if !reader.form.is_refused() {
        let told_of_answers = reader.form.is_on("told_of_answers");
        let new = UserIn { muted_from, muted_until, quiet_min, told_of_answers, ..UserIn::from(before) };
        match users::update(&app.db, &can.scope, id, new, app.clock.now()).await {
            Ok(_) => return answer::done(&home(&can, id), "Saved."),
            Err(error) => reader.refuse(error, &[])?,
        }
    }
    refused(&app, &can, id, reader.form).await
}

/// A local date and time of the form; `None` where it is empty or was refused.
fn moment(reader: &mut Reader, name: &str, zone: &TimeZone) -> Option<Timestamp> {
    let text = reader.filled(name)?;
    let local = text.parse::<DateTime>().ok().and_then(|local| local.to_zoned(zone.clone()).ok());
    if local.is_none() {
        reader.form.error(name, "Must be a date and a time such as 2026-01-06T09:00.");
    }
    local.map(|local| local.timestamp())
}

fn minute(reader: &mut Reader, name: &str) -> Option<i64> {
    let text = reader.filled(name)?;
    let minute = silence::minute_of(&text);
    if minute.is_none() {
        reader.form.error(name, "Must be a time of day such as 22:00.");
    }
    minute
}
