//! The links in messages.

use super::browser::Browser;
use watchbell_core::alert::{Happening, Status};
use watchbell_testkit::{both_databases, event, level, minutes};

/// The address of a verb in a mail, without the server.
fn link(mail: &watchbell_sim::smtp::Mail, verb: &str) -> String {
    let found = mail.text.split_whitespace().find(|word| word.contains("/l/") && word.ends_with(verb));
    let found = found.unwrap_or_else(|| panic!("{verb} in {}", mail.text));
    format!("/l/{}", found.split_once("/l/").unwrap().1)
}

both_databases! {
    async fn accepting_needs_no_login_but_a_confirming_click(app: TestApp) {
        let ann = app.user("ann").await;
        let source = app.source().escalating_to([level(&ann, minutes(60))]).await;
        let alert = source.send(app, event("disk <b>full</b>")).await.unwrap();
        let mail = ann.expect_mail(app, "disk").await;
        let path = link(&mail, "accept");
        let mut scanner = Browser::new(app);
        let page = scanner.get(&path).await.expect(200);
        assert!(page.text.contains("disk &lt;b&gt;full&lt;/b&gt;") && page.text.contains("This link belongs to ann Example"), "{}", page.text);
        scanner.post_as_it_is(&path, &[]).await.expect(200);
        scanner.post_as_it_is(&path, &[("confirm", "0")]).await.expect(200);
        assert_eq!(app.alert(alert).await.status, Status::Pending);

        let done = scanner.post_as_it_is(&path, &[("confirm", "1")]).await.expect(200);
        assert!(done.text.contains("You have it."), "{}", done.text);
        assert_eq!(app.alert(alert).await.accepted_by, Some(ann.id));
        assert!(scanner.get(&path).await.expect(200).text.contains("You have it."));
    }

    async fn a_button_of_a_push_message_gets_a_line_and_needs_no_cookie(app: TestApp) {
        let ann = app.user("ann").await;
        let source = app.source().escalating_to([level(&ann, minutes(60))]).await;
        let alert = source.send(app, event("disk full")).await.unwrap();
        let mail = ann.expect_mail(app, "disk full").await;
        let press = |verb: &str| {
            let url = format!("{}{}", app.url, link(&mail, verb));
            watchbell_testkit::http::client().post(url).header("content-type", "application/x-www-form-urlencoded").body("confirm=1").send()
        };
        let (accept, resolve) = (press("accept"), press("resolve"));
        assert_eq!(accept.await.unwrap().text().await.unwrap(), format!("alert {alert} accepted\n"));
        assert_eq!(resolve.await.unwrap().text().await.unwrap(), format!("alert {alert} resolved\n"));
        let resolved = app.alert(alert).await;
        assert!(resolved.status == Status::Resolved && resolved.resolved_by_person);
    }

    async fn it_says_who_was_faster_and_ends_with_its_alert(app: TestApp) {
        let (ann, bob) = (app.user("ann").await, app.user("bob").await);
        let source = app.source().escalating_to([level(&ann, minutes(60))]).await;
        let alert = source.send(app, event("disk full")).await.unwrap();
        let mail = ann.expect_mail(app, "disk full").await;
        let path = link(&mail, "accept");
        app.happen(alert, bob.id, Happening::Accepted).await;
        let mut browser = Browser::new(app);
        let page = browser.get(&path).await.expect(200);
        assert!(page.text.contains("bob Example has accepted it") && page.text.contains("Accept as well"), "{}", page.text);
        app.happen(alert, bob.id, Happening::Resolved { reason: None }).await;
        let over = browser.post_as_it_is(&path, &[("confirm", "1")]).await.expect(200);
        assert!(over.text.contains("Nothing to do.") && over.text.contains("bob Example"), "{}", over.text);
        app.jump(minutes(25 * 60)).await;
        let gone = browser.get(&path).await.expect(404);
        assert!(gone.text.contains("This link no longer works") && !gone.text.contains("disk full"));
    }

    async fn a_forged_or_cut_link_tells_nothing(app: TestApp) {
        let ann = app.user("ann").await;
        let source = app.source().escalating_to([level(&ann, minutes(60))]).await;
        let alert = source.send(app, event("disk full")).await.unwrap();
        let path = link(&ann.expect_mail(app, "disk full").await, "accept");
        let token = path.split('/').nth(2).unwrap();
        let mut browser = Browser::new(app);
        let flipped = format!("/l/{}A{}/accept", &token[..20], &token[21..]);
        for forged in [flipped, format!("/l/{}/accept", &token[..30]), "/l/x/accept".into(), format!("/l/{token}/explode")] {
            if forged == path {
                continue;
            }
            browser.get(&forged).await.expect(404);
            browser.post_as_it_is(&forged, &[("confirm", "1")]).await.expect(404);
        }
        assert_eq!(app.alert(alert).await.status, Status::Pending);
    }
}
