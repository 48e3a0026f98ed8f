//! Names and texts from a repository that would be scripts if a page did not escape them.

use super::client::Server;
use crate::world::World;

/// It closes an attribute and a tag, and starts a script; a path cannot have its `/` in one part.
const SCRIPT: &str = "x'\"><script>alert(1)<script>&quot;<img src=x onerror=alert(1)>";

#[test]
fn a_text_of_the_repository_is_never_markup() {
    let world = World::new();
    let quoted = serde_json::to_string(SCRIPT).unwrap();
    let configuration = format!(
        "environments:
  - {{name: {quoted}, path: one}}
  - {{name: production, path: two}}
layout: ['{{app}}/**']
products:
  - {{name: {quoted}, applications: [{quoted}]}}
workflows:
  - {{name: {quoted}, run: 'true'}}
policies:
  - {{name: {quoted}, priority: 1, action: pull-request, preAction: {quoted}}}
"
    );
    let value = |version: &str| {
        let tag = serde_json::to_string(&format!("{version}-{SCRIPT}")).unwrap();
        let other = serde_json::to_string(SCRIPT).unwrap();
        format!("image: {{tag: {tag}}}\n{quoted}: {other}\n")
    };
    let (source, target) = (
        format!("one/{SCRIPT}/values.yaml"),
        format!("two/{SCRIPT}/values.yaml"),
    );
    let (_remote, repo) = world.cloned(&[
        ("promote.yaml", &configuration),
        (&target, &value("1.0.0")),
        (&source, &value("1.0.0")),
    ]);
    repo.git(&["config", "user.name", &SCRIPT.replace(['<', '>'], "")]);
    repo.commit(SCRIPT, &[(&source, &value("2.0.0"))]);
    repo.git(&["push", "-q", "origin", "main"]);
    let server = Server::start(&world, &repo, &[]);
    let escaped = |field: &str| super::client::encoded(&[("f", field)])[2..].to_owned();
    let name = escaped(SCRIPT);
    let paths = [
        server.page(""),
        server.page("?by=service"),
        server.page(&format!("?search={name}")),
        server.page(&format!("?by={name}&page={name}")),
        server.page(&format!(
            "/promote?from={name}&to=production&product={name}"
        )),
        server.page(&format!(
            "/promote?from={name}&to=production&service={name}"
        )),
        server.page(&format!(
            "/promote?from={name}&to=production&title={name}&body={name}&pre-action={name}"
        )),
        server.page(&format!("/promote?from={name}2&to={name}3")),
        server.page(&format!(
            "/promote?from={name}&to=production&find={name}&file={name}"
        )),
        server.page(&format!(
            "/promote/lines?from={name}&to=production&file=two%2F{name}%2Fvalues.yaml"
        )),
        server.page(&format!(
            "/promote/lines?from={name}&to=production&file={name}"
        )),
        server.page(&format!("/{name}")),
        format!("/r/{name}"),
        format!("/{name}"),
        format!("/?{name}={name}"),
    ];
    let mut shown = 0;
    for path in paths {
        let answer = server.get(&path, &[]);
        let body = answer.body.to_ascii_lowercase();
        assert!(!body.contains("<script>"), "{path}: {body}");
        assert!(!body.contains("<img src=x"), "{path}: {body}");
        // In an attribute, the quote is what ends it.
        assert!(!body.contains("x'\">"), "{path}: {body}");
        assert!(!body.contains("style=\""), "{path}: {body}");
        assert_eq!(
            body.matches("<script").count(),
            usize::from(body.contains("<html"))
        );
        shown += body.matches("&lt;script&gt;").count();
    }
    // It is shown as text, so the test has looked at it.
    assert!(shown > 20, "{shown}");
}
