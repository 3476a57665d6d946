//! An alert in the organization's own words. Whatever is wrong with them, the page goes out in Watchbell's, and the alert says why.

use crate::app::App;
use jiff::Timestamp;
use watchbell_connect::channels::{AlertPage, Wording, headline};
use watchbell_core::alert::Alert;
use watchbell_core::event::{Caller, Content};
use watchbell_core::language::Language;
use watchbell_core::moment::moment;
use watchbell_core::template::TemplateError;
use watchbell_core::texts::{Facts, Form, Rendered, Templates};
use watchbell_core::timeline::Entry;
use watchbell_store::scope::Scope;
use watchbell_store::timeline;

/// What the organization says of an alert to the reader of a page; `None` where it has no words of its own in their language.
pub(super) async fn of(app: &App, scope: &Scope, alert: &Alert, page: &AlertPage) -> Option<Wording> {
    let language = page.reader.language;
    let texts = app.texts.get();
    let rendered = texts.of(language)?.render(&facts(page, &alert.content));
    for (form, problem) in &rendered.problems {
        say_failed(app, scope, alert, (*form, language), problem).await;
    }
    Some(worded(rendered))
}

/// What the templates of a language say of a page, and what is wrong with them.
pub(crate) fn render(
    templates: &Templates,
    page: &AlertPage,
    content: &Content,
) -> (Wording, Vec<(Form, TemplateError)>) {
    let mut rendered = templates.render(&facts(page, content));
    let problems = std::mem::take(&mut rendered.problems);
    (worded(rendered), problems)
}

fn worded(rendered: Rendered) -> Wording {
    Wording { title: rendered.title, body: rendered.body, spoken: rendered.spoken }
}

fn facts(page: &AlertPage, content: &Content) -> Facts {
    let (alert, reader) = (&page.alert, &page.reader);
    let ticket = content.ticket.as_ref();
    let caller = content.caller.clone().map(|Caller { name, phone, email }| [Some(name), phone, email]);
    let shown = |at: Timestamp| moment(at, &reader.zone, reader.language);
    Facts {
        headline: headline(alert, reader.language),
        customer: alert.customer.clone(),
        summary: alert.summary.clone(),
        number: alert.ticket_number.clone(),
        alert: alert.id,
        details: page.details.clone(),
        priority: alert.priority_label.clone(),
        source: page.source_name.clone(),
        queue: page.queue.clone(),
        status: ticket.and_then(|ticket| ticket.status.clone()),
        caller: caller.unwrap_or_default(),
        level: page.level.map(|level| (level.number, level.of)),
        due: page.due.iter().map(|due| due.at).min().map(shown),
    }
}

/// Says it once in the alert's timeline; that it cannot be said holds no page back.
async fn say_failed(
    app: &App,
    scope: &Scope,
    alert: &Alert,
    (form, language): (Form, Language),
    problem: &TemplateError,
) {
    let failed = Entry::TextFailed { form, language, problem: problem.to_string() };
    if let Err(error) = timeline::note_text_failed(&app.db, scope, alert.id, failed, app.clock.now()).await {
        tracing::warn!(alert = %alert.id, %form, %language, %problem, %error, "a text of the organization failed, and its alert does not say so");
    }
}
