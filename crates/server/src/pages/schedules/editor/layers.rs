//! Layers as fields of a form, and back.

use super::super::super::reader::Reader;
use super::super::civil;
use super::windows;
use jiff::civil::DateTime;
use watchbell_core::ids::UserId;
use watchbell_core::schedule::{HolidayRule, Layer, Rotation, RotationUnit, Zone};
use watchbell_ui::Form;
use watchbell_ui::form::ROWS_MAX;

/// Rotations in the smallest unit, a year long; the rule says what each unit allows.
const COUNT_MAX: i64 = 24 * 366;

/// The layers, from top to bottom; what cannot be read is said beside its field.
pub(super) fn read(reader: &mut Reader) -> Option<Vec<Layer>> {
    refuse_more_rows(reader, "layer");
    let rows = reader.form.rows("layer").max(1);
    let layers: Vec<Option<Layer>> = (0..rows).map(|nth| read_layer(reader, &format!("layer.{nth}"))).collect();
    layers.into_iter().collect()
}

fn read_layer(reader: &mut Reader, base: &str) -> Option<Layer> {
    let name = |part: &str| format!("{base}.{part}");
    let starts_on = civil::civil(reader, &name("starts_on"));
    let ends_on = match reader.filled(&name("ends_on")) {
        Some(_) => civil::civil(reader, &name("ends_on")).map(Some),
        None => Some(None),
    };
    let rotation = rotation(reader, &name("count"), &name("unit"));
    let restrictions = windows::read(reader, &name("restriction"));
    let users = users(reader, &name("user"));
    refuse_more_rows(reader, &name("user"));
    refuse_more_rows(reader, &name("restriction"));
    Some(Layer {
        name: reader.filled(&name("name")).unwrap_or_default(),
        zone: reader.filled(&name("zone")).map(canonical),
        users,
        restrictions,
        keeps_turns: reader.form.is_on(&name("keeps_turns")),
        holidays: HolidayRule::parse(reader.form.value(&name("holidays"))).unwrap_or(HolidayRule::Any),
        attended: reader.filled(&name("attended")),
        starts_on: starts_on?,
        ends_on: ends_on?,
        rotation: rotation?,
    })
}

/// The name as the zone database writes it; one that it does not know is refused by the rule.
fn canonical(name: String) -> String {
    Zone::named(&name).and_then(|zone| zone.inner().iana_name().map(str::to_owned)).unwrap_or(name)
}

fn rotation(reader: &mut Reader, count: &str, unit: &str) -> Option<Rotation> {
    let number = reader.number(count, 1..=COUNT_MAX);
    let found = RotationUnit::parse(reader.form.value(unit));
    if found.is_none() {
        reader.form.error(count, "Choose hours, days, weeks or months.");
    }
    Some(Rotation { unit: found?, count: number? })
}

/// More rows than a page takes are refused: what is cut would be lost.
pub(in super::super) fn refuse_more_rows(reader: &mut Reader, list: &str) {
    if reader.form.has_too_many_rows(list) {
        reader.form.error(list, format!("At most {ROWS_MAX} rows fit into this form; the API takes more."));
    }
}

fn users(reader: &Reader, list: &str) -> Vec<UserId> {
    (0..reader.form.rows(list))
        .filter_map(|row| reader.form.value(&format!("{list}.{row}")).parse().ok())
        .map(UserId)
        .collect()
}

/// The fields of layers.
pub(super) fn show(form: Form, layers: &[Layer]) -> Form {
    layers.iter().enumerate().fold(form, |form, (nth, layer)| show_layer(form, &format!("layer.{nth}"), layer))
}

fn show_layer(form: Form, base: &str, layer: &Layer) -> Form {
    let name = |part: &str| format!("{base}.{part}");
    let form = form
        .with(name("name"), layer.name.clone())
        .with(name("zone"), layer.zone.clone().unwrap_or_default())
        .with(name("starts_on"), field(layer.starts_on))
        .with(name("ends_on"), layer.ends_on.map(field).unwrap_or_default())
        .with(name("count"), layer.rotation.count.to_string())
        .with(name("unit"), layer.rotation.unit.as_str())
        .with(name("holidays"), layer.holidays.as_str())
        .with(name("attended"), layer.attended.clone().unwrap_or_default());
    let form = if layer.keeps_turns { form.with(name("keeps_turns"), "on") } else { form };
    let people = |form: Form, (nth, user): (usize, &UserId)| form.with(format!("{base}.user.{nth}"), user.to_string());
    let form = layer.users.iter().enumerate().fold(form, people);
    windows::show(form, &name("restriction"), &layer.restrictions)
}

/// A civil time as a field for dates shows it.
pub(super) fn field(at: DateTime) -> String {
    at.strftime("%Y-%m-%dT%H:%M").to_string()
}
