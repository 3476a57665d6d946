//! Forms keep what was typed, say what is wrong beside the field, and never print a secret back.

use super::{autotask_form, now, sample, settings, sources, user};
use watchbell_core::notify::NotificationState;
use watchbell_ui::Form;
use watchbell_ui::pages;
use watchbell_ui::pages::contacts::TestView;

#[test]
fn a_refused_form_keeps_what_was_typed_and_ties_the_error_to_its_field() {
    let html = pages::source_api::source_api(&sample::shell(now()), &sources::api_form()).into_string();
    assert!(html.contains(r#"value="-4""#) && html.contains(r#"id="auto_resolve_min-error""#));
    assert!(html.contains(r#"aria-describedby="auto_resolve_min-error auto_resolve_min-help""#));
    assert!(html.contains(r#"aria-invalid="true""#) && html.contains("Must be 1 to 525600"));
}

#[test]
fn secrets_are_never_printed_back() {
    let mut account = sources::account(now());
    account.form = Form::of([("name", "x"), ("secret", "s3cret-a"), ("integration_code", "s3cret-b")]);
    let mut settings = settings::settings();
    settings.email = settings.email.with("smtp_password", "s3cret-c");
    let shell = sample::shell(now());
    let html = pages::account::account(&shell, &account).into_string()
        + &pages::settings::settings(&shell, &settings).into_string();
    let login = pages::login::login(&shell, &Form::of([("password", "s3cret-d")])).into_string();
    assert!(!html.contains("s3cret") && !login.contains("s3cret"));
}

#[test]
fn every_editor_has_empty_rows_to_fill_in_without_script() {
    let html = pages::source_autotask::rules_step(&sample::shell(now()), &autotask_form::rules_step()).into_string();
    for name in [
        "filter.0.field",
        "filter.2.field",
        "route.0.policy",
        "route.2.value",
        "status.1.first_seen",
        "status.other.accepted",
        "priority.other",
    ] {
        assert!(html.contains(&format!(r#"name="{name}""#)), "{name}");
    }
    assert!(!html.contains(r#"name="filter.3.field""#));
}

#[test]
fn a_stored_value_that_is_no_choice_any_more_is_kept() {
    let mut view = autotask_form::rules_step();
    view.form = Form::of([("status.1.pending", "sing")]);
    let html = pages::source_autotask::rules_step(&sample::shell(now()), &view).into_string();
    assert!(html.contains(r#"<option value="sing" selected>sing (not in the list)</option>"#));
}

/// What is typed beside a test, and what is open, stays while it is under way: only what shows it is fetched again.
#[test]
fn a_test_under_way_replaces_nothing_but_what_shows_it() {
    let mut view = user::user(now());
    let planned = |test: &mut TestView| test.delivery.state = NotificationState::Planned;
    view.contacts[1].tests.iter_mut().for_each(planned);
    view.rules[0].last_test.iter_mut().for_each(planned);
    // A refused form is shown at an address that cannot be fetched.
    view.form.error("address", "must be an address");
    let html = pages::profile::profile(&sample::shell(now()), &view, &Form::default()).into_string();
    assert_eq!(html.matches("hx-get").count(), 2, "{html}");
    for part in [
        "id=\"contact-tests\" hidden hx-get=\"/profile\"",
        "hx-select-oob=\"#contact-2-state,#contact-2-rang\"",
        "id=\"rule-tests\" hidden hx-get=\"/profile\"",
        "hx-select-oob=\"#rule-1-test,#rule-1-do\"",
        "id=\"contact-2-state\"",
        "id=\"contact-2-rang\"",
        "id=\"rule-1-test\"",
    ] {
        assert_eq!(html.matches(part).count(), 1, "{part}: {html}");
    }
    let html = pages::user::user(&sample::shell(now()), &user::user(now())).into_string();
    assert!(!html.contains("hx-get"), "nothing is under way: {html}");
}
