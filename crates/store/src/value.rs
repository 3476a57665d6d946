//! What is bound to a statement: few types, the same on both databases. Lists become JSON on SQLite and arrays on PostgreSQL.

use jiff::Timestamp;
use sqlx::Arguments as _;
use sqlx::postgres::PgArguments;
use sqlx::sqlite::SqliteArguments;
use watchbell_core::ids;

/// One bound value; the option is NULL, typed, because PostgreSQL wants to know of what.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A whole number.
    Int(Option<i64>),
    /// A text.
    Text(Option<String>),
    /// Yes or no.
    Bool(Option<bool>),
    /// Bytes.
    Bytes(Option<Vec<u8>>),
    /// Whole numbers, for `= ANY($1)` and `IN (SELECT value FROM json_each($1))`.
    Ints(Vec<i64>),
    /// Texts, likewise.
    Texts(Vec<String>),
}

/// What can be bound.
pub trait ToValue {
    /// The value.
    fn to_value(self) -> Value;
    /// NULL of this type.
    fn null() -> Value;
}

macro_rules! to_value {
    ($($type:ty => $variant:ident, $self:ident $convert:expr;)*) => {$(
        impl ToValue for $type {
            fn to_value($self) -> Value { Value::$variant(Some($convert)) }
            fn null() -> Value { Value::$variant(None) }
        }
    )*};
}

to_value! {
    i64 => Int, self self;
    Timestamp => Int, self self.as_microsecond();
    ids::OrgId => Int, self self.0;
    ids::UserId => Int, self self.0;
    ids::ContactId => Int, self self.0;
    ids::RuleId => Int, self self.0;
    ids::PolicyId => Int, self self.0;
    ids::SourceId => Int, self self.0;
    ids::SourceWebhookId => Int, self self.0;
    ids::AlertId => Int, self self.0;
    ids::EventId => Int, self self.0;
    ids::NotificationId => Int, self self.0;
    ids::JobId => Int, self self.0;
    ids::ApiKeyId => Int, self self.0;
    ids::TeamId => Int, self self.0;
    ids::ScheduleId => Int, self self.0;
    ids::OverrideId => Int, self self.0;
    ids::TemporaryScheduleId => Int, self self.0;
    ids::CalendarId => Int, self self.0;
    ids::AbsenceId => Int, self self.0;
    ids::CoverRequestId => Int, self self.0;
    ids::SupportHoursId => Int, self self.0;
    ids::MaintenanceWindowId => Int, self self.0;
    ids::FeedId => Int, self self.0;
    ids::ConnectorId => Text, self self.0;
    bool => Bool, self self;
    String => Text, self self;
    &str => Text, self self.to_owned();
    &String => Text, self self.clone();
    Vec<u8> => Bytes, self self;
    &[u8] => Bytes, self self.to_vec();
    [u8; 32] => Bytes, self self.to_vec();
}

impl<T: ToValue> ToValue for Option<T> {
    fn to_value(self) -> Value {
        self.map_or_else(T::null, T::to_value)
    }

    fn null() -> Value {
        T::null()
    }
}

impl ToValue for Vec<i64> {
    fn to_value(self) -> Value {
        Value::Ints(self)
    }

    fn null() -> Value {
        Value::Ints(Vec::new())
    }
}

impl ToValue for Vec<String> {
    fn to_value(self) -> Value {
        Value::Texts(self)
    }

    fn null() -> Value {
        Value::Texts(Vec::new())
    }
}

/// The arguments of a statement, in order: `args![scope.org, id]`.
#[macro_export]
macro_rules! args {
    ($($value:expr),* $(,)?) => { vec![$($crate::value::ToValue::to_value($value)),*] };
}

/// A time as it is stored: microseconds since 1970. Out of range is impossible for what the clock or a parser made.
pub fn timestamp(us: i64) -> Timestamp {
    Timestamp::from_microsecond(us).unwrap_or(if us < 0 { Timestamp::MIN } else { Timestamp::MAX })
}

impl serde::Serialize for Value {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Value::Int(int) => int.serialize(serializer),
            Value::Text(text) => text.serialize(serializer),
            Value::Bool(bool) => bool.map(i64::from).serialize(serializer),
            Value::Bytes(bytes) => bytes.as_deref().map(hex).serialize(serializer),
            Value::Ints(_) | Value::Texts(_) => serializer.serialize_none(),
        }
    }
}

type Bound<T> = Result<T, sqlx::Error>;

/// For SQLite.
pub(crate) fn sqlite(values: Vec<Value>) -> Bound<SqliteArguments> {
    let mut bound = SqliteArguments::default();
    for value in values {
        let added = match value {
            Value::Int(int) => bound.add(int),
            Value::Text(text) => bound.add(text),
            Value::Bool(bool) => bound.add(bool),
            Value::Bytes(bytes) => bound.add(bytes),
            Value::Ints(ints) => bound.add(serde_json::to_string(&ints).unwrap_or_default()),
            Value::Texts(texts) => bound.add(serde_json::to_string(&texts).unwrap_or_default()),
        };
        added.map_err(sqlx::Error::Encode)?;
    }
    Ok(bound)
}

/// For PostgreSQL.
pub(crate) fn postgres(values: Vec<Value>) -> Bound<PgArguments> {
    let mut bound = PgArguments::default();
    for value in values {
        let added = match value {
            Value::Int(int) => bound.add(int),
            Value::Text(text) => bound.add(text),
            Value::Bool(bool) => bound.add(bool),
            Value::Bytes(bytes) => bound.add(bytes),
            Value::Ints(ints) => bound.add(ints),
            Value::Texts(texts) => bound.add(texts),
        };
        added.map_err(sqlx::Error::Encode)?;
    }
    Ok(bound)
}

/// Rows for one statement. SQLite reads them as one JSON text (`jsonb_each($1)`: its rows are not made text again for each column; columns `value ->> 0` ..; bytes as hex, so
/// `unhex(value ->> 3)`); PostgreSQL as one array per column (`UNNEST($1, $2, ..)`).
#[derive(Debug, Default)]
pub struct Rows {
    rows: Vec<Vec<Value>>,
}

impl Rows {
    /// Adds a row: scalars only, of the same types in every row.
    pub fn push(&mut self, row: Vec<Value>) {
        self.rows.push(row);
    }

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub(crate) fn sqlite(self) -> Bound<SqliteArguments> {
        sqlite(vec![Value::Text(Some(serde_json::to_string(&self.rows).unwrap_or_default()))])
    }

    pub(crate) fn postgres(self) -> Bound<PgArguments> {
        let width = self.rows.first().map_or(0, Vec::len);
        let mut columns: Vec<Column> =
            self.rows.first().map(|row| row.iter().map(Column::like).collect()).unwrap_or_default();
        for row in self.rows {
            debug_assert_eq!(row.len(), width, "every row has the same columns");
            columns.iter_mut().zip(row).for_each(|(column, value)| column.push(value));
        }
        let mut bound = PgArguments::default();
        for column in columns {
            let added = match column {
                Column::Ints(values) => bound.add(values),
                Column::Texts(values) => bound.add(values),
                Column::Bools(values) => bound.add(values),
                Column::Bytes(values) => bound.add(values),
            };
            added.map_err(sqlx::Error::Encode)?;
        }
        Ok(bound)
    }
}

enum Column {
    Ints(Vec<Option<i64>>),
    Texts(Vec<Option<String>>),
    Bools(Vec<Option<bool>>),
    Bytes(Vec<Option<Vec<u8>>>),
}

impl Column {
    fn like(value: &Value) -> Self {
        match value {
            Value::Int(_) | Value::Ints(_) => Column::Ints(Vec::new()),
            Value::Text(_) | Value::Texts(_) => Column::Texts(Vec::new()),
            Value::Bool(_) => Column::Bools(Vec::new()),
            Value::Bytes(_) => Column::Bytes(Vec::new()),
        }
    }

    fn push(&mut self, value: Value) {
        match (self, value) {
            (Column::Ints(column), Value::Int(value)) => column.push(value),
            (Column::Texts(column), Value::Text(value)) => column.push(value),
            (Column::Bools(column), Value::Bool(value)) => column.push(value),
            (Column::Bytes(column), Value::Bytes(value)) => column.push(value),
            (Column::Ints(column), _) => column.push(None),
            (Column::Texts(column), _) => column.push(None),
            (Column::Bools(column), _) => column.push(None),
            (Column::Bytes(column), _) => column.push(None),
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| char::from(DIGITS[usize::from(nibble & 15)]);
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.push(digit(byte >> 4));
        text.push(digit(*byte));
    }
    text
}
