//! What can go wrong in the store, without any transport: what happened, for whom.

/// The cause of an error that is logged and never shown.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// What went wrong.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is none, or none that the caller may see.
    #[error("{noun} {id} does not exist")]
    NotFound {
        /// What was looked for.
        noun: &'static str,
        /// Which.
        id: String,
    },
    /// Another one has it already.
    #[error("{} {noun} with this {field} exists already", if noun.starts_with(['a', 'e']) { "an" } else { "a" })]
    Taken {
        /// What was written.
        noun: &'static str,
        /// Which of its fields.
        field: &'static str,
    },
    /// Something else depends on it.
    #[error("{what}")]
    InUse {
        /// What depends, in words for the person.
        what: String,
    },
    /// The rule of the noun refuses it.
    #[error("{0}")]
    Refused(String),
    /// The rule of the noun lets others do it.
    #[error("{0}")]
    Denied(String),
    /// Somebody else changed it meanwhile; after the retries.
    #[error("the {0} was changed by somebody else at the same time: try again")]
    Conflict(&'static str),
    /// A constraint of the database refused a row; its name tells which.
    #[error("the database refused a row ({0})")]
    Constraint(String),
    /// The database cannot hold this value: the edge should have refused or repaired it.
    #[error("the database cannot hold this value")]
    BadData(#[source] BoxError),
    /// The database is away, full or locked.
    #[error("the database cannot be reached")]
    Unavailable(#[source] BoxError),
    /// This node has another key than the database.
    #[error("{0}")]
    Key(String),
    /// The program has a fault: a unit of work panicked and was rolled back.
    #[error("a fault in the program: {0}")]
    Fault(String),
    /// A row that this version cannot read.
    #[error("a row of {noun} cannot be read: {why}")]
    Unreadable {
        /// Of which noun.
        noun: &'static str,
        /// Why.
        why: String,
    },
}

impl StoreError {
    /// There is no such thing.
    pub fn not_found(noun: &'static str, id: impl std::fmt::Display) -> Self {
        Self::NotFound { noun, id: id.to_string() }
    }

    /// A row that this version cannot read.
    pub fn unreadable(noun: &'static str, why: impl std::fmt::Display) -> Self {
        Self::Unreadable { noun, why: why.to_string() }
    }

    /// Whether trying again may help, without a person.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Unavailable(_) | Self::Conflict(_))
    }

    /// Turns the refusal of a unique index whose name contains `index` into [`StoreError::Taken`].
    pub fn taken(self, index: &str, noun: &'static str, field: &'static str) -> Self {
        match self {
            Self::Constraint(name) if name.contains(index) => Self::Taken { noun, field },
            other => other,
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        use sqlx::error::ErrorKind;
        match &error {
            sqlx::Error::Database(refused) => match refused.kind() {
                ErrorKind::UniqueViolation
                | ErrorKind::ForeignKeyViolation
                | ErrorKind::NotNullViolation
                | ErrorKind::CheckViolation => {
                    Self::Constraint(refused.constraint().map_or_else(|| refused.message().to_owned(), str::to_owned))
                }
                // Serialization failures and deadlocks: the unit was rolled back, doing it again may help.
                _ if refused.code().is_some_and(|code| code == "40001" || code == "40P01") => Self::Conflict("row"),
                // SQLite: too big, mismatch, out of range.
                _ if refused.code().is_some_and(|code| matches!(&*code, "18" | "20" | "25")) => {
                    Self::BadData(Box::new(error))
                }
                // Class 22 of PostgreSQL: data exceptions (an untranslatable character, a value out of range). 54: too long for an index.
                _ if refused.code().is_some_and(|code| code.starts_with("22") || code.starts_with("54")) => {
                    Self::BadData(Box::new(error))
                }
                // Pages of the database itself that are damaged: its neighbours can be read, and waiting does not mend it.
                _ if refused.code().is_some_and(|code| code.starts_with("XX") || code == "11") => {
                    Self::Unreadable { noun: "the database", why: error.to_string() }
                }
                _ => Self::Unavailable(Box::new(error)),
            },
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) | sqlx::Error::ColumnNotFound(_) => {
                Self::Unreadable { noun: "the database", why: error.to_string() }
            }
            sqlx::Error::Encode(_) => Self::BadData(Box::new(error)),
            _ => Self::Unavailable(Box::new(error)),
        }
    }
}
