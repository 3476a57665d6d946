//! The statements and the schemas of both databases.

use crate::fixtures::{admin, at, finish, on_both};
use std::collections::BTreeSet;
use watchbell_core::user::Role;
use watchbell_store::users::UserIn;
use watchbell_store::value::Value;
use watchbell_store::{Db, Sql, StoreError, statements, users};
use watchbell_testkit::databases::TestDatabase;

/// PostgreSQL plans each statement; SQLite compiles it. Neither is run: arguments are missing, or the unit is rolled back.
async fn refuses(db: &Db, sql: Sql) -> Option<String> {
    let prepared = match db {
        Db::Postgres { pool } => {
            use sqlx::{Executor as _, SqlSafeStr as _};
            let mut connection = pool.acquire().await.unwrap();
            connection.prepare(sql.postgres.into_sql_str()).await.map(|_| ())
        }
        Db::Sqlite { readers, .. } => {
            use sqlx::{Executor as _, SqlSafeStr as _};
            let mut connection = readers.acquire().await.unwrap();
            connection.prepare(sql.sqlite.into_sql_str()).await.map(|_| ())
        }
    };
    prepared.err().map(|error| error.to_string())
}

on_both! {
    async fn every_statement_prepares(db: Db) {
        let mut refused = Vec::new();
        for (file, name, sql) in statements() {
            if let Some(error) = refuses(&db, sql).await {
                refused.push(format!("{file}::{name}: {error}"));
            }
        }
        assert!(statements().len() > 100);
        assert!(refused.is_empty(), "{}", refused.join("\n"));
    }

    async fn names_of_statements_are_unique_in_their_file(db: Db) {
        let _ = &db;
        let names: BTreeSet<_> = statements().into_iter().map(|(file, name, _)| (file, name)).collect();
        assert_eq!(names.len(), statements().len());
    }

    async fn nul_in_a_text_is_an_error_that_names_nothing_secret_or_is_kept(db: Db) {
        let new = UserIn::new("nul@example.com", "N\0ul", "Byte", Role::User);
        let made = users::create(&db, &admin(), new, None, at(0)).await;
        match db.is_postgres() {
            true => assert!(matches!(made, Err(StoreError::BadData(_))), "{made:?}"),
            false => assert!(made.is_ok(), "{made:?}"),
        }
        assert!(users::list(&db, &admin(), watchbell_store::Page::first(10)).await?.len() <= 1);
    }
}

#[tokio::test]
async fn a_migrated_database_opens_again_unchanged() -> anyhow::Result<()> {
    for database in TestDatabase::every().await? {
        let tested = async {
            let first = database.open().await?;
            let made =
                users::create(&first, &admin(), UserIn::new("a@b.c", "A", "B", Role::Admin), None, at(0)).await?;
            let before = columns(&first).await?;
            first.close().await;
            let second = database.open().await?;
            assert_eq!(columns(&second).await?, before);
            assert_eq!(users::get(&second, &admin(), made.id).await?, made);
            second.close().await;
            Ok(())
        }
        .await;
        finish(database, tested).await?;
    }
    Ok(())
}

const COLUMNS: Sql = Sql {
    sqlite: "SELECT m.name, c.name, CASE WHEN c.\"notnull\" = 1 OR c.pk > 0 THEN 'required' ELSE 'optional' END \
        FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' \
        AND m.name <> '_sqlx_migrations'",
    postgres: "SELECT table_name::text, column_name::text, CASE is_nullable WHEN 'NO' THEN 'required' ELSE 'optional' END \
        FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> '_sqlx_migrations'",
};

const INDEXES: Sql = Sql {
    sqlite: "SELECT m.name, i.\"unique\" || ' ' || i.partial, (SELECT group_concat(name) FROM \
        (SELECT name FROM pragma_index_info(i.name) ORDER BY seqno)) \
        FROM sqlite_master m JOIN pragma_index_list(m.name) i WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' \
        AND m.name <> '_sqlx_migrations'",
    postgres: "SELECT t.relname::text, x.indisunique::int || ' ' || (x.indpred IS NOT NULL)::int, \
        (SELECT string_agg(a.attname, ',' ORDER BY k.n) FROM UNNEST(x.indkey) WITH ORDINALITY AS k(attnum, n) \
         JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = k.attnum) \
        FROM pg_index x JOIN pg_class t ON t.oid = x.indrelid JOIN pg_namespace s ON s.oid = t.relnamespace \
        WHERE s.nspname = 'public' AND t.relname <> '_sqlx_migrations'",
};

type Facts = BTreeSet<(String, String, String)>;

async fn columns(db: &Db) -> anyhow::Result<Facts> {
    Ok(db.all::<(String, String, String)>(COLUMNS, Vec::<Value>::new()).await?.into_iter().collect())
}

/// Without those of the row ids: SQLite needs none for an INTEGER PRIMARY KEY.
async fn indexes(db: &Db) -> anyhow::Result<Facts> {
    let all: Facts = db.all::<(String, String, String)>(INDEXES, Vec::<Value>::new()).await?.into_iter().collect();
    Ok(all.into_iter().filter(|(table, _, columns)| columns != "id" || table == "connector").collect())
}

#[tokio::test]
async fn the_schemas_agree() -> anyhow::Result<()> {
    let Some(postgres) = TestDatabase::postgres().await? else { return Ok(()) };
    let sqlite = TestDatabase::sqlite()?;
    let (on_postgres, on_sqlite) = (postgres.open().await?, sqlite.open().await?);
    assert_eq!(columns(&on_sqlite).await?, columns(&on_postgres).await?);
    let (left, right) = (indexes(&on_sqlite).await?, indexes(&on_postgres).await?);
    let only = |a: &Facts, b: &Facts| a.difference(b).cloned().collect::<Vec<_>>();
    assert_eq!((only(&left, &right), only(&right, &left)), (vec![], vec![]), "indexes of one database only");
    assert!(left.len() > 30);
    on_postgres.close().await;
    on_sqlite.close().await;
    finish(postgres, sqlite.remove().await).await
}
