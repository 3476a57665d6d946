//! A fault that may pass: the message is tried again, and where it stays the person's next contact is used.

use crate::channels::failing::failures;
use crate::channels::ways::{Reached, Way, over_ways};
use watchbell_sim::ntfy::NtfyFaults;
use watchbell_sim::phone::PhoneFaults;
use watchbell_sim::push::PushFaults;
use watchbell_sim::smtp::{SmtpFault, SmtpFaults};
use watchbell_testkit::{TestApp, event, level, minutes, seconds};

/// The other side has a fault of its own, or none any more.
fn trouble(app: &TestApp, reached: &Reached, is_there: bool) {
    let status = is_there.then_some(503);
    let (desk, faults) = (&reached.desk, PushFaults { status, ..PushFaults::default() });
    match (reached.way, reached.way.carrier()) {
        (Way::Email, _) => {
            let fault = is_there.then_some(SmtpFault::TemporaryFailure);
            app.smtp.faults(SmtpFaults { fault, ..SmtpFaults::default() });
        }
        (Way::Telegram, _) => desk.telegram.faults(faults),
        (Way::Pushover, _) => desk.pushover.faults(faults),
        (Way::Gotify, _) => desk.gotify.faults(faults),
        (Way::Ntfy, _) => reached.ntfy.faults(NtfyFaults { status, ..NtfyFaults::default() }),
        (_, None) => desk.web_push.faults(faults),
        (_, Some((_, provider))) => {
            reached.lines.exchange.faults(provider, PhoneFaults { status, ..PhoneFaults::default() });
        }
    }
}

/// Whether each try that failed was followed by another.
async fn tries(app: &TestApp, alert: watchbell_core::ids::AlertId) -> Vec<bool> {
    failures(app, alert).await.into_iter().map(|(_, again)| again).collect()
}

async fn tried_again_then_the_next_contact(app: &mut TestApp, way: Way) {
    let reached = Reached::over(app, way).await.with_next(app).await;
    let source = app.source().escalating_to([level(&reached.ann, minutes(60))]).await;
    let before = reached.came(app).len();
    trouble(app, &reached, true);
    let outlived = source.send(app, event("disk full")).await.unwrap();
    assert_eq!(tries(app, outlived).await, [true], "{way:?}: the first try failed");
    assert_eq!(reached.came(app).len(), before, "{way:?}: nothing has come");
    trouble(app, &reached, false);
    // A number is called at most once in ten seconds, whatever came of it.
    app.advance(seconds(20)).await;
    assert_eq!(reached.came(app).len(), before + 1, "{way:?}: the second try came");
    assert_eq!(tries(app, outlived).await, [true], "{way:?}: nothing else failed");
    app.happen(outlived, reached.ann.id, watchbell_core::alert::Happening::Resolved { reason: None }).await;
    app.expect_any_mails();

    trouble(app, &reached, true);
    let stays = source.send(app, event("no power")).await.unwrap();
    // Where mails are the way itself, nothing else is mailed.
    app.advance(seconds(60)).await;
    assert_eq!(tries(app, stays).await, [true, true, false], "{way:?}: three tries, then no more");
    reached.next_gets(app, "no power").await;
    trouble(app, &reached, false);
}

over_ways! { tried_again_then_the_next_contact }
