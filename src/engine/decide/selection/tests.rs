//! The files that a choice is about.

use super::Choice;

#[test]
fn files_that_choices_are_about_and_files_that_they_match_as_a_whole() {
    const FILE: &str = "apps/web/values.yaml";
    for (text, is_about, is_whole) in [
        (FILE, true, true),
        ("apps/**", true, true),
        ("**/values.yaml:$.image", true, false),
        ("apps/web/values.yaml#Deployment/web", true, false),
        // Keys can be in any file.
        ("tag", true, false),
        ("image.tag", true, false),
        ("apps/api/**", false, false),
        ("**/other.yaml:$.image", false, false),
        // The name of a longer file begins with the path.
        ("apps/web/values.yaml.tpl", true, false),
    ] {
        let choice = Choice::new(text);
        let found = (choice.is_about(FILE), choice.matches_file(FILE));
        assert_eq!(found, (is_about, is_whole), "{text}");
    }
    let literal = |text| Choice::new(text).literal_file().map(str::to_owned);
    assert_eq!(
        literal("apps/web/values.yaml:$.image").as_deref(),
        Some(FILE)
    );
    for text in ["apps/*/values.yaml", "apps/{a,b}/v.yaml:$.image", "tag"] {
        assert_eq!(literal(text), None, "{text}");
    }
}
