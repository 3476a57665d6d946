//! The server itself: whether it answers here, and how the world reaches it.

use super::finding::Finding;
use std::time::Duration;
use watchbell_connect::http::{HttpClient, OutboundPolicy, install_crypto};
use watchbell_server::app::App;
use watchbell_server::config::Config;

const PATIENCE: Duration = Duration::from_secs(5);

/// Whether a server answers, and whether links in messages can work.
pub(super) async fn examine(config: &Config, app: Option<&App>) -> Vec<Finding> {
    // The app knows the address that was set in the pages.
    let url = app.map_or_else(|| config.public_url(), |app| app.config.public_url());
    vec![answers(config).await, public_url(&url)]
}

async fn answers(config: &Config) -> Finding {
    let mut listen = config.listen;
    if listen.ip().is_unspecified() {
        listen.set_ip(std::net::Ipv4Addr::LOCALHOST.into());
    }
    let url = format!("http://{listen}/readyz");
    install_crypto();
    let client = HttpClient::new(OutboundPolicy { allow_private: true });
    let Ok(call) = client.and_then(|client| client.get(&url)) else {
        return Finding::unread("The server", &"no request could be made");
    };
    match call.deadline(PATIENCE).send().await {
        Ok(answer) if answer.is_success() => Finding::fine(format!("Server: ready at {listen}")),
        Ok(answer) => Finding::wrong(
            format!("Server: {url} answers {}: {}", answer.status, answer.text().trim()),
            "it says itself what it lacks",
        ),
        Err(error) => Finding::wrong(
            format!("Server: nobody answers at {url} ({error}): nothing is paged while it is stopped"),
            "systemctl status watchbell; journalctl -u watchbell -n 50. If it listens elsewhere, give this command its --listen",
        ),
    }
}

fn public_url(url: &str) -> Finding {
    let host = url.split_once("://").map_or(url, |(_, rest)| rest);
    let is_local = ["127.", "localhost", "[::1]", "0.0.0.0"].iter().any(|local| host.starts_with(local));
    match (is_local, url.starts_with("https://")) {
        (true, _) => Finding::doubtful(
            format!(
                "Public URL: {url} works on this machine only: links in messages do not open on a phone, and Autotask cannot call back"
            ),
            "set the public address (Settings, or WATCHBELL_PUBLIC_URL) to what the world sees (docs/install.md, A name with https)",
        ),
        (false, false) => Finding::doubtful(
            format!("Public URL: {url} is not encrypted"),
            "put it behind https (docs/install.md, A name with https)",
        ),
        (false, true) => Finding::fine(format!("Public URL: {url}")),
    }
}
