//! List items that assign a value: `KEY=VALUE`, `--flag=value`, `name=registry/name:tag`.

/// The head of an assignment with its `=`, and its value; `None` for any other text.
pub(super) fn assignment(text: &str) -> Option<(&str, &str)> {
    let at = text.find('=')? + 1;
    let (head, value) = text.split_at(at);
    let is_name = |b: u8| b.is_ascii_alphanumeric() || b"-_./:".contains(&b);
    let has_name = head.bytes().any(|b| b.is_ascii_alphanumeric());
    let is_assignment = has_name && head[..at - 1].bytes().all(is_name) && !head.contains("://");
    is_assignment.then_some((head, value))
}
