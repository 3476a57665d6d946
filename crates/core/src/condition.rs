//! A small typed tree of conditions, generic over the fields of what it looks at. Limited in depth and size, and able to say
//! which test decided, so that "not paged: queue is Projects" has its reason.

use serde::{Deserialize, Serialize};

/// How deep groups may nest.
pub const CONDITION_DEPTH_MAX: usize = 5;
/// Tests in one tree.
pub const CONDITION_TESTS_MAX: usize = 100;
/// Values in one test.
pub const CONDITION_VALUES_MAX: usize = 500;
/// Characters of one value.
pub const CONDITION_TEXT_CHARS_MAX: usize = 500;

/// Groups and tests. On the wire: `{"all": [..]}`, `{"any": [..]}`, `{"none": [..]}`, `{"test": {"field": .., "op": .., "value": ..}}`.
/// A group without members holds, so that an empty form leaves nothing out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition<F> {
    /// Every member holds.
    All(Vec<Condition<F>>),
    /// At least one member holds.
    Any(Vec<Condition<F>>),
    /// No member holds.
    None(Vec<Condition<F>>),
    /// One test.
    Test(Test<F>),
}

/// One comparison of a field with values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Test<F> {
    /// What is looked at.
    pub field: F,
    /// How.
    pub op: Op,
    /// One value or a list ("one of"); left out for `is_set` and `is_not_set`.
    #[serde(default, skip_serializing_if = "Operand::is_empty")]
    pub value: Operand,
}

/// How a field is compared. Texts are compared trimmed and without case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Op {
    /// Equals one of the values.
    Is,
    /// Equals none of the values; also when the field is empty.
    IsNot,
    /// Contains one of the values.
    Contains,
    /// Contains none of the values; also when the field is empty.
    ContainsNot,
    /// Contains one of the values as whole words.
    HasWord,
    /// Begins with one of the values.
    StartsWith,
    /// Ends with one of the values.
    EndsWith,
    /// Is not empty.
    IsSet,
    /// Is empty.
    IsNotSet,
}

impl Op {
    fn takes_no_value(self) -> bool {
        matches!(self, Op::IsSet | Op::IsNotSet)
    }
}

/// A single value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Scalar {
    /// True or false.
    Flag(bool),
    /// An id or another whole number.
    Number(i64),
    /// A text.
    Text(String),
}

impl Scalar {
    fn folded(&self) -> String {
        match self {
            Scalar::Flag(flag) => flag.to_string(),
            Scalar::Number(number) => number.to_string(),
            Scalar::Text(text) => crate::text::fold(text),
        }
    }
}

/// What a field is compared with: one value or several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Operand {
    /// One value.
    One(Scalar),
    /// One of these.
    Many(Vec<Scalar>),
}

impl Default for Operand {
    fn default() -> Self {
        Operand::Many(Vec::new())
    }
}

impl Operand {
    /// The values as a list.
    pub fn values(&self) -> &[Scalar] {
        match self {
            Operand::One(value) => std::slice::from_ref(value),
            Operand::Many(values) => values,
        }
    }

    fn is_empty(&self) -> bool {
        self.values().is_empty()
    }
}

/// What a field holds at the moment; a field of several texts (title or description) gives several, an empty one none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found<'a> {
    /// True or false.
    Flag(bool),
    /// An id or another whole number.
    Number(i64),
    /// A text.
    Text(&'a str),
}

impl Found<'_> {
    fn folded(&self) -> String {
        match self {
            Found::Flag(flag) => flag.to_string(),
            Found::Number(number) => number.to_string(),
            Found::Text(text) => crate::text::fold(text),
        }
    }
}

/// Why a tree of conditions was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConditionError {
    /// Groups within groups within groups.
    #[error("conditions may be nested at most {CONDITION_DEPTH_MAX} deep")]
    TooDeep,
    /// Too many tests.
    #[error("at most {CONDITION_TESTS_MAX} conditions are allowed")]
    TooMany,
    /// Too many values in a test.
    #[error("a condition may list at most {CONDITION_VALUES_MAX} values")]
    TooManyValues,
    /// A value is too long.
    #[error("a value may have at most {CONDITION_TEXT_CHARS_MAX} characters")]
    TooLong,
    /// A comparison without anything to compare with: it would hold always or never.
    #[error("a condition needs a value that is not empty")]
    NoValue,
    /// `is_set` with a value.
    #[error("'is set' and 'is not set' take no value")]
    NeedlessValue,
}

impl<F> Condition<F> {
    /// Whether the condition holds; `look_up` gives what a field holds.
    pub fn holds<'a>(&self, look_up: &dyn Fn(&F) -> Vec<Found<'a>>) -> bool {
        self.why_not(look_up).is_none()
    }

    /// The test that decided against, or `None` when the condition holds. Of an `any` group it is the first member's,
    /// of a `none` group the member's that held.
    pub fn why_not<'a>(&self, look_up: &dyn Fn(&F) -> Vec<Found<'a>>) -> Option<&Test<F>> {
        match self {
            Condition::All(members) => members.iter().find_map(|member| member.why_not(look_up)),
            Condition::Any(members) => {
                let missed: Vec<_> = members.iter().map(|member| member.why_not(look_up)).collect();
                if missed.iter().any(Option::is_none) { None } else { missed.into_iter().flatten().next() }
            }
            Condition::None(members) => members
                .iter()
                .filter(|member| member.has_tests())
                .find(|member| member.holds(look_up))
                .and_then(Condition::first_test),
            Condition::Test(test) => (!test.holds(&look_up(&test.field))).then_some(test),
        }
    }

    fn has_tests(&self) -> bool {
        self.first_test().is_some()
    }

    fn first_test(&self) -> Option<&Test<F>> {
        match self {
            Condition::All(members) | Condition::Any(members) | Condition::None(members) => {
                members.iter().find_map(Condition::first_test)
            }
            Condition::Test(test) => Some(test),
        }
    }

    /// Refuses trees that are too deep, too large, or hold tests that say nothing.
    pub fn validate(&self) -> Result<(), ConditionError> {
        match self.count_tests(CONDITION_DEPTH_MAX)? {
            0..=CONDITION_TESTS_MAX => Ok(()),
            _ => Err(ConditionError::TooMany),
        }
    }

    fn count_tests(&self, levels_left: usize) -> Result<usize, ConditionError> {
        match self {
            Condition::Test(test) => test.validate().map(|()| 1),
            Condition::All(members) | Condition::Any(members) | Condition::None(members) => {
                let below = levels_left.checked_sub(1).ok_or(ConditionError::TooDeep)?;
                members.iter().try_fold(0, |count, member| Ok(count + member.count_tests(below)?))
            }
        }
    }
}

impl<F> Test<F> {
    fn holds(&self, found: &[Found<'_>]) -> bool {
        let any = |compare: fn(&str, &str) -> bool| {
            let values: Vec<_> = self.value.values().iter().map(Scalar::folded).collect();
            found.iter().map(Found::folded).any(|text| values.iter().any(|value| compare(&text, value)))
        };
        match self.op {
            Op::Is => any(|text, value| text == value),
            Op::IsNot => !any(|text, value| text == value),
            Op::Contains => any(|text, value| text.contains(value)),
            Op::ContainsNot => !any(|text, value| text.contains(value)),
            Op::HasWord => any(has_word),
            Op::StartsWith => any(|text, value| text.starts_with(value)),
            Op::EndsWith => any(|text, value| text.ends_with(value)),
            Op::IsSet => found.iter().any(|value| !value.folded().is_empty()),
            Op::IsNotSet => found.iter().all(|value| value.folded().is_empty()),
        }
    }

    fn validate(&self) -> Result<(), ConditionError> {
        let values = self.value.values();
        let text = |value: &Scalar| value.folded();
        match values.len() {
            0 if !self.op.takes_no_value() => Err(ConditionError::NoValue),
            1.. if self.op.takes_no_value() => Err(ConditionError::NeedlessValue),
            count if count > CONDITION_VALUES_MAX => Err(ConditionError::TooManyValues),
            _ if values.iter().any(|value| text(value).is_empty()) => Err(ConditionError::NoValue),
            _ if values.iter().any(|value| text(value).chars().count() > CONDITION_TEXT_CHARS_MAX) => {
                Err(ConditionError::TooLong)
            }
            _ => Ok(()),
        }
    }
}

fn has_word(text: &str, word: &str) -> bool {
    let is_edge = |neighbour: Option<char>| neighbour.is_none_or(|c| !c.is_alphanumeric());
    text.match_indices(word)
        .any(|(at, found)| is_edge(text[..at].chars().next_back()) && is_edge(text[at + found.len()..].chars().next()))
}

#[cfg(test)]
#[path = "condition_tests.rs"]
mod tests;
