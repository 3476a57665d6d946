//! Fields of a form: label, input with what was typed, help, and the error in words, tied together for screen readers.

use super::icon;
use crate::form::Form;
use maud::{Markup, html};

/// One choice of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is printed.
    pub text: String,
}

impl Choice {
    /// Makes one.
    pub fn new(value: impl Into<String>, text: impl Into<String>) -> Self {
        Self { value: value.into(), text: text.into() }
    }

    /// Makes several of pairs of value and text.
    pub fn list(pairs: &[(&str, &str)]) -> Vec<Self> {
        pairs.iter().map(|(value, text)| Self::new(*value, *text)).collect()
    }
}

/// A labelled field. The id in the page is the name; where a page has two forms with one name, set `id`.
#[derive(Debug, Clone, Copy)]
pub struct Field<'a> {
    form: &'a Form,
    name: &'a str,
    label: &'a str,
    id: &'a str,
    help: &'a str,
    kind: &'a str,
    placeholder: &'a str,
    autocomplete: &'a str,
    list: &'a str,
    required: bool,
    focused: bool,
}

impl<'a> Field<'a> {
    /// A text field of that name.
    pub fn new(form: &'a Form, name: &'a str, label: &'a str) -> Self {
        Self {
            form,
            name,
            label,
            id: name,
            help: "",
            kind: "text",
            placeholder: "",
            autocomplete: "off",
            list: "",
            required: false,
            focused: false,
        }
    }

    /// Another id than the name.
    pub fn id(mut self, id: &'a str) -> Self {
        self.id = id;
        self
    }

    /// A line of help.
    pub fn help(mut self, help: &'a str) -> Self {
        self.help = help;
        self
    }

    /// An example, printed in the empty field.
    pub fn example(mut self, example: &'a str) -> Self {
        self.placeholder = example;
        self
    }

    /// Type of the input: `email`, `password`, `number`, `url`.
    pub fn kind(mut self, kind: &'a str) -> Self {
        self.kind = kind;
        self
    }

    /// What the browser may fill in.
    pub fn autocomplete(mut self, autocomplete: &'a str) -> Self {
        self.autocomplete = autocomplete;
        self
    }

    /// Id of the list that is offered while one types.
    pub fn list(mut self, list: &'a str) -> Self {
        self.list = list;
        self
    }

    /// Must be filled in.
    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// Where the page begins, if anywhere: beside what was just said. A field that is wrong begins it by itself.
    pub fn focused(mut self, focused: bool) -> Self {
        self.focused = focused;
        self
    }

    /// One line of text. Passwords are never printed back.
    pub fn input(self) -> Markup {
        let value = if self.kind == "password" { "" } else { self.form.value(self.name) };
        self.wrap(html! {
            input.input type=(self.kind) #(self.id) name=(self.name) value=(value) placeholder=[filled(self.placeholder)] list=[filled(self.list)]
                autocomplete=(self.autocomplete) required[self.required] autofocus[self.begins()] aria-invalid=[self.invalid()] aria-describedby=[self.described()];
        })
    }

    /// Several lines of text.
    pub fn area(self, code: bool) -> Markup {
        self.wrap(html! {
            textarea.input.code[code] #(self.id) name=(self.name) placeholder=[filled(self.placeholder)] rows="4" spellcheck=[code.then_some("false")]
                required[self.required] autofocus[self.begins()] aria-invalid=[self.invalid()] aria-describedby=[self.described()] { (self.form.value(self.name)) }
        })
    }

    /// Several lines of text that are never printed back.
    pub fn secret_area(self) -> Markup {
        self.wrap(html! {
            textarea.input.code #(self.id) name=(self.name) rows="4" spellcheck="false" autocomplete="off"
                required[self.required] autofocus[self.begins()] aria-invalid=[self.invalid()] aria-describedby=[self.described()] {}
        })
    }

    /// A list of choices; an empty value means nothing is chosen.
    pub fn select(self, choices: &[Choice]) -> Markup {
        self.wrap(html! {
            select.input #(self.id) name=(self.name) required[self.required] autofocus[self.begins()] aria-invalid=[self.invalid()] aria-describedby=[self.described()] {
                (options(choices, self.form.value(self.name)))
            }
        })
    }

    /// Browsers take the first of several.
    fn begins(&self) -> bool {
        self.focused || self.invalid().is_some()
    }

    fn invalid(&self) -> Option<&'static str> {
        self.form.error_of(self.name).map(|_| "true")
    }

    fn described(&self) -> Option<String> {
        let error = self.form.error_of(self.name).map(|_| format!("{}-error", self.id));
        let help = filled(self.help).map(|_| format!("{}-help", self.id));
        let ids: Vec<String> = error.into_iter().chain(help).collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    }

    fn wrap(&self, input: Markup) -> Markup {
        html! {
            div.field {
                label for=(self.id) { (self.label) }
                (input)
                @if let Some(text) = self.form.error_of(self.name) { p.error #{ (self.id) "-error" } { (icon("circle-alert")) span { (text) } } }
                @if !self.help.is_empty() { p.help #{ (self.id) "-help" } { (self.help) } }
            }
        }
    }
}

fn filled(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

/// The options of a list. A value that is none of the choices is kept and shown, so that saving does not change it unseen.
pub fn options(choices: &[Choice], chosen: &str) -> Markup {
    let known = choices.iter().any(|choice| choice.value == chosen);
    html! {
        @if !known && !chosen.is_empty() { option value=(chosen) selected { (chosen) " (not in the list)" } }
        @for choice in choices { option value=(choice.value) selected[choice.value == chosen] { (choice.text) } }
    }
}

/// A list of choices inside a table, where the column and row name it.
pub fn cell_select(form: &Form, name: &str, label: &str, choices: &[Choice]) -> Markup {
    html! { select.input name=(name) aria-label=(label) aria-invalid=[form.error_of(name).map(|_| "true")] { (options(choices, form.value(name))) } }
}

/// A line of text inside a table.
pub fn cell_input(form: &Form, name: &str, label: &str, kind: &str) -> Markup {
    html! { input.input type=(kind) name=(name) aria-label=(label) value=(form.value(name)) autocomplete="off" aria-invalid=[form.error_of(name).map(|_| "true")]; }
}

/// A checkbox with its words.
pub fn checkbox(form: &Form, name: &str, label: &str, help: &str) -> Markup {
    html! {
        label.choice for=(name) {
            input.tick #(name) type="checkbox" name=(name) value="on" checked[form.is_on(name)];
            span { b { (label) } @if !help.is_empty() { span.help { (help) } } }
        }
    }
}

/// A checkbox that looks like a switch: for what takes effect as a whole.
pub fn switch(form: &Form, name: &str, label: &str, help: &str) -> Markup {
    html! { div.switch { (checkbox(form, name, label, help)) } }
}

/// Radio buttons with a question above.
pub fn radios(form: &Form, name: &str, question: &str, choices: &[(&str, &str, &str)]) -> Markup {
    html! {
        fieldset.choices {
            legend { (question) }
            @for (value, label, help) in choices {
                @let id = format!("{name}-{value}");
                label.choice for=(id) {
                    input.tick #(id) type="radio" name=(name) value=(value) checked[form.has(name, value)];
                    span { b { (label) } @if !help.is_empty() { span.help { (help) } } }
                }
            }
            @if let Some(text) = form.error_of(name) { p.error.bad { (text) } }
        }
    }
}

/// What is wrong with the form as a whole, or that something further down is.
pub fn form_error(form: &Form) -> Markup {
    html! {
        @if form.is_refused() {
            div.banner.tone-red role="alert" { (icon("circle-alert"))
                span { (form.error_of("").unwrap_or("Not saved. What is wrong stands beside the fields.")) } }
        }
    }
}
