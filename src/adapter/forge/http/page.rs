//! The pages of a list, as `Link` headers name them.

use reqwest::Url;
use reqwest::header::{HeaderMap, LINK};

/// The URL of the page after `page`.
///
/// Only path and query are taken from the header: behind a proxy, its server may be one that
/// cannot be reached from here.
pub(super) fn next_page(page: &Url, headers: &HeaderMap) -> Option<Url> {
    let links = headers.get(LINK)?.to_str().ok()?;
    let next = links
        .split(',')
        .find(|link| link.contains("rel=\"next\""))?;
    let target = next.split_once('<')?.1.split_once('>')?.0;
    let target = page.join(target).ok()?;
    let mut next = page.clone();
    next.set_path(target.path());
    next.set_query(target.query());
    Some(next)
}
