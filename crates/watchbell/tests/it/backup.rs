//! Backup and restore: the round trip beside a running server, the hold after it, keys, and files that are no backups.

use crate::program::{Directory, node, on_every_database, run};
use serde_json::json;
use watchbell_sim::hook::{Hook, HookSimConfig};
use watchbell_testkit::clock::wait_until;
use watchbell_testkit::databases::TestDatabase;
use watchbell_testkit::http::Caller;
use watchbell_testkit::node::Node;
use watchbell_testkit::seed::Seed;

/// A running installation with one open alert, which Bob was paged for; his hook, and the source's key.
async fn installation(node: &Node) -> anyhow::Result<(Seed, Hook, String)> {
    let seed = Seed::of(node).await?;
    let hook = Hook::start(HookSimConfig::default()).await?;
    let bob = seed.person("bob", &hook.url()).await?;
    let policy = seed.policy("Nights", bob).await?;
    let key = seed.source("Backups", policy).await?;
    send(node, &key, "disk full").await;
    hook.wait_for(|page| page.body.contains("disk full")).await?;
    Ok((seed, hook, key))
}

async fn send(node: &Node, key: &str, summary: &str) {
    let event = json!({"integrationKey": key, "eventType": "ALERT", "summary": summary});
    let answer = Caller::new(node.url()).post("/api/events", &event).await;
    assert!(answer.status.is_success(), "{} {}", answer.status, answer.text);
}

async fn count(database: &TestDatabase, sql: &str) -> anyhow::Result<i64> {
    let rows: Vec<(i64,)> = database.read(sql).await?;
    Ok(rows[0].0)
}

async fn another(database: &TestDatabase) -> anyhow::Result<TestDatabase> {
    Ok(match database.is_postgres() {
        true => TestDatabase::postgres().await?.expect("PostgreSQL"),
        false => TestDatabase::sqlite()?,
    })
}

on_every_database! {
    async fn a_backup_made_while_the_server_runs_comes_back_and_pages_nobody_until_somebody_says_so(database: TestDatabase) {
        let directory = Directory::new(if database.is_postgres() { "round-pg" } else { "round" });
        let file = directory.file("bell.backup");
        let old = node(&database, "old");
        let server = old.start().await?;
        let (_, hook, key) = installation(&old).await?;
        let said = old.run(&["backup", &file]).await?;
        assert!(said.contains(&file), "{said}");
        assert_eq!(mode_of(&file), 0o600);
        send(&old, &key, "after the backup").await;
        hook.wait_for(|page| page.body.contains("after the backup")).await?;
        server.stop().await?;
        hook.clear();

        let fresh = another(&database).await?;
        let new = node(&fresh, "new");
        let said = new.run(&["restore", &file]).await?;
        assert!(said.contains("NOTHING PAGES until you say so"), "{said}");
        for (what, number) in [("user_account", 2), ("alert_source", 1), ("alert", 1), ("api_key", 1), ("setting WHERE name = 'paging_held'", 1)] {
            assert_eq!(count(&fresh, &format!("SELECT count(*) FROM {what}")).await?, number, "{what}");
        }
        let server = new.start().await?;
        let ready = Caller::new(new.url()).get("/readyz").await.expect(200).text;
        assert!(ready.contains("PAGING IS HELD BACK") && ready.contains("bell.backup"), "{ready}");
        send(&new, &key, "before resume").await;
        let doctor = new.run(&["doctor", "--listen", &new.address().to_string()]).await.unwrap_err().to_string();
        assert!(doctor.contains("doctor"), "{doctor}");
        assert_eq!(count(&fresh, "SELECT count(*) FROM alert WHERE id > 1000000").await?, 1, "numbers of lost alerts are not given again");
        assert!(hook.received().is_empty(), "nobody is paged before somebody says so");

        let said = new.run(&["resume"]).await?;
        assert!(said.contains("Pages go out again"), "{said}");
        hook.wait_for(|page| page.body.contains("before resume")).await?;
        let again = new.run(&["resume"]).await?;
        assert!(again.contains("were not held back"), "{again}");
        server.stop().await?;
        fresh.remove().await?;
    }

    async fn what_is_there_is_overwritten_only_by_force_and_then_also_under_a_running_server(database: TestDatabase) {
        let directory = Directory::new(if database.is_postgres() { "force-pg" } else { "force" });
        let file = directory.file("bell.backup");
        let node = node(&database, "force");
        let server = node.start().await?;
        let (seed, hook, key) = installation(&node).await?;
        node.run(&["backup", &file]).await?;
        let twice = node.run(&["backup", &file]).await.unwrap_err().to_string();
        assert!(twice.contains("exists already"), "{twice}");
        seed.policy("Later", 1).await?;

        let refused = node.run(&["restore", &file]).await.unwrap_err().to_string();
        assert!(refused.contains("the database is not empty") && refused.contains("--force"), "{refused}");
        assert_eq!(count(&database, "SELECT count(*) FROM setting WHERE name = 'paging_held'").await?, 0);
        node.run(&["restore", &file, "--force"]).await?;
        let policies = seed.caller().get("/api/escalation-policies").await.expect(200).json();
        assert_eq!(policies.as_array().map(Vec::len), Some(1), "{policies}");
        hook.clear();
        send(&node, &key, "while held").await;
        assert!(Caller::new(node.url()).get("/readyz").await.expect(200).text.contains("PAGING IS HELD BACK"));
        assert!(hook.received().is_empty());
        node.run(&["resume"]).await?;
        hook.wait_for(|page| page.body.contains("while held")).await?;
        server.stop().await?;
    }

    async fn a_damaged_backup_changes_nothing(database: TestDatabase) {
        let directory = Directory::new(if database.is_postgres() { "damaged-pg" } else { "damaged" });
        let file = directory.file("bell.backup");
        let node = node(&database, "damaged");
        let server = node.start().await?;
        installation(&node).await?;
        node.run(&["backup", &file]).await?;
        let whole = std::fs::read(&file)?;
        let cut = directory.file("cut.backup");
        for part in [whole.len() / 2, whole.len() - 10, 20, 0] {
            std::fs::write(&cut, &whole[..part])?;
            let refused = node.run(&["restore", &cut, "--force"]).await.unwrap_err().to_string();
            assert!(["damaged", "no backup", "malformed", "cannot be reached", "refused"].iter().any(|word| refused.contains(word)), "{part}: {refused}");
        }
        assert_eq!(count(&database, "SELECT count(*) FROM alert").await?, 1);
        assert_eq!(count(&database, "SELECT count(*) FROM setting WHERE name = 'paging_held'").await?, 0, "paging goes on");
        server.stop().await?;
    }
}

fn mode_of(file: &str) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(file).expect("a file").permissions().mode() & 0o777
}

#[tokio::test]
async fn the_key_travels_only_when_asked_and_is_found_beside_the_backup() {
    let directory = Directory::new("key");
    let (old, new, lost) = (directory.file("old"), directory.file("new"), directory.file("lost"));
    let env = [("WATCHBELL_DATA_DIR", old.as_str())];
    let mut server = tokio::process::Command::new(crate::program::PROGRAM)
        .args(["serve", "--listen", "127.0.0.1:0"])
        .env_clear()
        .env("WATCHBELL_DATA_DIR", &old)
        .stderr(std::process::Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let key_file = std::path::Path::new(&old).join("seal.key");
    wait_until("the first start makes a key", async || {
        key_file.exists() && run(&env, &["doctor"], "").await.stdout.contains("opens the secrets")
    })
    .await;
    server.kill().await.unwrap();

    let (bare, with_key) = (directory.file("bare.backup"), directory.file("full.backup"));
    let said = run(&env, &["backup", &bare], "").await.ok();
    assert!(said.stderr.contains("Keep a copy of the sealing key"), "{said:?}");
    assert!(!std::path::Path::new(&format!("{bare}.key")).exists());
    let said = run(&env, &["backup", &with_key, "--with-key"], "").await.ok();
    assert!(said.stdout.contains("Keep it apart"), "{said:?}");
    assert_eq!(mode_of(&format!("{with_key}.key")), 0o600);

    let env = [("WATCHBELL_DATA_DIR", new.as_str())];
    let refused = run(&env, &["restore", &bare], "").await.refused();
    assert!(
        refused.contains("sealed with a key that is not here") && refused.contains("--without-secrets"),
        "{refused}"
    );
    run(&env, &["restore", &with_key], "").await.ok();
    assert_eq!(std::fs::read(key_file).unwrap(), std::fs::read(std::path::Path::new(&new).join("seal.key")).unwrap());
    assert!(run(&env, &["doctor"], "").await.stdout.contains("opens the secrets"));

    let env = [("WATCHBELL_DATA_DIR", lost.as_str())];
    run(&env, &["restore", &bare, "--without-secrets"], "").await.ok();
    assert!(run(&env, &["doctor"], "").await.stdout.contains("nothing was sealed yet"));
}

#[tokio::test]
async fn what_is_no_backup_is_refused_by_name() {
    let directory = Directory::new("none");
    let data_dir = directory.file("data");
    let env = [("WATCHBELL_DATA_DIR", data_dir.as_str())];
    let text = directory.file("text");
    std::fs::write(&text, "hello").unwrap();
    let lines = directory.file("lines");
    std::fs::write(&lines, "{\"watchbell_backup\":1}\n").unwrap();
    for (file, complaint) in
        [(directory.file("nowhere"), "nowhere"), (text, "is no backup of Watchbell"), (lines, "damaged or incomplete")]
    {
        let refused = run(&env, &["restore", &file], "").await.refused();
        assert!(refused.contains(complaint), "{refused}");
    }
    let nothing = run(&env, &["backup", &directory.file("new.backup")], "").await.refused();
    assert!(nothing.contains("there is no database at"), "{nothing}");
}
