//! Quoting, lists and suggestions for messages.

/// The known word most similar to `word`, if any is similar.
pub(super) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = word.chars().count();
    if length > 40 {
        return None;
    }
    let lower = word.to_lowercase();
    let distance = |known: &str| {
        let known = known.to_lowercase();
        // An abbreviation counts as a typo: `prod` for `production`.
        let is_start = length >= 3 && known.starts_with(&lower);
        if is_start {
            1
        } else {
            strsim::damerau_levenshtein(&lower, &known)
        }
    };
    known
        .into_iter()
        .map(|k| (distance(k), k))
        .filter(|(distance, k)| {
            let longest = length.max(k.chars().count());
            *distance <= (longest / 3).max(1) && *distance < longest
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, k)| k)
}

/// `, did you mean ...?` for the nearest known word, or nothing.
pub(super) fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    nearest(word, known)
        .map(|near| format!(", did you mean {}?", quoted(near)))
        .unwrap_or_default()
}

/// A text from the file in backticks, shortened, with control characters replaced as in excerpts.
pub(super) fn quoted(text: &str) -> String {
    const MOST: usize = 60;
    let mut out = String::from("`");
    for (i, c) in text.chars().enumerate() {
        if i == MOST {
            out.push_str("...");
            break;
        }
        if c.is_control() {
            out.push(char::REPLACEMENT_CHARACTER);
        } else {
            out.push(c);
        }
    }
    out.push('`');
    out
}

/// "`a`, `b`, `c`".
pub(super) fn list<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let words: Vec<String> = words.into_iter().map(quoted).collect();
    words.join(", ")
}

/// "`a`, `b` or `c`".
pub(super) fn any_of<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let words: Vec<String> = words.into_iter().map(quoted).collect();
    alternatives(&words)
}

/// "a, b or c".
pub(super) fn alternatives(words: &[String]) -> String {
    match words {
        [] => String::from("nothing"),
        [only] => only.clone(),
        [head @ .., last] => format!("{} or {last}", head.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typo_finds_the_word_that_was_meant() {
        let known = ["environments", "layout", "products"];
        assert_eq!(nearest("enviroments", known), Some("environments"));
        assert_eq!(nearest("Layout", known), Some("layout"));
        assert_eq!(nearest("product", known), Some("products"));
        assert_eq!(nearest("env", known), Some("environments"));
    }

    #[test]
    fn an_unrelated_word_gets_no_suggestion() {
        assert_eq!(nearest("clusters", ["environments", "layout"]), None);
        assert_eq!(nearest("x", ["to"]), None);
    }

    #[test]
    fn control_characters_are_replaced() {
        assert_eq!(quoted("a\u{1b}[31m"), "`a\u{fffd}[31m`");
    }

    #[test]
    fn alternatives_read_as_a_sentence() {
        assert_eq!(any_of(["a"]), "`a`");
        assert_eq!(any_of(["a", "b", "c"]), "`a`, `b` or `c`");
    }
}
