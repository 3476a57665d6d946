//! Faults of Autotask: what each shows, when somebody is woken all the same, and when it is tried again.

use super::tenant::{Plan, Tenant, ben, connect_as, make_source, start};
use jiff::{SignedDuration, Timestamp};
use watchbell_core::alert::{Happening, Priority, Status};
use watchbell_core::autotask::shared_alert_key;
use watchbell_core::event::EventType;
use watchbell_core::ids::AlertId;
use watchbell_core::timeline::Entry;
use watchbell_core::user::Role;
use watchbell_server::engine::autotask::{FaultKind, try_again};
use watchbell_sim::autotask::{Config, Faults, TicketIn};
use watchbell_store::connectors::ConnectorState;
use watchbell_store::{connector_cache, events};
use watchbell_testkit::{TestApp, both_databases, level, minutes, seconds};

/// The alert that stands for tickets which cannot be read.
async fn shared_alert(app: &TestApp, tenant: &Tenant) -> Option<watchbell_core::alert::Alert> {
    let events = events::list_of_source(&app.app.db, &app.scope(), tenant.source.id, None, 1_000).await.unwrap();
    let opening = events.iter().filter(|event| event.kind == EventType::Alert.as_str()).filter_map(|event| event.alert);
    for alert in opening {
        let alert = app.alert(alert).await;
        if alert.key.as_deref() == Some(&shared_alert_key(tenant.source.id)) {
            return Some(alert);
        }
    }
    None
}

/// A ticket whose callout comes while Autotask cannot be read: nobody waits longer than a minute and two seconds.
async fn unknown_ticket_wakes_somebody(app: &mut TestApp, tenant: &Tenant, says: &str) -> (i64, AlertId) {
    tenant.sync(app);
    let id = tenant.sim.create_ticket(TicketIn::new("Unread")).unwrap();
    tenant.settle(app).await;
    app.advance(seconds(59)).await;
    assert!(shared_alert(app, tenant).await.is_none(), "too early");
    app.advance(seconds(3)).await;
    let alert = shared_alert(app, tenant).await.expect("a shared alert within 62 s");
    assert_eq!((alert.summary.as_str(), alert.status), ("Autotask cannot be read: 1 ticket waiting", Status::Pending));
    assert_eq!(alert.priority, Priority::High);
    let account = tenant.account(app).await;
    let reason = account.state_reason.clone().unwrap_or_default();
    assert!(reason.contains(says), "{reason}");
    (id, alert.id)
}

/// Once it can be read, the ticket's own alert takes over.
async fn is_taken_over(app: &mut TestApp, tenant: &Tenant, id: i64, shared: AlertId) {
    let own = tenant.alert(app, id).await.expect("an alert of its own");
    assert_eq!((own.status, own.priority), (Status::Pending, Priority::High));
    assert_eq!(app.alert(shared).await.status, Status::Resolved);
    let account = tenant.account(app).await;
    assert_eq!((account.state, account.state_reason), (ConnectorState::Green, None));
}

/// How long an account that is away waits before it is asked again, and until when.
async fn next_try(app: &TestApp, tenant: &Tenant) -> (SignedDuration, Timestamp) {
    let kept = connector_cache::get(&app.app.db, &app.scope(), &tenant.connector, "away").await.unwrap().unwrap().value;
    let at = |field: &str| kept[field].as_str().unwrap().parse::<Timestamp>().unwrap();
    (at("retry_at").duration_since(at("noted_at")), at("retry_at"))
}

/// Each wait is as long as it should be, less at most an eighth of jitter; nothing is asked before it is over, and one thing then.
async fn waits_double_to_a_minute(app: &mut TestApp, tenant: &Tenant) {
    let mut with_jitter = 0;
    for wanted in [1, 2, 4, 8, 16, 32, 60, 60, 60] {
        let (wait, until) = next_try(app, tenant).await;
        let (longest, shortest) = (seconds(wanted), seconds(wanted) * 7 / 8);
        assert!((shortest..=longest).contains(&wait), "{wanted} s: {wait:?}");
        with_jitter += usize::from(wait < longest);
        let (before, left) = (tenant.sim.requests().len(), until.duration_since(app.app.clock.now()));
        app.advance(left - SignedDuration::from_millis(1)).await;
        assert_eq!(tenant.sim.requests().len(), before, "nothing before {wanted} s are over");
        app.advance(SignedDuration::from_millis(1)).await;
        let asked = tenant.sim.requests().len() - before;
        assert!(asked <= 1, "{asked} calls at once");
    }
    assert!(with_jitter > 0);
}

both_databases! {
    async fn what_is_away_is_tried_again_after_a_second_doubling_to_a_minute(app: TestApp) {
        let tenant = Tenant::new(app).await;
        tenant.sync(app);
        tenant.sim.faults(|faults| faults.transient_500 = true);
        tenant.sim.create_ticket(TicketIn::new("Unread")).unwrap();
        tenant.settle(app).await;
        let before = tenant.sim.requests().len();
        waits_double_to_a_minute(app, &tenant).await;
        assert_eq!(tenant.sim.requests().len() - before, 9, "one call a try");
        tenant.sim.heal();
        app.advance(seconds(63)).await;
        // The account is well again: the next fault begins at one second.
        tenant.sim.stop().await;
        tenant.sim.create_ticket(TicketIn::new("Unread as well")).unwrap();
        tenant.settle(app).await;
        waits_double_to_a_minute(app, &tenant).await;
    }

    async fn stopped(app: TestApp) {
        let tenant = Tenant::new(app).await;
        tenant.sim.stop().await;
        let (id, shared) = unknown_ticket_wakes_somebody(app, &tenant, "Autotask is unreachable since").await;
        assert_eq!(tenant.account(app).await.state, ConnectorState::Yellow);
        app.advance(minutes(5)).await;
        tenant.sim.restart().await.unwrap();
        app.advance(seconds(63)).await;
        is_taken_over(app, &tenant, id, shared).await;
    }

    async fn hanging(app: TestApp) {
        let tenant = Tenant::new(app).await;
        tenant.sim.faults(|faults| faults.hang = true);
        tenant.sync(app);
        let id = tenant.sim.create_ticket(TicketIn::new("Unread")).unwrap();
        tenant.settle(app).await;
        // The clock stands while a call hangs: so the minute passes in one step.
        app.app.clock.advance(seconds(60));
        app.settle().await;
        let shared = shared_alert(app, &tenant).await.expect("a shared alert");
        tenant.sim.heal();
        app.advance(seconds(63)).await;
        is_taken_over(app, &tenant, id, shared.id).await;
    }

    async fn refused(app: TestApp) {
        let ada = app.user_of_role("ada", Role::Admin).await;
        let tenant = Tenant::new(app).await;
        let before = tenant.sim.requests().iter().filter(|seen| seen.status == 401).count();
        tenant.sim.faults(|faults| faults.locked = true);
        let (id, shared) = unknown_ticket_wakes_somebody(app, &tenant, "User name, secret, integration code or zone refused").await;
        assert_eq!(tenant.account(app).await.state, ConnectorState::Red);
        ada.expect_mail(app, "does not work any more").await;
        app.advance(minutes(30)).await;
        let refused = tenant.sim.requests().iter().filter(|seen| seen.status == 401).count() - before;
        assert_eq!(refused, 1, "the first refusal stops every use");
        tenant.sim.heal();
        app.advance(minutes(2)).await;
        assert_eq!(tenant.account(app).await.state, ConnectorState::Red, "until a person acts");
        try_again(&app.app, &app.scope(), &tenant.connector).await.unwrap();
        app.settle().await;
        is_taken_over(app, &tenant, id, shared).await;
        ada.expect_mail(app, "Watchbell found a fault of its own").await;
        assert_eq!(ada.mails(app), 2, "told once of the account, and once that its sources are silent");
    }

    async fn edited_credentials_are_used_at_the_latest_after_a_minute(app: TestApp) {
        let ada = app.user_of_role("ada", Role::Admin).await;
        let sim = start(app, Config::default()).await;
        let user = sim.with(|world| world.config.api_user.clone());
        let connector = connect_as(app, &sim.url(), "Wrong", (&user, "wrong secret", "STANDINTRACKINGIDENTIFIER01")).await;
        let source = make_source(app, &connector, None, Vec::new(), true).await;
        ada.expect_mail(app, "does not work any more").await;
        let tenant = Tenant { sim, source, connector };
        tenant.sim.callout_to(&tenant.callout_url(app));
        tenant.create(app, TicketIn::new("Unread")).await;
        let secrets = watchbell_server::accounts::AutotaskSecrets { secret: "stand-in-secret".to_owned().into(), integration_code: "STANDINTRACKINGIDENTIFIER01".to_owned().into() };
        let account = tenant.account(app).await;
        let new = watchbell_store::connectors::ConnectorIn { kind: account.kind, name: account.name, params: account.params, sealed: Some(secrets.seal(&app.app).unwrap()), owner: None };
        watchbell_store::connectors::update(&app.app.db, &app.scope(), &tenant.connector, new, app.app.clock.now()).await.unwrap();
        app.advance(seconds(60)).await;
        assert_eq!(tenant.account(app).await.state, ConnectorState::Green);
        let ticket = tenant.sim.tickets()[0]["id"].as_i64().unwrap();
        assert_eq!(tenant.alert(app, ticket).await.unwrap().status, Status::Pending);
    }

    async fn too_many_at_a_time(app: TestApp) {
        let tenant = Tenant::new(app).await;
        for (retry_after, waits) in [(Some(20), seconds(20)), (None, seconds(2))] {
            tenant.sim.faults(|faults| (faults.threads_max, faults.retry_after_s) = (1, retry_after));
            // The one place is taken by a slow call of another program of ours.
            tenant.sim.faults(|faults| (faults.latency_ms, faults.only_endpoint) = (60_000, "Tickets".into()));
            let blocker = tokio::spawn(slow_call(&tenant));
            watchbell_testkit::clock::wait_until("the place is taken", || async { is_taken(&tenant) }).await;
            tenant.sync(app);
            let id = tenant.sim.create_ticket(TicketIn::new("Later")).unwrap();
            tenant.settle(app).await;
            assert_eq!(tenant.alert(app, id).await, None);
            let account = tenant.account(app).await;
            assert_eq!(account.state, ConnectorState::Yellow);
            assert!(account.state_reason.as_deref().unwrap().contains("Calls used: "), "{:?}", account.state_reason);
            blocker.abort();
            tenant.sim.heal();
            app.advance(waits - SignedDuration::from_millis(1)).await;
            assert_eq!(tenant.alert(app, id).await, None, "not before");
            app.advance(SignedDuration::from_millis(1)).await;
            assert_eq!(tenant.alert(app, id).await.unwrap().status, Status::Pending);
            assert_eq!(tenant.account(app).await.state, ConnectorState::Green);
        }
    }

    async fn without_a_retry_after_the_waits_for_a_place_double(app: TestApp) {
        let tenant = Tenant::new(app).await;
        tenant.sim.faults(|faults| (faults.threads_max, faults.latency_ms, faults.only_endpoint) = (1, 60_000, "Tickets".into()));
        let blocker = tokio::spawn(slow_call(&tenant));
        watchbell_testkit::clock::wait_until("the place is taken", || async { is_taken(&tenant) }).await;
        tenant.sync(app);
        let id = tenant.sim.create_ticket(TicketIn::new("Later")).unwrap();
        tenant.settle(app).await;
        for wanted in [2, 4, 8] {
            let (wait, until) = next_try(app, &tenant).await;
            assert_eq!(wait, seconds(wanted));
            let left = until.duration_since(app.app.clock.now());
            app.advance(left).await;
            assert_eq!(tenant.alert(app, id).await, None);
        }
        assert_eq!(tenant.account(app).await.state, ConnectorState::Yellow);
        blocker.abort();
        tenant.sim.heal();
        app.advance(seconds(16)).await;
        assert_eq!(tenant.alert(app, id).await.unwrap().status, Status::Pending, "as soon as it is let in");
    }

    async fn the_hour_is_used_up(app: TestApp) {
        let tenant = Tenant::new(app).await;
        // However long the service asks to wait: others may use less in a minute.
        tenant.sim.faults(|faults| (faults.calls_of_others, faults.retry_after_s) = (10_000, Some(3_600)));
        let (id, shared) = unknown_ticket_wakes_somebody(app, &tenant, "The limit of the tenant is reached, by all vendors together").await;
        let before = tenant.sim.requests().len();
        app.advance(minutes(10)).await;
        let asked = tenant.sim.requests().len() - before;
        assert!((9..=11).contains(&asked), "every 60 s: {asked} in ten minutes");
        tenant.sim.heal();
        app.advance(seconds(63)).await;
        is_taken_over(app, &tenant, id, shared).await;
    }

    async fn a_429_without_words_is_told_by_the_calls_used(app: TestApp) {
        let tenant = Tenant::new(app).await;
        tenant.sim.faults(|faults| (faults.calls_of_others, faults.bare_429) = (10_000, true));
        let (id, shared) = unknown_ticket_wakes_somebody(app, &tenant, "The limit of the tenant is reached, by all vendors together").await;
        assert_eq!(next_try(app, &tenant).await.0, seconds(60));
        tenant.sim.heal();
        app.advance(seconds(63)).await;
        is_taken_over(app, &tenant, id, shared).await;
    }

    async fn under_maintenance(app: TestApp) {
        let tenant = Tenant::new(app).await;
        tenant.sim.faults(|faults| faults.maintenance = true);
        let (id, shared) = unknown_ticket_wakes_somebody(app, &tenant, "Autotask is under maintenance").await;
        let before = tenant.sim.requests().len();
        app.advance(minutes(10)).await;
        let asked = tenant.sim.requests().len() - before;
        assert!((18..=22).contains(&asked), "every 30 s: {asked} in ten minutes");
        tenant.sim.heal();
        app.advance(seconds(33)).await;
        is_taken_over(app, &tenant, id, shared).await;
    }

    async fn failing_by_itself(app: TestApp) {
        let tenant = Tenant::new(app).await;
        tenant.sim.faults(|faults| faults.transient_500 = true);
        let (id, shared) = unknown_ticket_wakes_somebody(app, &tenant, "Autotask fails since").await;
        tenant.sim.heal();
        app.advance(seconds(63)).await;
        is_taken_over(app, &tenant, id, shared).await;
    }

    async fn a_known_ticket_opens_from_its_last_copy(app: TestApp) {
        let ann = app.user("ann").await;
        let tenant = Tenant::planned(app, Plan { levels: vec![level(&ann, minutes(60))], ..Plan::default() }).await;
        let id = tenant.create(app, TicketIn::new("Known").with("status", 7)).await;
        assert_eq!(tenant.alert(app, id).await, None);
        tenant.sim.stop().await;
        tenant.sync(app);
        tenant.sim.edit(ben(), id, serde_json::json!({"status": 1, "title": "Known and worse"})).unwrap();
        tenant.settle(app).await;
        app.advance(seconds(62)).await;
        let alert = tenant.alert(app, id).await.expect("an alert from the last copy");
        assert!(alert.summary.contains("Known") && !alert.summary.contains("worse"), "{}", alert.summary);
        assert!(alert.content.warnings[0].starts_with("Autotask cannot be read: this is the ticket as it was last seen"), "{:?}", alert.content.warnings);
        ann.expect_mail(app, "Known").await;
        assert!(shared_alert(app, &tenant).await.is_none());

        tenant.sim.restart().await.unwrap();
        app.advance(seconds(63)).await;
        let now = tenant.alert(app, id).await.unwrap();
        assert_eq!((now.id, now.status, now.content.warnings.len()), (alert.id, Status::Pending, 0));
        assert!(now.summary.contains("Known and worse"), "{}", now.summary);
    }

    async fn an_alert_that_the_ticket_would_not_have_opened_resolves_with_the_reason(app: TestApp) {
        let tenant = Tenant::new(app).await;
        let id = tenant.create(app, TicketIn::new("Known").with("status", 7)).await;
        tenant.sim.stop().await;
        tenant.sync(app);
        let (ben, to) = (ben(), |status: i64| serde_json::json!({"status": status}));
        tenant.sim.edit(ben, id, to(1)).unwrap();
        tenant.settle(app).await;
        app.advance(seconds(62)).await;
        let alert = tenant.alert(app, id).await.unwrap();
        tenant.sim.clear_rules();
        tenant.sim.edit(ben, id, to(12)).unwrap();
        tenant.sim.restart().await.unwrap();
        app.advance(seconds(63)).await;
        assert_eq!(app.alert(alert.id).await.status, Status::Resolved);
        let entries = app.entries(alert.id).await;
        let reason = entries.iter().find_map(|entry| match entry { Entry::Resolved { reason } => reason.clone(), _ => None }).unwrap();
        assert!(reason.contains("now that the ticket could be read") && reason.contains("Waiting Vendor"), "{reason}");
    }

    async fn a_ticket_that_is_not_there_yet_is_asked_for_three_times(app: TestApp) {
        let tenant = Tenant::new(app).await;
        for missing_is_404 in [false, true] {
            tenant.sim.faults(|faults| (faults.missing_is_404, faults.read_after_create_ms) = (missing_is_404, 5_000));
            tenant.sync(app);
            let id = tenant.sim.create_ticket(TicketIn::new("Not there yet")).unwrap();
            tenant.settle(app).await;
            assert_eq!(tenant.alert(app, id).await, None);
            tenant.sim.advance(seconds(5));
            tenant.advance(app, seconds(9)).await;
            assert_eq!(tenant.alert(app, id).await.unwrap().status, Status::Pending);
        }
    }

    async fn a_ticket_that_never_was_pages_nobody(app: TestApp) {
        let tenant = Tenant::new(app).await;
        let path = format!("/api/v1/events/autotask/{}", tenant.source.key);
        app.http.send_bytes(reqwest::Method::POST, &path, "application/x-www-form-urlencoded", b"id=424242".to_vec()).await.expect(202);
        app.settle().await;
        app.advance(seconds(10)).await;
        let kept = tenant.events(app).await;
        assert_eq!((kept.len(), kept[0].verdict.as_str()), (1, "NOT_PAGED"));
        assert_eq!(kept[0].reason.as_deref(), Some("No alert: the ticket no longer exists."));
        assert_eq!(tenant.calls("Tickets/424242"), 3);
    }

    async fn an_open_alert_whose_ticket_is_gone_resolves_after_three_looks(app: TestApp) {
        let tenant = Tenant::new(app).await;
        let path = format!("/api/v1/events/autotask/{}", tenant.source.key);
        for missing_is_404 in [false, true] {
            tenant.sim.faults(|faults| faults.missing_is_404 = missing_is_404);
            let id = tenant.create(app, TicketIn::new("Gone")).await;
            let alert = tenant.alert(app, id).await.unwrap().id;
            tenant.sync(app);
            tenant.sim.delete(ben(), id).unwrap();
            let asked = |tenant: &Tenant| tenant.calls(&format!("Tickets/{id}"));
            let before = asked(&tenant);
            app.http.send_bytes(reqwest::Method::POST, &path, "application/x-www-form-urlencoded", format!("id={id}").into_bytes()).await.expect(202);
            app.settle().await;
            app.advance(seconds(8)).await;
            assert_eq!((app.alert(alert).await.status, asked(&tenant) - before), (Status::Pending, 2), "it may only be late");
            app.advance(seconds(2)).await;
            assert_eq!((app.alert(alert).await.status, asked(&tenant) - before), (Status::Resolved, 3));
            let entries = app.entries(alert).await;
            assert!(entries.contains(&Entry::Resolved { reason: Some("the ticket was deleted".into()) }), "{entries:?}");
            app.advance(minutes(2)).await;
            assert_eq!(asked(&tenant) - before, 3, "final");
        }
    }

    async fn many_unknown_tickets_share_one_alert(app: TestApp) {
        let ann = app.user("ann").await;
        let tenant = Tenant::planned(app, Plan { levels: vec![level(&ann, minutes(240))], ..Plan::default() }).await;
        tenant.sim.stop().await;
        tenant.sync(app);
        let ids: Vec<i64> = (0..5).map(|nth| tenant.sim.create_ticket(TicketIn::new(&format!("Ticket {nth}")).with("status", if nth == 4 { 12 } else { 1 })).unwrap()).collect();
        tenant.settle(app).await;
        app.advance(seconds(62)).await;
        let shared = shared_alert(app, &tenant).await.unwrap();
        assert_eq!(shared.summary, "Autotask cannot be read: 5 tickets waiting");
        ann.expect_mail(app, "Autotask cannot be read").await;
        tenant.sim.restart().await.unwrap();
        app.advance(minutes(6)).await;
        assert_eq!(app.alert(shared.id).await.status, Status::Resolved);
        for id in &ids[..4] {
            assert_eq!(tenant.alert(app, *id).await.unwrap().status, Status::Pending);
        }
        assert_eq!(tenant.alert(app, ids[4]).await, None);
        // Four real alerts: bundled, however they fall.
        let mails = ann.mails(app);
        for _ in 1..mails {
            ann.expect_mail(app, "").await;
        }
    }

    async fn what_a_person_resolved_while_autotask_was_away_pages_nobody_again_before_it_can_be_read(app: TestApp) {
        let ann = app.user("ann").await;
        let tenant = Tenant::planned(app, Plan { levels: vec![level(&ann, minutes(240))], ..Plan::default() }).await;
        let known = tenant.create(app, TicketIn::new("Known").with("status", 7)).await;
        tenant.sim.stop().await;
        tenant.sync(app);
        let unknown = tenant.sim.create_ticket(TicketIn::new("Unknown")).unwrap();
        tenant.sim.edit(ben(), known, serde_json::json!({"status": 1})).unwrap();
        tenant.settle(app).await;
        app.advance(seconds(62)).await;
        let shared = shared_alert(app, &tenant).await.unwrap().id;
        let copied = tenant.alert(app, known).await.unwrap().id;
        for alert in [shared, copied] {
            app.happen(alert, ann.id, Happening::Resolved { reason: None }).await;
        }
        app.advance(minutes(10)).await;
        assert_eq!(shared_alert(app, &tenant).await.unwrap().id, shared, "the same, and over");
        assert_eq!((app.alert(shared).await.status, tenant.alert(app, known).await.unwrap().id), (Status::Resolved, copied));
        // Another ticket is another matter.
        let another = tenant.sim.create_ticket(TicketIn::new("Another")).unwrap();
        tenant.settle(app).await;
        app.advance(seconds(62)).await;
        let second = shared_alert(app, &tenant).await.unwrap();
        assert!(second.id != shared && second.status == Status::Pending, "{second:?}");
        assert_eq!(second.summary, "Autotask cannot be read: 1 ticket waiting");

        tenant.sim.restart().await.unwrap();
        app.advance(seconds(63)).await;
        assert_eq!(app.alert(second.id).await.status, Status::Resolved);
        for id in [unknown, another] {
            assert_eq!(tenant.alert(app, id).await.unwrap().status, Status::Pending);
        }
        assert_eq!(tenant.alert(app, known).await.unwrap().id, copied, "it was dealt with");
        app.expect_any_mails();
    }

    async fn a_test_of_an_account_names_the_fault(app: TestApp) {
        let sim = start(app, Config::default()).await;
        let other = start(app, Config::default()).await;
        let config = sim.with(|world| world.config.clone());
        let test = async |app: &TestApp, url: &str, user: &str, secret: &str, code: &str| {
            let params = watchbell_server::accounts::AutotaskParams { user_name: user.into(), web_server: Some(url.into()) };
            let secrets = watchbell_server::accounts::AutotaskSecrets { secret: secret.to_owned().into(), integration_code: code.to_owned().into() };
            watchbell_server::engine::autotask::test_account(&app.app, &params, &secrets).await.map_err(|fault| fault.kind)
        };
        let (user, secret, code) = (config.api_user.as_str(), config.api_secret.as_str(), config.api_code.as_str());
        let connected = test(app, &sim.url(), user, secret, code).await.unwrap();
        assert!(connected.calls.is_some_and(|(used, max)| used > 0 && max == 10_000), "{connected:?}");
        assert_eq!(test(app, &sim.url(), user, "wrong", code).await, Err(FaultKind::Secret));
        assert_eq!(test(app, &sim.url(), "nobody@msp.example", secret, code).await, Err(FaultKind::UserName));
        assert_eq!(test(app, "no address", user, secret, code).await, Err(FaultKind::Zone));
        sim.faults(|faults| faults.bad_code_is_500 = true);
        assert_eq!(test(app, &sim.url(), user, secret, "WRONGCODE").await, Err(FaultKind::Code));
        sim.faults(|faults| *faults = Faults { calls_of_others: 10_000, ..Faults::default() });
        assert_eq!(test(app, &sim.url(), user, secret, code).await, Err(FaultKind::Limit));
        sim.faults(|faults| *faults = Faults { maintenance: true, ..Faults::default() });
        assert_eq!(test(app, &sim.url(), user, secret, code).await, Err(FaultKind::Outage));
        sim.stop().await;
        assert_eq!(test(app, &sim.url(), user, secret, code).await, Err(FaultKind::Unreachable));
        drop(other);
    }
}

fn is_taken(tenant: &Tenant) -> bool {
    tenant.sim.with(|world| {
        let now = world.clock.now();
        let faults = world.faults.clone();
        let thread = format!("{}/Tickets", world.config.api_code);
        let entered = world.gate.enter(&faults, &thread, now);
        if entered.is_ok() {
            world.gate.leave(&thread);
        }
        entered.is_err()
    })
}

/// A call that holds a place.
fn slow_call(tenant: &Tenant) -> impl Future<Output = ()> + use<> {
    let (url, config) = (tenant.sim.url(), tenant.sim.with(|world| world.config.clone()));
    async move {
        let request = watchbell_testkit::http::client().get(format!("{url}/ATServicesRest/V1.0/Tickets/1"));
        let request = request
            .header("ApiIntegrationcode", config.api_code)
            .header("UserName", config.api_user)
            .header("Secret", config.api_secret);
        let _ = request.send().await;
    }
}
