//! What notices say, in every language. What sources and people write is never translated.

use watchbell_core::{labels, sentences};

labels! { pub(super) fn;
    first_response: "First response", "Erste Antwort";
    due: "Due", "Abschluss";
    somebody_in_ticket: "somebody in the ticket", "jemand im Ticket";
    deleted_source: "a deleted source", "eine gelöschte Quelle";
    untouched: "You accepted this alert, and since then nobody wrote a comment, changed it or its ticket. Do something about it \
                (a comment is enough), resolve it, or hand it on: otherwise it may page again.",
        "Sie haben diesen Alarm angenommen, und seither hat niemand einen Kommentar geschrieben oder ihn oder sein Ticket geändert. \
         Unternehmen Sie etwas (ein Kommentar genügt), lösen Sie ihn, oder geben Sie ihn weiter: Sonst weckt er vielleicht wieder.";
    still_open: "It is still open.", "Er ist noch offen.";
    as_long_as_seen: "for as long as can be seen", "auf absehbare Zeit";
    fallback_text: "Nobody of its escalation policy is on call or could be reached, and Watchbell goes on trying. You are a fallback \
                    contact: open the alert and accept it, give it to somebody, or call somebody.",
        "Niemand aus seiner Eskalationsrichtlinie hat Bereitschaft oder war erreichbar; Watchbell versucht es weiter. Sie sind \
         Ersatzkontakt: Öffnen Sie den Alarm und nehmen Sie ihn an, geben Sie ihn weiter, oder rufen Sie jemanden an.";
    gap_head: "Nobody is on call, and nobody would be paged:", "Niemand hat Bereitschaft, und niemand würde geweckt:";
    gap_advice: "Somebody can take the time with an override. Time that is free on purpose is a layer that is attended.",
        "Jemand kann die Zeit als Vertretung übernehmen. Zeit, die absichtlich frei ist, ist eine Ebene, die besetzt ist.";
    refused: "It was refused.", "Es wurde abgewiesen.";
    contact_refused_title: "One of your contacts does not work any more",
        "Einer Ihrer Kontakte funktioniert nicht mehr";
    provider_means: "Until then it carries no messages: they go through other accounts, or to other contacts.",
        "Bis dahin befördert es keine Nachrichten: Sie gehen über andere Konten oder an andere Kontakte.";
    account_means: "Until then tickets are not read: their callouts page without knowing what they are about.",
        "Bis dahin werden keine Tickets gelesen: Ihre Callouts wecken, ohne zu wissen, worum es geht.";
    cover_declined_title: "No cover was found", "Keine Vertretung gefunden";
    cover_expired_title: "Nobody took your duty", "Niemand hat Ihren Dienst übernommen";
    faults_title: "Watchbell found a fault of its own", "Watchbell hat einen eigenen Fehler gefunden";
}

sentences! { pub(super) fn;
    contact_refused(target: &str, by: &str, why: &str): "{target} pages nobody any more by {by}: {why}\nCorrect it, or switch it on again, in your profile.",
        "{target} weckt niemanden mehr über {by}: {why}\nBerichtigen Sie es in Ihrem Profil, oder schalten Sie es dort wieder ein.";
    news_title(alert: i64, summary: &str): "News for alert {alert}: {summary}", "Neues zu Alarm {alert}: {summary}";
    untouched_title(alert: i64, summary: &str): "Is anything done about alert {alert}: {summary}?",
        "Geschieht etwas bei Alarm {alert}: {summary}?";
    woken_title(alert: i64, summary: &str): "The snooze of alert {alert} is over: {summary}",
        "Das Schlummern von Alarm {alert} ist vorbei: {summary}";
    shift_title(schedule: &str, from: &str): "On call for {schedule} from {from}", "Bereitschaft für {schedule} ab {from}";
    shift_text(schedule: &str, from: &str, end: &str): "You are on call for {schedule} from {from} {end}.",
        "Sie haben Bereitschaft für {schedule}, ab {from} {end}.";
    until(moment: &str): "until {moment}", "bis {moment}";
    left_for_you(note: &str): "Left for you: {note}", "Für Sie hinterlassen: {note}";
    fallback_title(alert: i64, summary: &str): "Nobody was notified of alert {alert}: {summary}",
        "Niemand wurde über Alarm {alert} benachrichtigt: {summary}";
    gap_title(schedule: &str): "The schedule \"{schedule}\" has a gap", "Der Dienstplan „{schedule}“ hat eine Lücke";
    span(from: &str, until: &str): "{from} to {until}", "{from} bis {until}";
    gaps_more(count: usize, days: i64): "and {count} more in the next {days} days",
        "und {count} weitere in den nächsten {days} Tagen";
    account_title(tool: &str, name: &str): "The {tool} account \"{name}\" does not work any more",
        "Das {tool}-Konto „{name}“ funktioniert nicht mehr";
    cover_asked_title(whose: &str): "{whose} asks for cover", "{whose} bittet um Vertretung";
    cover_asked(whose: &str, schedule: &str, when: &str): "{whose} asks you to be on call for {schedule}, {when}.",
        "{whose} bittet Sie um Bereitschaft für {schedule}, {when}.";
    cover_stays(whose: &str): "It stays {whose}'s until somebody takes it.",
        "Der Dienst bleibt bei {whose}, bis ihn jemand übernimmt.";
    cover_accepted_title(by: &str, whose: &str): "{by} covers for {whose}", "{by} vertritt {whose}";
    cover_accepted(by: &str, whose: &str, schedule: &str, when: &str): "{by} is on call for {schedule} in the place of {whose}, {when}.",
        "{by} hat anstelle von {whose} Bereitschaft für {schedule}, {when}.";
    cover_declined(by: &str, schedule: &str, when: &str): "{by} cannot take {schedule}, {when}. The duty stays where it is: ask somebody else.",
        "{by} kann {schedule} nicht übernehmen, {when}. Der Dienst bleibt, wo er ist: Fragen Sie jemand anderen.";
    cover_declined_by_all(schedule: &str, when: &str): "Nobody who was asked can take {schedule}, {when}. The duty stays where it is.",
        "Niemand von den Gefragten kann {schedule} übernehmen, {when}. Der Dienst bleibt, wo er ist.";
    cover_withdrawn_title(whose: &str): "{whose} needs no cover", "{whose} braucht keine Vertretung";
    cover_withdrawn(whose: &str, schedule: &str, when: &str): "{whose} needs no cover any more for {schedule}, {when}.",
        "{whose} braucht keine Vertretung mehr für {schedule}, {when}.";
    cover_given_back_title(by: &str, whose: &str): "{by} does not cover for {whose} any more", "{by} vertritt {whose} nicht mehr";
    cover_given_back(by: &str, whose: &str, schedule: &str, when: &str):
        "{by} does not cover for {whose} any more, {when}. Look who is on call for {schedule}.",
        "{by} vertritt {whose} nicht mehr, {when}. Sehen Sie nach, wer für {schedule} Bereitschaft hat.";
    cover_expired(whose: &str, schedule: &str, when: &str): "Nobody took {schedule}, {when}. {whose} is on call.",
        "Niemand hat {schedule} übernommen, {when}. {whose} hat Bereitschaft.";
}
