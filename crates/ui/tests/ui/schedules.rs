//! Schedules: what the chart draws is also said in words, gaps come first, and outside text stays text.

use super::{now, rota, sample};
use watchbell_core::ids::UserId;
use watchbell_ui::Person;
use watchbell_ui::on_call_strip::strip;
use watchbell_ui::pages::schedule::chart::{Who, chart};
use watchbell_ui::pages::{on_call, schedule, schedule_edit, schedules};

#[test]
fn what_the_chart_draws_is_listed_as_text() {
    let view = rota::schedule(now());
    let html = schedule::schedule(&sample::shell(now()), &view).into_string();
    let list = html.split("<ol class=\"agenda\">").nth(1).and_then(|rest| rest.split("</ol>").next()).unwrap();
    assert_eq!(list.matches("<li").count(), view.chart.rows[0].bars.len());
    assert!(html.contains(">Gap</text>") && html.contains("url(#schedule-hatch)") && html.contains("Cover this gap"));
    assert!(html.contains("Holiday: Buß- und Bettag") && html.contains("but away: sick."));
    assert!(!html.contains(" style="), "the content security policy refuses styles in tags");
}

#[test]
fn a_chart_is_the_same_every_time() {
    insta::assert_snapshot!(super::lines(chart(&rota::chart(now(), "sample", 14))));
}

#[test]
fn gaps_come_first_and_a_rota_that_is_empty_on_purpose_is_none() {
    let html = strip(&rota::on_call_now(now()), &sample::shell(now()).when).into_string();
    let (gap, person) = (html.find("Nobody is on call: Databases").unwrap(), html.find("Ann Lee").unwrap());
    assert!(gap < person && html.matches("class=\"gap\"").count() == 1, "{html}");
    assert!(html.contains("Not paged by rule"));
}

#[test]
fn many_schedules_are_counted_and_all_gaps_shown() {
    let gap = rota::on_call_now(now()).into_iter().find(|one| one.duty.who == Who::Nobody).unwrap();
    let many: Vec<_> = (0..9).map(|_| gap.clone()).chain(rota::on_call_now(now())).collect();
    let html = strip(&many, &sample::shell(now()).when).into_string();
    assert_eq!((html.matches("class=\"gap\"").count(), html.contains("2 more schedules")), (10, true), "{html}");
}

#[test]
fn every_list_of_the_editor_has_an_empty_row_to_fill_in_without_script() {
    let html = schedule_edit::schedule_edit(&sample::shell(now()), &rota::edit(now(), false)).into_string();
    for name in ["layer.0.user.3", "layer.1.user.0", "layer.1.restriction.0.from_time", "shift.2.user"] {
        assert!(html.contains(&format!("name=\"{name}\"")), "{name}");
    }
    let preview = schedule_edit::preview(&rota::unfinished(now()).preview).into_string();
    assert!(preview.contains("Appears as soon as the form is complete.") && preview.contains("Layer 2: choose"));
}

#[test]
fn hostile_names_stay_text() {
    for hostile in [r#"<script>alert(1)</script>"#, r#""><img src=x onerror=alert(1)>"#, "</title></text></svg><b>"] {
        let shell = sample::shell(now());
        let mut view = rota::schedule(now());
        view.name = hostile.into();
        view.chart.name = hostile.into();
        view.chart.rows[0].name = hostile.into();
        view.chart.rows[0].bars[2].who = Who::Person(Person::new(UserId(1), hostile));
        view.chart.holidays[0].1 = hostile.into();
        view.overrides[0].reason = Some(hostile.into());
        view.conflicts[0].reason = hostile.into();
        let mut mine = rota::on_call(now());
        mine.requests[0].note = Some(hostile.into());
        let mut all = rota::schedules(now());
        all.rows[0].name = hostile.into();
        let html = schedule::schedule(&shell, &view).into_string()
            + &on_call::on_call(&shell, &mine).into_string()
            + &schedules::schedules(&shell, &all).into_string();
        assert!(
            !html.contains(hostile) && !html.contains("<script>alert") && !html.contains("<img src=x"),
            "{hostile}"
        );
    }
}
