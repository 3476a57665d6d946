//! Users, their contacts and their notification preferences.

use crate::fixtures::{admin, at, on_both, policy, policy_in, user};
use watchbell_core::escalation::Level;
use watchbell_core::ids::{ContactId, UserId};
use watchbell_core::limits;
use watchbell_core::user::{Channel, ContactStatus, Role, TeamRole};
use watchbell_store::contacts::ContactIn;
use watchbell_store::fallback::{self, Fallback};
use watchbell_store::policies::PolicyIn;
use watchbell_store::preferences::{Collection, PreferenceIn};
use watchbell_store::teams::{self, Member, TeamIn};
use watchbell_store::users::UserIn;
use watchbell_store::{Page, StoreError, contacts, policies, preferences, users};

fn contact_in(channel: Channel, target: &str) -> ContactIn {
    ContactIn {
        channel,
        target: target.into(),
        region: None,
        primary: false,
        label: None,
        sealed: None,
        vouched: false,
    }
}

fn high_by(method: Channel, contact: ContactId) -> PreferenceIn {
    PreferenceIn { collection: Collection::Alerts, method, contact, kind: "HIGH_PRIORITY".into(), delay_s: 300 }
}

on_both! {
    async fn a_new_user_is_paged_by_verified_email_at_once(db: Db) {
        let ann = user(&db, "ann").await;
        let contacts = contacts::list(&db, &admin(), ann.id).await?;
        assert_eq!(contacts.iter().map(|c| (c.channel, c.target.as_str(), c.verified_at)).collect::<Vec<_>>(),
            [(Channel::Email, "ann@example.com", Some(at(0)))]);
        let rules = preferences::list(&db, &admin(), ann.id, Collection::Alerts).await?;
        assert_eq!(rules.iter().map(|r| (r.method, r.kind.as_str(), r.delay_s, r.contact)).collect::<Vec<_>>(),
            [(Channel::Email, "HIGH_PRIORITY", 0, contacts[0].id), (Channel::Email, "LOW_PRIORITY", 0, contacts[0].id)]);
    }

    async fn an_email_address_belongs_to_one_user_without_case(db: Db) {
        user(&db, "Ann").await;
        let again = users::create(&db, &admin(), UserIn::new(" aNN@EXAMPLE.com ", "A", "B", Role::User), None, at(1)).await;
        assert!(matches!(again, Err(StoreError::Taken { field: "email", .. })), "{again:?}");
        assert_eq!(users::count(&db, &admin()).await?, 1);
        assert!(users::find_by_email(&db, &admin(), "ANN@example.COM").await?.is_some());
    }

    async fn users_are_listed_by_id_in_pages_and_changed_whole(db: Db) {
        let mut ids = Vec::new();
        for name in ["a", "b", "c"] {
            ids.push(user(&db, name).await.id);
        }
        let page = users::list(&db, &admin(), Page { start_index: 1, max_results: 5 }).await?;
        assert_eq!(page.iter().map(|user| user.id).collect::<Vec<_>>(), ids[1..]);
        let mut new: UserIn = page[0].clone().into();
        (new.last_name, new.muted_until, new.position) = ("Ünal".into(), Some(at(60)), Some("Chief".into()));
        let changed = users::update(&db, &admin(), ids[1], new.clone(), at(5)).await?;
        assert_eq!((UserIn::from(changed.clone()), changed.updated_at, changed.created_at), (new, at(5), at(0)));
        let missing = users::get(&db, &admin(), UserId(999)).await;
        assert!(matches!(missing, Err(StoreError::NotFound { noun: "user", .. })), "{missing:?}");
    }

    async fn a_user_whom_a_policy_pages_cannot_be_deleted(db: Db) {
        let ann = user(&db, "ann").await;
        let policy = policy(&db, "Night shift", &[&[ann.id]]).await;
        let refused = users::delete(&db, &admin(), ann.id, None, at(1)).await.unwrap_err();
        assert!(refused.to_string().contains("\"Night shift\""), "{refused}");
        policies::delete(&db, &admin(), policy.id, at(2)).await?;
        users::delete(&db, &admin(), ann.id, None, at(3)).await?;
        assert!(users::get(&db, &admin(), ann.id).await.is_err());
        assert!(contacts::list(&db, &admin(), ann.id).await?.is_empty());
    }

    async fn who_takes_the_place_of_somebody_stands_in_policies_teams_and_among_the_fallback_contacts(db: Db) {
        let (ann, bob, carl) = (user(&db, "ann").await.id, user(&db, "bob").await.id, user(&db, "carl").await.id);
        let members = vec![Member { user: ann, role: TeamRole::Admin }, Member { user: bob, role: TeamRole::Stakeholder }];
        let team = teams::create(&db, &admin(), TeamIn { name: "Network".into(), members: Some(members) }, at(0)).await?.id;
        let both = Level { accepts_needed: 2, ..Level::of_users(vec![bob, ann], 60) };
        let of_team = Level { teams: vec![team], ..Level::of_users(Vec::new(), 60) };
        let new = PolicyIn { levels: vec![both, of_team], ..policy_in("Night shift", &[]) };
        let night = policies::create(&db, &admin(), new, at(0)).await?.id;
        fallback::put(&db, &admin(), &Fallback { users: vec![ann, carl], mails: Vec::new() }, at(0)).await?;
        let refused = users::delete(&db, &admin(), ann, None, at(1)).await.unwrap_err().to_string();
        assert!(refused.contains("\"Night shift\"") && refused.contains("replacement"), "{refused}");
        for nobody in [ann, UserId(987)] {
            let refused = users::delete(&db, &admin(), ann, Some(nobody), at(1)).await.unwrap_err().to_string();
            assert!(refused.starts_with("replacement: "), "{refused}");
        }

        users::delete(&db, &admin(), ann, Some(bob), at(2)).await?;
        let after = policies::get(&db, &admin(), night).await?;
        assert_eq!((after.version, &after.levels[0].users, after.levels[0].accepts_needed), (2, &vec![bob], 1));
        assert_eq!(policies::get_version(&db, &admin(), night, 1).await?.levels[0].users, [bob, ann], "alerts that run keep theirs");
        assert_eq!(teams::get(&db, &admin(), team).await?.members, [Member { user: bob, role: TeamRole::Admin }], "paged, where he was not");
        assert_eq!(fallback::get(&db, &admin()).await?.users, [bob, carl]);
    }

    async fn a_replacement_whom_no_message_reaches_is_refused(db: Db) {
        let (ann, bob) = (user(&db, "ann").await.id, user(&db, "bob").await.id);
        policy(&db, "Night shift", &[&[ann]]).await;
        for rule in preferences::list(&db, &admin(), bob, Collection::Alerts).await? {
            preferences::delete(&db, &admin(), bob, Collection::Alerts, rule.id, at(1)).await?;
        }
        let refused = users::delete(&db, &admin(), ann, Some(bob), at(2)).await.unwrap_err().to_string();
        assert!(refused.contains("\"Night shift\"") && refused.contains("reach nobody"), "{refused}");
        assert!(users::get(&db, &admin(), ann).await.is_ok(), "nothing happened");
    }

    async fn the_last_administrator_stays(db: Db) {
        let boss = users::create(&db, &admin(), UserIn::new("boss@example.com", "B", "Oss", Role::Admin), None, at(0)).await?;
        let demoted = UserIn { role: Role::User, ..boss.clone().into() };
        assert!(matches!(users::update(&db, &admin(), boss.id, demoted.clone(), at(1)).await, Err(StoreError::InUse { .. })));
        assert!(matches!(users::delete(&db, &admin(), boss.id, None, at(1)).await, Err(StoreError::InUse { .. })));
        users::create(&db, &admin(), UserIn::new("second@example.com", "S", "Econd", Role::Admin), None, at(2)).await?;
        users::update(&db, &admin(), boss.id, demoted, at(3)).await?;
    }

    async fn a_contact_is_verified_by_its_code_in_time_and_only_once(db: Db) {
        let ann = user(&db, "ann").await;
        let made = contacts::create(&db, &admin(), ann.id, contact_in(Channel::Ntfy, "https://ntfy.sh/ann"), at(0)).await?;
        assert_eq!(made.verified_at, None);
        contacts::start_verification(&db, &admin(), made.id, [7; 32], at(600)).await?;
        assert!(!contacts::verify(&db, &admin(), made.id, [8; 32], at(1)).await?, "another code");
        assert!(!contacts::verify(&db, &admin(), made.id, [7; 32], at(600)).await?, "too late");
        assert!(contacts::verify(&db, &admin(), made.id, [7; 32], at(599)).await?);
        assert!(!contacts::verify(&db, &admin(), made.id, [7; 32], at(599)).await?, "used up");
        assert_eq!(contacts::get(&db, &admin(), ann.id, made.id).await?.verified_at, Some(at(599)));
    }

    async fn another_target_has_to_be_verified_again(db: Db) {
        let ann = user(&db, "ann").await;
        let vouched = ContactIn { vouched: true, sealed: Some(vec![1, 2]), ..contact_in(Channel::Webhook, "https://example.com/a") };
        let made = contacts::create(&db, &admin(), ann.id, vouched, at(0)).await?;
        assert!(made.has_secret && made.verified_at == Some(at(0)));
        contacts::set_status(&db, &admin(), made.id, ContactStatus::Blacklisted, at(1)).await?;
        let same = contacts::update(&db, &admin(), ann.id, made.id, contact_in(Channel::Webhook, "https://example.com/a"), at(2)).await?;
        assert_eq!((same.verified_at, same.status, same.has_secret), (Some(at(0)), ContactStatus::Blacklisted, true));
        let other = contacts::update(&db, &admin(), ann.id, made.id, contact_in(Channel::Webhook, "https://example.com/A"), at(3)).await?;
        assert_eq!((other.verified_at, other.status), (None, ContactStatus::Ok));
        assert_eq!(contacts::secret(&db, &admin(), made.id).await?, Some(vec![1, 2]));
    }

    async fn a_target_is_there_once_and_one_number_is_primary(db: Db) {
        let ann = user(&db, "ann").await;
        let again = contacts::create(&db, &admin(), ann.id, contact_in(Channel::Email, "ANN@example.com"), at(0)).await;
        assert!(matches!(again, Err(StoreError::Taken { field: "target", .. })), "{again:?}");
        for number in ["+4930123", "+4930456"] {
            let new = ContactIn { primary: true, region: Some("DE".into()), ..contact_in(Channel::Sms, number) };
            contacts::create(&db, &admin(), ann.id, new, at(1)).await?;
        }
        let primary: Vec<_> = contacts::list(&db, &admin(), ann.id).await?.into_iter().filter(|c| c.primary).map(|c| c.target).collect();
        assert_eq!(primary, ["+4930456"]);
        assert!(contacts::find_by_target(&db, &admin(), ann.id, Channel::Sms, " +4930123 ").await?.is_some());
    }

    async fn contacts_of_others_are_not_found(db: Db) {
        let (ann, bob) = (user(&db, "ann").await, user(&db, "bob").await);
        let anns = contacts::list(&db, &admin(), ann.id).await?[0].id;
        assert!(contacts::get(&db, &admin(), bob.id, anns).await.is_err());
        assert!(contacts::delete(&db, &admin(), bob.id, anns, at(1)).await.is_err());
        let stolen = preferences::create(&db, &admin(), bob.id, high_by(Channel::Email, anns), at(1)).await;
        assert!(matches!(stolen, Err(StoreError::Refused(_))), "{stolen:?}");
    }

    async fn a_preference_needs_a_contact_that_its_method_reaches(db: Db) {
        let ann = user(&db, "ann").await;
        let email = contacts::list(&db, &admin(), ann.id).await?[0].id;
        let phone = contacts::create(&db, &admin(), ann.id, contact_in(Channel::Sms, "+4930123"), at(0)).await?.id;
        let refused = preferences::create(&db, &admin(), ann.id, high_by(Channel::Voice, email), at(0)).await.unwrap_err();
        assert!(refused.to_string().contains("EMAIL"), "{refused}");
        let call = preferences::create(&db, &admin(), ann.id, high_by(Channel::Voice, phone), at(0)).await?;
        assert_eq!((call.method, call.channel, call.target.as_str(), call.delay_s), (Channel::Voice, Channel::Sms, "+4930123", 300));
        let later = preferences::update(&db, &admin(), ann.id, call.id, PreferenceIn { delay_s: 600, ..high_by(Channel::Sms, phone) }, at(1)).await?;
        assert_eq!((later.method, later.delay_s), (Channel::Sms, 600));
        let elsewhere = preferences::get(&db, &admin(), ann.id, Collection::Updates, call.id).await;
        assert!(elsewhere.is_err());
        contacts::delete(&db, &admin(), ann.id, phone, at(2)).await?;
        assert_eq!(preferences::list(&db, &admin(), ann.id, Collection::Alerts).await?.len(), 2, "the rule went with its contact");
    }

    async fn a_user_has_a_limited_number_of_contacts(db: Db) {
        let ann = user(&db, "ann").await;
        for nth in 1..limits::USER_PARTS_MAX {
            contacts::create(&db, &admin(), ann.id, contact_in(Channel::Email, &format!("{nth}@example.com")), at(0)).await?;
        }
        let refused = contacts::create(&db, &admin(), ann.id, contact_in(Channel::Email, "more@example.com"), at(0)).await;
        assert!(matches!(refused, Err(StoreError::Refused(_))), "{refused:?}");
    }
}
