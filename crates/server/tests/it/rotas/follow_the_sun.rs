//! Three offices, each on its own clock; two people of the Berlin office take turns by the week. In March and April
//! of 2026 the clocks change in New York (8 March), Berlin (29 March) and Sydney (5 April).

use super::rota::Rota;
use crate::pages::editor_form::with;
use jiff::Timestamp;
use jiff::civil::date;
use jiff::tz::TimeZone;
use watchbell_testkit::both_databases;

const SYDNEY: usize = 0;
const BERLIN: [usize; 2] = [1, 2];
const NEW_YORK: usize = 3;

fn oracle(at: Timestamp) -> Option<usize> {
    let on_the_wall = |zone: &str| at.to_zoned(TimeZone::get(zone).unwrap());
    let is_open = |zone: &str| (8..18).contains(&on_the_wall(zone).hour());
    // The first turn began on the Monday before the one on which it was made.
    let days = (on_the_wall("Europe/Berlin").date() - date(2025, 12, 29)).get_days();
    // The lower layer has it. No hour is left, whoever has changed the clocks.
    Some(match (is_open("Australia/Sydney"), is_open("Europe/Berlin"), is_open("America/New_York")) {
        (_, _, true) => NEW_YORK,
        (_, true, false) => BERLIN[usize::try_from(days / 7 % 2).unwrap()],
        (true, false, false) => SYDNEY,
        (false, false, false) => panic!("nobody is in the office at {at}"),
    })
}

both_databases! {
    async fn follow_the_sun_is_the_same_everywhere_across_three_changes_of_clocks(app: TestApp) {
        let mut people = Vec::new();
        for name in ["sydney", "berta", "bert", "york"] {
            people.push(app.user(name).await);
        }
        let ids: Vec<String> = people.iter().map(|person| person.id.to_string()).collect();
        let rota = Rota::build(app, "follow-the-sun", people, |form| {
            [("layer.0.user.0", SYDNEY), ("layer.1.user.0", BERLIN[0]), ("layer.1.user.1", BERLIN[1]), ("layer.2.user.0", NEW_YORK)]
                .into_iter()
                .fold(form, |form, (field, nth)| with(form, field, &ids[nth]))
        })
        .await;
        rota.is_told_alike(app, 120, oracle).await;
        for (day, hours) in [("2026-03-07T22:00:00Z", 24), ("2026-03-28T22:00:00Z", 26), ("2026-04-04T12:00:00Z", 24)] {
            app.jump_to(day.parse().unwrap()).await;
            rota.is_lived_alike(app, hours, oracle).await;
        }
        app.expect_any_mails();
    }
}
