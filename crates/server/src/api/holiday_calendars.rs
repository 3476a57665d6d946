//! Calendars of public holidays: a list of days, or what an iCal address says. ilert keeps none by itself; the conventions are its.

use super::extract::{InJson, InPath, InQuery};
use super::paging::PageOf100;
use super::parse;
use crate::app::App;
use crate::auth::{Can, Configure, Read};
use crate::error::{ApiError, ApiResult};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use watchbell_core::ids::CalendarId;
use watchbell_core::schedule::Holidays;
use watchbell_store::holidays::{self, Calendar, CalendarIn, Origin};
use watchbell_store::scope::Scope;

/// The routes.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::default().routes(routes!(list_calendars, create_calendar)).routes(routes!(
        get_calendar,
        update_calendar,
        delete_calendar
    ))
}

/// A public holiday.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = Holiday)]
struct HolidayShape {
    #[schema(example = "2026-12-25", format = Date)]
    date: String,
    name: String,
}

/// A calendar.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = HolidayCalendarPost)]
struct CalendarBody {
    name: String,
    /// An iCal address that is read each day; null takes it away, and the days stay as a list.
    #[serde(default, deserialize_with = "parse::nullable")]
    url: Option<Option<String>>,
    /// Left out: they stay as they are. Of a calendar with an address they are not taken. Days that have begun stay.
    holidays: Option<Vec<HolidayShape>>,
}

impl CalendarBody {
    fn parse(self, app: &App, before: Origin) -> Result<CalendarIn, ApiError> {
        let origin = match self.url {
            None => before,
            Some(None) => Origin::List,
            Some(Some(url)) => Origin::Ical { url: ical_address(app, "url", &url)? },
        };
        let days = match &origin {
            Origin::Ical { .. } => None,
            Origin::List => self.holidays.map(days).transpose()?,
        };
        Ok(CalendarIn { name: parse::name("name", &self.name)?, origin, days })
    }
}

fn days(holidays: Vec<HolidayShape>) -> Result<Holidays, ApiError> {
    let mut all = Holidays::new();
    for (nth, holiday) in holidays.into_iter().enumerate() {
        let field = |name: &str| format!("holidays[{nth}].{name}");
        let day: Date = holiday
            .date
            .trim()
            .parse()
            .map_err(|_| ApiError::field(&field("date"), "must be a day such as 2026-12-25"))?;
        if all.insert(day, parse::name(&field("name"), &holiday.name)?).is_some() {
            return Err(ApiError::field(&field("date"), format!("{day} is named twice")));
        }
    }
    Ok(all)
}

/// The address of a calendar that may be fetched; `webcal:` is written `https:`.
pub(crate) fn ical_address(app: &App, field: &str, text: &str) -> Result<String, ApiError> {
    let text = match text.trim().split_once("://") {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("webcal") => format!("https://{rest}"),
        _ => text.trim().to_owned(),
    };
    let url = parse::url(field, &text)?;
    app.channels.http().check(&url).map_err(|error| ApiError::field(field, error))?;
    Ok(url)
}

/// A calendar of public holidays.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HolidayCalendar)]
#[serde(rename_all = "camelCase")]
struct CalendarOut {
    id: i64,
    name: String,
    /// Where its days are read from each day; a list that was entered has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    /// When the address was last read.
    #[serde(skip_serializing_if = "Option::is_none")]
    read_at: Option<Timestamp>,
    /// Why it could not be read, or what of it was not understood.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    /// By date; in lists they are left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    holidays: Option<Vec<HolidayShape>>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl CalendarOut {
    fn of(calendar: Calendar, days: Option<Holidays>) -> Self {
        let shape = |(day, name): (Date, String)| HolidayShape { date: day.to_string(), name };
        Self {
            id: calendar.id.0,
            name: calendar.name,
            url: match calendar.origin {
                Origin::Ical { url } => Some(url),
                Origin::List => None,
            },
            read_at: calendar.read_at,
            error: calendar.error,
            holidays: days.map(|days| days.into_iter().map(shape).collect()),
            created_at: calendar.created_at,
            updated_at: calendar.updated_at,
        }
    }
}

async fn show(app: &App, scope: &Scope, calendar: Calendar) -> Result<CalendarOut, ApiError> {
    let days = holidays::days(&app.db, scope, calendar.id).await?;
    Ok(CalendarOut::of(calendar, Some(days)))
}

/// List holiday calendars, without their days.
#[utoipa::path(get, path = "/holiday-calendars", tag = "Holiday Calendars", params(PageOf100), responses((status = 200, body = Vec<CalendarOut>)))]
async fn list_calendars(
    State(app): State<App>,
    can: Can<Read>,
    InQuery(page): InQuery<PageOf100>,
) -> ApiResult<Vec<CalendarOut>> {
    let calendars = holidays::list(&app.db, &can.scope, page.page()?).await?;
    Ok(Json(calendars.into_iter().map(|calendar| CalendarOut::of(calendar, None)).collect()))
}

/// Create a holiday calendar; an address is read within seconds.
#[utoipa::path(post, path = "/holiday-calendars", tag = "Holiday Calendars", request_body = CalendarBody, responses((status = 201, body = CalendarOut)))]
async fn create_calendar(
    State(app): State<App>,
    can: Can<Configure>,
    InJson(body): InJson<CalendarBody>,
) -> Result<(StatusCode, Json<CalendarOut>), ApiError> {
    let new = body.parse(&app, Origin::List)?;
    let calendar = holidays::create(&app.db, &can.scope, new, app.clock.now()).await?;
    app.wake.notify_one();
    Ok((StatusCode::CREATED, Json(show(&app, &can.scope, calendar).await?)))
}

/// Get a holiday calendar with its days.
#[utoipa::path(get, path = "/holiday-calendars/{id}", tag = "Holiday Calendars", params(("id" = i64, Path)), responses((status = 200, body = CalendarOut)))]
async fn get_calendar(State(app): State<App>, can: Can<Read>, InPath(id): InPath<i64>) -> ApiResult<CalendarOut> {
    let calendar = holidays::get(&app.db, &can.scope, CalendarId(id)).await?;
    Ok(Json(show(&app, &can.scope, calendar).await?))
}

/// Change a holiday calendar; its address is read anew. Days that have begun stay as they were.
#[utoipa::path(put, path = "/holiday-calendars/{id}", tag = "Holiday Calendars", params(("id" = i64, Path)), request_body = CalendarBody, responses((status = 200, body = CalendarOut)))]
async fn update_calendar(
    State(app): State<App>,
    can: Can<Configure>,
    InPath(id): InPath<i64>,
    InJson(body): InJson<CalendarBody>,
) -> ApiResult<CalendarOut> {
    let before = holidays::get(&app.db, &can.scope, CalendarId(id)).await?;
    let new = body.parse(&app, before.origin)?;
    let calendar = holidays::update(&app.db, &can.scope, CalendarId(id), new, app.clock.now()).await?;
    app.wake.notify_one();
    Ok(Json(show(&app, &can.scope, calendar).await?))
}

/// Delete a holiday calendar that no schedule and no support hours use.
#[utoipa::path(delete, path = "/holiday-calendars/{id}", tag = "Holiday Calendars", params(("id" = i64, Path)), responses((status = 204)))]
async fn delete_calendar(
    State(app): State<App>,
    can: Can<Configure>,
    InPath(id): InPath<i64>,
) -> Result<StatusCode, ApiError> {
    holidays::delete(&app.db, &can.scope, CalendarId(id), app.clock.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}
