//! Where rows are read: the database, or a unit of work that is under way and sees its own changes.

use crate::db::{Db, FromRows, Tx};
use crate::error::StoreError;
use crate::sql::Sql;
use crate::value::Value;

/// Reads rows. Made from `&Db` or `&mut Tx`.
#[derive(Debug)]
pub enum Reader<'a> {
    /// What is committed.
    Db(&'a Db),
    /// What this unit sees.
    Tx(&'a mut Tx),
}

impl<'a> From<&'a Db> for Reader<'a> {
    fn from(db: &'a Db) -> Self {
        Self::Db(db)
    }
}

impl<'a> From<&'a mut Tx> for Reader<'a> {
    fn from(tx: &'a mut Tx) -> Self {
        Self::Tx(tx)
    }
}

impl Reader<'_> {
    /// All rows of a reading statement.
    pub async fn all<T: FromRows>(&mut self, sql: Sql, args: Vec<Value>) -> Result<Vec<T>, StoreError> {
        match self {
            Self::Db(db) => db.all(sql, args).await,
            Self::Tx(tx) => tx.all(sql, args).await,
        }
    }

    /// The row of a reading statement, if there is one.
    pub async fn one<T: FromRows>(&mut self, sql: Sql, args: Vec<Value>) -> Result<Option<T>, StoreError> {
        match self {
            Self::Db(db) => db.one(sql, args).await,
            Self::Tx(tx) => tx.one(sql, args).await,
        }
    }
}
