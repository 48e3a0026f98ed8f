//! Where a remote is: on this disk, or behind a URL.

use std::path::PathBuf;

/// The path that a URL names on this machine, or else its scheme.
pub(super) fn local_path(url: &str) -> Result<PathBuf, String> {
    if let Some((scheme, rest)) = url.split_once("://") {
        if !scheme.eq_ignore_ascii_case("file") {
            return Err(scheme.to_lowercase());
        }
        let path = rest.strip_prefix("localhost").unwrap_or(rest);
        return Ok(super::paths::from_bytes(&unescape(path)));
    }
    // `host:path`, unless a slash comes first or it is a drive letter.
    match url.split_once(':') {
        Some((host, _)) if !(host.contains('/') || cfg!(windows) && host.len() == 1) => {
            Err("ssh".to_owned())
        }
        _ => Ok(PathBuf::from(url)),
    }
}

/// Resolves `%20` and its like.
fn unescape(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let hex = tail.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        let escaped = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok());
        if let (b'%', Some(byte)) = (first, escaped) {
            bytes.push(byte);
            rest = &tail[2..];
        } else {
            bytes.push(first);
            rest = tail;
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn paths_and_file_urls_are_local_and_others_tell_their_scheme() {
        let local = |url| local_path(url).unwrap();
        assert_eq!(local("../a.git"), Path::new("../a.git"));
        assert_eq!(local("/a:b"), Path::new("/a:b"));
        assert_eq!(local("file:///a%20b"), Path::new("/a b"));
        assert_eq!(local_path("https://x/y"), Err("https".to_owned()));
        assert_eq!(local_path("git@host:a/b.git"), Err("ssh".to_owned()));
    }
}
