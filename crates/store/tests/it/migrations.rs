//! Upgrades: a database of any earlier version comes up to date and keeps its rows; one of a later version is refused.
//!
//! Migrations are never edited once they are recorded, so the first `n` of them are the database of the version that had
//! `n`. This works for any number of them: a new migration is tested by being there.

use crate::fixtures::finish;
use crate::migrations_database::{Column, OldDatabase};
use std::collections::BTreeMap;
use watchbell_store::{Db, StoreError};
use watchbell_testkit::databases::TestDatabase;

/// Columns whose values a migration takes away or changes on purpose, as (table, column); `*` is the whole table.
const CHANGED_ON_PURPOSE: &[(&str, &str)] = &[];

fn is_kept(column: &Column) -> bool {
    !CHANGED_ON_PURPOSE.iter().any(|(table, name)| *table == column.table && (*name == "*" || *name == column.name))
}

/// The columns of each table that must keep their values.
fn kept(columns: Vec<Column>) -> BTreeMap<String, Vec<Column>> {
    let mut tables = BTreeMap::<String, Vec<Column>>::new();
    for column in columns.into_iter().filter(is_kept) {
        tables.entry(column.table.clone()).or_default().push(column);
    }
    tables
}

/// Makes the database of the version that had `n` migrations, with rows in every table; upgrades it; compares.
async fn upgrade_from(database: &TestDatabase, n: usize) -> anyhow::Result<()> {
    let mut old = OldDatabase::connect(database.url()).await?;
    old.migrate(n).await?;
    old.fill_every_table().await?;
    let before = kept(old.columns().await?);
    let mut rows = BTreeMap::new();
    for (table, columns) in &before {
        rows.insert(table, old.rows(columns).await?);
    }
    old.close().await?;

    Db::open(database.url()).await?.close().await;

    let mut upgraded = OldDatabase::connect(database.url()).await?;
    assert_eq!(upgraded.versions().await?, upgraded.every_version(), "after {n} migrations");
    let after: Vec<Column> = upgraded.columns().await?;
    for (table, columns) in &before {
        let lost: Vec<_> = columns.iter().filter(|old| !after.iter().any(|new| new.is_named_like(old))).collect();
        assert!(lost.is_empty(), "lost after {n} migrations, and not in CHANGED_ON_PURPOSE: {lost:?}");
        assert!(rows[table].len() >= 2, "{table} was not filled");
        assert_eq!(upgraded.rows(columns).await?, rows[table], "rows of {table} after {n} migrations");
    }
    assert_eq!(upgraded.broken_references().await?, Vec::<String>::new());
    upgraded.close().await
}

#[tokio::test]
async fn a_database_of_any_earlier_version_keeps_its_rows() -> anyhow::Result<()> {
    for n in 0..=OldDatabase::migrations_count() {
        for database in TestDatabase::every().await? {
            let tested = upgrade_from(&database, n).await;
            finish(database, tested).await?;
        }
    }
    Ok(())
}

/// Some later migration, as a later version would have noted it.
async fn be_of_tomorrow(database: &TestDatabase) -> anyhow::Result<()> {
    Db::open(database.url()).await?.close().await;
    let mut old = OldDatabase::connect(database.url()).await?;
    old.note_migration(29991231235959).await?;
    old.close().await
}

#[tokio::test]
async fn a_database_of_a_later_version_is_refused_and_left_alone() -> anyhow::Result<()> {
    for database in TestDatabase::every().await? {
        let tested = async {
            be_of_tomorrow(&database).await?;
            let refused = Db::open(database.url()).await.map(|_| ()).unwrap_err();
            assert!(matches!(refused, StoreError::Refused(_)), "{refused:?}");
            assert_eq!(
                refused.to_string(),
                "this database was used by a newer Watchbell (migration 29991231235959 is unknown here): run that version, or \
                 restore a backup"
            );
            let mut left = OldDatabase::connect(database.url()).await?;
            assert_eq!(left.versions().await?.last(), Some(&29991231235959));
            left.close().await
        }
        .await;
        finish(database, tested).await?;
    }
    Ok(())
}

/// Nodes that are deployed together start together.
#[tokio::test]
async fn nodes_that_start_at_once_migrate_once() -> anyhow::Result<()> {
    let Some(database) = TestDatabase::postgres().await? else { return Ok(()) };
    let tested = async {
        let (one, other) = tokio::try_join!(database.open(), database.open())?;
        one.close().await;
        other.close().await;
        let mut migrated = OldDatabase::connect(database.url()).await?;
        assert_eq!(migrated.versions().await?, migrated.every_version());
        migrated.close().await
    }
    .await;
    finish(database, tested).await
}
