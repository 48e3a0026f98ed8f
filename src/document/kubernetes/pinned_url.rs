//! URLs that pin a version: `?ref=`, and downloads of releases.

use memchr::memchr_iter;

use crate::document::tokens;
use crate::domain::Naming;

/// A URL in three parts: `before` the version, the `version`, and what comes `after` it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct PinnedUrl<'t> {
    pub before: &'t str,
    pub version: &'t str,
    pub after: &'t str,
}

impl<'t> PinnedUrl<'t> {
    /// What the URL identifies: itself without its query.
    pub(super) fn resource(&self) -> &'t str {
        self.before.split('?').next().unwrap_or(self.before)
    }
}

/// Parses a URL with `?ref=` or `?version=`, as kustomize reads it.
pub(super) fn pinned_url(text: &str) -> Option<PinnedUrl<'_>> {
    let query = text.find('?')? + 1;
    let is_url = text.contains("://") || text.contains('/') && !text.contains(char::is_whitespace);
    let mut at = query;
    let parameter = text[query..].split('&').find(|parameter| {
        let is_found = ["ref=", "version="]
            .iter()
            .any(|name| parameter.starts_with(name));
        at += if is_found { 0 } else { parameter.len() + 1 };
        is_found
    })?;
    let start = at + parameter.find('=')? + 1;
    let end = text[start..]
        .find(['&', '#'])
        .map_or(text.len(), |i| start + i);
    (is_url && end > start).then(|| PinnedUrl {
        before: &text[..start],
        version: &text[start..end],
        after: &text[end..],
    })
}

/// Whether the texts are URLs of one file in several releases, such as
/// `https://github.com/a/b/releases/download/v1.2.0/install.yaml`.
pub(super) fn is_release_url(texts: &[&str], naming: &Naming) -> bool {
    let stems: Option<Vec<String>> = texts
        .iter()
        .map(|text| is_download(text).then(|| without_versions(text)).flatten())
        .collect();
    stems.is_some_and(|stems| stems.windows(2).all(|pair| naming.same(&pair[0], &pair[1])))
}

/// Whether a URL downloads a file by its path: of a release, an archive, or a raw file of a repository.
fn is_download(url: &str) -> bool {
    is_web_address(url)
        && !url.contains(char::is_whitespace)
        && (DOWNLOADS.iter().any(|path| url.contains(path))
            || ARCHIVES.iter().any(|end| url.ends_with(end)))
}

const DOWNLOADS: [&str; 6] = [
    "/releases/",
    "/release/",
    "/download/",
    "/archive/",
    "/raw/",
    "//raw.githubusercontent.com/",
];

const ARCHIVES: [&str; 5] = [".tgz", ".tar.gz", ".zip", ".yaml", ".yml"];

fn is_web_address(text: &str) -> bool {
    text.starts_with("https://") || text.starts_with("http://")
}

/// Whether a text can contain a URL of a release.
pub(super) fn can_be_in(text: &str) -> bool {
    let colons = memchr_iter(b':', text.as_bytes());
    let mut urls = colons.filter(|at| text[at + 1..].starts_with("//"));
    urls.any(|at| {
        let before = text[..at].split(char::is_whitespace).next_back();
        let after = text[at..].split(char::is_whitespace).next();
        let start = at - before.map_or(0, str::len);
        let word = &text[start..at + after.map_or(0, str::len)];
        DOWNLOADS
            .iter()
            .chain(&ARCHIVES)
            .any(|part| word.contains(part))
    })
}

/// The target's URL of a release with the source's versions in it.
pub(super) fn with_versions_of(source: &str, target: &str) -> String {
    let (new, old) = (tokens::words(source), tokens::words(target));
    let mut out = String::with_capacity(target.len());
    let mut done = 0;
    for (new, old) in new.into_iter().zip(old) {
        out.push_str(&target[done..old.start]);
        out.push_str(&source[new]);
        done = old.end;
    }
    out.push_str(&target[done..]);
    out
}

/// A text without the versions in it; `None` if it has none.
pub(super) fn without_versions(text: &str) -> Option<String> {
    let words = tokens::words(text);
    let mut stem = String::new();
    let mut done = 0;
    for word in &words {
        stem.push_str(&text[done..word.start]);
        stem.push('\u{1}');
        done = word.end;
    }
    stem.push_str(&text[done..]);
    (!words.is_empty()).then_some(stem)
}
