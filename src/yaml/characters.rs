//! Characters that readers of YAML do not agree on.
//!
//! # Why
//!
//! YAML 1.1 ends a line at U+0085, U+2028 and U+2029, and YAML 1.2 does not. With one of them, a
//! comment or a value here is further keys for libyaml, go-yaml and `PyYAML`, on which Kubernetes'
//! tools are built. They also refuse most control characters. So a text with one of these is not
//! read at all; as an escape in double quotes, every reader takes them for the same.

/// The first character of a text that some reader takes for something else or refuses.
pub(super) fn first_disputed(text: &str) -> Option<(usize, char)> {
    let bytes = text.as_bytes();
    // Without an early end, so that many bytes are compared at once: most texts are nothing else.
    let is_undisputed = |all, byte: &u8| all & matches!(byte, b'\t' | b'\n' | 0x20..=0x7e);
    if bytes.iter().fold(true, is_undisputed) {
        return None;
    }
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let is_suspect = match byte {
            b'\t' | b'\n' | 0x20..=0x7e => false,
            b'\r' => bytes.get(at + 1) != Some(&b'\n'),
            0xc2 | 0xe2 | 0xef => text[at..]
                .chars()
                .next()
                .is_some_and(|c| is_disputed(c, at)),
            byte => *byte < 0x80,
        };
        if is_suspect {
            return text[at..].chars().next().map(|c| (at, c));
        }
        at += 1;
        while bytes.get(at).is_some_and(|byte| byte & 0xc0 == 0x80) {
            at += 1;
        }
    }
    None
}

/// Whether a character beyond ASCII is one of them; a byte order mark starts a text.
fn is_disputed(c: char, at: usize) -> bool {
    match c {
        '\u{feff}' => at > 0,
        '\u{80}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{fffe}' | '\u{ffff}' => true,
        _ => false,
    }
}

/// Whether a string with this character can be written as it is, without an escape.
pub(super) fn is_plain(c: char) -> bool {
    !c.is_control() && !is_disputed(c, 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_breaks_of_yaml_1_1_and_control_characters_are_found() {
        for (text, expected) in [
            ("a: b\u{85}c: d\n", Some((4, '\u{85}'))),
            ("# a\u{2028}b: c\n", Some((3, '\u{2028}'))),
            ("'\u{2029}'", Some((1, '\u{2029}'))),
            ("a: b\rc: d\n", Some((4, '\r'))),
            ("a\r", Some((1, '\r'))),
            ("a: \u{7}\n", Some((3, '\u{7}'))),
            ("a: \u{7f}\n", Some((3, '\u{7f}'))),
            ("a: \u{9b}\n", Some((3, '\u{9b}'))),
            ("a: \u{feff}b\n", Some((3, '\u{feff}'))),
            ("a: \u{ffff}\n", Some((3, '\u{ffff}'))),
            ("\u{feff}a: é\u{a0}\u{200b}日本\u{fffd}🙂\tx\r\n", None),
        ] {
            assert_eq!(first_disputed(text), expected, "{text:?}");
        }
    }
}
