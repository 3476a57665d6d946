//! Three offices, eight hours each, on Berlin's clock; two people of the Berlin office take turns by the week. In March and April
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
    let local = at.to_zoned(TimeZone::get("Europe/Berlin").unwrap());
    // The first turn began on the Monday before the one on which it was made.
    let days = (local.date() - date(2025, 12, 29)).get_days();
    Some(match local.hour() {
        0..8 => SYDNEY,
        8..16 => BERLIN[usize::try_from(days / 7 % 2).unwrap()],
        _ => NEW_YORK,
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
