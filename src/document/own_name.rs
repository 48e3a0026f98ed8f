//! The image that a reference names, wherever it is stored.

use crate::domain::Naming;

/// The last part of an image's name, without the words that name an environment: two references with
/// the same own name are the same image in different registries or repositories.
pub fn own_name(name: &str, naming: &Naming) -> String {
    let last = name.rsplit('/').next().unwrap_or(name);
    let last = last.split([':', '@']).next().unwrap_or(last);
    let mut rest = String::with_capacity(last.len());
    let mut done = 0;
    for word in naming.in_path(last) {
        rest.push_str(&last[done..word.start]);
        done = word.end;
    }
    rest.push_str(&last[done..]);
    let parts = rest.split(['-', '_', '.']).filter(|part| !part.is_empty());
    let own: Vec<&str> = parts.collect();
    // An image that is only named after an environment keeps that name.
    if own.is_empty() {
        last.to_owned()
    } else {
        own.join("-")
    }
}

#[cfg(test)]
mod tests {
    use super::own_name;
    use crate::domain::{Environment, Naming};

    #[test]
    fn registries_repositories_and_environments_are_not_part_of_it() {
        let naming = Naming::new(
            Environment::named("staging"),
            Environment::named("production"),
            [],
        );
        for (a, b) in [
            ("mirror-a.acme.io/web", "mirror-b.acme.io/shop/web"),
            ("acme/web-staging", "acme/web-prod"),
            ("acme/staging/web", "acme/web"),
            ("localhost:5000/web:2", "localhost:5001/web@sha256:00"),
        ] {
            assert_eq!(own_name(a, &naming), own_name(b, &naming), "{a} {b}");
        }
        for (a, b) in [
            ("acme/web", "acme/api"),
            ("acme/web", "acme/web-worker"),
            ("a/staging", "a/web"),
        ] {
            assert_ne!(own_name(a, &naming), own_name(b, &naming), "{a} {b}");
        }
    }
}
