//! One look at a thousand open releases.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::world::{Repo, World};

/// How many products there are, and in how many flows each has a release.
const PRODUCTS: usize = 200;
const FLOWS: usize = 5;

fn configuration() -> String {
    let mut text = "\
version: 1
environments:
  - {name: staging}
  - {name: production}
gates:
  - {name: signed, approval: {count: 1}}
flows:
"
    .to_owned();
    let mut flows = Vec::new();
    for flow in 0..FLOWS {
        flows.push(format!("{{name: flow{flow}}}"));
        writeln!(
            text,
            "  - name: flow{flow}\n    triggerEnvironment: staging\n    steps:\n      - {{environment: \
             production, dependsOn: [staging], policy: {{gates: {{before: [signed]}}}}}}"
        )
        .unwrap();
    }
    let flows = flows.join(", ");
    text += "products:\n";
    for product in 0..PRODUCTS {
        let name = format!("p{product}");
        writeln!(
            text,
            "  - {{name: {name}, applications: [{name}], flows: [{flows}]}}"
        )
        .unwrap();
    }
    text
}

/// The records of all products: copies of a release that waits.
fn import(world: &World, remote: &Repo<'_>) {
    let reference = "refs/promote/releases/p0";
    let path = remote.git(&["ls-tree", "-r", "--name-only", reference]);
    let record = remote.show(reference, &path);
    let mut script = String::new();
    for product in 0..PRODUCTS {
        writeln!(
            script,
            "commit refs/promote/releases/p{product}\ncommitter A <a@b> 1700000000 +0000\ndata 1\nx"
        )
        .unwrap();
        for flow in 0..FLOWS {
            let id = format!("p{product}-{}", flow + 1);
            let record = record
                .replace("p0-1", &id)
                .replace("\"number\": 1", &format!("\"number\": {}", flow + 1))
                .replace("\"flow0\"", &format!("\"flow{flow}\""))
                .replace("\"p0\"", &format!("\"p{product}\""));
            let path = path.replace("p0-1", &id);
            let size = record.len();
            writeln!(script, "M 100644 inline {path}\ndata {size}\n{record}").unwrap();
        }
    }
    let mut import = world.command("git");
    import
        .current_dir(&remote.dir)
        .args(["fast-import", "--quiet", "--force"]);
    let mut import = import.stdin(Stdio::piped()).spawn().unwrap();
    let mut input = import.stdin.take().unwrap();
    input.write_all(script.as_bytes()).unwrap();
    drop(input);
    assert!(import.wait().unwrap().success());
}

#[test]
fn one_pass_over_a_thousand_open_releases_fetches_once() {
    let world = World::new();
    let mut files = vec![("promote.yaml".to_owned(), configuration())];
    for product in 0..PRODUCTS {
        for (environment, tag) in [("staging", 2), ("production", 1)] {
            let path = format!("apps/p{product}/{environment}/values.yaml");
            files.push((path, format!("image: {{tag: {tag}.0.0}}\n")));
        }
    }
    let files: Vec<(&str, &str)> = files.iter().map(|(p, t)| (&**p, &**t)).collect();
    let (remote, clone) = world.cloned(&files);
    let ran = clone.promote(&["release", "start", "--flow", "flow0", "--product", "p0"]);
    assert_eq!(ran.code, 0, "{ran}");
    import(&world, &remote);
    // Its copy would be missed in the record that was replaced.
    clone.git(&["update-ref", "-d", "refs/promote/releases/p0"]);
    let advance = ["release", "advance", "--all", "--output", "json"];
    // The first pass reads them for the first time, and may record that they wait.
    let ran = clone.promote(&advance);
    assert_eq!(ran.code, 0, "{ran}");

    let served = world.path("served");
    let script = format!(
        "echo >> '{}'\nexec git-upload-pack \"$@\"",
        served.display()
    );
    world.script("upload-pack", &script);
    let program = world.path("upload-pack").display().to_string();
    clone.git(&["config", "remote.origin.uploadpack", &program]);
    let tips = |repo: &Repo<'_>| repo.git(&["for-each-ref", "refs/promote"]);
    let before = tips(&remote);
    let started = Instant::now();
    let ran = clone.promote(&advance);
    let took = started.elapsed();
    assert_eq!(ran.code, 0, "{ran}");
    let json: Value = serde_json::from_str(&ran.stdout).unwrap();
    let listed = json["releases"].as_array().map(Vec::len);
    assert_eq!(listed, Some(PRODUCTS * FLOWS));
    assert_eq!(tips(&remote), before, "nothing was recorded");
    let connections = fs::read_to_string(&served)
        .unwrap_or_default()
        .lines()
        .count();
    println!(
        "{} open releases: {took:.2?}, {connections} connections",
        PRODUCTS * FLOWS
    );
    // One fetch of the records; the branches are listed for the configuration, and again for today's tips.
    assert_eq!(connections, 3);
    // By itself half a second, also without optimisations; other tests run at the same time.
    assert!(took < Duration::from_secs(10), "{took:?}");
}
