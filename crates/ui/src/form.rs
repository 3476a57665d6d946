//! What a form holds: the values to show, and what is wrong with which of them. A handler that refuses a form hands the
//! posted pairs back with errors, so that everything typed is kept.

/// Values and errors of a form. A name may have several values (repeated keys), in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Form {
    values: Vec<(String, String)>,
    errors: Vec<(String, String)>,
}

impl Form {
    /// A form with these values: what is stored, or what was posted.
    pub fn of<N: Into<String>, V: Into<String>>(pairs: impl IntoIterator<Item = (N, V)>) -> Self {
        Self {
            values: pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect(),
            errors: Vec::new(),
        }
    }

    /// Adds a value.
    pub fn with(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.values.push((name.into(), value.into()));
        self
    }

    /// Ticks a checkbox, or leaves it.
    pub fn ticked(self, name: impl Into<String>, on: bool) -> Self {
        if on { self.with(name, "on") } else { self }
    }

    /// Says what is wrong with a field. The empty name stands for the form as a whole.
    pub fn error(&mut self, name: impl Into<String>, text: impl Into<String>) {
        self.errors.push((name.into(), text.into()));
    }

    /// The first value of a name; empty where there is none.
    pub fn value(&self, name: &str) -> &str {
        self.values.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str())
    }

    /// Whether a name has this value: for radio buttons and lists of checkboxes.
    pub fn has(&self, name: &str, value: &str) -> bool {
        self.values.iter().any(|(key, held)| key == name && held == value)
    }

    /// Whether a name was sent at all: for checkboxes.
    pub fn is_on(&self, name: &str) -> bool {
        self.values.iter().any(|(key, _)| key == name)
    }

    /// All values of a name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.values.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// What is wrong with a field.
    pub fn error_of(&self, name: &str) -> Option<&str> {
        self.errors.iter().find(|(key, _)| key == name).map(|(_, text)| text.as_str())
    }

    /// Everything that is wrong: field and words.
    pub fn errors(&self) -> impl Iterator<Item = (&str, &str)> {
        self.errors.iter().map(|(name, text)| (name.as_str(), text.as_str()))
    }

    /// Whether anything is wrong.
    pub fn is_refused(&self) -> bool {
        !self.errors.is_empty()
    }

    /// How many rows of an editor hold something: fields are named `<list>.<row>.<field>`, rows count from 0.
    pub fn rows(&self, list: &str) -> usize {
        self.all_rows(list).min(ROWS_MAX)
    }

    /// Whether there are more rows than a page takes: such a form is refused rather than cut.
    pub fn has_too_many_rows(&self, list: &str) -> bool {
        self.all_rows(list) > ROWS_MAX
    }

    fn all_rows(&self, list: &str) -> usize {
        let row = |key: &str| key.strip_prefix(list)?.strip_prefix('.')?.split('.').next()?.parse::<usize>().ok();
        let filled = self.values.iter().filter(|(_, value)| !value.is_empty());
        filled.filter_map(|(key, _)| row(key)).max().map_or(0, |last| last.saturating_add(1))
    }
}

/// Rows of an editor that are shown at most; a page with more would be of no use.
pub const ROWS_MAX: usize = 200;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_form_keeps_its_values_and_names_the_fault() {
        let mut form =
            Form::of([("name", "Sunset"), ("id", "1"), ("id", "2")]).ticked("quiet", true).ticked("loud", false);
        form.error("name", "A source with this name exists already.");
        assert_eq!((form.value("name"), form.value("missing")), ("Sunset", ""));
        assert_eq!(form.all("id").collect::<Vec<_>>(), ["1", "2"]);
        assert!(form.has("id", "2") && form.is_on("quiet") && !form.is_on("loud"));
        assert_eq!((form.error_of("name").is_some(), form.error_of("id")), (true, None));
    }

    #[test]
    fn rows_are_counted_by_the_last_that_holds_something_up_to_the_limit() {
        let form = Form::of([
            ("filter.0.field", "queue"),
            ("filter.3.value", "x"),
            ("filter.7.value", ""),
            ("route.9.value", "y"),
        ]);
        assert_eq!((form.rows("filter"), form.rows("route"), form.rows("other")), (4, 10, 0));
        let many = Form::of([("filter.99999999.value", "x")]);
        assert!(
            many.rows("filter") == ROWS_MAX && many.has_too_many_rows("filter") && !form.has_too_many_rows("filter")
        );
    }
}
