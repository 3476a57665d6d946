//! How a row of Autotask becomes a struct and back: every field optional, values read leniently, unknown fields kept.

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::ticket_number::TicketNumber;
use crate::time::{self, Naive};

/// The fields of a row by their names on the wire.
pub type Fields = Map<String, Value>;

/// A value that is read from and written to a field.
pub(crate) trait Scalar: Sized {
    /// The value, or `None` where the JSON cannot mean one.
    fn read(value: &Value) -> Option<Self>;
    /// The value as it is sent.
    fn write(self) -> Value;
}

impl Scalar for i64 {
    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::Number(number) => number.as_i64().or_else(|| whole(number.as_f64()?)),
            Value::String(text) => text.trim().parse().ok(),
            Value::Bool(flag) => Some(i64::from(*flag)),
            _ => None,
        }
    }

    fn write(self) -> Value {
        self.into()
    }
}

/// A float that is an integer in disguise (`5.0`).
fn whole(number: f64) -> Option<i64> {
    #[allow(clippy::cast_possible_truncation, reason = "bounded in the condition")]
    (number.fract() == 0.0 && number.abs() < 9e15).then_some(number as i64)
}

impl Scalar for f64 {
    fn read(value: &Value) -> Option<Self> {
        let number = match value {
            Value::Number(number) => number.as_f64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        number.filter(|number| number.is_finite())
    }

    fn write(self) -> Value {
        self.into()
    }
}

impl Scalar for bool {
    /// `Contacts.isActive` is 0 or 1, `Companies.isActive` a boolean.
    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::Bool(flag) => Some(*flag),
            Value::String(text) if text.eq_ignore_ascii_case("true") => Some(true),
            Value::String(text) if text.eq_ignore_ascii_case("false") => Some(false),
            other => i64::read(other).map(|number| number != 0),
        }
    }

    fn write(self) -> Value {
        self.into()
    }
}

impl Scalar for String {
    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(flag) => Some(flag.to_string()),
            _ => None,
        }
    }

    fn write(self) -> Value {
        self.into()
    }
}

impl Scalar for Timestamp {
    fn read(value: &Value) -> Option<Self> {
        time::parse(value.as_str()?, Naive::IsUtc)
    }

    fn write(self) -> Value {
        time::format(self).into()
    }
}

impl Scalar for TicketNumber {
    fn read(value: &Value) -> Option<Self> {
        value.as_str()?.parse().ok()
    }

    fn write(self) -> Value {
        String::from(self).into()
    }
}

/// A place in a struct that one field of the row fills.
pub(crate) trait Slot: Default {
    /// The value, or `None` where the JSON does not fit (the field then stays among the extras).
    fn fill(value: &Value) -> Option<Self>;
    /// The value as it is sent.
    fn empty_out(self) -> Value;
}

impl<T: Scalar> Slot for Option<T> {
    fn fill(value: &Value) -> Option<Self> {
        if value.is_null() { Some(None) } else { T::read(value).map(Some) }
    }

    fn empty_out(self) -> Value {
        self.map_or(Value::Null, T::write)
    }
}

/// A plain value: absent and null count as the type's default (0, false, empty).
macro_rules! plain_slot {
    ($($type:ty),*) => {$(
        impl Slot for $type {
            fn fill(value: &Value) -> Option<Self> {
                if value.is_null() { Some(Self::default()) } else { Self::read(value) }
            }

            fn empty_out(self) -> Value {
                self.write()
            }
        }
    )*};
}
plain_slot!(i64, bool, String);

/// Takes a field out of the row. Exact spelling first: it is the rule on the wire, and quick.
pub(crate) fn take<T: Slot>(fields: &mut Fields, wire: &str) -> T {
    let Some(name) = spelling(fields, wire) else { return T::default() };
    match fields.get(&name).and_then(T::fill) {
        Some(value) => {
            fields.remove(&name);
            value
        }
        None => T::default(),
    }
}

fn spelling(fields: &Fields, wire: &str) -> Option<String> {
    if fields.contains_key(wire) {
        return Some(wire.to_owned());
    }
    fields.keys().find(|name| name.eq_ignore_ascii_case(wire)).cloned()
}

/// Defines a struct that is read from and written to the fields of a row.
///
/// Reading never fails: a value that does not fit its type stays in `extra` under its name.
macro_rules! record {
    ($(#[$meta:meta])* pub struct $name:ident {
        $( $(#[$field_meta:meta])* $wire:literal $field:ident: $type:ty, )*
    }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(from = "crate::record::Fields", into = "crate::record::Fields")]
        pub struct $name {
            $(
                $(#[$field_meta])*
                #[doc = concat!("`", $wire, "` on the wire.")]
                pub $field: $type,
            )*
            /// Fields that are not named above, and those whose value did not fit the type.
            pub extra: crate::record::Fields,
        }

        impl From<crate::record::Fields> for $name {
            fn from(mut fields: crate::record::Fields) -> Self {
                Self {
                    $( $field: crate::record::take(&mut fields, $wire), )*
                    extra: fields,
                }
            }
        }

        impl From<$name> for crate::record::Fields {
            fn from(row: $name) -> Self {
                let mut fields = crate::record::Fields::new();
                $( fields.insert($wire.to_owned(), crate::record::Slot::empty_out(row.$field)); )*
                fields.extend(row.extra);
                fields
            }
        }
    };
}
pub(crate) use record;

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use serde_json::json;

    record! {
        /// A row for the tests.
        pub struct Row {
            "id" id: i64,
            "queueID" queue_id: Option<i64>,
            "isActive" is_active: Option<bool>,
            "createDate" created_at: Option<Timestamp>,
            "hours" hours: Option<f64>,
            "title" title: Option<String>,
        }
    }

    fn read(value: Value) -> Row {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn reads_leniently() {
        let row = read(
            json!({"id": "7", "queueID": 5.0, "isActive": 1, "createDate": "2024-01-31T15:04:05.307", "hours": "1.5", "title": 3}),
        );
        assert_eq!((row.id, row.queue_id, row.is_active, row.hours), (7, Some(5), Some(true), Some(1.5)));
        assert_eq!(row.created_at, Some("2024-01-31T15:04:05.307Z".parse().unwrap()));
        assert_eq!(row.title.as_deref(), Some("3"));
        assert!(row.extra.is_empty());
    }

    #[test]
    fn keeps_what_it_does_not_know_or_cannot_read() {
        let row = read(
            json!({"id": 7, "queueID": {"odd": 1}, "createDate": "0001-01-01T00:00:00", "newField": [1], "Title": "x"}),
        );
        assert_eq!((row.queue_id, row.created_at, row.title.as_deref()), (None, None, Some("x")));
        assert_eq!(row.extra["newField"], json!([1]));
        assert_eq!(row.extra["queueID"], json!({"odd": 1}));
    }

    #[test]
    fn writes_every_known_field_and_the_extras() {
        let wire = serde_json::to_value(read(json!({"id": 7, "more": 1, "queueID": {"odd": 1}}))).unwrap();
        assert_eq!(wire["more"], json!(1));
        assert_eq!(wire["queueID"], json!({"odd": 1}));
        assert_eq!(wire["title"], Value::Null);
    }
}
