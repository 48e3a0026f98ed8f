//! `--interactive`.

use crate::terminal;
use crate::world::{Repo, World};

fn repository(world: &World) -> Repo<'_> {
    world.repository(&[
        (
            "apps/api/staging/values.yaml",
            "image: {tag: 1.5.0}\nreplicas: 1\n",
        ),
        (
            "apps/api/production/values.yaml",
            "image: {tag: 1.4.0}\nreplicas: 3\n",
        ),
        (
            "apps/web/staging/values.yaml",
            "image: {tag: 2.5.0}\nworker: {image: {tag: 2.4.0}}\n",
        ),
        (
            "apps/web/production/values.yaml",
            "image: {tag: 2.4.0}\nworker: {image: {tag: 2.4.1}}\n",
        ),
    ])
}

#[test]
fn the_chosen_differences_are_promoted() {
    for (more, keys, tags) in [
        ("", "n y n y", ["1.4.0", "2.5.0", "2.4.1"]),
        ("--allow all", "a j y n y", ["1.5.0", "2.4.0", "2.4.0"]),
        ("", "y d y", ["1.5.0", "2.4.0", "2.4.1"]),
        ("", "y n n n", ["1.4.0", "2.4.0", "2.4.1"]), // the last answer declines
        ("", "q", ["1.4.0", "2.4.0", "2.4.1"]),
    ] {
        let world = World::new();
        let repo = repository(&world);
        let line = format!("-i --from staging --to production {more}");
        let typed = format!("for key in {keys}; do echo $key; done");
        let Some(ran) = terminal::run((&world, &repo), None, &line, &typed) else {
            return;
        };
        assert!(
            ran.stdout.contains("(1/3) Promote this difference"),
            "{keys}: {ran}"
        );
        let ends_early = keys.starts_with('q') || keys.starts_with("y d");
        assert_eq!(
            ran.stdout.contains("held by rollback"),
            !ends_early,
            "{keys}: {ran}"
        );
        let show =
            |app: &str| repo.git(&["show", &format!("HEAD:apps/{app}/production/values.yaml")]);
        let (api, web) = (show("api"), show("web"));
        for (text, tag) in [(&api, tags[0]), (&web, tags[1]), (&web, tags[2])] {
            assert!(
                text.contains(&format!("tag: {tag}}}")),
                "{keys}: {text} {ran}"
            );
        }
        assert!(api.contains("replicas: 3"), "{api}");
    }
}

#[test]
fn what_is_kept_can_be_chosen_too() {
    let world = World::new();
    let repo = repository(&world);
    let line = "-i --from staging --to production --service api --kept";
    let Some(ran) = terminal::run((&world, &repo), None, line, "echo n; echo y; echo y") else {
        return;
    };
    assert!(ran.stdout.contains("(not a version)"), "{ran}");
    let api = repo.git(&["show", "HEAD:apps/api/production/values.yaml"]);
    assert_eq!(api, "image: {tag: 1.4.0}\nreplicas: 1", "{ran}");
}

#[test]
fn differences_are_chosen_for_each_target_and_confirmed_once() {
    let world = World::new();
    let values = |environment: &str| format!("apps/api/{environment}/values.yaml");
    let [staging, eu, us] = ["staging", "prod-eu", "prod-us"].map(values);
    let repo = world.repository(&[
        (&staging, "image: {tag: 1.5.0}\n"),
        (&eu, "image: {tag: 1.4.0}\n"),
        (&us, "image: {tag: 1.3.0}\n"),
    ]);
    let line = "-i --from staging --to prod-eu --to prod-us";
    let Some(ran) = terminal::run((&world, &repo), None, line, "echo n; echo y; echo y") else {
        return;
    };
    assert!(ran.stdout.contains("Commit 1 file on main?"), "{ran}");
    let tags = [eu, us].map(|path| repo.show("HEAD", &path));
    assert_eq!(
        tags,
        ["image: {tag: 1.4.0}\n", "image: {tag: 1.5.0}\n"],
        "{ran}"
    );
}

#[test]
fn it_needs_a_terminal() {
    let world = World::new();
    let ran = repository(&world).promote(&["-i", "--from", "staging", "--to", "production"]);
    assert_eq!(ran.code, 2, "{ran}");
    assert!(
        ran.stderr.contains("`--interactive` needs a terminal"),
        "{ran}"
    );
}
