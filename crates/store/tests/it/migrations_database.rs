//! A database beside the product: brought to an earlier state from the files of the migrations, filled, and read whole.

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::sqlite::{SqliteAutoVacuum, SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions as _, Connection as _, FromRow, SqlSafeStr as _};
use std::path::Path;
use std::str::FromStr as _;
use watchbell_store::db::FromRows;

/// A column of a table.
#[derive(Debug, Clone, FromRow)]
pub struct Column {
    pub table: String,
    pub name: String,
    pub kind: String,
    /// `optional` or `required`.
    pub need: String,
}

impl Column {
    pub fn is_named_like(&self, other: &Column) -> bool {
        (&self.table, &self.name) == (&other.table, &other.name)
    }

    /// The value of this column in the row of that number. Every column of a row says the same number, so that references
    /// between rows hold whatever the tables are called; texts are digits, which are JSON too.
    fn literal(&self, row: u8) -> String {
        if row == SPARSE_ROW && self.need == "optional" {
            return "NULL".to_owned();
        }
        match self.kind.to_ascii_uppercase().as_str() {
            "INTEGER" | "BIGINT" | "REAL" | "DOUBLE PRECISION" => row.to_string(),
            "TEXT" => format!("'{row}'"),
            "BOOLEAN" => "TRUE".to_owned(),
            "BLOB" => format!("X'{row:02X}'"),
            "BYTEA" => format!("'\\x{row:02X}'"),
            other => panic!("no sample of a {other} is known here (column {} of {})", self.name, self.table),
        }
    }
}

/// A row with every column. 1 is the organization that the first migration makes.
const FULL_ROW: u8 = 2;
/// A row with nothing in what may be empty.
const SPARSE_ROW: u8 = 3;

pub enum OldDatabase {
    Sqlite(Box<SqliteConnection>),
    Postgres(Box<PgConnection>),
}

/// sqlx takes only texts that live as long as the program; a test's do.
fn fixed(text: String) -> &'static str {
    text.leak()
}

fn folder(database: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(database)
}

/// The migrations in the files of a database, in their order.
fn migrations(database: &str) -> Vec<Migration> {
    let files = std::fs::read_dir(folder(database)).unwrap().map(|file| file.unwrap().path());
    let mut found: Vec<Migration> = files.map(|file| migration(&file)).collect();
    found.sort_by_key(|migration| migration.version);
    found
}

fn migration(file: &Path) -> Migration {
    let (version, words) = file.file_stem().unwrap().to_str().unwrap().split_once('_').unwrap();
    let text = fixed(std::fs::read_to_string(file).unwrap()).into_sql_str();
    let (version, words) = (version.parse().unwrap(), words.replace('_', " ").into());
    Migration::new(version, words, MigrationType::Simple, text, false)
}

impl OldDatabase {
    pub fn migrations_count() -> usize {
        migrations("sqlite").len()
    }

    pub async fn connect(url: &str) -> anyhow::Result<Self> {
        if url.starts_with("sqlite:") {
            let options = SqliteConnectOptions::from_str(url)?.create_if_missing(true).foreign_keys(false);
            return Ok(Self::Sqlite(Box::new(options.auto_vacuum(SqliteAutoVacuum::Incremental).connect().await?)));
        }
        Ok(Self::Postgres(Box::new(PgConnectOptions::from_str(url)?.connect().await?)))
    }

    pub async fn close(self) -> anyhow::Result<()> {
        match self {
            Self::Sqlite(connection) => connection.close().await?,
            Self::Postgres(connection) => connection.close().await?,
        }
        Ok(())
    }

    fn migrations(&self) -> Vec<Migration> {
        migrations(if matches!(self, Self::Sqlite(_)) { "sqlite" } else { "postgres" })
    }

    /// Applies the first `n` migrations, as the version that had no more did.
    pub async fn migrate(&mut self, n: usize) -> anyhow::Result<()> {
        let first = Migrator::with_migrations(self.migrations().into_iter().take(n).collect());
        match self {
            Self::Sqlite(connection) => first.run_direct(None, &mut **connection, false).await?,
            Self::Postgres(connection) => first.run_direct(None, &mut **connection, false).await?,
        }
        Ok(())
    }

    pub fn every_version(&self) -> Vec<i64> {
        self.migrations().iter().map(|migration| migration.version).collect()
    }

    pub async fn versions(&mut self) -> anyhow::Result<Vec<i64>> {
        let rows: Vec<(i64,)> = self.all("SELECT version FROM _sqlx_migrations ORDER BY version".into()).await?;
        Ok(rows.into_iter().map(|(version,)| version).collect())
    }

    pub async fn note_migration(&mut self, version: i64) -> anyhow::Result<()> {
        let empty = if matches!(self, Self::Sqlite(_)) { "X''" } else { "'\\x'" };
        self.run(format!(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
             VALUES ({version}, 'of tomorrow', TRUE, {empty}, 0)"
        ))
        .await
    }

    pub async fn columns(&mut self) -> anyhow::Result<Vec<Column>> {
        let text = match self {
            Self::Sqlite(_) => {
                "SELECT m.name AS \"table\", c.name, c.type AS kind, \
                 CASE WHEN c.\"notnull\" = 1 OR c.pk > 0 THEN 'required' ELSE 'optional' END AS need \
                 FROM sqlite_master m JOIN pragma_table_info(m.name) c \
                 WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name <> '_sqlx_migrations'"
            }
            Self::Postgres(_) => {
                "SELECT table_name::text AS \"table\", column_name::text AS name, data_type::text AS kind, \
                 CASE is_nullable WHEN 'NO' THEN 'required' ELSE 'optional' END AS need \
                 FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> '_sqlx_migrations'"
            }
        };
        self.all(text.into()).await
    }

    /// Puts two rows into every table. References are not looked at meanwhile: no order of the tables is known here.
    pub async fn fill_every_table(&mut self) -> anyhow::Result<()> {
        if let Self::Postgres(_) = self {
            self.run("SET session_replication_role = replica".into()).await?;
        }
        let columns = self.columns().await?;
        let mut tables: Vec<&str> = columns.iter().map(|column| column.table.as_str()).collect();
        tables.sort_unstable();
        tables.dedup();
        for table in tables {
            let of_table: Vec<&Column> = columns.iter().filter(|column| column.table == table).collect();
            let names: Vec<String> = of_table.iter().map(|column| format!("\"{}\"", column.name)).collect();
            for row in [FULL_ROW, SPARSE_ROW] {
                let values: Vec<String> = of_table.iter().map(|column| column.literal(row)).collect();
                self.run(format!("INSERT INTO {table} ({}) VALUES ({})", names.join(", "), values.join(", "))).await?;
            }
        }
        assert_eq!(self.broken_references().await?, Vec::<String>::new(), "the sample rows fit together");
        Ok(())
    }

    /// The rows of one table, each as one text of these columns.
    pub async fn rows(&mut self, columns: &[Column]) -> anyhow::Result<Vec<String>> {
        let as_text = |column: &Column| match self {
            Self::Sqlite(_) => format!("quote(\"{}\")", column.name),
            Self::Postgres(_) => format!("quote_nullable(\"{}\"::text)", column.name),
        };
        let values: Vec<String> = columns.iter().map(as_text).collect();
        let table = &columns[0].table;
        let rows: Vec<(String,)> = self.all(format!("SELECT {} FROM {table}", values.join(" || ' ' || "))).await?;
        let mut rows: Vec<String> = rows.into_iter().map(|(row,)| row).collect();
        rows.sort_unstable();
        Ok(rows)
    }

    /// Tables with rows that refer to none. PostgreSQL has no word for it; its references hold since the rows were written.
    pub async fn broken_references(&mut self) -> anyhow::Result<Vec<String>> {
        if let Self::Postgres(_) = self {
            return Ok(Vec::new());
        }
        let rows: Vec<(String,)> = self.all("SELECT DISTINCT \"table\" FROM pragma_foreign_key_check()".into()).await?;
        Ok(rows.into_iter().map(|(table,)| table).collect())
    }

    async fn run(&mut self, text: String) -> anyhow::Result<()> {
        match self {
            Self::Sqlite(connection) => {
                sqlx::raw_sql(fixed(text)).execute(&mut **connection).await?;
            }
            Self::Postgres(connection) => {
                sqlx::raw_sql(fixed(text)).execute(&mut **connection).await?;
            }
        }
        Ok(())
    }

    async fn all<T: FromRows>(&mut self, text: String) -> anyhow::Result<Vec<T>> {
        Ok(match self {
            Self::Sqlite(connection) => sqlx::query_as(fixed(text)).fetch_all(&mut **connection).await?,
            Self::Postgres(connection) => sqlx::query_as(fixed(text)).fetch_all(&mut **connection).await?,
        })
    }
}
