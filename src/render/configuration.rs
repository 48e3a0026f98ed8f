//! A suggested configuration as the text of `promote.yaml`.

use super::counted::counted;
use super::terminal::escaped;
use crate::domain::EnvironmentKind;
use crate::engine::{Following, SuggestedConfiguration};

/// The text of the file, with the evidence in comments.
pub fn text(suggested: &SuggestedConfiguration) -> String {
    let mut lines = vec!["version: 1".to_owned(), String::new()];
    lines.push("environments:".to_owned());
    for (environment, applications) in &suggested.environments {
        let kind = match environment.kind {
            Some(EnvironmentKind::Production) => "production",
            _ => "non-production",
        };
        let aliases: Vec<String> = environment
            .aliases
            .iter()
            .map(|name| quoted(name))
            .collect();
        let aliases = match aliases.as_slice() {
            [] => String::new(),
            aliases => format!(", aliases: [{}]", aliases.join(", ")),
        };
        lines.push(format!(
            "  - {{name: {}, kind: {kind}{aliases}}} # {}",
            quoted(&environment.name),
            counted(*applications, "application")
        ));
    }
    for (from, to, count) in &suggested.shared {
        let applications = counted(*count, "application");
        lines.push(format!("  # {from} and {to} share {applications}"));
    }
    lines.extend(suggested.followings.iter().map(following));
    if !suggested.patterns.is_empty() {
        let all = counted(suggested.files, "file");
        lines.push(String::new());
        lines.push(format!("# layout: # the shapes of most paths, of {all}"));
    }
    for found in &suggested.patterns {
        let pattern = serde_json::Value::from(found.pattern.as_str());
        let files = counted(found.files, "file");
        lines.push(format!("#   - {pattern} # {files}"));
    }
    if !suggested.products.is_empty() {
        lines.extend(
            [
                "",
                "products: # the names of these applications begin with the same word",
            ]
            .map(str::to_owned),
        );
    }
    for product in &suggested.products {
        let applications: Vec<String> = product.applications.iter().map(|a| quoted(a)).collect();
        lines.push(format!("  - name: {}", quoted(&product.name)));
        lines.push(format!("    applications: [{}]", applications.join(", ")));
    }
    if !suggested.keep.is_empty() {
        let head = [
            "",
            "templates:",
            "  - name: default",
            "    rules:",
            "      - files: \"**\"",
            "        keep:",
        ];
        lines.extend(head.map(str::to_owned));
    }
    for field in &suggested.keep {
        let expression = format!("\"$..{}\"", field.key);
        let of = counted(field.of, "application");
        lines.push(format!(
            "          - {expression} # differs in {} of {of}",
            field.applications
        ));
    }
    lines.join("\n") + "\n"
}

/// How often an environment got versions that another one had before, and by whom.
fn following(following: &Following) -> String {
    let Following {
        from,
        to,
        versions,
        of,
        authors,
    } = following;
    let authors: Vec<String> = authors
        .iter()
        .map(|(name, count)| format!("{} ({count})", escaped(name)))
        .collect();
    let of = counted(*of, "new version");
    let (from, to) = (escaped(from), escaped(to));
    let authors = authors.join(", ");
    format!("  # {versions} of {of} in {to} were in {from} before, most of them by {authors}")
}

/// A name in quotes, unless YAML reads it as text without them.
fn quoted(name: &str) -> String {
    let is_plain = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "/-_.".contains(c))
        && !["true", "false", "null", "yes", "no", "on", "off", "y", "n"]
            .contains(&name.to_ascii_lowercase().as_str());
    if is_plain {
        name.to_owned()
    } else {
        serde_json::Value::from(name).to_string()
    }
}
