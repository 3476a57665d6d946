//! One team from Monday 08:00 until Friday 17:00, another for the weekend, in New York, whose clocks change in the night of 8 March 2026.

use super::rota::Rota;
use crate::pages::editor_form::with;
use jiff::Timestamp;
use jiff::civil::{DateTime, Weekday, date};
use jiff::tz::TimeZone;
use watchbell_testkit::both_databases;

const WEEK: [usize; 2] = [0, 1];
const WEEKEND: [usize; 2] = [2, 3];

fn oracle(at: Timestamp) -> Option<usize> {
    let local = at.to_zoned(TimeZone::get("America/New_York").unwrap()).datetime();
    let weeks_since = |start: DateTime| usize::try_from((local - start).get_days() / 7 % 2).unwrap();
    let is_weekend = match local.weekday() {
        Weekday::Monday => local.hour() < 8,
        Weekday::Friday => local.hour() >= 17,
        Weekday::Saturday | Weekday::Sunday => true,
        _ => false,
    };
    // The first turns began on the Monday and the Friday before the day on which it was made.
    Some(match is_weekend {
        true => WEEKEND[weeks_since(date(2026, 1, 2).at(17, 0, 0, 0))],
        false => WEEK[weeks_since(date(2025, 12, 29).at(8, 0, 0, 0))],
    })
}

both_databases! {
    async fn weekdays_and_weekends_hand_over_on_friday_at_five_everywhere(app: TestApp) {
        let mut people = Vec::new();
        for name in ["wanda", "walt", "sanna", "sam"] {
            people.push(app.user(name).await);
        }
        let ids: Vec<String> = people.iter().map(|person| person.id.to_string()).collect();
        // 13:00 in UTC is 08:00 in New York: the first turn of the week has begun.
        app.app.clock.advance(watchbell_testkit::minutes(5 * 60));
        let rota = Rota::build(app, "weekdays-weekend", people, |form| {
            let form = with(form, "zone", "America/New_York");
            [("layer.0.user.0", WEEK[0]), ("layer.0.user.1", WEEK[1]), ("layer.1.user.0", WEEKEND[0]), ("layer.1.user.1", WEEKEND[1])]
                .into_iter()
                .fold(form, |form, (field, nth)| with(form, field, &ids[nth]))
        })
        .await;
        rota.is_told_alike(app, 120, oracle).await;
        app.jump_to("2026-03-06T20:00:00Z".parse().unwrap()).await;
        rota.is_lived_alike(app, 68, oracle).await;
        app.expect_any_mails();
    }
}
