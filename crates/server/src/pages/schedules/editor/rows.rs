//! What the buttons of the editor do to the rows of its form: `layer.add`, `layer.1.up`, `layer.0.user.2.remove`. Rows are numbered in
//! the names of their fields.

use super::super::super::reader::Pairs;

/// The fields after a button was pressed. A word that is not known changes nothing.
pub(super) fn changed(pairs: Pairs, does: &str) -> Pairs {
    let kept: Pairs = pairs.into_iter().filter(|(name, _)| name != "do").collect();
    let mut words: Vec<&str> = does.split('.').collect();
    let verb = words.pop().unwrap_or_default();
    match (verb, words.pop().map(str::parse::<usize>)) {
        ("add", _) if does == "layer.add" => added(kept),
        ("up", Some(Ok(row))) if row > 0 => swapped(kept, &words.join("."), row, row - 1),
        ("down", Some(Ok(row))) => swapped(kept, &words.join("."), row, row + 1),
        ("remove", Some(Ok(row))) => removed(kept, &words.join("."), row),
        _ => kept,
    }
}

/// The number of a field's row in a list, and the rest of its name.
fn row_of<'a>(name: &'a str, list: &str) -> Option<(usize, &'a str)> {
    let rest = name.strip_prefix(list)?.strip_prefix('.')?;
    let (number, part) = rest.split_once('.').map_or((rest, ""), |(number, part)| (number, part));
    Some((number.parse().ok()?, part))
}

fn renamed(pairs: Pairs, list: &str, number: impl Fn(usize) -> Option<usize>) -> Pairs {
    let rename = |(name, value): (String, String)| match row_of(&name, list) {
        None => Some((name, value)),
        Some((row, "")) => Some((format!("{list}.{}", number(row)?), value)),
        Some((row, part)) => Some((format!("{list}.{}.{part}", number(row)?), value)),
    };
    pairs.into_iter().filter_map(rename).collect()
}

fn swapped(pairs: Pairs, list: &str, one: usize, other: usize) -> Pairs {
    let swap = |row| {
        if row == one {
            other
        } else if row == other {
            one
        } else {
            row
        }
    };
    renamed(pairs, list, |row| Some(swap(row)))
}

fn removed(pairs: Pairs, list: &str, gone: usize) -> Pairs {
    renamed(pairs, list, |row| (row != gone).then_some(if row > gone { row - 1 } else { row }))
}

/// One more layer, which starts and hands over as the last one.
fn added(mut pairs: Pairs) -> Pairs {
    let next = pairs.iter().filter_map(|(name, _)| row_of(name, "layer")).map(|(row, _)| row + 1).max().unwrap_or(0);
    let copied = |part: &str| {
        let last = format!("layer.{}.{part}", next.saturating_sub(1));
        pairs.iter().find(|(name, _)| *name == last).map(|(_, value)| (format!("layer.{next}.{part}"), value.clone()))
    };
    let alike: Pairs = ["starts_on", "count", "unit"].into_iter().filter_map(copied).collect();
    pairs.extend(alike);
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(of: &[(&str, &str)]) -> Pairs {
        of.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn value<'a>(pairs: &'a Pairs, name: &str) -> &'a str {
        pairs.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    #[test]
    fn rows_move_and_go_with_all_that_is_below_them() {
        let form = pairs(&[
            ("name", "x"),
            ("do", "ignored"),
            ("layer.0.name", "a"),
            ("layer.0.user.0", "1"),
            ("layer.0.user.1", "2"),
            ("layer.1.name", "b"),
            ("layer.1.user.0", "3"),
        ]);
        let up = changed(form.clone(), "layer.1.up");
        assert_eq!(
            (value(&up, "layer.0.name"), value(&up, "layer.0.user.0"), value(&up, "layer.1.user.1")),
            ("b", "3", "2")
        );
        let down = changed(form.clone(), "layer.0.user.0.down");
        assert_eq!((value(&down, "layer.0.user.0"), value(&down, "layer.0.user.1")), ("2", "1"));
        let gone = changed(form.clone(), "layer.0.remove");
        assert_eq!((value(&gone, "layer.0.name"), value(&gone, "layer.1.name"), value(&gone, "name")), ("b", "", "x"));
        assert!(gone.iter().all(|(name, _)| name != "do"));
    }

    #[test]
    fn a_new_layer_starts_as_the_last_one_and_nonsense_changes_nothing() {
        let form =
            pairs(&[("layer.0.starts_on", "2026-11-23T09:00"), ("layer.0.unit", "WEEKS"), ("layer.0.user.0", "1")]);
        let more = changed(form.clone(), "layer.add");
        assert_eq!((value(&more, "layer.1.starts_on"), value(&more, "layer.1.user.0")), ("2026-11-23T09:00", ""));
        for odd in ["", "up", "layer.0.up", "layer.x.remove", "other.add", "preview", "layer.99999999999999999999.down"]
        {
            assert_eq!(changed(form.clone(), odd), form, "{odd}");
        }
    }
}
