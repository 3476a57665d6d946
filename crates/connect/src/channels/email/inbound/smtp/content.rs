//! The content of a mail as it comes in: dots that were doubled are taken back, and its end is found, however it was cut into pieces.

use super::super::MAIL_BYTES_MAX;

/// How much is read of a mail that is too large before the connection is given up.
const ENDLESS_BYTES: usize = 5 * MAIL_BYTES_MAX;

/// How a mail ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum End {
    /// Well.
    Mail(Vec<u8>),
    /// It was larger than is taken.
    TooLarge,
    /// A CR or LF stood alone in it.
    BareBreak,
    /// It does not end.
    Endless,
}

/// Where in a line the last byte stood.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum At {
    /// Behind CR LF, or at the beginning.
    #[default]
    Start,
    /// Somewhere.
    Text,
    /// Behind a CR.
    Cr,
    /// Behind a dot that began the line.
    Dot,
    /// Behind a dot that began the line, and a CR.
    DotCr,
}

/// A mail that is coming in.
#[derive(Debug, Default)]
pub(super) struct Content {
    kept: Vec<u8>,
    at: At,
    read: usize,
    bare: bool,
}

impl Content {
    /// Takes bytes: how many of them belong to the mail, and whether it ended.
    pub(super) fn read(&mut self, bytes: &[u8]) -> (usize, Option<End>) {
        for (place, byte) in bytes.iter().enumerate() {
            if self.take(*byte) {
                return (place + 1, Some(self.end()));
            }
        }
        self.read = self.read.saturating_add(bytes.len());
        (bytes.len(), (self.read > ENDLESS_BYTES).then_some(End::Endless))
    }

    /// Takes a byte. `true`: that was the end.
    fn take(&mut self, byte: u8) -> bool {
        let next = match (self.at, byte) {
            (At::DotCr, b'\n') => return true,
            (At::Cr, b'\n') => {
                self.keep(b"\r\n");
                At::Start
            }
            (At::Start, b'.') => At::Dot,
            (At::Dot, b'\r') => At::DotCr,
            (At::Start | At::Text, b'\r') => At::Cr,
            (At::Cr | At::DotCr, _) => {
                self.bare = true;
                self.keep(b"\r");
                self.plain(byte)
            }
            (At::Start | At::Text | At::Dot, _) => self.plain(byte),
        };
        self.at = next;
        false
    }

    fn plain(&mut self, byte: u8) -> At {
        match byte {
            b'\r' => At::Cr,
            _ => {
                self.bare |= byte == b'\n';
                self.keep(&[byte]);
                At::Text
            }
        }
    }

    /// One byte more than is taken shows that it is too large.
    fn keep(&mut self, bytes: &[u8]) {
        if self.kept.len() <= MAIL_BYTES_MAX {
            self.kept.extend_from_slice(bytes);
        }
    }

    fn end(&mut self) -> End {
        match (self.bare, self.kept.len() > MAIL_BYTES_MAX) {
            (true, _) => End::BareBreak,
            (false, true) => End::TooLarge,
            (false, false) => End::Mail(std::mem::take(&mut self.kept)),
        }
    }
}
