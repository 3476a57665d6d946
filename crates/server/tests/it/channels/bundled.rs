//! Too much at once: what is beyond the rate of a channel is held back, the timeline says so, and one summary stands for it.

use crate::channels::texts::ANN;
use crate::channels::ways::{Reached, Way, over_ways};
use watchbell_core::ids::AlertId;
use watchbell_core::user::{Channel, Role};
use watchbell_core::{limits, notify};
use watchbell_sim::phone::{Behaviour, OnCall, Pace};
use watchbell_testkit::clock::wait_until;
use watchbell_testkit::{TestApp, event, level, minutes, seconds};

/// Calls are picked up, heard to their end, and hung up; what is slow in them is quick.
fn picks_up(reached: &Reached) {
    let exchange = &reached.lines.exchange;
    exchange.pace(Pace { letter_ms: 0, second_ms: 1, ring_ms: 1 });
    exchange.phone(ANN).behave(Behaviour { calls: OnCall::PicksUp, ..Behaviour::default() });
}

/// Waits until every call is over and the app was told.
async fn hung_up(app: &mut TestApp, reached: &Reached) {
    let exchange = &reached.lines.exchange;
    let told = || exchange.callbacks().iter().filter(|call| call.body.to_lowercase().contains("completed")).count();
    wait_until("all calls are over", || async { told() >= exchange.calls().len() }).await;
    app.settle().await;
}

/// What the timeline says of the messages of an alert.
async fn log(app: &mut TestApp, alert: AlertId) -> String {
    let boss = app.user_of_role(&format!("boss-{alert}"), Role::Admin).await.id;
    let caller = app.as_user(boss).await;
    caller.get(&format!("/api/alerts/{alert}/log-entries")).await.expect(200).text
}

async fn a_summary_stands_for_what_is_too_much(app: &mut TestApp, way: Way) {
    let reached = Reached::over(app, way).await;
    picks_up(&reached);
    let source = app.source().escalating_to([level(&reached.ann, minutes(600))]).await;
    let rate = notify::rate(way.channel());
    let apart_s = if way.channel() == Channel::Voice { limits::VOICE_APART_S + 1 } else { 2 };
    let before = reached.came(app).len();
    let mut alerts = Vec::new();
    for name in ('a'..='z').take(usize::try_from(rate.singly_max).unwrap() + 2) {
        alerts.push(source.send(app, event(&format!("host {name} is down"))).await.unwrap());
        hung_up(app, &reached).await;
        app.advance(seconds(apart_s)).await;
    }
    hung_up(app, &reached).await;
    let singles = before + alerts.len() - 2;
    assert_eq!(reached.came(app).len(), singles, "{way:?}: {:#?}", reached.came(app));
    for held in &alerts[alerts.len() - 2..] {
        let said = log(app, *held).await;
        assert!(said.contains("was held back: bundled: one summary stands for several messages"), "{way:?}: {said}");
    }
    assert!(!log(app, alerts[0]).await.contains("held back"), "{way:?}: the first one went by itself");
    app.advance(seconds(40)).await;
    hung_up(app, &reached).await;
    let all = reached.came(app);
    assert_eq!(all.len(), singles + 1, "{way:?}: {all:#?}");
    assert!(all[singles].contains("2 alerts"), "{way:?}: {}", all[singles]);
    app.expect_any_mails();
}

over_ways! { a_summary_stands_for_what_is_too_much }
