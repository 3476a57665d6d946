//! Policies, sources, connectors and tickets.

use crate::fixtures::{admin, at, key, on_both, policy, policy_in, source, source_in, user};
use serde_json::json;
use watchbell_core::escalation::Level;
use watchbell_core::ids::{ConnectorId, PolicyId, UserId};
use watchbell_store::connectors::{ConnectorIn, ConnectorState};
use watchbell_store::policies::PolicyIn;
use watchbell_store::source_status::{self, SourceStatus};
use watchbell_store::sources::SourceIn;
use watchbell_store::tickets::Ticket;
use watchbell_store::{Page, StoreError, connector_cache, connectors, doors, policies, sources, tickets};

fn account(name: &str) -> ConnectorIn {
    let params = json!({"userName": format!("{name}@tenant"), "webServer": "https://ww14.autotask.net"});
    ConnectorIn { kind: "autotask".into(), name: name.into(), params, sealed: Some(vec![9; 50]), owner: None }
}

fn ticket(id: i64, seen: i64) -> Ticket {
    Ticket {
        ticket_id: id,
        number: format!("T20261123.{id:04}"),
        title: "Server down".into(),
        snapshot: "{}".into(),
        body: "{\"id\":1}".into(),
        verdict: "{\"opened\":true}".into(),
        seen_at: at(seen),
        modified_at: at(seen),
        alert: None,
    }
}

on_both! {
    async fn editing_a_policy_makes_a_version_and_keeps_the_old_one(db: Db) {
        let (ann, bob) = (user(&db, "ann").await, user(&db, "bob").await);
        let first = policy(&db, "Support", &[&[ann.id]]).await;
        let new = PolicyIn { passes: 3, repeating: true, delay_s: 60, ..policy_in("Support 24/7", &[&[ann.id], &[bob.id]]) };
        let second = policies::update(&db, &admin(), first.id, new, at(9)).await?;
        assert_eq!((second.version, second.name.as_str(), second.levels.len(), second.passes), (2, "Support 24/7", 2, 3));
        assert_eq!(policies::get_version(&db, &admin(), first.id, 1).await?, first.to_core());
        assert_eq!(policies::get_version(&db, &admin(), first.id, 2).await?, second.to_core());
        let level = Level::of_users(vec![bob.id, ann.id], 60);
        let third = policies::update_level(&db, &admin(), first.id, 1, level.clone(), at(10)).await?;
        assert_eq!((third.version, &third.levels[1], &third.levels[0]), (3, &level, &second.levels[0]));
        let beyond = policies::update_level(&db, &admin(), first.id, 2, level, at(11)).await;
        assert!(matches!(beyond, Err(StoreError::NotFound { .. })), "{beyond:?}");
    }

    async fn names_and_routing_keys_of_policies_are_unique_without_case_and_free_after_deletion(db: Db) {
        let ann = user(&db, "ann").await;
        let keyed = |name: &str, key: &str| PolicyIn { routing_key: Some(key.into()), ..policy_in(name, &[&[ann.id]]) };
        let network = policies::create(&db, &admin(), keyed("Network", "net"), at(0)).await?;
        let same_name = policies::create(&db, &admin(), keyed("NETWORK", "other"), at(0)).await;
        assert!(matches!(same_name, Err(StoreError::Taken { field: "name", .. })), "{same_name:?}");
        let same_key = policies::create(&db, &admin(), keyed("Other", "NET"), at(0)).await;
        assert!(matches!(same_key, Err(StoreError::Taken { field: "routingKey", .. })), "{same_key:?}");
        assert_eq!(policies::resolve(&db, &admin(), "unknown, Net").await?.map(|p| p.id), Some(network.id));
        policies::delete(&db, &admin(), network.id, at(1)).await?;
        assert_eq!(policies::resolve(&db, &admin(), "net").await?, None);
        assert_eq!(policies::find_by_name(&db, &admin(), "network").await?, None);
        policies::create(&db, &admin(), keyed("Network", "net"), at(2)).await?;
        assert_eq!(policies::get_version(&db, &admin(), network.id, 1).await?.levels, network.levels, "running alerts go on");
    }

    async fn a_policy_pages_users_who_exist(db: Db) {
        let refused = policies::create(&db, &admin(), policy_in("Ghosts", &[&[UserId(404)]]), at(0)).await;
        assert!(matches!(&refused, Err(StoreError::Refused(why)) if why.contains("404")), "{refused:?}");
        assert!(policies::list(&db, &admin(), Page::first(10)).await?.is_empty());
    }

    async fn a_policy_that_a_source_escalates_to_cannot_be_deleted(db: Db) {
        let source = source(&db, "Nagios", 1).await;
        let refused = policies::delete(&db, &admin(), source.policy, at(1)).await.unwrap_err();
        assert!(refused.to_string().contains("\"Nagios\""), "{refused}");
        sources::delete(&db, &admin(), source.id, at(2)).await?;
        policies::delete(&db, &admin(), source.policy, at(3)).await?;
        let orphan = sources::create(&db, &admin(), source_in("New", source.policy), key(2), at(4)).await;
        assert!(matches!(orphan, Err(StoreError::Refused(_))), "{orphan:?}");
        assert!(sources::create(&db, &admin(), source_in("New", PolicyId(404)), key(3), at(4)).await.is_err());
    }

    async fn a_source_is_found_by_its_key_until_it_is_deleted(db: Db) {
        let made = source(&db, "Nagios", 1).await;
        let (scope, found) = doors::integration_key(&db, [1; 32]).await?.unwrap();
        assert_eq!((found.clone(), scope.role), (made.clone(), None));
        assert_eq!(doors::integration_key(&db, [2; 32]).await?, None);
        sources::replace_key(&db, &admin(), made.id, key(2), at(1)).await?;
        assert_eq!(doors::integration_key(&db, [1; 32]).await?, None);
        assert!(doors::integration_key(&db, [2; 32]).await?.is_some());
        sources::delete(&db, &admin(), made.id, at(2)).await?;
        assert_eq!(doors::integration_key(&db, [2; 32]).await?, None);
        assert!(sources::get(&db, &admin(), made.id).await.is_err());
        assert_eq!(sources::get_many(&db, &admin(), &[made.id]).await?[0].deleted_at, Some(at(2)));
        source(&db, "Nagios again", 3).await;
        let again = SourceIn { name: "NAGIOS".into(), ..source_in("", policy(&db, "P", &[]).await.id) };
        sources::create(&db, &admin(), again, key(4), at(3)).await?;
    }

    async fn a_source_is_changed_whole_and_its_name_is_unique(db: Db) {
        let (one, two) = (source(&db, "One", 1).await, source(&db, "Two", 2).await);
        let new = SourceIn { auto_resolve_s: Some(600), active: false, rules: Some("{\"v\":1}".into()), ..two.clone().into() };
        let changed = sources::update(&db, &admin(), two.id, new.clone(), at(5)).await?;
        assert_eq!(SourceIn::from(changed.clone()), new);
        let taken = sources::update(&db, &admin(), two.id, SourceIn { name: "ONE".into(), ..new }, at(6)).await;
        assert!(matches!(taken, Err(StoreError::Taken { field: "name", .. })), "{taken:?}");
        let statuses = source_status::statuses(&db, &admin(), &[one.clone(), changed], at(0)).await?;
        assert_eq!((statuses[&one.id], statuses[&two.id]), (SourceStatus::AllResolved, SourceStatus::Disabled));
        assert_eq!(sources::of_type(&db, &admin(), "API").await?.len(), 2);
    }

    async fn an_account_is_found_by_its_user_and_kept_while_a_source_uses_it(db: Db) {
        let id = ConnectorId("c-1".into());
        let made = connectors::create(&db, &admin(), id.clone(), account("watchbell"), at(0)).await?;
        assert!(made.has_secrets && made.state == ConnectorState::Green);
        let twice = connectors::create(&db, &admin(), ConnectorId("c-2".into()), account("WatchBell"), at(0)).await;
        assert!(matches!(twice, Err(StoreError::Taken { field: "name", .. })), "{twice:?}");
        let found = connectors::find_fitting(&db, &admin(), "autotask", |p| p["userName"] == "watchbell@tenant").await?;
        assert_eq!(found.map(|c| c.id), Some(id.clone()));
        let user = user(&db, "bob").await;
        let policy = policy(&db, "P", &[&[user.id]]).await;
        let with = SourceIn { connector: Some(id.clone()), integration_type: "AUTOTASK".into(), ..source_in("Autotask", policy.id) };
        let source = sources::create(&db, &admin(), with, key(1), at(0)).await?;
        assert_eq!(sources::of_connector(&db, &admin(), &id).await?.len(), 1);
        assert!(matches!(connectors::delete(&db, &admin(), &id, at(1)).await, Err(StoreError::InUse { .. })));
        sources::delete(&db, &admin(), source.id, at(2)).await?;
        connectors::delete(&db, &admin(), &id, at(3)).await?;
        assert!(connectors::get(&db, &admin(), &id).await.is_err());
    }

    async fn a_refused_account_is_red_since_the_first_refusal_and_its_owner_is_told_once(db: Db) {
        let id = ConnectorId("c-1".into());
        connectors::create(&db, &admin(), id.clone(), account("watchbell"), at(0)).await?;
        let red = |why: &str| (ConnectorState::Red, Some(why.to_owned()));
        let set = |(state, why), now| connectors::set_state(&db, &*Box::leak(Box::new(admin())), &*Box::leak(Box::new(id.clone())), state, why, now);
        assert!(set(red("secret refused"), at(1)).await?);
        assert!(!set(red("secret refused"), at(2)).await?, "no news");
        assert_eq!(connectors::get(&db, &admin(), &id).await?.state_since, at(1));
        for expected in [true, false] {
            let (scope, id) = (admin(), id.clone());
            let tell = db.write(move |tx| Box::pin(async move { connectors::claim_owner_notice(tx, &scope, &id, at(3)).await })).await?;
            assert_eq!(tell, expected);
        }
        assert!(set((ConnectorState::Green, None), at(4)).await?);
        let green = connectors::get(&db, &admin(), &id).await?;
        assert_eq!((green.state, green.state_reason, green.owner_told_at), (ConnectorState::Green, None, None));
        let kept = connectors::update(&db, &admin(), &id, ConnectorIn { sealed: None, ..account("renamed") }, at(5)).await?;
        assert!(kept.has_secrets && kept.name == "renamed");
    }

    async fn what_is_cached_of_an_account_goes_with_it(db: Db) {
        let id = ConnectorId("c-1".into());
        connectors::create(&db, &admin(), id.clone(), account("watchbell"), at(0)).await?;
        for value in [json!([1]), json!([1, 2])] {
            connector_cache::put(&db, &admin(), &id, "picklists", &value, at(1)).await?;
        }
        assert_eq!(connector_cache::get(&db, &admin(), &id, "picklists").await?.map(|c| c.value), Some(json!([1, 2])));
        connectors::delete(&db, &admin(), &id, at(2)).await?;
        assert_eq!(connector_cache::get(&db, &admin(), &id, "picklists").await?, None);
    }

    async fn a_ticket_is_kept_as_last_seen_with_its_verdict(db: Db) {
        let source = source(&db, "Autotask", 1).await.id;
        let seen = [ticket(1, 0), ticket(2, 1), Ticket { title: "Server up".into(), ..ticket(1, 5) }];
        db.write(move |tx| Box::pin(async move {
            for ticket in seen {
                tickets::put(tx, &admin(), source, ticket).await?;
            }
            assert_eq!(tickets::lock_many(tx, &admin(), source, vec![2, 3]).await?, [ticket(2, 1)]);
            Ok(())
        })).await?;
        let listed = tickets::list(&db, &admin(), source, Page::first(10)).await?;
        assert_eq!(listed.iter().map(|t| (t.ticket_id, t.title.as_str())).collect::<Vec<_>>(), [(1, "Server up"), (2, "Server down")]);
        assert_eq!(tickets::find_by_number(&db, &admin(), source, " T20261123.0002 ").await?, Some(ticket(2, 1)));
        assert_eq!(tickets::clean_up(&db, &admin(), source, at(3), 500).await?, 1);
        assert_eq!(tickets::get_many(&db, &admin(), source, vec![1, 2]).await?.len(), 1);
    }
}
