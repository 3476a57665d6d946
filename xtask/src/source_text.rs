//! Rust source without what the compiler does not run: comments and the insides of strings.

/// The code of one line. Strings keep their quotes and lose their content; a string that spans lines is not followed.
pub fn code_of(line: &str) -> String {
    let mut code = String::with_capacity(line.len());
    let mut rest = line.chars().peekable();
    let mut in_string = false;
    while let Some(c) = rest.next() {
        match c {
            '\\' if in_string => drop(rest.next()),
            '"' => {
                in_string = !in_string;
                code.push(c);
            }
            _ if in_string => {}
            '\'' if rest.peek() == Some(&'"') => drop(rest.next()), // the character '"'
            '/' if rest.peek() == Some(&'/') => break,
            _ => code.push(c),
        }
    }
    code
}

/// Whether `needle` stands in the code as a path of its own: `Instant::now` is not in `MyInstant::now`.
pub fn names(code: &str, needle: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(needle).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        let after = code[at + needle.len()..].chars().next();
        !before.is_some_and(is_word) && !after.is_some_and(is_word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_strings_are_not_code() {
        let cases = [
            ("now() // later()", "now() "),
            ("/// docs", ""),
            (r#"say("a // b", c)"#, r#"say("", c)"#),
            (r#"say("a \" b") // x"#, r#"say("") "#),
            (r#"find('"') + now()"#, "find(') + now()"),
        ];
        for (line, code) in cases {
            assert_eq!(code_of(line), code, "{line}");
        }
    }

    #[test]
    fn a_name_is_a_word_of_its_own() {
        assert!(names("std::time::Instant::now()", "Instant::now"));
        assert!(!names("MyInstant::now()", "Instant::now"));
        assert!(!names("Instant::nowadays()", "Instant::now"));
    }
}
