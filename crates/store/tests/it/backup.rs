//! What a backup holds: every table, or the reason why not; and its rows, byte for byte.

use crate::fixtures::{admin, at, finish, on_both, policy, source, user};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use watchbell_store::backup::{self, LEFT_OUT, Restore, TABLES};
use watchbell_store::{Page, Sql, StoreError, hold, policies, schema, settings, sources, users};
use watchbell_testkit::databases::TestDatabase;

const TABLES_THERE: Sql = Sql {
    sqlite: "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> '_sqlx_migrations'",
    postgres: "SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public' AND table_name <> '_sqlx_migrations'",
};

on_both! {
    async fn every_table_is_in_a_backup_or_left_out_on_purpose(db: Db) {
        let there: Vec<(String,)> = db.all(TABLES_THERE, Vec::new()).await?;
        let there: BTreeSet<String> = there.into_iter().map(|(name,)| name).collect();
        let known: BTreeSet<String> = TABLES.iter().map(|table| table.name).chain(LEFT_OUT).map(str::to_owned).collect();
        assert_eq!(there, known, "a new table belongs into crates/store/src/backup/tables.rs");
    }
}

fn file(database: &TestDatabase, name: &str) -> PathBuf {
    let kind = if database.is_postgres() { "postgres" } else { "sqlite" };
    let file = std::env::temp_dir().join(format!("watchbell-store-{}-{kind}-{name}", std::process::id()));
    let _ = std::fs::remove_file(&file);
    file
}

fn restore(file: &Path) -> Restore {
    Restore { file: file.to_path_buf(), force: false, without_secrets: false, reason: "a test".into() }
}

async fn fresh(like: &TestDatabase) -> anyhow::Result<TestDatabase> {
    Ok(match like.is_postgres() {
        true => TestDatabase::postgres().await?.expect("PostgreSQL"),
        false => TestDatabase::sqlite()?,
    })
}

#[tokio::test]
async fn rows_come_back_as_they_were_and_numbers_are_not_given_twice() -> anyhow::Result<()> {
    for database in TestDatabase::every().await? {
        let (file, other) = (file(&database, "rows"), fresh(&database).await?);
        let tested = async {
            let db = database.open().await?;
            let bob = user(&db, "bob").await;
            let nights = policy(&db, "Nights \"\\ \u{1F514}\n", &[&[bob.id]]).await;
            let made = source(&db, "Mön'itoring", 7).await;
            settings::put(&db, &admin(), "bytes", (None, Some((0..=255).collect())), at(1)).await?;
            backup::write(database.url(), &file, at(2)).await?;

            backup::restore(other.url(), &admin(), restore(&file), at(3)).await?;
            let back = other.open().await?;
            assert_eq!(users::get(&back, &admin(), bob.id).await?, bob);
            assert_eq!(policies::get(&back, &admin(), nights.id).await?, nights);
            assert_eq!(sources::get(&back, &admin(), made.id).await?, made);
            let bytes = settings::get(&back, &admin(), "bytes").await?.unwrap().sealed.unwrap();
            assert_eq!(bytes, (0..=255).collect::<Vec<u8>>());
            assert_eq!(hold::get(&back, &admin()).await?.unwrap().reason, "a test");
            let carol = user(&back, "carol").await;
            assert!(carol.id > bob.id, "the next user has a number of their own");
            assert_eq!(users::list(&back, &admin(), Page::first(10)).await?.len(), 3);

            let again = backup::restore(other.url(), &admin(), restore(&file), at(4)).await;
            assert!(matches!(&again, Err(StoreError::Refused(why)) if why.contains("not empty")), "{again:?}");
            backup::restore(other.url(), &admin(), Restore { force: true, ..restore(&file) }, at(5)).await?;
            assert_eq!(users::list(&back, &admin(), Page::first(10)).await?.len(), 2);
            db.close().await;
            back.close().await;
            Ok(())
        }
        .await;
        let _ = std::fs::remove_file(&file);
        finish(other, Ok(())).await?;
        finish(database, tested).await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_backup_of_one_kind_is_not_restored_into_the_other() -> anyhow::Result<()> {
    let Some(postgres) = TestDatabase::postgres().await? else { return Ok(()) };
    let sqlite = TestDatabase::sqlite()?;
    for (from, to) in [(&postgres, &sqlite), (&sqlite, &postgres)] {
        let file = file(from, "kind");
        from.open().await?.close().await;
        backup::write(from.url(), &file, at(0)).await?;
        let crossed = backup::restore(to.url(), &admin(), restore(&file), at(1)).await;
        assert!(
            matches!(&crossed, Err(StoreError::Refused(why)) if why.contains("this is a backup of")),
            "{crossed:?}"
        );
        std::fs::remove_file(&file)?;
    }
    finish(postgres, Ok(())).await?;
    finish(sqlite, Ok(())).await
}

#[tokio::test]
async fn a_look_changes_nothing_and_tells_missing_from_current() -> anyhow::Result<()> {
    for database in TestDatabase::every().await? {
        let tested = async {
            let before = schema::look(database.url()).await?;
            assert_eq!(before.schema, schema::Schema::Missing);
            assert_eq!(schema::look(database.url()).await?, before, "looking made nothing");
            database.open().await?.close().await;
            assert_eq!(schema::look(database.url()).await?.schema, schema::Schema::Current);
            Ok(())
        };
        let tested: anyhow::Result<()> = tested.await;
        finish(database, tested).await?;
    }
    Ok(())
}
