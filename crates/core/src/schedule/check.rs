//! What a plan may be. A refusal says where, in the names of the fields on the wire, and what to do.

use super::{Layer, Plan, Rotation, RotationUnit, Span, StaticShift, Version, Zone};
use crate::limits::{
    ATTENDED_CHARS_MAX, LAYER_RESTRICTIONS_MAX, LAYER_USERS_MAX, NAME_CHARS_MAX, ROTATION_DAYS_MAX,
    SCHEDULE_LAYERS_MAX, SCHEDULE_YEARS, SHIFT_DAYS_MAX, STATIC_SHIFTS_MAX,
};
use jiff::Timestamp;
use jiff::civil::DateTime;

/// What is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {why}")]
pub struct Fault {
    /// The field, such as `scheduleLayers[1].users`.
    pub field: String,
    /// What is wrong and what to do.
    pub why: String,
}

impl Fault {
    /// A fault of a field.
    pub fn new(field: impl Into<String>, why: impl Into<String>) -> Self {
        Self { field: field.into(), why: why.into() }
    }
}

/// Everything that is wrong with a plan; nothing, where it may be stored.
pub fn faults(version: &Version) -> Vec<Fault> {
    let Some(zone) = Zone::named(&version.zone) else {
        return zone_fault(&version.zone).map(|why| Fault::new("timezone", why)).into_iter().collect();
    };
    match &version.plan {
        Plan::Recurring { layers } => layers_faults(layers),
        Plan::Static { shifts, default_shift_s, allows_gaps } => {
            let mut found = length_faults("defaultShiftDuration", *default_shift_s);
            found.extend(static_faults(shifts, *allows_gaps, &zone));
            found
        }
    }
}

fn layers_faults(layers: &[Layer]) -> Vec<Fault> {
    if layers.len() > SCHEDULE_LAYERS_MAX {
        return vec![too_many("scheduleLayers", layers.len(), SCHEDULE_LAYERS_MAX, "layers")];
    }
    let each = layers.iter().enumerate();
    each.flat_map(|(nth, layer)| layer_faults(&format!("scheduleLayers[{nth}]"), layer)).collect()
}

fn layer_faults(place: &str, layer: &Layer) -> Vec<Fault> {
    let mut found = Vec::new();
    let mut say =
        |field: &str, why: Option<String>| found.extend(why.map(|why| Fault::new(format!("{place}.{field}"), why)));
    say("name", name_fault(&layer.name));
    say("users", users_fault(layer));
    say("timezone", layer.zone.as_deref().and_then(zone_fault));
    say("startsOn", year_fault(layer.starts_on));
    say("endsOn", layer.ends_on.and_then(|ends_on| end_fault(layer.starts_on, ends_on)));
    say("rotation", rotation_fault(layer.rotation));
    say("restrictions", count_fault(layer.restrictions.len(), LAYER_RESTRICTIONS_MAX, "restrictions"));
    found
}

fn zone_fault(name: &str) -> Option<String> {
    let is_known = Zone::named(name).is_some();
    (!is_known).then(|| format!("{name:?} is no time zone; an IANA name such as Europe/Berlin is"))
}

fn name_fault(name: &str) -> Option<String> {
    (name.chars().count() > NAME_CHARS_MAX).then(|| format!("must have at most {NAME_CHARS_MAX} characters"))
}

fn users_fault(layer: &Layer) -> Option<String> {
    match &layer.attended {
        Some(_) if !layer.users.is_empty() => {
            Some("must be empty, because the layer is attended: nobody of it is paged".into())
        }
        Some(reason) if reason.trim().is_empty() => {
            Some("an attended layer needs its reason: who watches instead".into())
        }
        Some(reason) if reason.chars().count() > ATTENDED_CHARS_MAX => {
            Some(format!("the reason of an attended layer must have at most {ATTENDED_CHARS_MAX} characters"))
        }
        Some(_) => None,
        None if layer.users.is_empty() => {
            Some("the layer has no users: add at least one, or mark it as attended".into())
        }
        None => count_fault(layer.users.len(), LAYER_USERS_MAX, "users"),
    }
}

fn year_fault(starts_on: DateTime) -> Option<String> {
    let [first, last] = SCHEDULE_YEARS;
    (!(first..=last).contains(&starts_on.year())).then(|| format!("must lie in the years {first} to {last}"))
}

fn end_fault(starts_on: DateTime, ends_on: DateTime) -> Option<String> {
    if ends_on <= starts_on {
        return Some(format!("must come after startsOn ({starts_on})"));
    }
    year_fault(ends_on)
}

fn rotation_fault(rotation: Rotation) -> Option<String> {
    let most = match rotation.unit {
        RotationUnit::Hours => ROTATION_DAYS_MAX * 24,
        RotationUnit::Days => ROTATION_DAYS_MAX,
        RotationUnit::Weeks => ROTATION_DAYS_MAX / 7,
        RotationUnit::Months => ROTATION_DAYS_MAX / 30,
    };
    let unit = rotation.unit.as_str().to_lowercase();
    (!(1..=most).contains(&rotation.count)).then(|| format!("must be 1 to {most} {unit}, and is {}", rotation.count))
}

fn count_fault(count: usize, most: usize, noun: &str) -> Option<String> {
    (count > most).then(|| format!("must be at most {most} {noun}, and are {count}"))
}

fn too_many(field: &str, count: usize, most: usize, noun: &str) -> Fault {
    Fault::new(field, format!("must be at most {most} {noun}, and are {count}"))
}

fn length_faults(field: &str, seconds: i64) -> Vec<Fault> {
    let in_range = (60..=SHIFT_DAYS_MAX * 86_400).contains(&seconds);
    let why = || format!("must be a minute to {SHIFT_DAYS_MAX} days");
    (!in_range).then(|| Fault::new(field, why())).into_iter().collect()
}

/// What is wrong with shifts that were entered by hand, `field` being what the list is called: also those of a temporary schedule.
pub fn static_faults(shifts: &[StaticShift], allows_gaps: bool, zone: &Zone) -> Vec<Fault> {
    if shifts.len() > STATIC_SHIFTS_MAX {
        return vec![too_many("shifts", shifts.len(), STATIC_SHIFTS_MAX, "shifts")];
    }
    let ends = shifts.iter().enumerate().filter_map(|(nth, shift)| shift_fault(nth, shift.span));
    let mut found: Vec<Fault> = ends.collect();
    let mut by_time: Vec<(usize, Span)> = shifts.iter().map(|shift| shift.span).enumerate().collect();
    by_time.sort_by_key(|(nth, span)| (span.from, *nth));
    for pair in by_time.windows(2) {
        found.extend(neighbours_fault(pair[0], pair[1], allows_gaps, zone));
    }
    found
}

fn shift_fault(nth: usize, span: Span) -> Option<Fault> {
    let why = match span {
        _ if span.is_empty() => "the end must come after the start".to_owned(),
        _ if span.until.duration_since(span.from).as_secs() > SHIFT_DAYS_MAX * 86_400 => {
            format!("must last at most {SHIFT_DAYS_MAX} days")
        }
        _ => return None,
    };
    Some(Fault::new(format!("shifts[{nth}]"), why))
}

fn neighbours_fault(one: (usize, Span), next: (usize, Span), allows_gaps: bool, zone: &Zone) -> Option<Fault> {
    let field = format!("shifts[{}]", next.0);
    let said = |span: Span| format!("{} to {}", shown(span.from, zone), shown(span.until, zone));
    if next.1.from < one.1.until {
        let why = format!(
            "({}) overlaps shifts[{}] ({}): one person at a time is on call; shorten one of the two",
            said(next.1),
            one.0,
            said(one.1)
        );
        return Some(Fault::new(field, why));
    }
    let gap = Span::new(one.1.until, next.1.from);
    let why = || {
        format!("nobody is on call from {} before it: gaps are not allowed here; close it, or allow gaps", said(gap))
    };
    (!allows_gaps && !gap.is_empty()).then(|| Fault::new(field, why()))
}

fn shown(at: Timestamp, zone: &Zone) -> String {
    at.to_zoned(zone.inner().clone()).strftime("%Y-%m-%d %H:%M").to_string()
}
