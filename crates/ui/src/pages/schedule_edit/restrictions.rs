//! When a layer counts: windows of the day or of the week.

use super::{EditView, choices, step, step_icon};
use crate::components::field::{cell_input, cell_select};
use maud::{Markup, html};

/// The windows, with an empty row for one more.
pub(super) fn restrictions(view: &EditView, layer: usize) -> Markup {
    let list = format!("layer.{layer}.restriction");
    let rows = view.form.rows(&list);
    let (first, last) = (choices::first_days(), choices::last_days());
    html! {
        details open[rows > 0 || view.form.error_of(&list).is_some()] {
            summary { "Only at certain times" @if rows == 0 { " (now: always)" } }
            div.stack.tight {
                @for row in 0..rows.max(1) {
                    @let (name, words) = (format!("{list}.{row}"), format!("Layer {}, window {}", layer + 1, row + 1));
                    div.window {
                        (cell_select(&view.form, &format!("{name}.from_day"), &format!("{words}: first day"), &first))
                        (cell_input(&view.form, &format!("{name}.from_time"), &format!("{words}: from"), "time"))
                        span { "until" }
                        (cell_select(&view.form, &format!("{name}.until_day"), &format!("{words}: last day"), &last))
                        (cell_input(&view.form, &format!("{name}.until_time"), &format!("{words}: until"), "time"))
                        @if row < rows { (step_icon(view, &format!("{name}.remove"), "x", &format!("Remove {words}"))) }
                    }
                    @if let Some(text) = view.form.error_of(&name) { p.bad.small-text { (text) } }
                }
                @if let Some(text) = view.form.error_of(&list) { p.bad.small-text { (text) } }
                @if rows > 0 { div.actions { (step(view, &format!("{list}.add"), "plus", "One more window")) } }
                p.muted.small-text { "A window that ends at or before its start goes over midnight." }
            }
        }
    }
}
