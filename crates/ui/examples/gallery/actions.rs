//! Sample data of alert actions.

use watchbell_ui::Form;
use watchbell_ui::components::Choice;
use watchbell_ui::pages::alert_actions::{ActionRow, ActionView, TicketLists};

pub fn rows() -> Vec<ActionRow> {
    let row = |id: &str, name: &str, sources: &[&str], is_automatic| ActionRow {
        id: id.into(),
        name: name.into(),
        account: "Northbell".into(),
        sources: sources.iter().map(|name| (*name).to_owned()).collect(),
        is_automatic,
    };
    vec![
        row("a", "Tickets for monitoring", &["Zabbix", "Prometheus", "Backups", "Uptime"], true),
        row("b", "Ticket by hand", &["Security"], false),
    ]
}

pub fn action() -> ActionView {
    let mut form = Form::of([
        ("name", "Tickets for monitoring"),
        ("source", "1"),
        ("mode", "AUTOMATIC"),
        ("trigger", "alert-created"),
        ("trigger", "alert-acknowledged"),
        ("trigger", "alert-resolved"),
        ("company", "0"),
        ("queue", "999"),
        ("rule.0.by", "LABEL"),
        ("rule.0.value", "customer"),
        ("udf.0.name", "Alert Id"),
        ("udf.0.value", "{{ alert.id }}"),
        ("in_progress", "on"),
        ("assign", "on"),
        ("repeat", "on"),
        ("note_type", "1"),
        ("publish", "2"),
        ("due_in", "0"),
    ]);
    form.error("due_in", "Must be 1 to 525600.");
    ActionView {
        id: Some("a".into()),
        name: "Tickets for monitoring".into(),
        account: ("c".into(), "Northbell".into()),
        sources: Choice::list(&[("1", "Zabbix"), ("2", "Prometheus")]),
        lists: TicketLists {
            queues: Choice::list(&[("8", "Monitoring Alert"), ("5", "Client Portal")]),
            priorities: Choice::list(&[("4", "Critical"), ("1", "High"), ("2", "Medium"), ("3", "Low")]),
            statuses: Choice::list(&[("1", "New"), ("8", "In Progress")]),
            issue_types: Choice::list(&[("12", "Server")]),
            sub_issue_types: Choice::list(&[("1201", "Disk Space")]),
            note_types: Choice::list(&[("1", "Task Summary")]),
            user_fields: vec!["Alert Id".into(), "After Hours".into()],
            ..TicketLists::default()
        },
        lists_problem: None,
        companies: Choice::list(&[("0", "Northbell IT Services"), ("29683511", "Crumb & Crust Bakery")]),
        tested: vec![
            ("Open the account".into(), "as watchbell@tenant.example".into(), true),
            (
                "Create a ticket".into(),
                "Autotask refused the request: Missing Required Field: dueDateTime.".into(),
                false,
            ),
        ],
        form,
        may_edit: true,
    }
}
