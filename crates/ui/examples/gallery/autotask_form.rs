//! Sample data of the steps that connect Autotask.

use super::sources::{hours_choices, policies_choices};
use watchbell_ui::Form;
use watchbell_ui::components::{Choice, Tab};
use watchbell_ui::pages::source_autotask::filters::FilterChoices;
use watchbell_ui::pages::source_autotask::rules_step::Preview;
use watchbell_ui::pages::source_autotask::tables::PicklistRow;
use watchbell_ui::pages::source_autotask::{AccountStepView, RulesStepView};

pub fn account_step() -> AccountStepView {
    let mut form = Form::of([("name", "Autotask"), ("zone", "14"), ("user_name", "abc123@SUNSET.EXAMPLE")]);
    form.error("zone", "This user is in another zone: America West 2 [15].");
    form.error("save_anyway", "");
    AccountStepView { accounts: Choice::list(&[("1", "Autotask, America East 2 [14]")]), form }
}

pub fn rules_step() -> RulesStepView {
    let tab = |word: &str, current| Tab {
        word: word.into(),
        href: "/sources/new/autotask/rules?account=1".into(),
        count: None,
        hot: false,
        current,
    };
    let statuses = [
        (1, "New"),
        (8, "In Progress"),
        (7, "Waiting Customer"),
        (13, "Warten auf Freigabe"),
        (11, "Escalate"),
        (5, "Complete"),
    ];
    let priorities = [(4, "Critical"), (1, "High"), (2, "Medium"), (3, "Low")];
    let row = |(id, label): &(i64, &str)| PicklistRow {
        id: *id,
        label: (*label).into(),
        active: true,
        guess: (*id == 13).then(|| "read as Waiting Approval".into()),
    };
    let opens = Choice::list(&[
        ("nothing", "Nothing"),
        ("open", "Open an alert"),
        ("open_unless_assigned", "Open unless assigned"),
    ]);
    let running = Choice::list(&[
        ("nothing", "Nothing"),
        ("accept", "Accept"),
        ("next_level", "Next level"),
        ("resolve", "Resolve"),
        ("tell", "Tell the responder"),
    ]);
    let form = Form::of([
        ("name", "Autotask after hours"),
        ("policy", "1"),
        ("reach", "every"),
        ("poll_interval_s", "60"),
        ("leaves_filter", "keep"),
        ("unreadable_after_s", "60"),
        ("status.1.first_seen", "open"),
        ("status.1.no_alert", "open"),
        ("status.8.first_seen", "open_unless_assigned"),
        ("status.8.pending", "accept"),
        ("status.5.pending", "resolve"),
        ("status.5.accepted", "resolve"),
        ("priority.4", "page"),
        ("priority.1", "page"),
        ("priority.2", "quiet"),
        ("priority.3", "none"),
        ("priority.other", "page"),
        ("filter.0.group", "none"),
        ("filter.0.field", "queue"),
        ("filter.0.op", "is"),
        ("filter.0.value", "Projects; Post Sale"),
        ("route.0.field", "queue"),
        ("route.0.value", "Security"),
        ("route.0.policy", "2"),
        ("summary_template", "{{ company.companyName }}: {{ ticket.title }} [{{ ticket.ticketNumber }}]"),
        ("accept_status", "8"),
        ("complete_status", "5"),
        ("note_publish", "2"),
    ])
    .ticked("accept_note", true)
    .ticked("resolve_note", true);
    RulesStepView {
        id: None,
        account: ("1".into(), "Autotask".into()),
        form,
        presets: vec![tab("After-hours MSP", true), tab("Like ilert", false)],
        policies: policies_choices(),
        hours: hours_choices(),
        statuses: statuses.iter().map(row).collect(),
        priorities: priorities.iter().map(row).collect(),
        status_choices: [opens.clone(), opens, running.clone(), running],
        priority_choices: Choice::list(&[("page", "Page"), ("quiet", "Quiet"), ("none", "No alert")]),
        filter_choices: FilterChoices {
            fields: Choice::list(&[
                ("queue", "Queue"),
                ("company", "Company"),
                ("priority", "Priority"),
                ("title", "Title or description"),
                ("udf:Site", "Site (user-defined)"),
            ]),
            ops: Choice::list(&[
                ("is", "is one of"),
                ("is_not", "is none of"),
                ("contains", "contains"),
                ("has_word", "has the word"),
                ("is_set", "is filled in"),
            ]),
            route_fields: Choice::list(&[
                ("queue", "Queue"),
                ("company", "Company"),
                ("issue_type", "Issue type"),
                ("priority", "Priority"),
            ]),
            policies: policies_choices(),
        },
        note_type_choices: Choice::list(&[("1", "Task Summary"), ("3", "Task Notes")]),
        publish_choices: Choice::list(&[("2", "Internal Project Team"), ("1", "All Autotask Users")]),
        preview: Some(Preview {
            ticket: "T20261123.0042".into(),
            summary: Ok("Harbour Dental: Practice server does not answer [T20261123.0042]".into()),
            details: Err("undefined value: ticket.foo (line 1)".into()),
        }),
        picklists_missing: None,
    }
}
