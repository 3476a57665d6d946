//! Who this installation is to push services: a key pair that is made at the first start and kept sealed. Whoever loses it loses every
//! subscription, so it is part of each backup.

use crate::app::App;
use watchbell_connect::channels::{Vapid, VapidKey};
use watchbell_store::settings::{self, SEALED};
use watchbell_store::{StoreError, doors};

/// The setting: the public key as text, the private one sealed.
const NAME: &str = "push_key";

/// Takes the key into use; the first time it is made. Two nodes that start at once end with the same one.
pub async fn apply(app: &App) -> Result<(), StoreError> {
    let key = match kept(app).await? {
        Some(key) => key,
        None => make(app).await?,
    };
    let vapid = Vapid::new(key, &subject(app), crate::ids::fill);
    match vapid {
        Ok(vapid) => app.channels.set_vapid(Some(vapid)),
        Err(error) => tracing::error!(%error, "push to browsers cannot be used"),
    }
    Ok(())
}

async fn kept(app: &App) -> Result<Option<VapidKey>, StoreError> {
    let scope = doors::system(doors::ORGANIZATION);
    let Some(sealed) = settings::get(&app.db, &scope, NAME).await?.and_then(|setting| setting.sealed) else {
        return Ok(None);
    };
    let bytes = app.sealer.open(SEALED, &sealed)?;
    let key = <[u8; 32]>::try_from(&bytes[..]).ok().and_then(|bytes| VapidKey::from_bytes(&bytes).ok());
    key.map(Some).ok_or_else(|| StoreError::unreadable("setting", "the key for push messages has another form"))
}

async fn make(app: &App) -> Result<VapidKey, StoreError> {
    let scope = doors::system(doors::ORGANIZATION);
    let key = VapidKey::draw(crate::ids::fill).map_err(|error| StoreError::Fault(error.to_string()))?;
    let sealed = app.sealer.seal(SEALED, &key.to_bytes(), &app.ids.fresh())?;
    let shown = serde_json::Value::from(key.public_key()).to_string();
    settings::put_first(&app.db, &scope, NAME, (Some(shown), Some(sealed)), app.clock.now()).await?;
    // Another node may have been first.
    kept(app).await?.map_or(Ok(key), Ok)
}

/// How a push service can reach whoever runs this (RFC 8292, 2.1): our address, or that of our mails.
fn subject(app: &App) -> String {
    let url = app.config.public_url();
    match (url.starts_with("https://"), app.channels.mail_sender()) {
        (true, _) => url,
        (false, Some(sender)) => format!("mailto:{sender}"),
        (false, None) => "mailto:nobody@watchbell.invalid".to_owned(),
    }
}
