//! Labels of statuses, guessed.

use crate::autotask::{StatusClass as C, guess_class};

#[test]
fn labels_are_guessed_in_english_german_and_spanish() {
    let cases: &[(&str, Option<C>)] = &[
        ("New", Some(C::New)),
        ("Neu", Some(C::New)),
        ("Nuevo", Some(C::New)),
        ("Abierto", Some(C::New)),
        ("Offen", Some(C::New)),
        ("In Progress", Some(C::InProgress)),
        ("Work in Progress", Some(C::InProgress)),
        ("In Bearbeitung", Some(C::InProgress)),
        ("En curso", Some(C::InProgress)),
        ("En progreso", Some(C::InProgress)),
        ("En trámite", Some(C::InProgress)),
        ("Complete", Some(C::Complete)),
        ("Resolved", Some(C::Complete)),
        ("Closed - Duplicate", Some(C::Complete)),
        ("Abgeschlossen", Some(C::Complete)),
        ("Erledigt", Some(C::Complete)),
        ("Gelöst", Some(C::Complete)),
        ("Geschlossen", Some(C::Complete)),
        ("Completado", Some(C::Complete)),
        ("Cerrada", Some(C::Complete)),
        ("Resuelto", Some(C::Complete)),
        ("Denied", Some(C::Denied)),
        ("Abgelehnt", Some(C::Denied)),
        ("Denegado", Some(C::Denied)),
        ("Rechazada", Some(C::Denied)),
        ("Cancelled", Some(C::Cancelled)),
        ("Canceled by client", Some(C::Cancelled)),
        ("Storniert", Some(C::Cancelled)),
        ("Anulado", Some(C::Cancelled)),
        ("Duplicate", Some(C::Duplicate)),
        ("Duplikat", Some(C::Duplicate)),
        ("Duplicado", Some(C::Duplicate)),
        ("Merged", Some(C::Duplicate)),
        ("Spam", Some(C::Spam)),
        ("Correo no deseado", Some(C::Spam)),
        ("RMM Resolved", Some(C::RmmResolved)),
        ("RMM gelöst", Some(C::RmmResolved)),
        ("RMM resuelto", Some(C::RmmResolved)),
        ("Self-healed", Some(C::RmmResolved)),
        ("Work Complete", Some(C::WorkComplete)),
        ("Arbeit abgeschlossen", Some(C::WorkComplete)),
        ("Trabajo completado", Some(C::WorkComplete)),
        ("Waiting Customer", Some(C::WaitingCustomer)),
        ("Waiting on Client Response", Some(C::WaitingCustomer)),
        ("Warten auf Kunde", Some(C::WaitingCustomer)),
        ("Wartet auf Kundenantwort", Some(C::WaitingCustomer)),
        ("Esperando al cliente", Some(C::WaitingCustomer)),
        ("Pendiente de usuario", Some(C::WaitingCustomer)),
        ("En espera del cliente", Some(C::WaitingCustomer)),
        ("Waiting Materials", Some(C::WaitingMaterials)),
        ("Warten auf Material", Some(C::WaitingMaterials)),
        ("Esperando repuestos", Some(C::WaitingMaterials)),
        ("Waiting Vendor", Some(C::WaitingVendor)),
        ("Warten auf Lieferant", Some(C::WaitingVendor)),
        ("Warten auf Hersteller", Some(C::WaitingVendor)),
        ("Esperando proveedor", Some(C::WaitingVendor)),
        ("Waiting Approval", Some(C::WaitingApproval)),
        ("Pending Approval", Some(C::WaitingApproval)),
        ("Warten auf Genehmigung", Some(C::WaitingApproval)),
        ("Pendiente de aprobación", Some(C::WaitingApproval)),
        ("Waiting Dispatch", Some(C::WaitingDispatch)),
        ("Warten auf Disposition", Some(C::WaitingDispatch)),
        ("Pendiente de asignación", Some(C::WaitingDispatch)),
        ("Waiting", Some(C::WaitingOther)),
        ("Waiting for reboot", Some(C::WaitingOther)),
        ("Wartet", Some(C::WaitingOther)),
        ("Pending", None),
        ("Pendiente", None),
        ("Scheduled", Some(C::Scheduled)),
        ("Scheduled/Dispatched", Some(C::Scheduled)),
        ("Geplant", Some(C::Scheduled)),
        ("Programado", Some(C::Scheduled)),
        ("Termin vereinbart", Some(C::Scheduled)),
        ("On Hold", Some(C::OnHold)),
        ("Zurückgestellt", Some(C::OnHold)),
        ("En espera", Some(C::OnHold)),
        ("En pausa", Some(C::OnHold)),
        ("Approved", Some(C::Approved)),
        ("Genehmigt", Some(C::Approved)),
        ("Freigegeben", Some(C::Approved)),
        ("Aprobado", Some(C::Approved)),
        ("Escalate", Some(C::Escalate)),
        ("Escalated", Some(C::Escalate)),
        ("Eskaliert", Some(C::Escalate)),
        ("Escalado", Some(C::Escalate)),
        ("Customer Note Added", Some(C::CustomerNoteAdded)),
        ("Client Responded", Some(C::CustomerNoteAdded)),
        ("Kundennotiz hinzugefügt", Some(C::CustomerNoteAdded)),
        ("Kunde hat geantwortet", Some(C::CustomerNoteAdded)),
        ("Nota de cliente añadida", Some(C::CustomerNoteAdded)),
        ("Respuesta del cliente", Some(C::CustomerNoteAdded)),
        ("Reopened", Some(C::Reopened)),
        ("Re-Opened", Some(C::Reopened)),
        ("Wiedereröffnet", Some(C::Reopened)),
        ("Wieder geöffnet", Some(C::Reopened)),
        ("Reabierto", Some(C::Reopened)),
        ("Not complete", None),
        ("Nicht abgeschlossen", None),
        ("Incomplete", None),
        ("Change Order", None),
        ("Wartung", None),
        ("Fakturierung", None),
        ("", None),
        ("???", None),
    ];
    for (label, expected) in cases {
        assert_eq!(guess_class(label), *expected, "{label}");
    }
}

#[test]
fn the_system_ids_keep_their_meaning_whatever_they_are_called() {
    assert_eq!(C::of_system_id(1), Some(C::New));
    assert_eq!(C::of_system_id(5), Some(C::Complete));
    assert_eq!(C::of_system_id(7), Some(C::WaitingCustomer));
    assert_eq!(C::of_system_id(8), None);
}

#[test]
fn all_lists_every_class_once() {
    let distinct: std::collections::BTreeSet<_> = C::ALL.iter().collect();
    assert_eq!((distinct.len(), C::ALL.len()), (22, 22));
}
