//! What an organization says in its own words when it pages: a template for each language and form. Whatever is wrong with one,
//! Watchbell's own words are used, and the page goes out.

use crate::language::Language;
use crate::limits::TEXT_TEMPLATE_CHARS_MAX;
use crate::template::{self, TemplateError};
use crate::user::words;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

words! {
    /// Where a text is used.
    Form {
        /// One line: title of a push, subject of a mail, what a text message says is wrong.
        Title = "title",
        /// Several lines: the details of a mail, the text of a push.
        Body = "body",
        /// What a call says is wrong. No numbers: nobody remembers one that was read to them.
        Spoken = "spoken",
    }
}

impl Form {
    /// A template that says what Watchbell's own words say.
    pub const fn default_source(self) -> &'static str {
        match self {
            Form::Title => "{{ headline }}",
            Form::Body => "{{ details }}",
            Form::Spoken => "{% if customer %}{{ customer }}. {% endif %}{{ problem }}",
        }
    }

    /// What its templates may name, and what that is.
    pub fn variables(self) -> impl Iterator<Item = (&'static str, &'static str)> {
        VARIABLES.iter().filter(move |(name, _)| self != Form::Spoken || !is_number(name)).copied()
    }
}

/// What templates may name. All are texts; what is not known is empty.
const VARIABLES: &[(&str, &str)] = &[
    ("headline", "customer, problem and ticket number in one line, each named once"),
    ("customer", "the customer"),
    ("problem", "the summary without customer and ticket number"),
    ("summary", "the summary as the source wrote it"),
    ("number", "the number of the ticket"),
    ("alert", "the number of the alert"),
    ("details", "the details; several lines"),
    ("priority", "the source's own word, such as Critical"),
    ("source", "the alert source"),
    ("queue", "the queue of the ticket"),
    ("status", "the status of the ticket when it was last read"),
    ("caller.name", "who asked for help"),
    ("caller.phone", "their number to call back"),
    ("caller.email", "their mail address"),
    ("level", "the level that is paged, from 1"),
    ("levels", "how many levels there are"),
    ("due", "by when the source promised something, on the reader's clock"),
];

/// A call never reads out the number of a ticket or an alert.
fn is_number(variable: &str) -> bool {
    matches!(variable, "headline" | "number" | "alert")
}

/// The templates of one language; none means Watchbell's own words.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Templates {
    /// See [`Form::Title`].
    pub title: Option<String>,
    /// See [`Form::Body`].
    pub body: Option<String>,
    /// See [`Form::Spoken`].
    pub spoken: Option<String>,
}

impl Templates {
    /// The template of a form.
    pub fn get(&self, form: Form) -> Option<&str> {
        match form {
            Form::Title => self.title.as_deref(),
            Form::Body => self.body.as_deref(),
            Form::Spoken => self.spoken.as_deref(),
        }
    }

    /// With a template for a form; one that is blank, or says what Watchbell says anyway, is none.
    pub fn with(mut self, form: Form, source: Option<&str>) -> Self {
        let own = source.map(tidied).filter(|own| !own.is_empty() && *own != form.default_source());
        let place = match form {
            Form::Title => &mut self.title,
            Form::Body => &mut self.body,
            Form::Spoken => &mut self.spoken,
        };
        *place = own;
        self
    }

    /// Whether there is none at all.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Says an alert in these words.
    pub fn render(&self, facts: &Facts) -> Rendered {
        let mut rendered = Rendered::default();
        for form in Form::ALL {
            match self.get(*form).map(|source| render(*form, source, facts)) {
                None => {}
                Some(Ok(text)) => rendered.keep(*form, text),
                Some(Err(problem)) => rendered.problems.push((*form, problem)),
            }
        }
        rendered
    }
}

/// The templates of an organization, by language.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Texts(BTreeMap<Language, Templates>);

impl Texts {
    /// With the templates of a language in place of what was there.
    pub fn with(mut self, language: Language, templates: Templates) -> Self {
        match templates.is_empty() {
            true => self.0.remove(&language),
            false => self.0.insert(language, templates),
        };
        self
    }

    /// The templates of a language; `None` where it has none of its own.
    pub fn of(&self, language: Language) -> Option<&Templates> {
        self.0.get(&language)
    }
}

/// An alert in an organization's own words. What is `None` is said in Watchbell's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rendered {
    /// See [`Form::Title`].
    pub title: Option<String>,
    /// See [`Form::Body`].
    pub body: Option<String>,
    /// See [`Form::Spoken`].
    pub spoken: Option<String>,
    /// Templates that failed.
    pub problems: Vec<(Form, TemplateError)>,
}

impl Rendered {
    /// A template that comes to nothing, as one may that only speaks of a customer, is as good as none.
    fn keep(&mut self, form: Form, text: String) {
        let text = Some(text).filter(|text| !text.trim().is_empty());
        match form {
            Form::Title => self.title = text,
            Form::Body => self.body = text,
            Form::Spoken => self.spoken = text,
        }
    }
}

/// What templates may say of an alert, in the reader's language and on their clock.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// The alert in one line.
    pub headline: String,
    /// The customer.
    pub customer: Option<String>,
    /// As the source wrote it.
    pub summary: String,
    /// The number of the ticket.
    pub number: Option<String>,
    /// The number of the alert.
    pub alert: i64,
    /// Several lines.
    pub details: String,
    /// The source's own label.
    pub priority: Option<String>,
    /// The alert source.
    pub source: String,
    /// The queue of the ticket.
    pub queue: Option<String>,
    /// The status of the ticket.
    pub status: Option<String>,
    /// Who asked for help: name, number, mail address.
    pub caller: [Option<String>; 3],
    /// The level, and how many there are.
    pub level: Option<(u32, u32)>,
    /// What is due first.
    pub due: Option<String>,
}

impl Facts {
    fn context(&self, form: Form) -> Json {
        let text = |text: &Option<String>| Json::String(text.clone().unwrap_or_default());
        let [name, phone, email] = &self.caller;
        let (level, levels) = self.level.map_or_else(Default::default, |(n, of)| (n.to_string(), of.to_string()));
        let is_spoken = form == Form::Spoken;
        let number = self.number.as_deref().unwrap_or_default();
        let mut context = json!({
            "headline": self.headline, "customer": text(&self.customer), "number": number, "alert": self.alert.to_string(),
            "problem": problem(&self.summary, self.customer.as_deref(), Some(number)),
            "summary": if is_spoken { without(&self.summary, number) } else { self.summary.clone() },
            "details": self.details, "priority": text(&self.priority), "source": self.source,
            "queue": text(&self.queue), "status": text(&self.status),
            "caller": {"name": text(name), "phone": text(phone), "email": text(email)},
            "level": level, "levels": levels, "due": text(&self.due),
        });
        if let (true, Some(fields)) = (is_spoken, context.as_object_mut()) {
            fields.retain(|name, _| !is_number(name));
        }
        context
    }
}

/// What an alert is about, without the customer before it and the ticket's number around it.
pub fn problem(summary: &str, customer: Option<&str>, number: Option<&str>) -> String {
    let all = without(summary, number.unwrap_or_default());
    let customer = customer.map(str::trim).filter(|name| !name.is_empty());
    let after =
        customer.and_then(|name| strip_folded(&all, name)).and_then(|rest| rest.strip_prefix([':', '-', '–', '|']));
    match after.map(str::trim) {
        Some(rest) if !rest.is_empty() => rest.to_owned(),
        _ => all,
    }
}

/// Without a number, and without the brackets that stood around it; a text that is nothing else stays.
fn without(text: &str, number: &str) -> String {
    let text = text.trim();
    let number = number.trim();
    if number.is_empty() || !text.contains(number) {
        return text.to_owned();
    }
    let bare = [format!("[{number}]"), format!("({number})"), format!("#{number}"), number.to_owned()]
        .iter()
        .fold(text.to_owned(), |text, part| text.replace(part, " "));
    let bare = bare.split_whitespace().collect::<Vec<_>>().join(" ");
    let bare = bare.trim_matches([' ', ':', '-', '–', '|', ',']);
    if bare.is_empty() { text.to_owned() } else { bare.to_owned() }
}

/// What stands behind a beginning, whatever its case.
fn strip_folded<'a>(text: &'a str, beginning: &str) -> Option<&'a str> {
    let end = text.char_indices().nth(beginning.chars().count()).map_or(text.len(), |(at, _)| at);
    let (head, rest) = text.split_at(end);
    (head.to_lowercase() == beginning.to_lowercase()).then(|| rest.trim_start())
}

fn render(form: Form, source: &str, facts: &Facts) -> Result<String, TemplateError> {
    template::render(source, &facts.context(form))
}

/// What is wrong with a template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TextProblem {
    /// It is too long.
    #[error("must be at most {TEXT_TEMPLATE_CHARS_MAX} characters, this has {chars}")]
    TooLong {
        /// Its length.
        chars: usize,
    },
    /// It cannot be read or rendered.
    #[error(transparent)]
    Template(#[from] TemplateError),
}

/// A template as it is kept: browsers end lines in two characters.
pub fn tidied(source: &str) -> String {
    source.trim().replace("\r\n", "\n")
}

/// Whether a template works: with an alert that has everything, and with one that has next to nothing.
pub fn check(form: Form, source: &str) -> Result<(), TextProblem> {
    let chars = source.chars().count();
    if chars > TEXT_TEMPLATE_CHARS_MAX {
        return Err(TextProblem::TooLong { chars });
    }
    render(form, source, &Facts::sample())?;
    render(form, source, &Facts { summary: "Disk full".into(), ..Facts::default() })?;
    Ok(())
}

impl Facts {
    /// Of an alert that has everything.
    pub fn sample() -> Self {
        let text = |text: &str| Some(text.to_owned());
        Self {
            headline: "Contoso: Disk full on SRV-01 [T20260101.0001]".into(),
            customer: text("Contoso"),
            summary: "Disk full on SRV-01 [T20260101.0001]".into(),
            number: text("T20260101.0001"),
            alert: 42,
            details: "Free space on C: is 1 %.\nBackups fail.".into(),
            priority: text("Critical"),
            source: "Autotask".into(),
            queue: text("Level I Support"),
            status: text("New"),
            caller: [text("Jane Doe"), text("+49 30 1234567"), text("jane@contoso.example")],
            level: Some((1, 3)),
            due: text("Thu 1 Jan 2026, 04:00 (Europe/Berlin)"),
        }
    }
}

#[cfg(test)]
#[path = "texts_tests.rs"]
mod tests;
