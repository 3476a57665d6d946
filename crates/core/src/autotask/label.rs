//! Reading the labels that people gave to picklist values: words without accents, and patterns over them.

use super::picklist::PicklistValue;

/// A label as lower-case words without accents and punctuation ("Nicht-geöffnet!" -> nicht, geoffnet).
pub(super) struct Words(Vec<String>);

impl Words {
    pub(super) fn of(label: &str) -> Self {
        let plain: String = label.to_lowercase().chars().map(without_accent).collect();
        let plain = plain.replace('ß', "ss");
        Self(plain.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect())
    }

    /// Whether one of the patterns is there; they are divided by `|`. A pattern is a word, the beginning of one (`escal*`), or
    /// several in a row (`en curso`).
    pub(super) fn have(&self, patterns: &str) -> bool {
        patterns.split('|').any(|pattern| self.have_in_a_row(&pattern.split(' ').collect::<Vec<_>>()))
    }

    /// Whether the words of another label are there, in a row.
    pub(super) fn have_label(&self, label: &str) -> bool {
        let label = Words::of(label).0;
        !label.is_empty() && self.0.windows(label.len()).any(|words| words == label)
    }

    /// The values whose labels are there, in the order of the words; where one label is part of another, the longer one.
    pub(super) fn labels_of(&self, values: &[PicklistValue]) -> Vec<i64> {
        let labels: Vec<(i64, Vec<String>)> =
            values.iter().map(|value| (value.id, Words::of(&value.label).0)).collect();
        let (mut found, mut at) = (Vec::new(), 0);
        while at < self.0.len() {
            let here = labels.iter().filter(|(_, label)| !label.is_empty() && self.0[at..].starts_with(label));
            match here.max_by_key(|(_, label)| label.len()) {
                Some((id, label)) => {
                    found.push(*id);
                    at += label.len();
                }
                None => at += 1,
            }
        }
        found
    }

    /// The words that are numbers.
    pub(super) fn numbers(&self) -> Vec<i64> {
        self.0.iter().filter_map(|word| word.parse().ok()).collect()
    }

    fn have_in_a_row(&self, pattern: &[&str]) -> bool {
        self.0
            .windows(pattern.len())
            .any(|words| words.iter().zip(pattern).all(|(word, wanted)| is_match(word, wanted)))
    }
}

fn is_match(word: &str, wanted: &str) -> bool {
    match wanted.strip_suffix('*') {
        Some(beginning) => word.starts_with(beginning),
        None => word == wanted,
    }
}

fn without_accent(c: char) -> char {
    match c {
        'ä' | 'á' | 'à' | 'â' | 'ã' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'í' | 'ì' | 'î' | 'ï' => 'i',
        'ö' | 'ó' | 'ò' | 'ô' | 'õ' => 'o',
        'ü' | 'ú' | 'ù' | 'û' => 'u',
        'ñ' => 'n',
        'ç' => 'c',
        other => other,
    }
}
