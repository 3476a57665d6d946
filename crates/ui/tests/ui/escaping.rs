//! Outside text is text: whatever a ticket, a source or a name contains, it opens no tag, no attribute and no script.

use super::{alert, now, sample};
use watchbell_core::event::{EventType, Link};
use watchbell_core::timeline::{Actor, Entry};
use watchbell_ui::pages;
use watchbell_ui::pages::timeline::{TimelineItem, What};
use watchbell_ui::{Form, Person};

const HOSTILE: [&str; 4] = [
    r#"<script>alert(1)</script>"#,
    r#""><img src=x onerror=alert(1)>"#,
    r#"' onmouseover='alert(1)"#,
    "</textarea></pre></title><b>\u{202e}&amp;",
];

fn assert_safe(html: &str, hostile: &str) {
    // A single quote alone is harmless: attributes are written in double quotes.
    assert!(!hostile.contains(['<', '"']) || !html.contains(hostile), "raw: {hostile}");
    for broken in ["<script>alert", "<img src=x", "</textarea></pre>"] {
        assert!(!html.contains(broken), "{broken} of {hostile}");
    }
    let escaped = hostile.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    assert!(html.contains(&escaped), "not shown as text: {hostile}");
}

#[test]
fn an_alert_with_hostile_texts_everywhere() {
    for hostile in HOSTILE {
        let mut view = alert::alert(now());
        view.row.summary = hostile.into();
        view.row.customer = Some(hostile.into());
        view.row.source = hostile.into();
        view.row.nobody_notified = Some(hostile.into());
        view.row.person = Some(Person::new(watchbell_core::ids::UserId(1), hostile));
        view.details = hostile.into();
        view.key = Some(hostile.into());
        view.labels = vec![(hostile.into(), hostile.into())];
        view.links = vec![
            Link { href: format!("https://x/{hostile}"), text: hostile.into() },
            Link { href: format!("javascript:{hostile}"), text: String::new() },
        ];
        view.warnings = vec![hostile.into()];
        view.payload = Some(hostile.into());
        view.why = vec![hostile.into()];
        view.form = Form::of([("text", hostile)]);
        view.timeline = vec![
            TimelineItem {
                at: now(),
                what: What::Entry {
                    entry: Entry::Comment { text: hostile.into(), author: Some(hostile.into()) },
                    by: Actor::Outside { name: hostile.into() },
                    delivery: None,
                },
            },
            TimelineItem { at: now(), what: What::Event { kind: EventType::Alert, summary: hostile.into() } },
        ];
        let page = pages::alert::alert(&sample::shell(now()), &view).into_string();
        assert_safe(&page, hostile);
        assert!(!page.contains(r#"href="javascript:"#));
    }
}

#[test]
fn lists_and_forms_with_hostile_texts() {
    for hostile in HOSTILE {
        let shell = sample::shell(now());
        let mut alerts = sample::alerts(now());
        alerts.rows[0].summary = hostile.into();
        alerts.filter = Form::of([("q", hostile)]);
        alerts.here = hostile.into();
        assert_safe(&pages::alerts::alerts(&shell, &alerts).into_string(), hostile);
        let mut form = Form::of([("email", hostile), ("next", hostile)]);
        form.error("email", hostile);
        assert_safe(&pages::login::login(&shell, &form).into_string(), hostile);
        let mut wizard = super::autotask_form::rules_step();
        wizard.statuses[0].label = hostile.into();
        wizard.form =
            Form::of([("summary_template", hostile), ("filter.0.value", hostile), ("filter.0.field", hostile)]);
        assert_safe(&pages::source_autotask::rules_step(&shell, &wizard).into_string(), hostile);
        let mut confirm = alert::confirm(now(), pages::confirm::LinkState::Ask);
        confirm.summary = hostile.into();
        assert_safe(&pages::confirm::confirm(&shell, &confirm).into_string(), hostile);
    }
}
