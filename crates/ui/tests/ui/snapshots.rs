//! Snapshots of the fragments that people act upon.

use super::{alert, lines, now, sample};
use watchbell_ui::pages::alert_row::{Arrival, alert_row};
use watchbell_ui::pages::confirm::{LinkState, confirm};
use watchbell_ui::pages::timeline::timeline_item;

#[test]
fn alert_rows_of_every_kind() {
    let shell = sample::shell(now());
    let rows: String =
        sample::rows(now()).iter().map(|row| lines(alert_row(row, &shell.when, true, Arrival::InPage))).collect();
    insta::assert_snapshot!(rows);
}

#[test]
fn a_live_row_replaces_and_a_new_one_joins() {
    let shell = sample::shell(now());
    let row = sample::row(now(), 7, "x", 1);
    let html = |arrival| alert_row(&row, &shell.when, false, arrival).into_string();
    assert!(html(Arrival::Update).contains(r#"hx-swap-oob="true""#) && !html(Arrival::Update).contains("data-join"));
    assert!(html(Arrival::Join).contains("data-join"));
    assert!(!html(Arrival::InPage).contains("hx-swap-oob"));
    assert!(!html(Arrival::InPage).contains("<button"), "who may not respond gets no buttons");
}

#[test]
fn timeline_entries_of_every_kind() {
    let shell = sample::shell(now());
    let items: String =
        alert::timeline(now()).iter().map(|item| lines(timeline_item(item, &alert::names(), &shell.when))).collect();
    insta::assert_snapshot!(items);
}

#[test]
fn confirm_page_asks_by_a_form() {
    let page = confirm(&sample::bare_shell(now()), &alert::confirm(now(), LinkState::Ask)).into_string();
    let body = page.split_once("<main").unwrap().1.split_once("</main>").unwrap().0.to_owned();
    insta::assert_snapshot!(lines(maud::PreEscaped(format!("<main{body}</main>"))));
}

#[test]
fn what_is_done_or_over_has_no_button() {
    let shell = sample::bare_shell(now());
    let page = |state| confirm(&shell, &alert::confirm(now(), state)).into_string();
    assert!(!page(LinkState::Done).contains("<button"));
    assert!(
        !page(LinkState::AlreadyResolved { by: Some("Bob Ray".into()), reason: None, at: now() }).contains("<button")
    );
    let taken = page(LinkState::AlreadyAccepted { by: "Bob Ray".into(), at: now() });
    assert!(taken.contains("Bob Ray has accepted it") && taken.contains("Accept as well"));
}

#[test]
fn a_qr_code_has_words_for_who_does_not_see_it() {
    let html = watchbell_ui::components::qr("ntfy://ntfy.sh/watchbell-k7q3", "Subscribe <here> & now").into_string();
    assert!(html.contains("<title>Subscribe &lt;here&gt; &amp; now</title>") && html.contains(r#"role="img""#));
    insta::assert_snapshot!(lines(maud::PreEscaped(html)));
}
