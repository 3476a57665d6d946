//! What a status means, guessed from its label. Guesses are shown and confirmed when a source is set up.

use super::label::Words;
use super::status_class::StatusClass as Class;

const SPAM: &str = "spam|junk|no deseado|basura";
const NEGATIONS: &str = "not|no|non|nicht|kein*|sin";
const WAITING: &str = "wait|waits|waiting*|await*|pending|warte*|ausstehend*|esper*|espera|pendiente*";
const CUSTOMER: &str = "customer*|client*|user*|enduser*|contact*|kunde*|anwender*|benutzer*|endbenutzer*|ansprechpartner*|\
                        usuario*|contacto*";
const MATERIALS: &str = "material*|part|parts|hardware|delivery|shipment|ersatzteil*|teile*|ware|waren|lieferung*|pieza*|\
                         repuesto*|entrega*";
const VENDOR: &str = "vendor*|supplier*|manufacturer*|third|3rd|carrier|hersteller*|lieferant*|dritt*|provider*|proveedor*|\
                      fabricante*|tercero*";
const APPROVAL: &str = "approval*|authori*|freigabe*|genehmigung*|zustimmung*|aprobacion*|autorizacion*|visto bueno";
const DISPATCH: &str =
    "dispatch*|triage|assignment|disposition*|einsatzplanung*|zuweisung*|zuteilung*|despacho*|asignacion*";
const DONE: &str = "complete|completed|closed|done|resolved|solved|finished|fixed|abgeschlossen*|geschlossen*|erledigt*|\
                    gelost*|geloest*|fertig*|beendet*|behoben*|completo|completa|completado*|completada*|cerrado*|cerrada*|\
                    resuelto*|resuelta*|finalizado*|finalizada*|terminado*|terminada*|solucionado*|solucionada*";
const WROTE: &str =
    "note*|repl*|respon*|answer*|update*|notiz*|antwort*|geantwortet*|nota|notas|respuesta*|respondi*|contesto*";
const CUSTOMER_WROTE: &str = "kundennotiz*|kundenantwort*|kundenruckmeldung*";
const REOPENED: &str = "reopen*|re open*|wiedereroffn*|wiedereroeffn*|wiedergeoffn*|wieder geoffn*|wieder geoeffn*|wieder offen|\
                        erneut geoffn*|erneut offen|reabiert*|reabrir";
const ESCALATE: &str = "escal*|eskal*";
const ON_HOLD: &str = "hold|onhold|paused|deferred|zuruckgestellt*|zurueckgestellt*|pausiert*|angehalten*|auf eis|en pausa|\
                       pausado*|suspendido*|aplazado*|retenido*";
const SCHEDULED: &str = "scheduled|dispatched|geplant*|eingeplant*|terminiert*|termin|programado*|programada*|agendado*|\
                         agendada*|planificado*|planificada*";
const IN_PROGRESS: &str = "in progress|inprogress|in process|in work|in treatment|working|in bearbeitung|wird bearbeitet|\
                           in arbeit|en curso|en progreso|en proceso|en tramite|en desarrollo|trabajando";
const WORK: &str = "work|job|arbeit|arbeiten|trabajo|trabajos";
const DENIED: &str =
    "denied|reject*|declined|refused|abgelehnt*|verweigert*|zuruckgewiesen*|zurueckgewiesen*|denegad*|rechazad*";
const CANCELLED: &str =
    "cancel*|void*|withdrawn|storniert*|abgebrochen*|annulliert*|zuruckgezogen*|zurueckgezogen*|anulad*";
const DUPLICATE: &str =
    "duplic*|duplik*|doppelt*|dublette*|merged|zusammengefuhrt*|zusammengefuehrt*|fusionado*|combinado*";
const APPROVED: &str = "approved|authorized|authorised|genehmigt*|freigegeben*|aprobad*|autorizad*";
const NEW: &str = "new|open|neu|neue*|offen*|nuevo*|nueva*|abierto*|abierta*";

/// What a label means in English, German or Spanish; `None` where no word is known (such a status opens an alert).
/// Words that change the meaning of others come first: "Waiting for approval" is not approved, "Work complete" not complete.
pub fn guess_class(label: &str) -> Option<Class> {
    let words = Words::of(label);
    if words.have(SPAM) {
        return Some(Class::Spam);
    }
    if words.have(NEGATIONS) {
        return None;
    }
    if words.have(WAITING) {
        return guess_waiting(&words);
    }
    let is_healed = words.have("rmm*|monitoring|self|auto*") && words.have("healed|heal|cleared");
    let customer_wrote = words.have(CUSTOMER_WROTE) || (words.have(CUSTOMER) && words.have(WROTE));
    let rows = [
        (is_healed || (words.have("rmm*") && words.have(DONE)), Class::RmmResolved),
        (words.have(REOPENED), Class::Reopened),
        (customer_wrote, Class::CustomerNoteAdded),
        (words.have(ESCALATE), Class::Escalate),
        (words.have(ON_HOLD), Class::OnHold),
        (words.have(SCHEDULED), Class::Scheduled),
        (words.have(IN_PROGRESS), Class::InProgress),
        (words.have(WORK) && words.have(DONE), Class::WorkComplete),
        (words.have(DONE), Class::Complete),
        (words.have(DENIED), Class::Denied),
        (words.have(CANCELLED), Class::Cancelled),
        (words.have(DUPLICATE), Class::Duplicate),
        (words.have(APPROVED), Class::Approved),
        (words.have(NEW), Class::New),
    ];
    rows.into_iter().find_map(|(is_it, class)| is_it.then_some(class))
}

fn guess_waiting(words: &Words) -> Option<Class> {
    let whom = [
        (VENDOR, Class::WaitingVendor),
        (APPROVAL, Class::WaitingApproval),
        (DISPATCH, Class::WaitingDispatch),
        (MATERIALS, Class::WaitingMaterials),
        (CUSTOMER, Class::WaitingCustomer),
    ];
    match whom.into_iter().find(|(patterns, _)| words.have(patterns)) {
        Some((_, class)) => Some(class),
        None if words.have("en espera") => Some(Class::OnHold),
        // "Pending" alone may as well mean that nobody has begun.
        None if words.have("pending|ausstehend*|pendiente*") => None,
        None => Some(Class::WaitingOther),
    }
}
