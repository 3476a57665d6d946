//! Calendars that are read from addresses each day: public holidays, people's absences. Repeated safely: what is to come is replaced
//! by what was read. Never gives up; the calendar says why it could not be read, and it is tried again each hour.

use super::run::JobError;
use super::upkeep::finish;
use crate::app::App;
use jiff::civil::{Date, date};
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use watchbell_connect::ical::{self, Event, Feed, When};
use watchbell_core::ids::{CalendarId, UserId};
use watchbell_core::limits::{HOLIDAYS_MAX, ICAL_YEARS, NAME_CHARS_MAX, TEXT_CHARS_MAX};
use watchbell_core::schedule::{Holidays, Zone};
use watchbell_store::absences::Read;
use watchbell_store::holidays::Origin;
use watchbell_store::jobs::{self, Job};
use watchbell_store::{StoreError, absence_feeds, doors, holidays, users};

/// How long until it is read again.
const READ_EACH: SignedDuration = SignedDuration::from_hours(24);
/// How long until it is read again after it could not be read.
const TRIED_EACH: SignedDuration = SignedDuration::from_hours(1);
/// Longest event that is taken for holidays, in days: a longer one is no holiday.
const HOLIDAY_DAYS_MAX: usize = 31;

/// Reads a calendar of holidays.
pub(super) async fn read_holidays(app: &App, job: &Job) -> Result<(), JobError> {
    let (scope, id) = (doors::system(job.org), CalendarId(job.subject));
    let url = match holidays::get(&app.db, &scope, id).await {
        Ok(calendar) => match calendar.origin {
            Origin::Ical { url } => url,
            Origin::List => return finish(app, job).await,
        },
        Err(StoreError::NotFound { .. }) => return finish(app, job).await,
        Err(error) => return Err(error.into()),
    };
    let utc = Zone::named("UTC").ok_or_else(|| JobError::Again("the zone database has no UTC".into()))?;
    let found = fetch(app, &url, &utc).await;
    let (job, now) = (job.clone(), app.clock.now());
    let write = app.db.write(move |tx| {
        Box::pin(async move {
            if !jobs::is_held(tx, &job).await? {
                return Ok(());
            }
            match &found {
                Ok(feed) => {
                    holidays::keep_read(tx, &scope, id, &url, &days(&feed.events, &utc), note(feed).as_deref(), now)
                        .await?
                }
                Err(why) => holidays::note_unread(tx, job.org, id, why).await?,
            }
            jobs::retry(tx, &job, next(now, found.is_ok()), "").await.map(drop)
        })
    });
    write.await.map_err(JobError::from)
}

/// Reads a person's absences.
pub(super) async fn read_absences(app: &App, job: &Job) -> Result<(), JobError> {
    let (scope, id) = (doors::system(job.org), UserId(job.subject));
    let Some(sealed) = absence_feeds::address(&app.db, &scope, id).await? else { return finish(app, job).await };
    let user = users::get(&app.db, &scope, id).await?;
    let Some(zone) = Zone::named(&user.timezone).or_else(|| Zone::named("UTC")) else {
        return Err(JobError::Again("the zone database has no UTC".into()));
    };
    let found = match app.sealer.open_text(absence_feeds::SEALED, &sealed) {
        Ok(url) => fetch(app, &url, &zone).await,
        Err(error) => Err(error.to_string()),
    };
    let (job, now) = (job.clone(), app.clock.now());
    let write = app.db.write(move |tx| {
        Box::pin(async move {
            if !jobs::is_held(tx, &job).await? {
                return Ok(());
            }
            match &found {
                Ok(feed) => {
                    let since = zone.start_at(years(now).0.at(0, 0, 0, 0));
                    let read = feed.events.iter().map(|event| absence(event, &zone)).collect();
                    absence_feeds::keep_read(tx, job.org, id, (&sealed, since), read, note(feed).as_deref(), now)
                        .await?;
                }
                Err(why) => absence_feeds::note_unread(tx, job.org, id, why).await?,
            }
            jobs::retry(tx, &job, next(now, found.is_ok()), "").await.map(drop)
        })
    });
    write.await.map_err(JobError::from)
}

/// What stands at an address. Errors: in words.
async fn fetch(app: &App, url: &str, zone: &Zone) -> Result<Feed, String> {
    let bytes = ical::fetch(app.channels.http(), url).await.map_err(|error| error.to_string())?;
    ical::read(&bytes, zone, years(app.clock.now())).map_err(|error| error.to_string())
}

fn next(now: Timestamp, was_read: bool) -> Timestamp {
    now + if was_read { READ_EACH } else { TRIED_EACH }
}

/// The years that are read.
fn years(now: Timestamp) -> (Date, Date) {
    let year = now.to_zoned(jiff::tz::TimeZone::UTC).year();
    (date(year - ICAL_YEARS[0], 1, 1), date(year + ICAL_YEARS[1] + 1, 1, 1))
}

/// What of a calendar was not understood.
fn note(feed: &Feed) -> Option<String> {
    let count = feed.not_understood;
    (count > 0)
        .then(|| format!("{count} events repeat by rules that are not understood: of each, only the first counts"))
}

/// The days of events, each with its name; two of a day are named together.
fn days(events: &[Event], zone: &Zone) -> Holidays {
    let mut found = Holidays::new();
    for event in events {
        let name: String = event.summary.chars().take(NAME_CHARS_MAX).collect();
        for day in days_of(event, zone).into_iter().take(HOLIDAYS_MAX.saturating_sub(found.len())) {
            found.entry(day).and_modify(|known| join(known, &name)).or_insert_with(|| name.clone());
        }
    }
    found
}

fn join(known: &mut String, name: &str) {
    if !known.contains(name) {
        *known = format!("{known}, {name}").chars().take(NAME_CHARS_MAX).collect();
    }
}

fn days_of(event: &Event, zone: &Zone) -> Vec<Date> {
    match event.when {
        When::Days { from, until } => {
            from.series(1.day()).take(HOLIDAY_DAYS_MAX).take_while(|day| *day < until).collect()
        }
        When::Time(span) => vec![zone.day_at(span.from)],
    }
}

fn absence(event: &Event, zone: &Zone) -> Read {
    let span = event.when.span(zone);
    let cut = |text: &str| text.chars().filter(|c| *c != '\0').take(TEXT_CHARS_MAX).collect();
    Read { uid: cut(&event.uid), from: span.from, until: span.until, reason: cut(&event.summary) }
}
