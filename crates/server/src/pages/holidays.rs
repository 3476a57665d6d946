//! Calendars of public holidays: the list, and one of them.

use super::answer::{self, Answer};
use super::reader::{Filled, Reader};
use super::shell::{self, Visit};
use crate::api::extract::InPath;
use crate::api::holiday_calendars::ical_address;
use crate::api::parse;
use crate::app::App;
use crate::auth::{Configure, May, PageCan, Read};
use crate::error::ApiError;
use axum::Router;
use axum::extract::State;
use axum::routing::{get, post};
use jiff::ToSpan as _;
use jiff::civil::Date;
use watchbell_core::ids::CalendarId;
use watchbell_core::limits::HOLIDAY_CALENDARS_MAX;
use watchbell_core::schedule::Holidays;
use watchbell_store::Page;
use watchbell_store::holidays::{self, Calendar, CalendarIn, Origin};
use watchbell_store::schedules::load;
use watchbell_ui::pages::holidays::{
    CalendarRow, CalendarView, Reading, holiday_calendar as page, holidays as list_page,
};
use watchbell_ui::{Form, Shell, routes};

/// The routes.
pub(super) fn router() -> Router<App> {
    Router::new()
        .route(routes::HOLIDAYS, get(list))
        .route(routes::HOLIDAY_NEW, get(blank).post(make))
        .route("/holiday-calendars/{id}", get(show).post(save))
        .route("/holiday-calendars/{id}/delete", post(delete))
}

async fn list(State(app): State<App>, visit: Visit<Read>) -> Answer {
    let scope = &visit.can.scope;
    let found = holidays::list(&app.db, scope, Page::first(HOLIDAY_CALENDARS_MAX)).await?;
    let ids = found.iter().map(|calendar| calendar.id).collect();
    let mut days = load::holidays_of(&mut (&app.db).into(), scope.org, &ids).await?;
    let today = today(&visit.shell);
    let rows: Vec<CalendarRow> =
        found.into_iter().map(|calendar| row(days.remove(&calendar.id).unwrap_or_default(), calendar, today)).collect();
    answer::page(list_page(&visit.shell, &rows, May::Configure.is_granted_to(visit.can.role)))
}

fn today(shell: &Shell) -> Date {
    shell.when.now.to_zoned(shell.when.zone.clone()).date()
}

fn row(days: Holidays, calendar: Calendar, today: Date) -> CalendarRow {
    let mut ahead = days.range(today..);
    let next = ahead.next().map(|(day, name)| (*day, name.clone()));
    CalendarRow {
        id: calendar.id,
        ahead: ahead.count() as i64 + i64::from(next.is_some()),
        next,
        reading: reading(&calendar),
        name: calendar.name,
    }
}

fn reading(calendar: &Calendar) -> Reading {
    Reading {
        has_address: matches!(calendar.origin, Origin::Ical { .. }),
        read_at: calendar.read_at,
        error: calendar.error.clone(),
    }
}

async fn blank(visit: Visit<Configure>) -> Answer {
    answer::page(page(&visit.shell, &new_view(Form::default())))
}

fn new_view(form: Form) -> CalendarView {
    CalendarView { id: None, name: String::new(), days: Vec::new(), reading: Reading::default(), form, may_edit: true }
}

/// The calendar that a form describes. `None`: it was refused, and the form says why.
fn read(app: &App, reader: &mut Reader) -> Option<CalendarIn> {
    let name = reader.name("name");
    let Some(url) = reader.filled("url") else {
        let days = days(reader);
        return Some(CalendarIn { name: name?, origin: Origin::List, days: Some(days?) });
    };
    let parsed = ical_address(app, "url", &url);
    let url = reader.take("url", parsed)?;
    Some(CalendarIn { name: name?, origin: Origin::Ical { url }, days: None })
}

/// `2026-12-25 Christmas Day`, a day a line.
fn days(reader: &mut Reader) -> Option<Holidays> {
    let text = reader.value("days");
    let mut found = Holidays::new();
    for (nth, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let problem = match day(line) {
            Ok((day, name)) => found.insert(day, name).map(|_| format!("{day} stands there twice")),
            Err(problem) => Some(problem),
        };
        if let Some(problem) = problem {
            reader.form.error("days", format!("Line {}: {problem}.", nth + 1));
            return None;
        }
    }
    Some(found)
}

fn day(line: &str) -> Result<(Date, String), String> {
    let (day, name) =
        line.trim().split_once(|c: char| c.is_whitespace() || c == ',' || c == ';').unwrap_or((line.trim(), ""));
    let day: Date = day.parse().map_err(|_| "write the date first, such as 2026-12-25".to_owned())?;
    let name = parse::name("name", name.trim_start_matches([',', ';', ' ']))
        .map_err(|_| "a name of at most 255 letters stands after the date".to_owned())?;
    Ok((day, name))
}

async fn make(State(app): State<App>, posted: Filled<Configure>) -> Answer {
    let can = posted.can;
    let mut reader = Reader::new(posted.form)?;
    if let Some(new) = read(&app, &mut reader) {
        match holidays::create(&app.db, &can.scope, new, app.clock.now()).await {
            Ok(made) => {
                app.wake.notify_one();
                let words = "Made. Layers of schedules and support hours can count by it now.";
                return answer::done(&routes::holiday_calendar(made.id), words);
            }
            Err(error) => reader.refuse(error, &[("name", "name")])?,
        }
    }
    answer::refused(page(&shell::of(&app, &can).await?, &new_view(reader.form)))
}

async fn view<P>(
    app: &App,
    can: &PageCan<P>,
    shell: &Shell,
    calendar: &Calendar,
    form: Option<Form>,
) -> Result<CalendarView, ApiError> {
    let days = holidays::days(&app.db, &can.scope, calendar.id).await?;
    let since = today(shell).saturating_sub(1.year());
    Ok(CalendarView {
        id: Some(calendar.id),
        name: calendar.name.clone(),
        reading: reading(calendar),
        form: form.unwrap_or_else(|| form_of(calendar, &days)),
        days: days.range(since..).map(|(day, name)| (*day, name.clone())).collect(),
        may_edit: May::Configure.is_granted_to(can.role),
    })
}

fn form_of(calendar: &Calendar, days: &Holidays) -> Form {
    let (url, lines) = match &calendar.origin {
        Origin::Ical { url } => (url.clone(), Vec::new()),
        Origin::List => (String::new(), days.iter().map(|(day, name)| format!("{day} {name}")).collect::<Vec<_>>()),
    };
    Form::of([("name", calendar.name.clone()), ("url", url), ("days", lines.join("\n"))])
}

async fn show(State(app): State<App>, InPath(id): InPath<i64>, visit: Visit<Read>) -> Answer {
    let calendar = holidays::get(&app.db, &visit.can.scope, CalendarId(id)).await?;
    answer::page(page(&visit.shell, &view(&app, &visit.can, &visit.shell, &calendar, None).await?))
}

async fn save(State(app): State<App>, InPath(id): InPath<i64>, posted: Filled<Configure>) -> Answer {
    let can = posted.can;
    let before = holidays::get(&app.db, &can.scope, CalendarId(id)).await?;
    let mut reader = Reader::new(posted.form)?;
    if let Some(new) = read(&app, &mut reader).map(|new| kept_days(new, &before)) {
        match holidays::update(&app.db, &can.scope, before.id, new, app.clock.now()).await {
            Ok(_) => {
                app.wake.notify_one();
                return answer::done(&routes::holiday_calendar(id), "Saved.");
            }
            Err(error) => reader.refuse(error, &[("name", "name")])?,
        }
    }
    refused(&app, &can, &before, reader.form).await
}

/// Where an address is taken away and no day is entered, the days that it said stay as a list.
fn kept_days(new: CalendarIn, before: &Calendar) -> CalendarIn {
    let was_read = matches!(before.origin, Origin::Ical { .. });
    let days = new.days.filter(|days| !(was_read && days.is_empty()));
    CalendarIn { days, ..new }
}

async fn refused(app: &App, can: &PageCan<Configure>, calendar: &Calendar, form: Form) -> Answer {
    let shell = shell::of(app, can).await?;
    answer::refused(page(&shell, &view(app, can, &shell, calendar, Some(form)).await?))
}

async fn delete(State(app): State<App>, InPath(id): InPath<i64>, posted: Filled<Configure>) -> Answer {
    let can = posted.can;
    let calendar = holidays::get(&app.db, &can.scope, CalendarId(id)).await?;
    let days = holidays::days(&app.db, &can.scope, calendar.id).await?;
    let mut reader = Reader { form: form_of(&calendar, &days) };
    match Form::of(posted.form).is_on("confirmed") {
        false => reader.form.error("", "Tick the box to delete the calendar."),
        true => match holidays::delete(&app.db, &can.scope, calendar.id, app.clock.now()).await {
            Ok(()) => return answer::done(routes::HOLIDAYS, "The calendar is deleted."),
            Err(error) => reader.refuse(error, &[])?,
        },
    }
    refused(&app, &can, &calendar, reader.form).await
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn reader(days: &str) -> Reader {
        Reader { form: Form::of([("days", days)]) }
    }

    #[test]
    fn a_day_a_line_with_its_name() {
        let found =
            days(&mut reader("2026-12-25 Christmas Day\r\n\n  2026-12-26\tBoxing Day\n2027-01-01, New Year")).unwrap();
        let shown: Vec<String> = found.iter().map(|(day, name)| format!("{day} {name}")).collect();
        assert_eq!(shown, ["2026-12-25 Christmas Day", "2026-12-26 Boxing Day", "2027-01-01 New Year"]);
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        for (text, words) in [
            ("2026-12-25 A\nsoon", "Line 2: write the date first"),
            ("2026-12-25", "Line 1: a name"),
            ("2026-12-25 A\n2026-12-25 B", "Line 2: 2026-12-25 stands there twice"),
        ] {
            let mut wrong = reader(text);
            assert!(days(&mut wrong).is_none());
            assert!(wrong.form.error_of("days").unwrap().starts_with(words), "{text}");
        }
    }
}
