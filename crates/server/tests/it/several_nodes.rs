//! Several nodes that do what is due at the same moment: people hear the same as from one, and each thing once.

use std::collections::BTreeSet;
use watchbell_core::grouping::Grouping;
use watchbell_server::engine::Engine;
use watchbell_testkit::{Person, TestApp, TestSource, both_databases, event, level, minutes, seconds};

/// So many nodes at once, until nothing is due.
async fn nodes(app: &TestApp, count: usize) {
    let run = |mut node: Engine| tokio::spawn(async move { node.run_until_idle().await });
    let running: Vec<_> = (0..count).map(|_| run(Engine::new(app.app.clone()))).collect();
    for node in running {
        node.await.unwrap();
    }
}

async fn post(app: &TestApp, source: &TestSource, summary: &str) {
    let mut event = event(summary);
    event["integrationKey"] = source.key.clone().into();
    event["alertKey"] = summary.into();
    app.http.post("/api/events", &event).await.expect(202);
}

/// An alert every two seconds, by so many nodes: what each mail to the person names.
async fn series(app: &mut TestApp, person: &Person, count: usize) -> BTreeSet<BTreeSet<usize>> {
    let source = app.source().escalating_to([level(person, minutes(60))]).await;
    for nth in 0..5 {
        post(app, &source, &format!("alert {nth}")).await;
        nodes(app, count).await;
        app.app.clock.advance(seconds(2));
    }
    for _ in 0..60 {
        app.app.clock.advance(seconds(5));
        nodes(app, count).await;
    }
    let address = format!("{}@example.com", person.name);
    let mails = app.smtp.messages().into_iter().filter(|mail| mail.to.contains(&address));
    let names = |text: String| (0..5).filter(|nth| text.contains(&format!("alert {nth}"))).collect();
    mails.map(|mail| names(format!("{}\n{}", mail.subject, mail.text))).collect()
}

both_databases! {
    async fn amg_14_what_three_nodes_are_told_is_one_message(app: TestApp) {
        let ann = app.user("ann").await;
        let source = app.source().with(|source| source.grouping = Grouping::ByKey).escalating_to([level(&ann, minutes(60))]).await;
        tokio::join!(post(app, &source, "disk full"), post(app, &source, "disk full"), post(app, &source, "disk full"));
        nodes(app, 3).await;
        ann.expect_mail(app, "disk full").await;
        app.app.clock.advance(minutes(5));
        nodes(app, 3).await;
        assert_eq!(ann.mails(app), 1);
        let alert = source.last_alert(app).await.unwrap();
        assert_eq!(app.alert(alert).await.event_count, 3);
    }

    async fn amg_15_three_nodes_tell_the_same_as_one(app: TestApp) {
        let (ann, bob) = (app.user("ann").await, app.user("bob").await);
        let (by_one, by_three) = (series(app, &ann, 1).await, series(app, &bob, 3).await);
        assert_eq!(by_one, by_three);
        assert_eq!(by_one, BTreeSet::from([BTreeSet::from([0]), BTreeSet::from([1]), BTreeSet::from([2, 3, 4])]));
        assert_eq!((ann.mails(app), bob.mails(app)), (3, 3));
        app.expect_any_mails();
    }
}
