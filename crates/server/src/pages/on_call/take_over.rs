//! Taking on-call now, for some hours.

use super::super::answer::{self, Answer};
use super::super::people::own;
use super::super::query::Query;
use super::super::reader::{Filled, Reader};
use super::super::shell;
use super::view::{Forms, view};
use crate::app::App;
use crate::auth::Respond;
use axum::extract::State;
use jiff::SignedDuration;
use watchbell_core::ids::ScheduleId;
use watchbell_core::limits::TAKE_HOURS_MAX;
use watchbell_store::schedules::overrides;
use watchbell_ui::pages::on_call::on_call;
use watchbell_ui::routes;

pub(super) async fn take_over(State(app): State<App>, posted: Filled<Respond>) -> Answer {
    let can = posted.can;
    let user = own(&can)?;
    let mut reader = Reader::new(posted.form)?;
    let hours = reader.number("hours", 1..=TAKE_HOURS_MAX);
    let schedule: Option<i64> = reader.form.value("schedule").parse().ok();
    if schedule.is_none() {
        reader.form.error("schedule", "Choose a schedule.");
    }
    if let (Some(hours), Some(schedule)) = (hours, schedule) {
        let length = SignedDuration::from_hours(hours);
        match overrides::take(&app.db, &can.scope, ScheduleId(schedule), user, length, app.clock.now()).await {
            Ok(_) => return answer::done(routes::ON_CALL, "You are on call now."),
            Err(error) => reader.refuse(error, &[])?,
        }
    }
    let shell = shell::of(&app, &can).await?;
    let forms = Forms { own: Some(reader.form), ..Forms::default() };
    let view = view(&app, &can, &shell, &Query::default(), forms).await?;
    answer::refused(on_call(&shell, &view))
}
