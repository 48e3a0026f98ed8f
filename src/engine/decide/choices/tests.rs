//! The files that choices are about.

use super::Choices;
use crate::engine::decide::choice::Choice;

const FILE: &str = "apps/web/values.yaml";

#[test]
fn files_that_choices_are_about_and_files_that_they_match_as_a_whole() {
    for (texts, is_about, is_whole) in [
        (&[FILE][..], true, true),
        (&["apps/**"], true, true),
        (&["**/values.yaml:$.image"], true, false),
        (&["apps/web/values.yaml#Deployment/web"], true, false),
        // Keys can be in any file.
        (&["tag"], true, false),
        (&["image.tag"], true, false),
        (&["apps/api/**"], false, false),
        (&["**/other.yaml:$.image"], false, false),
        // The name of a longer file begins with the path.
        (&["apps/web/values.yaml.tpl"], true, false),
        (&["apps/web/value", "apps/x/**"], false, false),
        (&["apps/api/**", FILE], true, true),
        (&[], false, false),
    ] {
        let choices = Choices::new(texts.iter().copied());
        let found = (choices.are_about(FILE), choices.has_file(FILE));
        assert_eq!(found, (is_about, is_whole), "{texts:?}");
    }
}

#[test]
fn files_that_choices_name_literally() {
    let literal = |text| Choice::new(text).literal_file().map(str::to_owned);
    let file = literal("apps/web/values.yaml:$.image");
    assert_eq!(file.as_deref(), Some(FILE));
    for text in ["apps/*/values.yaml", "apps/{a,b}/v.yaml:$.image", "tag"] {
        assert_eq!(literal(text), None, "{text}");
    }
}

#[test]
fn choices_are_found_in_their_order() {
    let texts = [
        "apps/**",
        "apps/web/values.yaml:$.image",
        "apps/api/values.yaml",
        "image.tag",
        FILE,
        "**/other.yaml",
    ];
    let choices = Choices::new(texts.into_iter());
    let naming: Vec<usize> = choices.naming(FILE).iter().map(|(at, _)| *at).collect();
    assert_eq!(naming, [0, 1, 3, 4]);
    assert_eq!(choices.matching_file(FILE), [0, 4]);
}
