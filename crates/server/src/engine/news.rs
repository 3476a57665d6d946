//! What a notice says that is about no alert, for one reader.

use crate::app::App;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use watchbell_connect::channels::{Message, Notice, Reader};
use watchbell_core::ids::ScheduleId;
use watchbell_store::deliveries::Outgoing;
use watchbell_store::news::{self, News};
use watchbell_store::scope::Scope;
use watchbell_store::{StoreError, handoff, schedules};
use watchbell_ui::routes;

/// The message of a notice; `None` when what it is about is gone.
pub(super) async fn message(app: &App, scope: &Scope, outgoing: &Outgoing) -> Result<Option<Message>, StoreError> {
    let reader = Reader::of(&outgoing.timezone, &outgoing.language);
    let notice = match news::read(outgoing.about.as_deref()) {
        Some(News::Plain { title, text, path }) => {
            let url = path.map(|path| format!("{}{path}", app.config.public_url()));
            Some(Notice { title, text, url, at: app.clock.now(), needs_you: true, reader })
        }
        Some(News::Answer { title, text, path }) => {
            let url = path.map(|path| format!("{}{path}", app.config.public_url()));
            Some(Notice { title, text, url, at: app.clock.now(), needs_you: false, reader })
        }
        Some(News::Shift { schedule, from, until }) => {
            shift(app, scope, (ScheduleId(schedule), from, until), reader).await?
        }
        None => None,
    };
    Ok(notice.map(Message::Notice))
}

async fn shift(
    app: &App,
    scope: &Scope,
    (id, from, until): (ScheduleId, Timestamp, Option<Timestamp>),
    reader: Reader,
) -> Result<Option<Notice>, StoreError> {
    let now = app.clock.now();
    let zone = &reader.zone;
    let Some(schedule) = schedules::get_many(&app.db, scope, &[id], now).await?.pop() else { return Ok(None) };
    let end =
        until.map_or_else(|| "for as long as can be seen".into(), |until| format!("until {}", moment(until, zone)));
    let mut text = format!("You are on call for {} from {} {end}.", schedule.name, moment(from, zone));
    if let Some(note) = handoff::open(&app.db, scope, id).await? {
        text.push_str(&format!("\n\nLeft for you: {}", note.text));
    }
    Ok(Some(Notice {
        title: format!("On call for {} from {}", schedule.name, moment(from, zone)),
        text,
        url: Some(format!("{}{}", app.config.public_url(), routes::ON_CALL)),
        at: now,
        needs_you: false,
        reader,
    }))
}

/// `Mon 5 Jan 09:00 (Europe/Berlin)`.
fn moment(at: Timestamp, zone: &TimeZone) -> String {
    let local = at.to_zoned(zone.clone());
    format!("{} ({})", local.strftime("%a %-d %b %H:%M"), zone.iana_name().unwrap_or("UTC"))
}
