//! Who takes turns in a layer, in order; somebody may come more than once.

use super::{EditView, step, step_icon};
use crate::components::field::{Choice, cell_select};
use maud::{Markup, html};

/// The list, with an empty row to choose the next.
pub(super) fn people(view: &EditView, layer: usize) -> Markup {
    let list = format!("layer.{layer}.user");
    let (rows, number) = (view.form.rows(&list), layer + 1);
    let choices: Vec<Choice> =
        std::iter::once(Choice::new("", "Choose who is next")).chain(view.people.iter().cloned()).collect();
    html! {
        h3 { "Who takes turns" }
        ol.turns {
            @for row in 0..=rows {
                @let name = format!("{list}.{row}");
                li {
                    span.dot aria-hidden="true" { (row + 1) }
                    (cell_select(&view.form, &name, &format!("Layer {number}, turn {}", row + 1), &choices))
                    @if row < rows {
                        span.turn-steps {
                            @if row > 0 { (step_icon(view, &format!("{name}.up"), "arrow-up", &format!("Layer {number}: move turn {} up", row + 1))) }
                            @if row + 1 < rows { (step_icon(view, &format!("{name}.down"), "arrow-down", &format!("Layer {number}: move turn {} down", row + 1))) }
                            (step_icon(view, &format!("{name}.remove"), "x", &format!("Layer {number}: remove turn {}", row + 1)))
                        }
                    }
                }
            }
        }
        @if let Some(text) = view.form.error_of(&list) { p.bad.small-text { (text) } }
        div.actions { (step(view, &format!("{list}.add"), "plus", "One more")) }
    }
}
