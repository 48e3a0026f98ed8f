//! Removes from text what a forge or a CI system would act on.
//!
//! # Why
//!
//! A folder's or field's name must not be able to skip a pipeline, close an issue or mention a team
//! when it is promoted. The name stays readable: brackets become parentheses, and a space separates a
//! sign from what it refers to.
//!
//! Sources: GitHub ("Skipping workflow runs", "Autolinked references", "Linking a pull request to
//! an issue"), GitLab ("Skip a pipeline", "GitLab-specific references", "Quick actions"), Azure
//! Pipelines ("Skipping CI for individual pushes"), Jira ("Smart Commits").

use super::one_line::visible;

/// The trailers that turn a commit's checks off or on.
const CHECKS: [&str; 2] = ["skip-checks", "request-checks"];

/// The parts of a forge's URL before the number of an issue or a pull request.
const NUMBERED: [&str; 5] = [
    "/issues",
    "/pull",
    "/pulls",
    "/merge_requests",
    "/work_items",
];

/// The text in one line of visible characters, without effective CI skip words, references, mentions
/// and commands.
pub(crate) fn without_instructions(text: &str) -> String {
    let text = without_skip_words(&visible(text));
    let text = without_checks(&text);
    let mut separated = String::with_capacity(text.len());
    for (at, sign) in text.char_indices() {
        separated.push(sign);
        let (before, after) = (&text[..at], &text[at + sign.len_utf8()..]);
        if is_instruction(before, sign, after) {
            separated.push(' ');
        }
    }
    separated
}

/// A name for a template, whose text around it is not known: without instructions, and in parentheses
/// if that text could make it one, as `[{{ name }}]` does with `skip ci`, or `{{ name }}: ` with
/// `Signed-off-by`.
pub(crate) fn template_value(text: &str) -> String {
    let text = without_instructions(text);
    if is_skip(&text) || is_key(&text) {
        format!("({text})")
    } else {
        text
    }
}

/// Whether a forge or a person reads a trailer with this key as someone's consent, or as an instruction.
fn is_key(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    text.ends_with("-by") || text == "change-id" || CHECKS.contains(&text.as_str())
}

/// Whether a sign makes the text around it an instruction.
fn is_instruction(before: &str, sign: char, after: &str) -> bool {
    let is_in_word = before.ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
    let is_first = before.is_empty() || before.ends_with(char::is_whitespace);
    let is_number = after.starts_with(|c: char| c.is_ascii_digit());
    let is_word = after.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
    match sign {
        // A mention is `@name`, but not `app@sha256:...` or `[?@.name]`.
        '@' => !is_in_word && is_word,
        // `#12`, `owner/repo#12`; Jira's `#close`.
        '#' => is_number || is_first && is_word,
        // GitLab's merge requests and epics.
        '!' | '&' => !is_in_word && is_number,
        '-' => is_number && ends_in_gh(before),
        // GitLab's quick actions.
        '/' if before.trim().is_empty() => is_word,
        '/' => {
            let is_url = before.contains("://");
            is_number && is_url && NUMBERED.iter().any(|part| before.ends_with(part))
        }
        _ => false,
    }
}

/// Whether a text ends in the `GH` of `GH-12`.
fn ends_in_gh(text: &str) -> bool {
    let Some((head, gh)) = text
        .len()
        .checked_sub(2)
        .and_then(|at| text.split_at_checked(at))
    else {
        return false;
    };
    let is_joined = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '/' | '.');
    gh.eq_ignore_ascii_case("gh") && !head.ends_with(is_joined)
}

/// Replaces the brackets of `[skip ci]` and similar words by parentheses.
fn without_skip_words(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find('[') {
        let (head, bracket) = rest.split_at(open);
        out.push_str(head);
        let inner = &bracket[1..];
        let end = inner.find(['[', ']']).unwrap_or(inner.len());
        if inner[end..].starts_with(']') && is_skip(&inner[..end]) {
            out.extend(["(", &inner[..end], ")"]);
            rest = &inner[end + 1..];
        } else {
            out.push('[');
            rest = inner;
        }
    }
    out.push_str(rest);
    let no_ci = "***no_ci***";
    while let Some(at) = out.to_ascii_lowercase().find(no_ci) {
        out.replace_range(at + no_ci.len() - 3..at + no_ci.len(), ")");
        out.replace_range(at..at + 3, "(");
    }
    out
}

/// Whether a CI system would skip a run because of this content of brackets.
fn is_skip(content: &str) -> bool {
    let content = content.to_ascii_lowercase();
    let words: Vec<&str> = content
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let has = |word| words.contains(&word);
    // Text that was replaced already is left alone.
    if content.contains(['(', ')']) {
        return false;
    }
    has("skip") && words.len() > 1
        || has("no") && has("ci")
        || ["skipci", "ciskip", "noci"].into_iter().any(has)
}

/// Replaces the colon of `skip-checks: true` by `=`.
fn without_checks(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let mut out = text.to_owned();
    for key in CHECKS {
        for (at, _) in lower.match_indices(key) {
            let rest = &lower[at + key.len()..];
            let is_true = rest
                .trim_start()
                .strip_prefix(':')
                .is_some_and(|value| value.trim_start().starts_with("true"));
            if let Some(colon) = rest.find(':').filter(|_| is_true) {
                let colon = at + key.len() + colon;
                out.replace_range(colon..=colon, "=");
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{template_value, without_instructions};

    #[test]
    fn what_a_forge_or_a_ci_system_acts_on_is_taken_apart() {
        for (text, expected) in [
            ("[skip ci]", "(skip ci)"),
            ("a[CI  Skip].b", "a(CI  Skip).b"),
            ("[no ci] [NO-CI]", "(no ci) (NO-CI)"),
            (
                "[skip actions][actions skip]",
                "(skip actions)(actions skip)",
            ),
            (
                "[ci-skip] [skip-ci] [skip_ci]",
                "(ci-skip) (skip-ci) (skip_ci)",
            ),
            (
                "[skip netlify], [skip travis]",
                "(skip netlify), (skip travis)",
            ),
            ("[skip azp] [CF-Pages-Skip]", "(skip azp) (CF-Pages-Skip)"),
            ("x [[skip ci]]", "x [(skip ci)]"),
            ("***NO_CI*** ***no_ci***", "(NO_CI) (no_ci)"),
            ("skip-checks: true", "skip-checks= true"),
            ("Skip-Checks :true", "Skip-Checks =true"),
            ("fixes #12, closes: #13", "fixes # 12, closes: # 13"),
            ("acme/shop#12 AB#7", "acme/shop# 12 AB# 7"),
            ("GH-12 (gh-3)", "GH- 12 (gh- 3)"),
            ("see !12 and &3", "see ! 12 and & 3"),
            ("X-1 #close", "X-1 # close"),
            (
                "https://git/a/b/-/issues/12",
                "https://git/a/b/-/issues/ 12",
            ),
            ("https://git/a/b/pull/12", "https://git/a/b/pull/ 12"),
            ("cc @acme/admins", "cc @ acme/admins"),
            ("apps/@acme/x (@bob)", "apps/@ acme/x (@ bob)"),
            ("\u{e9}@bob", "\u{e9}@ bob"),
            ("/close", "/ close"),
            ("a\n/close\r", "a\u{fffd}/close\u{fffd}"),
            ("a\u{2028}b\u{200b}c\u{202e}", "a\u{fffd}b\u{fffd}c\u{fffd}"),
        ] {
            assert_eq!(without_instructions(text), expected);
            assert_eq!(without_instructions(expected), expected, "twice");
        }
    }

    #[test]
    fn the_text_of_a_template_does_not_make_a_name_an_instruction() {
        for (name, expected) in [
            ("skip ci", "(skip ci)"),
            ("no-ci", "(no-ci)"),
            ("Signed-off-by", "(Signed-off-by)"),
            ("skip-checks", "(skip-checks)"),
            ("api", "api"),
            ("skip", "skip"),
        ] {
            assert_eq!(template_value(name), expected);
            let title = format!("[{}]", template_value(name));
            assert_eq!(without_instructions(&title), title);
        }
    }

    #[test]
    fn ordinary_names_and_versions_stay_as_they_are() {
        for text in [
            "",
            "apps/api/production/values.yaml: image.tag 1.4.2 -> 1.5.0",
            "reg.acme.test/app@sha256:0123 -> reg.acme.test/app:1.2@sha256:4567",
            "spec.containers[?@.name=='web'].image",
            "images[ghcr.io/acme/app].newTag",
            "containers[skipper].image",
            "[skip]",
            "ghcr.io/acme/gh-2",
            "apps/issues/12/values.yaml",
            "skip-checks: new",
            "C# and a # b",
            "ops@acme.test",
            "v1!2",
        ] {
            assert_eq!(without_instructions(text), text);
        }
    }
}
