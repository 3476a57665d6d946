//! The file of a PostgreSQL backup: JSON, one object a line. A head, the rows by table, an end that proves that nothing is missing:
//!
//! ```text
//! {"watchbell_backup":1,"migration":20261123090000,"made_at":"2026-11-23T03:15:00Z","canary":"\\x.."}
//! {"table":"user_account","row":{"id":1,"email":"ann@example.com",..}}
//! {"rows":4711,"sha256":".."}
//! ```

use super::{Contents, Kind, file_error};
use crate::error::StoreError;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};
use std::fs::File;
use std::io::{BufRead as _, BufReader, BufWriter, Write as _};
use std::path::Path;

/// The version of this form.
const FORM: u32 = 1;

/// The first line.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Head {
    watchbell_backup: u32,
    pub(super) migration: i64,
    made_at: Timestamp,
    canary: Option<String>,
}

impl Head {
    /// The head of a backup made now.
    pub(super) fn new(migration: i64, canary: Option<&[u8]>, now: Timestamp) -> Self {
        Self { watchbell_backup: FORM, migration, made_at: now, canary: canary.map(hex) }
    }
}

/// A row.
#[derive(Debug, Deserialize)]
pub(super) struct Line<'a> {
    pub(super) table: &'a str,
    #[serde(borrow)]
    pub(super) row: &'a RawValue,
}

#[derive(Debug, Serialize, Deserialize)]
struct End {
    rows: u64,
    sha256: String,
}

/// Writes the lines of a backup.
pub(super) struct Writer {
    out: BufWriter<File>,
    digest: Sha256,
    rows: u64,
}

impl Writer {
    /// Begins a file with its head.
    pub(super) fn begin(file: File, head: &Head) -> Result<Self, StoreError> {
        let mut writer = Self { out: BufWriter::with_capacity(1 << 20, file), digest: Sha256::new(), rows: 0 };
        writer.line(&json(head)?)?;
        Ok(writer)
    }

    /// Adds a row, which is JSON already.
    pub(super) fn row(&mut self, table: &str, row: &str) -> Result<(), StoreError> {
        self.rows += 1;
        self.line(&format!("{{\"table\":\"{table}\",\"row\":{row}}}"))
    }

    /// Ends the file.
    pub(super) fn end(mut self) -> Result<(), StoreError> {
        let end = End { rows: self.rows, sha256: hex(&self.digest.clone().finalize()) };
        self.line(&json(&end)?)?;
        self.out.flush().map_err(|error| cannot_write(&error))
    }

    fn line(&mut self, text: &str) -> Result<(), StoreError> {
        for part in [text.as_bytes(), b"\n"] {
            self.digest.update(part);
            self.out.write_all(part).map_err(|error| cannot_write(&error))?;
        }
        Ok(())
    }
}

fn cannot_write(error: &std::io::Error) -> StoreError {
    StoreError::Refused(format!("the backup cannot be written: {error}"))
}

fn json<T: Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::unreadable("the backup", error))
}

/// Reads the lines of a backup, one after the other.
pub(super) struct Reader {
    lines: BufReader<File>,
    digest: Sha256,
    rows: u64,
    line: String,
}

impl Reader {
    /// Opens a file and reads its head.
    pub(super) fn open(file: &Path) -> Result<(Self, Head), StoreError> {
        let opened = File::open(file).map_err(|error| file_error(file, &error))?;
        let mut reader = Self {
            lines: BufReader::with_capacity(1 << 20, opened),
            digest: Sha256::new(),
            rows: 0,
            line: String::new(),
        };
        reader.read_line()?;
        let head: Head = serde_json::from_str(&reader.line)
            .map_err(|_| damaged("its first line is not that of a backup of Watchbell"))?;
        if head.watchbell_backup != FORM {
            return Err(StoreError::Refused(
                "this backup has a form that this version does not know: restore it with a newer one".into(),
            ));
        }
        Ok((reader, head))
    }

    /// The next row; none at the end, which has to fit what was read.
    pub(super) fn next(&mut self) -> Result<Option<Line<'_>>, StoreError> {
        let so_far = hex(&self.digest.clone().finalize());
        if self.read_line()? == 0 {
            return Err(damaged("its end is missing"));
        }
        if let Ok(end) = serde_json::from_str::<End>(&self.line) {
            let is_whole = end.rows == self.rows && end.sha256 == so_far;
            return if is_whole { Ok(None) } else { Err(damaged("its check sum does not fit")) };
        }
        self.rows += 1;
        serde_json::from_str(&self.line).map(Some).map_err(|_| damaged("a line cannot be read"))
    }

    fn read_line(&mut self) -> Result<usize, StoreError> {
        self.line.clear();
        let read = self.lines.read_line(&mut self.line).map_err(|error| damaged(&error.to_string()))?;
        self.digest.update(self.line.as_bytes());
        Ok(read)
    }
}

fn damaged(why: &str) -> StoreError {
    StoreError::Refused(format!("the backup is damaged or incomplete: {why}"))
}

/// Reads a file through to its end and tells what it is.
pub(super) fn look(file: &Path) -> Result<Contents, StoreError> {
    let (mut reader, head) = Reader::open(file)?;
    while reader.next()?.is_some() {}
    let canary = head.canary.as_deref().map(|text| unhex(text).ok_or_else(|| damaged("its canary cannot be read")));
    Ok(Contents { kind: Kind::Postgres, canary: canary.transpose()?, migration: head.migration })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let bytes = text.as_bytes().chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok());
    bytes.collect()
}
