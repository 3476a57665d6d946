//! Doors, keys, sessions, throttling, the canary.

use crate::fixtures::{admin, at, on_both, user};
use jiff::SignedDuration;
use watchbell_core::timeline::Actor;
use watchbell_core::user::Role;
use watchbell_store::login_attempts::{self, Subject};
use watchbell_store::seal::Sealer;
use watchbell_store::sessions::{self, NewSession};
use watchbell_store::{Page, StoreError, api_keys, canary, doors, users};

fn session(user: watchbell_core::ids::UserId, byte: u8) -> NewSession {
    NewSession {
        user,
        token_hash: [byte; 32],
        csrf_hash: [byte + 100; 32],
        expires_at: at(3_600),
        agent: "Firefox".into(),
    }
}

on_both! {
    async fn an_api_key_acts_as_its_user_until_it_is_revoked(db: Db) {
        let ann = user(&db, "ann").await;
        let key = api_keys::create(&db, &admin(), ann.id, "Terraform".into(), [5; 32], at(0)).await?;
        let (scope, id) = doors::api_key(&db, [5; 32], at(10)).await?.unwrap();
        assert_eq!((scope.actor, scope.role, id), (Actor::User { id: ann.id }, Some(Role::User), key.id));
        doors::api_key(&db, [5; 32], at(69)).await?;
        assert_eq!(api_keys::get(&db, &admin(), key.id).await?.used_at, Some(at(10)), "written once a minute");
        doors::api_key(&db, [5; 32], at(70)).await?;
        assert_eq!(api_keys::get(&db, &admin(), key.id).await?.used_at, Some(at(70)));
        assert_eq!(api_keys::list(&db, &admin(), Some(ann.id), Page::first(5)).await?.len(), 1);
        assert!(doors::api_key(&db, [6; 32], at(70)).await?.is_none());
        api_keys::delete(&db, &admin(), key.id, at(80)).await?;
        assert!(doors::api_key(&db, [5; 32], at(81)).await?.is_none());
    }

    async fn a_session_ends_by_itself_by_logging_out_and_with_its_user(db: Db) {
        let ann = user(&db, "ann").await;
        for byte in [1, 2, 3] {
            sessions::create(&db, &admin(), session(ann.id, byte), at(0)).await?;
        }
        let proof = doors::session(&db, [1; 32], at(100)).await?.unwrap();
        assert_eq!((proof.scope.actor.user(), proof.csrf_hash), (Some(ann.id), vec![101; 32]));
        assert!(doors::session(&db, [1; 32], at(3_600)).await?.is_none(), "it ended");
        sessions::delete(&db, &admin(), [1; 32]).await?;
        assert!(doors::session(&db, [1; 32], at(100)).await?.is_none());
        assert_eq!(sessions::delete_all(&db, &admin(), ann.id, Some([2; 32])).await?, 1);
        assert_eq!(sessions::list(&db, &admin(), ann.id, at(100)).await?.len(), 1);
        users::delete(&db, &admin(), ann.id, None, at(101)).await?;
        assert!(doors::session(&db, [2; 32], at(102)).await?.is_none());
    }

    async fn a_claim_carries_the_hash_that_has_to_prove_it(db: Db) {
        let ann = user(&db, "ann").await;
        users::set_password_hash(&db, &admin(), ann.id, Some("$argon2id$x".into()), at(1)).await?;
        let claim = doors::login(&db, " ANN@example.com").await?.unwrap();
        assert_eq!(claim.password_hash.as_deref(), Some("$argon2id$x"));
        assert_eq!(claim.proven().actor.user(), Some(ann.id));
        assert!(doors::login(&db, "nobody@example.com").await?.is_none());
        let linked = doors::signed_link(&db, doors::ORGANIZATION, ann.id).await?.unwrap();
        assert_eq!(linked.role, Some(Role::User));
        users::delete(&db, &admin(), ann.id, None, at(2)).await?;
        assert!(doors::signed_link(&db, doors::ORGANIZATION, ann.id).await?.is_none());
    }

    async fn failures_in_a_row_have_to_wait_and_are_forgotten(db: Db) {
        let subjects = || vec![Subject { name: "ann".into(), wait_s: |failures| if failures >= 3 { 60 } else { 0 } }];
        for nth in 0..3 {
            assert_eq!(login_attempts::begin(&db, &admin(), subjects(), at(nth)).await?, None);
        }
        assert_eq!(login_attempts::begin(&db, &admin(), subjects(), at(3)).await?, Some(at(62)));
        assert_eq!(login_attempts::begin(&db, &admin(), subjects(), at(61)).await?, Some(at(62)), "waiting is not counted");
        assert_eq!(login_attempts::begin(&db, &admin(), subjects(), at(62)).await?, None);
        assert!(login_attempts::begin(&db, &admin(), subjects(), at(63)).await?.is_some(), "the fourth failure");
        let much_later = at(62) + SignedDuration::from_secs(login_attempts::MEMORY_S);
        assert_eq!(login_attempts::begin(&db, &admin(), subjects(), much_later).await?, None);
        login_attempts::succeeded(&db, &admin(), vec!["ann".into()], vec!["address".into()]).await?;
        assert_eq!(login_attempts::clean_up(&db, &admin(), at(1_000_000)).await?, 0);
    }

    async fn a_node_with_another_key_does_not_start(db: Db) {
        assert!(!canary::exists(&db).await?);
        canary::ensure(&db, &Sealer::new([1; 32]), &[0; 40], at(0)).await?;
        assert!(canary::exists(&db).await?);
        canary::ensure(&db, &Sealer::new([1; 32]), &[1; 40], at(1)).await?;
        let refused = canary::ensure(&db, &Sealer::new([2; 32]), &[2; 40], at(2)).await;
        assert!(matches!(refused, Err(StoreError::Key(_))), "{refused:?}");
    }
}
