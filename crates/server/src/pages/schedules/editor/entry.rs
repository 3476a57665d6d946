//! A schedule as a form, and back.

use super::super::super::reader::{Reader, sentence};
use super::super::Civil;
use super::super::temporary::read_shifts;
use super::layers;
use jiff::Timestamp;
use watchbell_core::ids::{CalendarId, UserId};
use watchbell_core::schedule::{Plan, StaticShift, faults};
use watchbell_store::schedules::{Schedule, ScheduleIn};
use watchbell_ui::Form;

/// Longest usual length of a shift, in hours.
const USUAL_HOURS_MAX: i64 = 24 * 31;

/// A form that was understood.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// The schedule.
    pub(super) schedule: ScheduleIn,
    /// The later moment from which it counts, where one was chosen; otherwise it is now.
    pub(super) later: Option<Timestamp>,
    /// Whether whoever has the turn then keeps it.
    pub(super) keeps_turn: bool,
}

/// The form of a schedule that is kept. Shifts by hand that are over stay in the versions that were in force then.
pub(super) fn form_of(schedule: &Schedule, now: Timestamp) -> Form {
    let version = &schedule.current;
    let form = Form::of([
        ("name", schedule.name.clone()),
        ("zone", version.zone.clone()),
        ("calendar", version.calendar.map(|id| id.to_string()).unwrap_or_default()),
        ("apply", "now".to_owned()),
        ("seen", schedule.version.to_string()),
        ("keeps_turn", "on".to_owned()),
    ]);
    let form = schedule.owners.iter().fold(form, |form, owner| form.with("owner", owner.to_string()));
    match &version.plan {
        Plan::Recurring { layers } => layers::show(form.with("type", "RECURRING").with("default_h", "12"), layers),
        Plan::Static { shifts, default_shift_s, allows_gaps } => {
            let form = form.with("type", "STATIC").with("default_h", (default_shift_s / 3_600).max(1).to_string());
            let form = if *allows_gaps { form.with("allows_gaps", "on") } else { form };
            let ahead: Vec<StaticShift> = shifts.iter().filter(|shift| shift.span.until > now).copied().collect();
            show_shifts(form, &ahead, &version.zone)
        }
    }
}

fn show_shifts(form: Form, shifts: &[StaticShift], zone: &str) -> Form {
    let Some(civil) = Civil::named(zone) else { return form };
    shifts.iter().enumerate().fold(form, |form, (nth, shift)| {
        let name = |part: &str| format!("shift.{nth}.{part}");
        form.with(name("user"), shift.user.to_string())
            .with(name("from"), civil.field(shift.span.from))
            .with(name("until"), civil.field(shift.span.until))
    })
}

/// The schedule that a form describes. `None`: it was refused, and the form says why.
pub(super) fn read(reader: &mut Reader, now: Timestamp) -> Option<Entry> {
    let name = reader.name("name");
    let entry = read_plan(reader, now)?;
    let schedule = ScheduleIn { name: name?, ..entry.schedule };
    (!reader.form.is_refused()).then_some(Entry { schedule, ..entry })
}

/// All but the name, which a preview can do without.
pub(super) fn read_plan(reader: &mut Reader, now: Timestamp) -> Option<Entry> {
    let civil = Civil::of_form(reader)?;
    let plan = match reader.form.value("type") {
        "STATIC" => read_static(reader, &civil),
        _ => layers::read(reader).map(|layers| Plan::Recurring { layers }),
    };
    let later = read_apply(reader, &civil, now);
    let calendar: Option<CalendarId> = reader.form.value("calendar").parse().ok();
    let owners: Vec<UserId> = reader.form.all("owner").filter_map(|id| id.parse().ok()).collect();
    let new = ScheduleIn {
        name: String::new(),
        zone: civil.name().to_owned(),
        calendar,
        plan: plan?,
        owners: Some(owners),
        teams: None,
    };
    let found = faults(&new.version(now));
    for fault in &found {
        reader.form.error(field_of(&fault.field), sentence(&fault.why));
    }
    let keeps_turn = reader.form.is_on("keeps_turn");
    if found.is_empty() && !reader.form.is_refused() {
        Some(Entry { schedule: new, later: later?, keeps_turn })
    } else {
        None
    }
}

fn read_static(reader: &mut Reader, civil: &Civil) -> Option<Plan> {
    let usual_s = reader.number("default_h", 1..=USUAL_HOURS_MAX)? * 3_600;
    layers::refuse_more_rows(reader, "shift");
    let shifts = read_shifts(reader, civil, Some(usual_s));
    Some(Plan::Static { shifts, default_shift_s: usual_s, allows_gaps: reader.form.is_on("allows_gaps") })
}

/// From when it counts: `None` inside is now.
fn read_apply(reader: &mut Reader, civil: &Civil, now: Timestamp) -> Option<Option<Timestamp>> {
    if reader.form.value("apply") != "later" {
        return Some(None);
    }
    let from = civil.start(reader, "apply_at")?;
    if from <= now {
        reader.form.error("apply_at", "Is past: what was stays as it was. Choose a later moment, or now.");
        return None;
    }
    Some(Some(from))
}

/// The form's name for a field of the rule.
fn field_of(field: &str) -> String {
    let part = |rest: &str| match rest {
        "users" => "user",
        "timezone" => "zone",
        "startsOn" => "starts_on",
        "endsOn" => "ends_on",
        "rotation" => "count",
        "restrictions" => "restriction",
        "name" => "name",
        _ => "",
    };
    let layer = field.strip_prefix("scheduleLayers[").and_then(|rest| rest.split_once(']'));
    match layer {
        Some((nth, rest)) => {
            format!("layer.{nth}.{}", part(rest.trim_start_matches('.'))).trim_end_matches('.').to_owned()
        }
        None if field == "timezone" => "zone".into(),
        None if field.starts_with("shifts") => "shift".into(),
        None if field.starts_with("default") => "default_h".into(),
        None => "layer".into(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn now() -> Timestamp {
        "2026-11-25T12:00Z".parse().unwrap()
    }

    fn weekly() -> Vec<(&'static str, &'static str)> {
        vec![
            ("name", "Nights"),
            ("zone", "europe/berlin"),
            ("type", "RECURRING"),
            ("layer.0.starts_on", "2026-11-23T09:00"),
            ("layer.0.count", "1"),
            ("layer.0.unit", "WEEKS"),
            ("layer.0.user.0", "1"),
            ("layer.0.user.1", ""),
            ("layer.0.user.2", "1"),
        ]
    }

    #[test]
    fn a_form_becomes_a_schedule() {
        let mut reader = Reader { form: Form::of(weekly()) };
        let entry = read(&mut reader, now()).unwrap();
        assert_eq!((entry.schedule.zone.as_str(), entry.later), ("Europe/Berlin", None));
        let Plan::Recurring { layers } = entry.schedule.plan else {
            return assert!(!reader.form.is_refused(), "layers");
        };
        assert_eq!(layers[0].users, [UserId(1), UserId(1)]);
    }

    #[test]
    fn what_is_wrong_is_said_beside_its_field() {
        let cases: [(&str, &str, &str); 9] = [
            ("zone", "Mars/Base", "zone"),
            ("name", " ", "name"),
            ("layer.0.zone", "Mars/Base", "layer.0.zone"),
            ("layer.0.count", "0", "layer.0.count"),
            ("layer.0.count", "999", "layer.0.count"),
            ("layer.0.unit", "YEARS", "layer.0.count"),
            ("layer.0.starts_on", "soon", "layer.0.starts_on"),
            ("layer.0.ends_on", "2020-01-01T00:00", "layer.0.ends_on"),
            ("layer.0.attended", "the dispatchers", "layer.0.user"),
        ];
        for (name, value, field) in cases {
            let others = weekly().into_iter().filter(|(other, _)| *other != name);
            let mut reader = Reader { form: Form::of(others.chain([(name, value)])) };
            assert!(read(&mut reader, now()).is_none(), "{name}={value}");
            assert!(reader.form.error_of(field).is_some(), "{name}={value}: {:?}", reader.form);
        }
        let mut late = Reader {
            form: Form::of(weekly().into_iter().chain([("apply", "later"), ("apply_at", "2026-11-25T12:59")])),
        };
        assert!(read(&mut late, now()).is_none() && late.form.error_of("apply_at").is_some());
    }

    #[test]
    fn a_shift_without_an_end_has_the_usual_length() {
        let form = [
            ("name", "x"),
            ("zone", "UTC"),
            ("type", "STATIC"),
            ("default_h", "8"),
            ("allows_gaps", "on"),
            ("shift.3.user", "1"),
            ("shift.3.from", "2026-11-26T09:00"),
        ];
        let mut reader = Reader { form: Form::of(form) };
        let Some(Plan::Static { shifts, .. }) = read(&mut reader, now()).map(|entry| entry.schedule.plan) else {
            return assert!(!reader.form.is_refused(), "{:?}", reader.form);
        };
        assert_eq!(shifts[0].span.until.to_string(), "2026-11-26T17:00:00Z");
    }
}
