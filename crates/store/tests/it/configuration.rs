//! Settings, and the audit of every change.

use crate::fixtures::{admin, at, on_both, policy, source, user};
use watchbell_core::timeline::Actor;
use watchbell_store::users::UserIn;
use watchbell_store::{Page, api_keys, audit, policies, settings, sources, users};

on_both! {
    async fn a_setting_is_kept_and_its_secret_is_not_told(db: Db) {
        settings::put(&db, &admin(), "smtp", (Some("smtp://mail".into()), Some(vec![1])), at(0)).await?;
        settings::put(&db, &admin(), "smtp", (Some("smtps://mail".into()), Some(vec![2])), at(1)).await?;
        let kept = settings::get(&db, &admin(), "smtp").await?.unwrap();
        assert_eq!((kept.value.as_deref(), kept.sealed, kept.updated_at), (Some("smtps://mail"), Some(vec![2]), at(1)));
        assert_eq!(settings::list(&db, &admin()).await?.len(), 1);
        settings::delete(&db, &admin(), "smtp", at(2)).await?;
        assert_eq!(settings::get(&db, &admin(), "smtp").await?, None);
        let rows = audit::list(&db, &admin(), Page::first(10)).await?;
        assert_eq!(rows.iter().map(|row| row.verb.as_str()).collect::<Vec<_>>(), ["DELETE", "UPDATE", "CREATE"]);
        assert!(rows.iter().all(|row| !serde_json::to_string(row).unwrap().contains("sealed")));
    }

    async fn every_change_of_the_configuration_leaves_a_row_with_before_and_after(db: Db) {
        let ann = user(&db, "ann").await;
        let renamed = UserIn { first_name: "Anne".into(), ..ann.clone().into() };
        let scope = admin().acting_as(Actor::User { id: ann.id });
        users::update(&db, &scope, ann.id, renamed.clone(), at(7)).await?;
        let row = &audit::of(&db, &admin(), audit::subject("user", ann.id), Page::first(1)).await?[0];
        assert_eq!((row.at, &row.actor, row.verb.as_str()), (at(7), &Actor::User { id: ann.id }, "UPDATE"));
        assert_eq!((&row.before.as_ref().unwrap()["first_name"], &row.after.as_ref().unwrap()["first_name"]), (&"ann".into(), &"Anne".into()));

        let made = source(&db, "Nagios", 1).await;
        policy(&db, "Other", &[&[ann.id]]).await;
        api_keys::create(&db, &scope, ann.id, "key".into(), [1; 32], at(8)).await?;
        sources::delete(&db, &scope, made.id, at(9)).await?;
        policies::delete(&db, &scope, made.policy, at(10)).await?;
        let verbs: Vec<_> = audit::list(&db, &admin(), Page::first(4)).await?.into_iter().map(|r| (r.verb, r.noun)).collect();
        let expected = [("DELETE", "escalation policy"), ("DELETE", "alert source"), ("CREATE", "API key"), ("UPDATE", "user")];
        assert_eq!(verbs, expected.map(|(verb, noun)| (verb.to_owned(), noun.to_owned())));
        let all = serde_json::to_string(&audit::list(&db, &admin(), Page::first(50)).await?)?;
        assert!(!all.contains("key_sealed") && !all.contains("token_hash"), "{all}");
    }

    async fn a_refused_change_leaves_no_row_and_old_rows_go_in_chunks(db: Db) {
        let ann = user(&db, "ann").await;
        let before = audit::list(&db, &admin(), Page::first(50)).await?.len();
        policy(&db, "P", &[&[ann.id]]).await;
        assert!(users::delete(&db, &admin(), ann.id, None, at(1)).await.is_err());
        assert_eq!(audit::list(&db, &admin(), Page::first(50)).await?.len(), before + 1);
        assert_eq!(audit::clean_up(&db, &admin(), at(5), 1).await?, 1);
        assert_eq!(audit::clean_up(&db, &admin(), at(5), 500).await?, before as u64);
    }
}
