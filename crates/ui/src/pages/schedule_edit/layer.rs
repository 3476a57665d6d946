//! One layer of the editor. Fields, all below `layer.<n>.`: `name`, `zone` (empty: the schedule's), `starts_on`, `ends_on` (civil times in it),
//! `user.<m>` (ids, in order), `count` and `unit` of the rotation, `restriction.<m>.{from_day,from_time,until_day,until_time}`,
//! `keeps_turns`, `holidays`, `attended` (why nobody is paged; such a layer has no people).

use super::{EditView, choices, people, restrictions, step_icon};
use crate::components::field::{Field, cell_input, cell_select, checkbox};
use maud::{Markup, html};

/// The panel of a layer.
pub(super) fn layer(view: &EditView, nth: usize, count: usize) -> Markup {
    let (base, number) = (format!("layer.{nth}"), nth + 1);
    let (form, id) = (&view.form, format!("layer-{nth}"));
    let title = match form.value(&format!("{base}.name")) {
        "" => format!("Layer {number}"),
        name => format!("Layer {number}: {name}"),
    };
    html! {
        section.panel #(id) aria-labelledby={ (id) "-title" } {
            header {
                h2 #{ (id) "-title" } { (title) }
                span.grow {}
                @if nth > 0 { (step_icon(view, &format!("{base}.up"), "arrow-up", &format!("Move layer {number} up"))) }
                @if nth + 1 < count { (step_icon(view, &format!("{base}.down"), "arrow-down", &format!("Move layer {number} down"))) }
                @if count > 1 { (step_icon(view, &format!("{base}.remove"), "trash-2", &format!("Remove layer {number}"))) }
            }
            div.inside {
                @if let Some(text) = form.error_of(&base) { p.bad { (text) } }
                div.layer-parts {
                    div.stack.tight { (people::people(view, nth)) }
                    div.stack { (turns(view, &base, number)) (restrictions::restrictions(view, nth)) }
                }
                (more(view, &base))
            }
        }
    }
}

/// Name, rhythm and start.
fn turns(view: &EditView, base: &str, number: usize) -> Markup {
    let form = &view.form;
    let name = |part: &str| format!("{base}.{part}");
    html! {
        div.fields {
            (Field::new(form, &name("name"), "Name of the layer").example("Nights").input())
            div.field {
                span.label { "Hands over every" }
                div.rhythm {
                    (cell_input(form, &name("count"), &format!("Layer {number} hands over every, how many"), "number"))
                    (cell_select(form, &name("unit"), &format!("Layer {number} hands over every, of what"), &choices::units()))
                }
                @if let Some(text) = form.error_of(&name("count")) { p.error.bad { (text) } }
            }
        }
        (Field::new(form, &name("starts_on"), "First turn begins").kind("datetime-local").help("Each hand-over is at this time of the day.").input())
    }
}

/// What few need.
fn more(view: &EditView, base: &str) -> Markup {
    let form = &view.form;
    let name = |part: &str| format!("{base}.{part}");
    let (zone, ends, attended) = (name("zone"), name("ends_on"), name("attended"));
    let in_use = [&zone, &ends, &attended, &name("keeps_turns")]
        .into_iter()
        .any(|name| !form.value(name).is_empty() || form.error_of(name).is_some());
    html! {
        details open[in_use || !matches!(form.value(&name("holidays")), "" | "ANY")] {
            summary { "More: time zone, end, holidays, time without pages" }
            div.stack {
                (Field::new(form, &zone, "Time zone of this layer").help("Its hours, hand-overs and days are in it. Empty: the one above.").list("zones").input())
                div.fields {
                    (Field::new(form, &ends, "Ends").kind("datetime-local").help("Empty: it goes on.").input())
                    (Field::new(form, &name("holidays"), "On public holidays").select(&choices::holiday_rules()))
                }
                (checkbox(form, &name("keeps_turns"), "Turns are not used up on days that do not count", "A turn that falls wholly outside the hours is skipped, and its person comes next."))
                (Field::new(form, &attended, "Nobody is paged in its hours, because").example("Working hours: the dispatchers watch the board").help("Leave it empty for people who are paged. Such a layer has no people, and its time is no gap.").input())
            }
        }
    }
}
