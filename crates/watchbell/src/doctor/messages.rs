//! Mail: whether the mail server lets us in. Nothing is sent.

use super::finding::Finding;
use watchbell_connect::channels::Outcome;
use watchbell_server::app::App;

/// Whether mail could be sent.
pub(super) async fn examine(app: &App) -> Vec<Finding> {
    if !app.channels.has_smtp() {
        let advice =
            "enter a mail server under Settings, E-mail, or set WATCHBELL_SMTP_URL; ntfy and webhooks work without";
        return vec![Finding::doubtful("E-mail: no mail server is set up", advice)];
    }
    let finding = match app.channels.probe_smtp().await {
        Outcome::Sent { .. } => Finding::fine("E-mail: the mail server lets us in"),
        Outcome::Transient { error, .. } => Finding::wrong(
            format!("E-mail: {error}"),
            "is the mail server up, and does a firewall let port 465 or 587 out?",
        ),
        Outcome::Permanent { error, .. } => Finding::wrong(
            format!("E-mail: {error}"),
            "correct the settings under Settings, E-mail (docs/notifications.md)",
        ),
    };
    vec![finding]
}
