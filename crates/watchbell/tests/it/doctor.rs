//! `doctor`: quiet when all is well, loud and exact when not.

use crate::program::{Directory, PROGRAM, node, run};
use tokio::process::Command;
use watchbell_sim::hook::{Hook, HookSimConfig};
use watchbell_sim::smtp::{Smtp, SmtpSimConfig};
use watchbell_testkit::databases::TestDatabase;
use watchbell_testkit::seed::Seed;

#[tokio::test]
async fn a_working_installation_has_nothing_wrong_on_sqlite() {
    examine(TestDatabase::sqlite().unwrap()).await.unwrap();
}

#[tokio::test]
async fn a_working_installation_has_nothing_wrong_on_postgres() {
    let Some(database) = TestDatabase::durable_postgres("").await.unwrap() else { return };
    examine(database).await.unwrap();
}

#[tokio::test]
async fn a_database_that_could_lose_what_it_committed_is_wrong() {
    // The cluster for tests of behaviour has fsync off.
    let Some(database) = TestDatabase::postgres().await.unwrap() else { return };
    database.open().await.unwrap().close().await;
    let said = full("127.0.0.1:1", &database).await;
    assert!(said.contains("WRONG  Database: fsync is off"), "{said}");
    database.remove().await.unwrap();
}

async fn examine(database: TestDatabase) -> anyhow::Result<()> {
    let node = node(&database, "well");
    let server = node.start().await?;
    let seed = Seed::of(&node).await?;
    let hook = Hook::start(HookSimConfig::default()).await?;
    let bob = seed.person("bob", &hook.url()).await?;
    let policy = seed.policy("Nights", bob).await?;
    seed.source("Monitoring", policy).await?;
    let said = node
        .run(&["doctor", "--listen", &node.address().to_string(), "--public-url", "https://bell.example.com"])
        .await?;
    for line in [
        "tables up to date",
        "Sealing key: opens",
        "Server: ready",
        "Public URL: https://bell",
        "every level of the 1 escalation policies in use reaches somebody",
        "nothing is late",
    ] {
        assert!(said.contains(line), "{line}: {said}");
    }
    assert!(said.ends_with("Nothing is wrong; 1 to think about."), "no mail server is worth a thought: {said}");

    // A person whom only e-mail reaches is not reached without a mail server.
    let mails = "UPDATE notification_preference SET method = 'EMAIL', contact_id = (SELECT id FROM contact WHERE channel = 'EMAIL' AND target = 'bob@example.com') WHERE method = 'WEBHOOK'";
    database.tamper(mails).await?;
    let said = full(&node.address().to_string(), &database).await;
    assert!(
        said.contains("nobody of level 1 can be reached (bob@example.com)") && said.contains("set up a mail server"),
        "{said}"
    );
    database.tamper("UPDATE contact SET status = 'LOCKED' WHERE channel = 'WEBHOOK'").await?;
    database
        .tamper("UPDATE job SET gave_up_at = 1, last_error = 'the ticket is locked' WHERE kind = 'clean_up'")
        .await?;
    server.stop().await?;
    let said = node.run(&["doctor", "--listen", &node.address().to_string()]).await;
    assert!(said.is_err(), "something is wrong: {said:?}");
    let said = full(&node.address().to_string(), &database).await;
    for line in [
        "nobody of level 1 can be reached (bob@example.com)",
        "clean_up of 0 gave up: the ticket is locked",
        "nobody answers at",
    ] {
        assert!(said.contains(line), "{line}: {said}");
    }
    database.remove().await
}

/// The key of the testkit's nodes.
const KEY: &str = "5ea15ea15ea15ea15ea15ea15ea15ea15ea15ea15ea15ea15ea15ea15ea15ea1";

/// The whole output of a doctor who finds something wrong.
async fn full(listen: &str, database: &TestDatabase) -> String {
    let mut command = Command::new(PROGRAM);
    command.args(["doctor", "--listen", listen]).env_clear();
    command.env("WATCHBELL_SEAL_KEY", KEY);
    match database.directory() {
        Some(directory) => command.env("WATCHBELL_DATA_DIR", directory),
        None => command.env("WATCHBELL_DATABASE_URL", database.url()).env("WATCHBELL_DATA_DIR", std::env::temp_dir()),
    };
    let output = command.output().await.expect("the doctor");
    assert_eq!(output.status.code(), Some(1));
    String::from_utf8(output.stdout).expect("UTF-8")
}

#[tokio::test]
async fn without_a_database_it_makes_none_and_says_where_it_looked() {
    let directory = Directory::new("empty");
    let outcome = run(&[("WATCHBELL_DATA_DIR", &directory.file("data"))], &["doctor"], "").await;
    assert_eq!(outcome.code, 1);
    assert!(
        outcome.stdout.contains("WRONG  Database: there is none at") && outcome.stdout.contains("1 wrong"),
        "{outcome:?}"
    );
    assert!(!std::path::Path::new(&directory.file("data")).exists(), "it changes nothing");
    let url = "postgres://nobody:very-secret@127.0.0.1:1/none";
    let outcome = run(&[("WATCHBELL_DATABASE_URL", url)], &["doctor"], "").await;
    assert!(outcome.stdout.contains("cannot be opened"), "{outcome:?}");
    assert!(!outcome.stdout.contains("very-secret") && !outcome.stderr.contains("very-secret"), "{outcome:?}");
    let directory = Directory::new("unreachable");
    let env = [("WATCHBELL_DATABASE_URL", url), ("WATCHBELL_DATA_DIR", &directory.file("data"))];
    let said = run(&env, &["serve"], "").await.refused();
    assert!(said.contains("`watchbell doctor` says more") && !said.contains("very-secret"), "{said}");
}

#[tokio::test]
async fn the_mail_server_is_probed_and_gets_no_mail() {
    let credentials = Some(("bell".into(), "right".into()));
    let smtp = Smtp::start(SmtpSimConfig { credentials, ..SmtpSimConfig::default() }).await.unwrap();
    let database = TestDatabase::sqlite().unwrap();
    node(&database, "mail").start().await.unwrap().stop().await.unwrap();
    for (password, said) in [("right", "ok     E-mail: the mail server lets us in"), ("wrong", "WRONG  E-mail:")] {
        let url = format!("smtp://bell:{password}@{}?from=bell@example.com", smtp.addr());
        let data_dir = database.directory().unwrap().to_str().unwrap();
        let env = [("WATCHBELL_DATA_DIR", data_dir), ("WATCHBELL_SEAL_KEY", KEY), ("WATCHBELL_SMTP_URL", &url)];
        let outcome = run(&env, &["doctor"], "").await;
        assert!(outcome.stdout.contains(said), "{outcome:?}");
    }
    assert!(smtp.messages().is_empty());
}

#[tokio::test]
async fn another_key_is_named_and_stops_nothing_else() {
    let database = TestDatabase::sqlite().unwrap();
    node(&database, "key").start().await.unwrap().stop().await.unwrap();
    let data_dir = database.directory().unwrap().to_str().unwrap();
    let env = [("WATCHBELL_DATA_DIR", data_dir), ("WATCHBELL_SEAL_KEY", &"ab".repeat(32))];
    let said = run(&env, &["doctor"], "").await.stdout;
    assert!(said.contains("sealed with another key") && said.contains("People: nobody has an account"), "{said}");
}
