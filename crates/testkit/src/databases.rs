//! Databases for tests: a file of its own in a temporary directory, or a database of its own on the PostgreSQL that the
//! environment names. Each is gone when its test ends.

#[expect(clippy::disallowed_types, reason = "names of databases cannot be bound, and tests break rows on purpose")]
use sqlx::AssertSqlSafe;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions as _, Connection as _};
use std::path::PathBuf;
use std::str::FromStr as _;
use std::sync::atomic::{AtomicU32, Ordering};
use watchbell_store::Db;
use watchbell_store::db::FromRows;

use crate::environment::{setting, skip};

/// A database that one test has to itself.
#[derive(Debug)]
pub struct TestDatabase {
    url: String,
    home: Home,
}

#[derive(Debug)]
enum Home {
    Directory(PathBuf),
    Server { maintenance_url: String, name: String },
}

static COUNTER: AtomicU32 = AtomicU32::new(0);

fn unique_name() -> String {
    let nth = COUNTER.fetch_add(1, Ordering::Relaxed);
    // The thread's address space differs between runs of a process id that is given again.
    let here = std::ptr::from_ref(&COUNTER).addr() >> 12;
    format!("watchbell_t{}_{nth}_{here:x}", std::process::id())
}

impl TestDatabase {
    /// An embedded database in a new directory.
    pub fn sqlite() -> std::io::Result<Self> {
        Self::sqlite_in(&std::env::temp_dir())
    }

    /// The same in a place of the caller's, such as a small disk.
    pub fn sqlite_in(place: &std::path::Path) -> std::io::Result<Self> {
        let directory = place.join(unique_name());
        std::fs::create_dir_all(&directory)?;
        let url = format!("sqlite:{}", directory.join("watchbell.db").display());
        Ok(Self { url, home: Home::Directory(directory) })
    }

    /// A new database on the server of `WATCHBELL_TEST_POSTGRES_URL`, empty. `None` says loudly that there is no server; with
    /// `WATCHBELL_TEST_NOTHING_SKIPPED=1` that is an error.
    pub async fn postgres() -> anyhow::Result<Option<Self>> {
        Self::on_server("WATCHBELL_TEST_POSTGRES_URL", "").await
    }

    /// The same on the server of `WATCHBELL_TEST_POSTGRES_DURABLE_URL`, whose commits survive a crash. `options` are words of
    /// CREATE DATABASE, such as `TABLESPACE small`.
    pub async fn durable_postgres(options: &str) -> anyhow::Result<Option<Self>> {
        Self::on_server("WATCHBELL_TEST_POSTGRES_DURABLE_URL", options).await
    }

    async fn on_server(variable: &str, options: &str) -> anyhow::Result<Option<Self>> {
        let Some(maintenance_url) = setting(variable) else {
            skip(&format!(
                "{variable} is not set (run ./test, or scripts/postgres-for-tests): nothing runs on PostgreSQL"
            ))?;
            return Ok(None);
        };
        let name = unique_name();
        execute(&maintenance_url, &format!("CREATE DATABASE {name} {options}")).await?;
        let url = PgConnectOptions::from_str(&maintenance_url)?.database(&name).to_url_lossy().to_string();
        Ok(Some(Self { url, home: Home::Server { maintenance_url, name } }))
    }

    /// Every database that this machine can test on.
    pub async fn every() -> anyhow::Result<Vec<Self>> {
        let mut databases = vec![Self::sqlite()?];
        databases.extend(Self::postgres().await?);
        Ok(databases)
    }

    /// What [`Db::open`] takes.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Opens it, migrated.
    pub async fn open(&self) -> anyhow::Result<Db> {
        Ok(Db::open(&self.url).await?)
    }

    /// Runs a statement beside the product: what a careless person or a fault would do to the rows.
    pub async fn tamper(&self, sql: &str) -> anyhow::Result<()> {
        match &self.home {
            Home::Server { .. } => execute(&self.url, sql).await,
            Home::Directory(_) => {
                let options =
                    SqliteConnectOptions::from_str(&self.url)?.busy_timeout(std::time::Duration::from_secs(5));
                let mut connection: SqliteConnection = options.connect().await?;
                sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut connection).await?;
                Ok(connection.close().await?)
            }
        }
    }

    /// Reads rows beside the product, which is stopped or not: what is really there.
    pub async fn read<T: FromRows>(&self, sql: &str) -> anyhow::Result<Vec<T>> {
        let sql = AssertSqlSafe(sql.to_owned());
        Ok(match &self.home {
            Home::Server { .. } => {
                let mut connection: PgConnection = PgConnectOptions::from_str(&self.url)?.connect().await?;
                let rows = sqlx::query_as(sql).fetch_all(&mut connection).await?;
                connection.close().await?;
                rows
            }
            Home::Directory(_) => {
                let options =
                    SqliteConnectOptions::from_str(&self.url)?.busy_timeout(std::time::Duration::from_secs(5));
                let mut connection: SqliteConnection = options.connect().await?;
                let rows = sqlx::query_as(sql).fetch_all(&mut connection).await?;
                connection.close().await?;
                rows
            }
        })
    }

    /// Where the embedded one lies.
    pub fn directory(&self) -> Option<&std::path::Path> {
        match &self.home {
            Home::Directory(directory) => Some(directory),
            Home::Server { .. } => None,
        }
    }

    /// Whether it is the shared one.
    pub fn is_postgres(&self) -> bool {
        matches!(self.home, Home::Server { .. })
    }

    /// Removes it. Whoever has it open is cut off.
    pub async fn remove(mut self) -> anyhow::Result<()> {
        let home = std::mem::replace(&mut self.home, Home::Directory(PathBuf::new()));
        match home {
            Home::Directory(directory) => std::fs::remove_dir_all(directory)?,
            Home::Server { maintenance_url, name } => execute(&maintenance_url, &drop_statement(&name)).await?,
        }
        Ok(())
    }
}

/// A test that fails never reaches [`TestDatabase::remove`]; a database on the server goes with its cluster.
impl Drop for TestDatabase {
    fn drop(&mut self) {
        if let Home::Directory(directory) = &self.home
            && !directory.as_os_str().is_empty()
        {
            // It may be gone already, and a test must not fail for that.
            let _ = std::fs::remove_dir_all(directory);
        }
    }
}

fn drop_statement(name: &str) -> String {
    format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")
}

async fn execute(url: &str, sql: &str) -> anyhow::Result<()> {
    let mut connection: PgConnection = PgConnectOptions::from_str(url)?.connect().await?;
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut connection).await?;
    connection.close().await?;
    Ok(())
}
