//! What a page says in the organization's own words, by language.

use super::extract::{InJson, InPath};
use crate::app::App;
use crate::auth::{Administer, Can};
use crate::error::{ApiError, ApiResult};
use crate::texts;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use watchbell_core::language::Language;
use watchbell_core::texts::{Form, Templates, check, tidied};

/// The routes.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::default().routes(routes!(get_texts, put_texts))
}

/// Texts of a page, as templates.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = TextsPut)]
struct TextsIn {
    /// One line. Absent: as it is; empty: Watchbell's own words.
    title: Option<String>,
    /// Several lines. Absent: as it is; empty: Watchbell's own words.
    body: Option<String>,
    /// For calls. Absent: as it is; empty: Watchbell's own words.
    spoken: Option<String>,
}

/// Texts of a page, as templates; null where Watchbell's own words are used.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Texts)]
struct TextsOut {
    /// `en` or `de`.
    language: &'static str,
    title: Option<String>,
    body: Option<String>,
    spoken: Option<String>,
    /// Templates that say what Watchbell's own words say.
    defaults: TextDefaults,
}

/// Templates that say what Watchbell's own words say.
#[derive(Debug, Serialize, ToSchema)]
struct TextDefaults {
    title: &'static str,
    body: &'static str,
    spoken: &'static str,
}

impl TextsOut {
    fn of(language: Language, templates: Templates) -> Self {
        let Templates { title, body, spoken } = templates;
        let [of_title, of_body, of_spoken] = [Form::Title, Form::Body, Form::Spoken].map(Form::default_source);
        let defaults = TextDefaults { title: of_title, body: of_body, spoken: of_spoken };
        Self { language: language.as_str(), title, body, spoken, defaults }
    }
}

/// A language of ours. Errors: 404.
pub(crate) fn language_named(word: &str) -> Result<Language, ApiError> {
    Language::parse(word).ok_or_else(|| ApiError::not_found("There are texts in en and de."))
}

/// A template that works. Errors: 400 that names field and line.
pub(crate) fn checked(form: Form, source: &str) -> Result<(), ApiError> {
    let source = tidied(source);
    match (!source.is_empty()).then(|| check(form, &source)) {
        Some(Err(problem)) => Err(ApiError::field(form.as_str(), problem)),
        Some(Ok(())) | None => Ok(()),
    }
}

/// Get the texts of a language.
#[utoipa::path(get, path = "/texts/{language}", tag = "Texts", params(("language" = String, Path, description = "`en` or `de`")), responses((status = 200, body = TextsOut)))]
async fn get_texts(
    State(app): State<App>,
    can: Can<Administer>,
    InPath(language): InPath<String>,
) -> ApiResult<TextsOut> {
    let language = language_named(&language)?;
    Ok(Json(TextsOut::of(language, texts::get(&app, &can.scope, language).await?)))
}

/// Say in your own words what a page says, to people who read a language.
#[utoipa::path(put, path = "/texts/{language}", tag = "Texts", params(("language" = String, Path, description = "`en` or `de`")), request_body = TextsIn, responses((status = 200, body = TextsOut)))]
async fn put_texts(
    State(app): State<App>,
    can: Can<Administer>,
    InPath(language): InPath<String>,
    InJson(body): InJson<TextsIn>,
) -> ApiResult<TextsOut> {
    let language = language_named(&language)?;
    let mut templates = texts::get(&app, &can.scope, language).await?;
    for (form, source) in [(Form::Title, body.title), (Form::Body, body.body), (Form::Spoken, body.spoken)] {
        let Some(source) = source else { continue };
        checked(form, &source)?;
        templates = templates.with(form, Some(&source));
    }
    texts::put(&app, &can.scope, language, &templates).await?;
    Ok(Json(TextsOut::of(language, templates)))
}
