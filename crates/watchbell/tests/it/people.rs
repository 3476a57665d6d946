//! `user create` and `api-key create`, beside a server that runs and is busy.

use crate::program::{Directory, PROGRAM, node, on_every_database, run};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use watchbell_sim::hook::{Hook, HookSimConfig};
use watchbell_testkit::http::Caller;
use watchbell_testkit::seed::Seed;

on_every_database! {
    async fn a_user_and_a_key_made_beside_the_server_work_at_once(database: TestDatabase) {
        let node = node(&database, "people");
        let server = node.start().await?;
        let said = node.run(&["user", "create", "--email", "Ann@example.com", "--name", "Ann de Vries", "--role", "admin"]).await?;
        assert_eq!(said, "Ann@example.com is user 1, ADMIN, without a password.");
        let key = node.run(&["api-key", "create", "--user", "ann@EXAMPLE.com", "--name", "first"]).await?;
        assert!(key.len() >= 43 && !key.contains(char::is_whitespace), "the key stands alone: {key:?}");

        let ann = Caller::new(node.url()).with_key(&key);
        let me = ann.get("/api/users/current").await.expect(200).json();
        assert_eq!((&me["email"], &me["firstName"], &me["lastName"]), (&json!("Ann@example.com"), &json!("Ann"), &json!("de Vries")));
        let mails = ann.get("/api/users/current/contacts/emails").await;
        let mails = if mails.status.is_success() { mails } else { ann.get("/api/users/1/contacts/emails").await }.expect(200).json();
        assert_eq!(mails[0]["target"], "Ann@example.com");
        assert_eq!(mails[0]["status"], "OK");
        let rules = ann.get("/api/users/1/notification-preferences/alerts").await.expect(200).json();
        let mut kinds: Vec<_> = rules.as_array().unwrap().iter().map(|rule| (rule["type"].as_str().unwrap().to_owned(), rule["delayMin"].as_i64())).collect();
        kinds.sort();
        assert_eq!(kinds, [("HIGH_PRIORITY".to_owned(), Some(0)), ("LOW_PRIORITY".to_owned(), Some(0))]);

        let twice = node.run(&["user", "create", "--email", "ANN@example.com", "--name", "Ann"]).await.unwrap_err().to_string();
        assert!(twice.contains("exists already"), "{twice}");
        let nobody = node.run(&["api-key", "create", "--user", "bob@example.com", "--name", "x"]).await.unwrap_err().to_string();
        assert!(nobody.contains("there is no user \"bob@example.com\""), "{nobody}");
        server.stop().await?;
    }

    async fn a_busy_server_keeps_nobody_from_getting_an_account(database: TestDatabase) {
        let node = node(&database, "busy");
        let server = node.start().await?;
        let seed = Seed::of(&node).await?;
        let hook = Hook::start(HookSimConfig::default()).await?;
        let person = seed.person("bob", &hook.url()).await?;
        let policy = seed.policy("Busy", person).await?;
        let key = seed.source("Busy", policy).await?;
        let (going, sent) = (Arc::new(AtomicBool::new(true)), Arc::new(AtomicUsize::new(0)));
        let flood: Vec<_> = (0..8).map(|lane| tokio::spawn(flood(Caller::new(node.url()), key.clone(), lane, going.clone(), sent.clone()))).collect();
        for nth in 0..5 {
            let said = node.run(&["user", "create", "--email", &format!("user{nth}@example.com"), "--name", "Some One"]).await?;
            assert!(said.contains("RESPONDER"), "{said}");
        }
        going.store(false, Ordering::Relaxed);
        for lane in flood {
            lane.await?;
        }
        assert!(sent.load(Ordering::Relaxed) > 10, "the server was busy");
        server.stop().await?;
    }
}

async fn flood(caller: Caller, key: String, lane: usize, going: Arc<AtomicBool>, sent: Arc<AtomicUsize>) {
    while going.load(Ordering::Relaxed) {
        let nth = sent.fetch_add(1, Ordering::Relaxed);
        let event = json!({"integrationKey": key, "eventType": "ALERT", "summary": "busy", "alertKey": format!("{lane}-{nth}"), "priority": "LOW"});
        let answer = caller.post("/api/events", &event).await;
        assert!(answer.status.is_success(), "{} {}", answer.status, answer.text);
    }
}

#[tokio::test]
async fn a_password_comes_from_standard_input_and_has_rules() {
    let directory = crate::program::Directory::new("password");
    let env = [("WATCHBELL_DATA_DIR", directory.path().to_str().unwrap())];
    let words = ["user", "create", "--email", "ann@example.com", "--name", "Ann", "--password-stdin"];
    for (password, complaint) in
        [("", "there is no password on standard input"), ("short\n", "must have 10 to 256 characters")]
    {
        let refused = run(&env, &words, password).await.refused();
        assert!(refused.contains(complaint), "{refused}");
    }
    let made = run(&env, &words, "a long password\n").await.ok();
    assert_eq!(made.stdout, "ann@example.com is user 1, RESPONDER.\n");
    for (email, name) in [("ann", "Ann"), ("a@b@c", "Ann"), ("a@example.com", "  ")] {
        let refused = run(&env, &["user", "create", "--email", email, "--name", name], "").await.refused();
        assert!(
            refused.contains(if name == "Ann" { "--email: must be an e-mail address" } else { "--name: " }),
            "{refused}"
        );
    }
}

/// The output of a command goes to somebody who has stopped reading.
async fn run_unread(data_dir: &str, words: &[&str]) -> (i32, String) {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = tokio::process::Command::new(PROGRAM);
    command.args(words).env_clear().env("WATCHBELL_DATA_DIR", data_dir).stdout(writer).kill_on_drop(true);
    let output = command.stderr(std::process::Stdio::piped()).spawn().unwrap().wait_with_output().await.unwrap();
    (output.status.code().unwrap_or(-1), String::from_utf8(output.stderr).unwrap())
}

#[tokio::test]
async fn a_key_that_nobody_could_read_is_said_and_a_report_may_be_cut_off() {
    let directory = Directory::new("unread");
    let data_dir = directory.file("data");
    let (code, said) = run_unread(&data_dir, &["user", "create", "--email", "ann@example.com", "--name", "Ann"]).await;
    assert_eq!((code, said.as_str()), (0, ""));
    let (code, said) = run_unread(&data_dir, &["api-key", "create", "--user", "ann@example.com", "--name", "x"]).await;
    assert!(code == 1 && said.contains("could not be printed"), "{code} {said}");
    let (_, said) = run_unread(&data_dir, &["doctor"]).await;
    assert_eq!(said, "");
}
