//! What the organization says in its own words when it pages: kept in a setting for each language, in use at once and on every node.

use crate::app::App;
use std::sync::{Arc, PoisonError, RwLock};
use watchbell_core::language::Language;
use watchbell_core::texts::{Templates, Texts};
use watchbell_store::scope::Scope;
use watchbell_store::{StoreError, doors, settings};

/// The texts as they are in use. Cheap to clone; clones share them.
#[derive(Debug, Clone, Default)]
pub struct StoredTexts(Arc<RwLock<Arc<Texts>>>);

impl StoredTexts {
    /// All of them.
    pub fn get(&self) -> Arc<Texts> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, texts: Texts) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(texts);
    }
}

/// A setting for each language: who changes one at the same moment as somebody the other loses nothing.
fn setting(language: Language) -> String {
    format!("texts.{language}")
}

/// What is kept for a language.
pub async fn get(app: &App, scope: &Scope, language: Language) -> Result<Templates, StoreError> {
    let kept = settings::get(&app.db, scope, &setting(language)).await?.and_then(|setting| setting.value);
    let read =
        |json: String| serde_json::from_str(&json).map_err(|error| StoreError::unreadable("setting texts", error));
    Ok(kept.map(read).transpose()?.unwrap_or_default())
}

/// Keeps the texts of a language; none at all are Watchbell's own words. They are in use from then on.
pub async fn put(app: &App, scope: &Scope, language: Language, templates: &Templates) -> Result<(), StoreError> {
    let (name, now) = (setting(language), app.clock.now());
    match templates.is_empty() {
        true => settings::delete(&app.db, scope, &name, now).await?,
        false => {
            let json = serde_json::to_string(templates).map_err(|error| StoreError::BadData(error.into()))?;
            settings::put(&app.db, scope, &name, (Some(json), None), now).await?;
        }
    }
    apply(app).await
}

/// Takes what is kept into use. What cannot be read is left out, loudly: pages go out in Watchbell's own words.
pub async fn apply(app: &App) -> Result<(), StoreError> {
    let scope = doors::system(doors::ORGANIZATION);
    let mut texts = Texts::default();
    for language in Language::ALL {
        match get(app, &scope, *language).await {
            Ok(templates) => texts = texts.with(*language, templates),
            Err(error) if error.is_transient() => return Err(error),
            Err(error) => tracing::error!(%language, %error, "the texts of a language cannot be used"),
        }
    }
    app.texts.set(texts);
    Ok(())
}
