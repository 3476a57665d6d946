//! What the conversations and the pages of the mail server share.

use std::{
    io,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use super::{
    Mail, SmtpFault, SmtpFaults, SmtpTls,
    tls::{Tls, identity},
};
use crate::{clock::Clock, shelf::Shelf};

/// The state of one mail server.
#[derive(Debug)]
pub(super) struct State {
    pub mails: Shelf<Mail>,
    pub tls_mode: SmtpTls,
    pub tls: Option<Tls>,
    pub credentials: Option<(String, String)>,
    pub clock: Clock,
    faults: Mutex<SmtpFaults>,
    connections: AtomicU64,
    next_id: AtomicU64,
}

impl State {
    pub fn new(tls_mode: SmtpTls, credentials: Option<(String, String)>) -> io::Result<Self> {
        let tls = if tls_mode == SmtpTls::None { None } else { Some(identity()?) };
        Ok(Self {
            mails: Shelf::default(),
            tls_mode,
            tls,
            credentials,
            clock: Clock::default(),
            faults: Mutex::default(),
            connections: AtomicU64::new(0),
            next_id: AtomicU64::new(1),
        })
    }

    pub fn keep(&self, from: String, to: Vec<String>, raw: &[u8], encrypted: bool) -> u64 {
        let id = self.next_id.fetch_add(1, Ordering::SeqCst);
        self.mails.push(Mail::read(id, from, to, raw, encrypted, self.clock.now()));
        id
    }

    pub fn faults(&self) -> SmtpFaults {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn set_faults(&self, faults: SmtpFaults) {
        *self.faults.lock().unwrap_or_else(PoisonError::into_inner) = faults;
    }

    /// Whether a fault strikes now, at this recipient if it is about one. Counts it off.
    pub fn strikes(&self, fault: SmtpFault, recipient: Option<&str>) -> bool {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner).strikes(fault, recipient)
    }

    pub fn connections(&self) -> u64 {
        self.connections.load(Ordering::SeqCst)
    }

    pub fn count_connection(&self) {
        self.connections.fetch_add(1, Ordering::SeqCst);
    }
}
