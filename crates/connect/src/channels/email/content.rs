//! A mail as it stands between DATA and its answer.

use std::fmt;

/// The mail and its end in one write (RFC 5321, 4.5.2: a line that begins with a dot gets a second one). lettre writes the end by itself:
/// the kernel holds it back until the server has acknowledged the mail, which servers put off by 40 ms.
pub(super) struct Content<'a>(pub &'a [u8]);

impl fmt::Display for Content<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Our mails are 7 bit: nothing is lost here.
        let mail = String::from_utf8_lossy(self.0);
        for line in mail.strip_suffix("\r\n").unwrap_or(&mail).split("\r\n") {
            let stuffing = if line.starts_with('.') { "." } else { "" };
            write!(f, "{stuffing}{line}\r\n")?;
        }
        f.write_str(".\r\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dot_of_the_mail_does_not_end_it() {
        for (mail, sent) in [
            ("A: b\r\n\r\nhello\r\n", "A: b\r\n\r\nhello\r\n.\r\n"),
            ("A: b\r\n\r\nhello", "A: b\r\n\r\nhello\r\n.\r\n"),
            ("A: b\r\n\r\n.\r\n..\r\n.x\r\n", "A: b\r\n\r\n..\r\n...\r\n..x\r\n.\r\n"),
            (".\r\n", "..\r\n.\r\n"),
            ("A: b\r\n\r\n\r\n", "A: b\r\n\r\n\r\n.\r\n"),
        ] {
            assert_eq!(Content(mail.as_bytes()).to_string(), sent, "{mail:?}");
        }
    }
}
