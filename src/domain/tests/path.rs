use crate::domain::{RepoPath, RepoPathError};

fn path(text: &str) -> RepoPath {
    RepoPath::parse(text).unwrap()
}

#[test]
fn a_path_knows_its_parts_and_file_name() {
    let path = path("apps/api/values.yaml");
    assert_eq!(
        path.parts().collect::<Vec<_>>(),
        ["apps", "api", "values.yaml"]
    );
    assert_eq!(path.file_name(), "values.yaml");
    assert_eq!(path.to_string(), "apps/api/values.yaml");
}

#[test]
fn a_file_at_the_root_is_its_own_name() {
    assert_eq!(path("values.yaml").file_name(), "values.yaml");
}

#[test]
fn an_empty_path_is_refused() {
    assert_eq!(RepoPath::parse(""), Err(RepoPathError::Empty));
}

#[test]
fn a_part_that_leaves_the_repository_is_refused_by_name() {
    for (text, part) in [
        ("/etc/passwd", ""),
        ("a//b", ""),
        ("a/", ""),
        ("./a", "."),
        ("a/../b", ".."),
        (".git/config", ".git"),
        ("a/.GIT/config", ".GIT"),
        ("a\0b", "a\0b"),
    ] {
        let expected = RepoPathError::Part {
            path: text.to_owned(),
            part: part.to_owned(),
        };
        assert_eq!(RepoPath::parse(text), Err(expected));
    }
}

#[test]
fn names_that_only_look_dangerous_are_fine() {
    for text in [".github/x", "...", "a..b", "git", "über/ß.yaml", "a b"] {
        assert_eq!(path(text).as_str(), text);
    }
}
