//! What the tests share: a database of each kind with some configuration in it.

use jiff::Timestamp;
use watchbell_core::alert::Priority;
use watchbell_core::escalation::Level;
use watchbell_core::grouping::Grouping;
use watchbell_core::ids::{PolicyId, UserId};
use watchbell_core::user::{Channel, Role};
use watchbell_store::contacts::{self, Contact, ContactIn};
use watchbell_store::policies::{EscalationPolicy, PolicyIn};
use watchbell_store::sources::{IntegrationKey, Source, SourceIn};
use watchbell_store::users::{User, UserIn};
use watchbell_store::{Db, Scope, doors, policies, sources, users};
use watchbell_testkit::databases::TestDatabase;

/// Runs the same test on every database of this machine.
macro_rules! on_both {
    ($($(#[$meta:meta])* async fn $name:ident($db:ident: Db) $body:block)*) => {$(
        #[tokio::test]
        $(#[$meta])*
        async fn $name() -> anyhow::Result<()> {
            for database in watchbell_testkit::databases::TestDatabase::every().await? {
                let $db = database.open().await?;
                println!("on {}", if $db.is_postgres() { "PostgreSQL" } else { "SQLite" });
                let tested = { let $db = $db.clone(); async move { $body Ok::<(), anyhow::Error>(()) } }.await;
                $db.close().await;
                crate::fixtures::finish(database, tested).await?;
            }
            Ok(())
        }
    )*};
}
pub(crate) use on_both;

pub async fn finish(database: TestDatabase, tested: anyhow::Result<()>) -> anyhow::Result<()> {
    let removed = database.remove().await;
    tested.and(removed)
}

pub fn at(s: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + s).unwrap()
}

pub fn admin() -> Scope {
    doors::command_line()
}

pub async fn user(db: &Db, name: &str) -> User {
    let new = UserIn::new(format!("{name}@example.com"), name, "Tester", Role::User);
    users::create(db, &admin(), new, None, at(0)).await.unwrap()
}

/// A phone number of somebody, proven where somebody vouched for it.
pub async fn phone(db: &Db, user: UserId, number: &str, vouched: bool) -> Contact {
    let new = ContactIn {
        channel: Channel::Sms,
        target: number.into(),
        region: None,
        primary: false,
        label: None,
        sealed: None,
        vouched,
    };
    contacts::create(db, &admin(), user, new, at(1)).await.unwrap()
}

pub fn policy_in(name: &str, levels: &[&[UserId]]) -> PolicyIn {
    let levels = levels.iter().map(|users| Level::of_users(users.to_vec(), 900)).collect();
    PolicyIn {
        name: name.into(),
        routing_key: None,
        levels,
        passes: 1,
        repeating: false,
        delay_s: 0,
        after_accept: Default::default(),
    }
}

pub async fn policy(db: &Db, name: &str, levels: &[&[UserId]]) -> EscalationPolicy {
    policies::create(db, &admin(), policy_in(name, levels), at(0)).await.unwrap()
}

pub fn source_in(name: &str, policy: PolicyId) -> SourceIn {
    SourceIn {
        name: name.into(),
        integration_type: "API".into(),
        policy,
        active: true,
        grouping: Grouping::EachEvent,
        grouping_window_s: None,
        priority_rule: Priority::High.into(),
        support_hours: None,
        auto_raise: false,
        auto_resolve_s: None,
        connector: None,
        settings: serde_json::json!({"iconUrl": "https://example.com/i.png"}),
        rules: None,
    }
}

pub fn key(byte: u8) -> IntegrationKey {
    IntegrationKey { hash: [byte; 32], sealed: vec![byte; 60] }
}

pub async fn source(db: &Db, name: &str, byte: u8) -> Source {
    let ann = match users::find_by_email(db, &admin(), "ann@example.com").await.unwrap() {
        Some(ann) => ann,
        None => user(db, "ann").await,
    };
    let policy = policy(db, &format!("policy of {name}"), &[&[ann.id]]).await;
    sources::create(db, &admin(), source_in(name, policy.id), key(byte), at(0)).await.unwrap()
}
