//! Settings, Texts: what a page says in the organization's own words, for each language, and how it would arrive.

use crate::components::field::{Field, form_error};
use crate::components::{Tab, banner, button, panel, sub_head, tabs};
use crate::form::Form;
use crate::layout::{self, Main};
use crate::routes;
use crate::shell::{Banner, Section, Shell, Tone};
use maud::{Markup, html};
use watchbell_core::language::Language;
use watchbell_core::texts::Form as TextForm;

/// The texts of one language.
#[derive(Debug, Clone)]
pub struct TextsView {
    /// Which language.
    pub language: Language,
    /// `title`, `body`, `spoken`: the templates; `alert`: the number of the alert that is previewed.
    pub form: Form,
    /// Whether one of them is the organization's own.
    pub has_own: bool,
    /// How the page would arrive, once it was asked for.
    pub preview: Option<TextsPreview>,
}

/// A page as it would arrive.
#[derive(Debug, Clone)]
pub struct TextsPreview {
    /// Of which alert, in words.
    pub of: String,
    /// The ways: name, what stands above, and the text.
    pub ways: Vec<(String, String, String)>,
    /// Templates that fail with this alert, in words.
    pub problems: Vec<String>,
}

/// The page. Posts to [`routes::texts`], [`routes::texts_do`] `preview` and `default`.
pub fn texts(shell: &Shell, view: &TextsView) -> Markup {
    let languages: Vec<Tab> = Language::ALL.iter().map(|language| tab(*language, view.language)).collect();
    layout::page(
        shell,
        Section::Settings,
        "Texts",
        Main::default(),
        html! {
            (sub_head((routes::SETTINGS, "Settings"), "Texts", html! {}))
            p.muted { "What a page says, to people who read this language. What you leave as it is, or empty, is said in Watchbell's own words. A text that fails never holds a page back: Watchbell's own words go out, and the alert says why." }
            (tabs("languages", "Languages", &languages, false))
            div.two {
                (editor(shell, view))
                div.stack {
                    @if let Some(preview) = &view.preview { (shown(preview)) }
                    (variables())
                }
            }
        },
    )
}

fn tab(language: Language, open: Language) -> Tab {
    Tab {
        word: language.name().into(),
        href: routes::texts(language),
        count: None,
        hot: false,
        current: language == open,
    }
}

fn editor(shell: &Shell, view: &TextsView) -> Markup {
    let form = &view.form;
    panel(
        "texts",
        "Texts of a page",
        html! {},
        html! {
            div.inside {
                (form_error(form))
                form.form method="post" action=(routes::texts(view.language)) {
                    (layout::csrf(shell))
                    (area(form, TextForm::Title, "Title", "One line: title of a push, subject of a mail, what a text message says is wrong."))
                    (area(form, TextForm::Body, "Text", "Several lines: the details of a mail, the text of a push. There, what it says stands for the list of customer, ticket, contact and times."))
                    (area(form, TextForm::Spoken, "Call", "What a call says is wrong. It cannot name numbers of tickets or alerts: nobody remembers one that was read to them."))
                    (Field::new(form, "alert", "Preview with alert number").kind("number").help("Empty: a sample.").input())
                    div.actions {
                        (button::submit("Save"))
                        button.button type="submit" formaction=(routes::texts_do(view.language, "preview")) { "Preview" }
                    }
                }
                @if view.has_own {
                    (button::post(shell, &routes::texts_do(view.language, "default"), "quiet", "refresh-cw", "Back to Watchbell's own words"))
                }
            }
        },
    )
}

fn area(form: &Form, text: TextForm, label: &str, help: &str) -> Markup {
    html! {
        (Field::new(form, text.as_str(), label).help(help).area(true))
        @if form.value(text.as_str()).trim() != text.default_source() {
            p.help { "Watchbell's own: " code { (text.default_source()) } }
        }
    }
}

fn shown(preview: &TextsPreview) -> Markup {
    panel(
        "preview",
        "Preview",
        html! {},
        html! {
            div.inside.stack.tight {
                p.muted { (preview.of) }
                @for problem in &preview.problems {
                    (banner(&Banner { tone: Tone::Red, text: problem.clone(), link: None }))
                }
                @for (way, above, text) in &preview.ways {
                    h3 { (way) }
                    @if !above.is_empty() { p { b { (above) } } }
                    pre dir="auto" { (text) }
                }
            }
        },
    )
}

fn variables() -> Markup {
    panel(
        "variables",
        "What can be named",
        html! {},
        html! {
            div.inside.stack.tight {
                p { "In double braces, such as " code { "{{ customer }}" } ". All are texts; what is not known is empty: " code { "{% if caller.phone %}Call {{ caller.phone }}{% endif %}" } ". Filters: " code { "upper, lower, trim, truncate(20), replace(\"a\", \"b\"), first_line, default(\"none\")" } "." }
                dl {
                    @for (name, meaning) in TextForm::Title.variables() {
                        @let is_spoken = TextForm::Spoken.variables().any(|(spoken, _)| spoken == name);
                        dt { code { (name) } }
                        dd { (meaning) @if !is_spoken { " (not in calls)" } }
                    }
                }
            }
        },
    )
}
