//! Recognises the comment that keeps the target's value: `# promote: keep`.

use crate::plan::Content;

/// Whether a comment is `promote: keep`, in any case and spacing, and with any text after it.
pub(super) fn is_keep(comment: &str) -> bool {
    comment.split('#').any(|part| {
        let text = part.trim_start().to_ascii_lowercase();
        let rest = text
            .strip_prefix("promote")
            .and_then(|rest| rest.trim_start().strip_prefix(':'))
            .and_then(|rest| rest.trim_start().strip_prefix("keep"));
        let continues_word = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
        rest.is_some_and(|rest| !rest.starts_with(continues_word))
    })
}

/// Whether a text can have such a comment; a quick check.
pub(super) fn may_keep(text: &str) -> bool {
    ["promote", "Promote", "PROMOTE"]
        .iter()
        .any(|word| text.contains(word))
}

/// Whether a file has such a comment anywhere.
pub(in crate::engine) fn has_keep_comment(content: &Content) -> bool {
    let is_keep_line = |line: &str| {
        line.split_once('#')
            .is_some_and(|(_, comment)| is_keep(comment))
    };
    std::str::from_utf8(&content.bytes).is_ok_and(|text| text.lines().any(is_keep_line))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::FileMode;

    #[test]
    fn a_comment_keeps_however_it_is_written() {
        for comment in [
            " promote: keep",
            "promote:keep",
            "  Promote :  KEEP  ",
            " promote: keep until the summer",
            " promote: keep, it is ours",
            " why # promote: keep",
        ] {
            assert!(is_keep(comment), "{comment}");
        }
        for comment in [
            " promote: keeper",
            " promote: keep-alive",
            " do not promote: keep",
            " promote keep",
            " promote: é",
            "",
        ] {
            assert!(!is_keep(comment), "{comment}");
        }
    }

    #[test]
    fn a_file_has_a_comment_after_a_number_sign() {
        for (text, expected) in [
            ("a: 1\nb: 2 # promote: keep\n", true),
            ("# promote: keep", true),
            ("a: promote: keep", false),
            ("a: 1\n", false),
            ("", false),
        ] {
            let content = Content {
                mode: FileMode::Regular,
                bytes: text.as_bytes().to_vec(),
            };
            assert_eq!(has_keep_comment(&content), expected, "{text}");
        }
    }
}
