//! Sample data of escalation policies.

use super::alert::levels;
use super::sample::people;
use jiff::Timestamp;
use watchbell_core::ids::PolicyId;
use watchbell_ui::Form;
use watchbell_ui::components::Choice;
use watchbell_ui::pages::escalation::{LevelState, LevelView};
use watchbell_ui::pages::policies::PolicyRow;
use watchbell_ui::pages::policy::{PolicyView, SimulationView};

pub fn policies() -> Vec<PolicyRow> {
    let row = |id, name: &str, levels: &[(&str, i64)], warning: Option<&str>| PolicyRow {
        id: PolicyId(id),
        name: name.into(),
        levels: levels.iter().map(|(who, s)| ((*who).to_owned(), *s)).collect(),
        passes: 3,
        sources: 2,
        warning: warning.map(Into::into),
    };
    vec![
        row(1, "After hours", &[("Ann Lee", 900), ("Bob Ray, Chioma Obi", 600)], None),
        row(2, "Office hours", &[("Dieter Groß", 1_800)], Some("Level 1 has nobody who can be paged")),
    ]
}

pub fn policy() -> PolicyView {
    PolicyView {
        id: Some(PolicyId(1)),
        name: "After hours".into(),
        levels: levels().into_iter().map(|level| LevelView { state: LevelState::Ahead, ..level }).collect(),
        browser_only: false,
        passes: 3,
        delay_s: 120,
        users: people().iter().map(|person| Choice::new(person.id.to_string(), person.name.clone())).collect(),
        fallback: vec!["Ann Lee".into(), "noc@sunset.example".into()],
        simulation: Some(SimulationView {
            lines: vec![
                (Timestamp::UNIX_EPOCH, "Level 1 is called: Ann Lee over e-mail, at once".into(), false),
                (
                    Timestamp::UNIX_EPOCH,
                    "Level 2 has nobody who can be paged: the next one is called at once".into(),
                    true,
                ),
            ],
            goes_on: true,
            form: Form::of([("sim_priority", "HIGH")]),
        }),
        schedules: Choice::list(&[("1", "Night rota"), ("2", "Weekend rota")]),
        teams: Choice::list(&[("1", "Network team")]),
        sources: vec![("Autotask after hours".into(), "/sources/1".into())],
        running: 2,
        form: Form::of([
            ("name", "After hours"),
            ("passes", "3"),
            ("delay_min", "2"),
            ("level.0.user", "1"),
            ("level.0.timeout_min", "15"),
            ("level.1.user", "2"),
            ("level.1.user", "3"),
            ("level.1.timeout_min", "10"),
            ("level.1.schedule", "1"),
            ("level.1.accepts", "2"),
        ]),
        may_edit: true,
    }
}
