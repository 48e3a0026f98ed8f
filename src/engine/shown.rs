//! A selector's path as people read it.

/// A selector's path for people: `spec.containers[web].image`.
pub(super) fn shown(path: &str) -> String {
    let text = path
        .strip_prefix("$.")
        .or_else(|| path.strip_prefix('$'))
        .unwrap_or(path);
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("[?@") {
        out.push_str(&rest[..at]);
        let filter = &rest[at..];
        let close = closing(filter);
        let inner = &filter[3..close];
        out.push('[');
        out.push_str(&short_filter(inner));
        out.push(']');
        rest = &filter[(close + 1).min(filter.len())..];
    }
    out.push_str(rest);
    out
}

/// Where a filter's bracket closes, quotes respected.
fn closing(filter: &str) -> usize {
    let mut quoted = false;
    let mut escaped = false;
    for (i, c) in filter.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '\'' => quoted = !quoted,
            ']' if !quoted => return i,
            _ => {}
        }
    }
    filter.len()
}

fn short_filter(inner: &str) -> String {
    inner
        .split(" && ")
        .map(|part| {
            let value = part.split_once("==").map_or(part, |(_, v)| v);
            value.trim_matches('\'').to_owned()
        })
        .collect::<Vec<_>>()
        .join(" ")
}
