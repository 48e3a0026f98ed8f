use crate::domain::{CommitId, FileMode, ObjectId};

const SHA1: &str = "1f3c9a20b7d64e5f8a9b0c1d2e3f405162738495";

#[test]
fn ids_of_both_lengths_are_read_and_written() {
    for text in [SHA1.to_owned(), "0a".repeat(32)] {
        let id: ObjectId = text.parse().unwrap();
        assert_eq!(id.to_string(), text);
        assert_eq!(id.as_bytes().len() * 2, text.len());
    }
}

#[test]
fn capital_digits_are_the_same_id() {
    let id: ObjectId = SHA1.parse().unwrap();
    assert_eq!(SHA1.to_uppercase().parse::<ObjectId>().unwrap(), id);
}

#[test]
fn text_that_is_not_a_whole_id_is_refused() {
    let not_hex = SHA1.replace('1', "g");
    let signed = "+1".repeat(20);
    let long = format!("{SHA1}0");
    let wide = "é".repeat(20);
    for text in ["", "1f3c9a2", &SHA1[1..], &long, &not_hex, &signed, &wide] {
        assert!(text.parse::<ObjectId>().is_err(), "{text}");
    }
}

#[test]
fn the_error_names_the_text() {
    let error = "main".parse::<ObjectId>().unwrap_err();
    assert_eq!(error.to_string(), "`main` is not a Git object id");
}

#[test]
fn raw_bytes_of_another_length_are_not_an_id() {
    assert!(ObjectId::from_bytes(&[0; 20]).is_some());
    assert!(ObjectId::from_bytes(&[0; 32]).is_some());
    assert!(ObjectId::from_bytes(&[0; 19]).is_none());
    assert!(ObjectId::from_bytes(&[0; 33]).is_none());
}

#[test]
fn a_short_commit_id_has_seven_digits() {
    assert_eq!(CommitId(SHA1.parse().unwrap()).short(), "1f3c9a2");
}

#[test]
fn only_files_have_content_of_their_own() {
    assert!(FileMode::Regular.is_file() && FileMode::Executable.is_file());
    for mode in [FileMode::Directory, FileMode::Symlink, FileMode::Submodule] {
        assert!(!mode.is_file());
    }
}

#[test]
fn modes_have_the_digits_that_git_prints() {
    let modes = [
        FileMode::Regular,
        FileMode::Executable,
        FileMode::Symlink,
        FileMode::Submodule,
    ];
    assert_eq!(
        modes.map(FileMode::digits),
        ["100644", "100755", "120000", "160000"]
    );
}
