//! What Watchbell itself says in messages, in every language. One function a text, one match a function: who adds a language is told by
//! the compiler what is missing. What sources and people write is never translated.

use watchbell_core::{labels, sentences};

labels! { pub(super) fn;
    /// The word on the badge of an alert that wakes people.
    pages: "Pages", "Weckt";
    /// The word on the badge of an alert that waits for them.
    quiet: "Quiet", "Leise";
    accept: "Accept", "Annehmen";
    resolve: "Resolve", "Lösen";
    complete: "Resolve and complete the ticket", "Lösen und Ticket abschließen";
    accept_all: "Accept all", "Alle annehmen";
    escalate: "Escalate", "Eskalieren";
    open_alert: "Open the alert", "Alarm öffnen";
    open_ticket: "Open the ticket", "Ticket öffnen";
    open_list: "Open the list", "Liste öffnen";
    open_contacts: "Open your contacts", "Ihre Kontakte öffnen";
    open_here: "Open it in Watchbell", "In Watchbell öffnen";
    customer: "Customer", "Kunde";
    ticket: "Ticket", "Ticket";
    queue: "Queue", "Warteschlange";
    contact: "Contact", "Kontakt";
    source: "Source", "Quelle";
    started: "Started", "Begonnen";
    due: "Due", "Fällig";
    escalates: "Escalates", "Eskaliert";
    first_opened: "First opened", "Erster geöffnet";
    when: "When", "Wann";
    asked_by: "Asked by", "Angefordert von";
    valid_until: "Valid until", "Gültig bis";
    acting: "These links need no login and act only after you confirm. They stop working when the alert is resolved. \
             Whoever has them can act for you: do not forward this message.",
        "Diese Links brauchen keine Anmeldung und wirken erst, wenn Sie bestätigen. Sie gelten, bis der Alarm gelöst ist. \
         Wer sie hat, kann für Sie handeln: Leiten Sie diese Nachricht nicht weiter.";
    reading: "You get this because you were told of this alert. Which changes you hear of is part of your profile.",
        "Sie erhalten dies, weil Sie von diesem Alarm wissen. Von welchen Änderungen Sie hören, legen Sie in Ihrem Profil fest.";
    in_one_message: "they came within a short time and are sent as one message",
        "sie kamen kurz nacheinander und stehen in einer Nachricht";
    escalation_stopped: "Escalation has stopped.", "Die Eskalation ist angehalten.";
    nobody_in_time: "Nobody accepted in time.", "Niemand hat rechtzeitig angenommen.";
    resolved: "Resolved", "Gelöst";
    test_subject: "[Test] Watchbell reaches you here", "[Test] Watchbell erreicht Sie hier";
    test_title: "Test: Watchbell reaches you here", "Test: Watchbell erreicht Sie hier";
    test_lead: "This is how a page arrives. Nothing is wrong, and there is nothing to accept.",
        "So kommt ein Alarm an. Es ist nichts passiert, und es gibt nichts anzunehmen.";
    code_not_asked: "If you did not ask for a code, ignore this message: without it nothing is sent here.",
        "Wenn Sie keinen Code angefordert haben, beachten Sie diese Nachricht nicht: Ohne ihn wird nichts hierher gesendet.";
    notice: "Notice", "Hinweis";
    needs_you: "Watchbell needs you.", "Watchbell braucht Sie.";
    for_information: "For your information.", "Zu Ihrer Information.";
}

sentences! { pub(super) fn;
    alert_number(id: i64): "alert #{id}", "Alarm #{id}";
    level(number: u32, of: u32): "level {number} of {of}", "Stufe {number} von {of}";
    alerts_from(count: usize, source: &str): "{count} alerts from {source}", "{count} Alarme von {source}";
    one_alert_from(source: &str): "1 alert from {source}", "1 Alarm von {source}";
    and_more(count: usize): "and {count} more", "und {count} weitere";
    unless_accepted(at: &str): "{at}, unless somebody accepts", "{at}, wenn niemand annimmt";
    accepted_by(name: &str): "Accepted by {name}", "Angenommen von {name}";
    resolved_by(name: &str): "Resolved by {name}", "Gelöst von {name}";
    reason(why: &str): "Reason: {why}.", "Grund: {why}.";
    escalated_to(level: &str): "Escalated to {level}", "Eskaliert an {level}";
    escalated_to_by(level: &str, name: &str): "Escalated to {level} by {name}", "Von {name} eskaliert an {level}";
    code_title(code: &str): "Watchbell code {code}", "Watchbell-Code {code}";
    code_lead(code: &str): "Type {code} into Watchbell to confirm that this contact is yours.",
        "Geben Sie {code} in Watchbell ein, um zu bestätigen, dass dieser Kontakt Ihnen gehört.";
}
