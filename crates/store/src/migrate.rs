//! Migrations of both databases, embedded. Versions are timestamps; a migration is never edited once it is on main.

use crate::db::Db;
use crate::error::StoreError;
use crate::sql::Sql;
use sqlx::SqlSafeStr as _;
use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::sqlite::SqliteConnection;
use std::path::Path;

macro_rules! migration {
    ($version:literal, $name:literal) => {
        (
            $version,
            $name,
            Sql {
                sqlite: include_str!(concat!("../migrations/sqlite/", $version, "_", $name, ".sql")),
                postgres: include_str!(concat!("../migrations/postgres/", $version, "_", $name, ".sql")),
            },
        )
    };
}

/// Version, name, and the text for each database. Embedded by hand: sqlx's macro would bring its compile-time checks into the build.
const MIGRATIONS: &[(i64, &str, Sql)] = &[
    migration!(20261123090000, "first"),
    migration!(20261123110000, "paging_indexes"),
    migration!(20261125150000, "on_call"),
    migration!(20261125160000, "calendars"),
    migration!(20261125161000, "rota"),
    migration!(20261125162000, "escalation_complete"),
    migration!(20261125163000, "support_hours_and_maintenance"),
    migration!(20261125164000, "people"),
    migration!(20261125170000, "places"),
    migration!(20261129010000, "channels"),
    migration!(20261129020000, "proofs"),
    migration!(20261129040000, "heard"),
    migration!(20261129050000, "deliveries"),
    migration!(20261129060000, "source_webhooks"),
    migration!(20261129090000, "connector_people"),
    migration!(20261129180000, "alert_actions"),
];

/// The versions of all migrations, in order.
pub(crate) fn versions() -> Vec<i64> {
    MIGRATIONS.iter().map(|(version, _, _)| *version).collect()
}

fn migrator(text: fn(&Sql) -> &'static str) -> Migrator {
    let migration = |(version, name, sql): &(i64, &'static str, Sql)| {
        Migration::new(*version, (*name).into(), MigrationType::Simple, text(sql).into_sql_str(), false)
    };
    Migrator::with_migrations(MIGRATIONS.iter().map(migration).collect())
}

impl Db {
    /// Opens a database by URL, creates what is missing, and migrates it: `postgres://...` or `sqlite:FILE`.
    /// Errors: unreachable, refused settings, a schema of a newer version.
    pub async fn open(url: &str) -> Result<Db, StoreError> {
        match url.strip_prefix("sqlite:") {
            Some(file) => crate::sqlite::open(Path::new(file.trim_start_matches("//"))).await,
            None if url.starts_with("postgres://") || url.starts_with("postgresql://") => {
                crate::postgres::open(url).await
            }
            None => Err(StoreError::Refused("the database URL must start with postgres:// or sqlite:".into())),
        }
    }
}

pub(crate) async fn sqlite(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    migrator(|sql| sql.sqlite).run(connection).await.map_err(explain)
}

pub(crate) async fn postgres(pool: &sqlx::PgPool) -> Result<(), StoreError> {
    migrator(|sql| sql.postgres).run(pool).await.map_err(explain)
}

fn explain(error: MigrateError) -> StoreError {
    match error {
        MigrateError::VersionMissing(version) => StoreError::Refused(format!(
            "this database was used by a newer Watchbell (migration {version} is unknown here): run that version, or restore a backup"
        )),
        MigrateError::Execute(error) => error.into(),
        other => StoreError::Unavailable(other.to_string().into()),
    }
}
