//! The records of releases in real repositories.

use std::io::Write as _;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use git_promote::adapter::git::GitReleases;
use git_promote::domain::CommitId;
use git_promote::port::{NewTransition, Publish, Releases, ReleasesError};
use insta::assert_snapshot;

use crate::world::{Repo, World, wait};

const PREFIX: &str = ReleasesError::DEFAULT_PREFIX;

fn releases(repo: &Repo<'_>) -> GitReleases {
    repo.open().releases(PREFIX, Publish::Push).unwrap()
}

/// The tip of the chain of `loans`, fetched.
fn tip(releases: &GitReleases) -> Option<CommitId> {
    let chains = wait(releases.fetch()).unwrap();
    chains.first().map(|chain| chain.tip)
}

fn transition(parent: Option<CommitId>, text: &str) -> NewTransition {
    NewTransition {
        product: "loans".to_owned(),
        parent,
        files: vec![("2026/11/loans-1.json".to_owned(), text.into())],
        message: format!("loans-1: {text}\n\nRelease: loans-1\n"),
    }
}

/// Appends to the tip that is there.
fn append(releases: &GitReleases, text: &str) -> CommitId {
    let transition = transition(tip(releases), text);
    wait(releases.append(transition)).unwrap().unwrap()
}

/// The subjects of all transitions, newest first.
fn subjects(releases: &GitReleases) -> Vec<String> {
    let all = releases.transitions(tip(releases).unwrap(), &|_| false);
    let subject = |message: String| message.lines().next().unwrap_or_default().to_owned();
    all.unwrap()
        .into_iter()
        .map(|t| subject(t.message))
        .collect()
}

#[test]
fn a_chain_grows_in_clones_of_every_kind_and_without_a_remote() {
    let world = World::new();
    let (remote, clone) = world.cloned(&[("a", "1")]);
    remote.git(&["config", "uploadpack.allowFilter", "true"]);
    let url = format!("file://{}", remote.dir.display());
    let cloned = |name: &str, option: &str| {
        world.git(&["clone", "-q", option, &url, name]);
        let clone = world.at(world.path(name));
        clone.git(&["config", "user.name", "Ada"]);
        clone.git(&["config", "user.email", "ada@example.org"]);
        clone
    };
    let bare = cloned("bare.git", "--bare");
    // As CI systems clone.
    let shallow = cloned("shallow", "--depth=1");
    let partial = cloned("partial", "--filter=blob:none");
    let alone = world.repository_at("alone", &[("a", "1")]);
    for (repo, truth) in [
        (&clone, &remote),
        (&bare, &remote),
        (&shallow, &remote),
        (&partial, &remote),
        (&alone, &alone),
    ] {
        let name = repo.dir.display();
        let releases = releases(repo);
        let before = tip(&releases);
        let first = append(&releases, "queued");
        let second = append(&releases, "running");
        assert_eq!(truth.tip("refs/promote/releases/loans"), second.to_string());
        let subjects = subjects(&releases);
        assert_eq!(
            subjects[..2],
            ["loans-1: running", "loans-1: queued"],
            "{name}"
        );
        let newest = &releases.transitions(second, &|_| true).unwrap()[0];
        assert_eq!(
            (newest.commit, &*newest.committer),
            (second, "Ada <ada@example.org>")
        );
        assert_ne!(Some(first), before);
        let files = releases.files(second).unwrap();
        assert_eq!(files[0].path, "2026/11/loans-1.json", "{name}");
        assert_eq!(releases.read(files[0].blob).unwrap(), b"running", "{name}");
        assert_eq!(releases.last_seen().unwrap()[0].tip, second, "{name}");
        repo.assert_sound();
    }
    assert_eq!(clone.status(), "", "the checked-out files stay");
}

#[test]
fn of_equal_transitions_at_the_same_time_only_one_is_appended() {
    let world = World::new();
    let (remote, one) = world.cloned(&[("a", "1")]);
    let two = world.clone_of(&remote, "two");
    let workers = [releases(&one), releases(&two)];
    for parent in [None, Some(())] {
        // Both know the parent.
        let parent = parent.and_then(|()| {
            let tips = workers.each_ref().map(tip);
            assert_eq!(tips[0], tips[1]);
            tips[0]
        });
        let done = thread::scope(|scope| {
            let append = |worker| {
                scope.spawn(move || wait(GitReleases::append(worker, transition(parent, "same"))))
            };
            let threads = workers.each_ref().map(append);
            threads.map(|thread| thread.join().unwrap().unwrap())
        });
        assert_eq!(done.iter().flatten().count(), 1, "{done:?}");
    }
}

#[test]
fn eight_workers_lose_nothing() {
    const WORKERS: usize = 8;
    const EACH: usize = 4;
    let world = World::new();
    let (remote, _) = world.cloned(&[("a", "1")]);
    let names: Vec<String> = (0..WORKERS).map(|n| format!("worker{n}")).collect();
    let clones: Vec<_> = names
        .iter()
        .map(|name| world.clone_of(&remote, name))
        .collect();
    let started = Instant::now();
    thread::scope(|scope| {
        for (worker, clone) in clones.iter().enumerate() {
            let releases = releases(clone);
            scope.spawn(move || {
                for n in 0..EACH {
                    loop {
                        let next = transition(tip(&releases), &format!("{worker}-{n}"));
                        if wait(releases.append(next)).unwrap().is_some() {
                            break;
                        }
                    }
                }
            });
        }
    });
    println!("{} transitions in {:?}", WORKERS * EACH, started.elapsed());
    let mut found = subjects(&releases(&clones[0]));
    found.sort();
    let expected = (0..WORKERS).flat_map(|w| (0..EACH).map(move |n| format!("loans-1: {w}-{n}")));
    assert_eq!(found, expected.collect::<Vec<_>>());
    remote.assert_sound();
}

#[test]
fn a_chain_that_was_set_back_or_deleted_is_an_error() {
    let world = World::new();
    let (remote, clone) = world.cloned(&[("a", "1")]);
    let releases = releases(&clone);
    let first = append(&releases, "queued");
    let second = append(&releases, "running");
    let reference = "refs/promote/releases/loans";
    remote.git(&["update-ref", reference, &first.to_string()]);
    let error = wait(releases.fetch()).unwrap_err();
    let is_set_back = |error: &ReleasesError| match error {
        ReleasesError::Replaced { known, found, .. } => (*known, *found) == (second, Some(first)),
        _ => false,
    };
    assert!(is_set_back(&error), "{error:?}");
    let error = wait(releases.append(transition(Some(second), "done"))).unwrap_err();
    assert!(is_set_back(&error), "{error:?}");
    remote.git(&["update-ref", "-d", reference]);
    let error = wait(releases.append(transition(Some(second), "done"))).unwrap_err();
    let text = error.to_string().replace(&second.to_string(), "[SECOND]");
    assert_snapshot!(text, @"`refs/promote/releases/loans` was deleted; it was at `[SECOND]`");
    // Something that has nothing in common with it.
    remote.git(&["update-ref", reference, "main"]);
    let error = wait(releases.fetch()).unwrap_err();
    assert!(matches!(error, ReleasesError::Replaced { .. }), "{error:?}");
}

#[test]
fn a_server_that_only_takes_branches_is_recognized_and_branches_work() {
    let world = World::new();
    let (remote, clone) = world.cloned(&[("a", "1")]);
    remote.hook(
        "update",
        "case $1 in refs/heads/*) ;; *) echo 'only branches' >&2; exit 1 ;; esac",
    );
    let error = wait(releases(&clone).append(transition(None, "queued"))).unwrap_err();
    assert!(
        matches!(error, ReleasesError::ReferenceRefused { .. }),
        "{error:?}"
    );
    assert_snapshot!(error, @"remote `origin` refused `refs/promote/releases/loans`: only branches; error: hook declined to update refs/promote/releases/loans (hook declined)");
    let prefix = "refs/heads/promote/releases";
    let releases = clone.open().releases(prefix, Publish::Push).unwrap();
    append(&releases, "queued");
    let second = append(&releases, "running");
    assert_eq!(remote.tip("promote/releases/loans"), second.to_string());
    assert_eq!(
        clone.tip("origin/promote/releases/loans"),
        second.to_string()
    );
    let branches = clone.git(&["branch", "--format=%(refname)"]);
    assert_eq!(branches, "refs/heads/main", "no local branch appears");
}

#[test]
fn a_thousand_records_are_fetched_and_read_within_a_second() {
    const PRODUCTS: usize = 5;
    const EACH: usize = 200;
    let world = World::new();
    let (remote, clone) = world.cloned(&[("a", "1")]);
    let mut script = String::new();
    for product in 0..PRODUCTS {
        for n in 0..EACH {
            let record = format!("{{\"release\": {n}, \"steps\": \"{}\"}}", "x".repeat(2_000));
            script.extend([format!(
                "commit {PREFIX}/p{product}\ncommitter A <a@b> {} +0000\ndata 1\nx\n\
                 M 100644 inline 2026/{:02}/p{product}-{n}.json\ndata {}\n{record}\n",
                1_700_000_000 + n,
                n / 20 + 1,
                record.len(),
            )]);
        }
    }
    let mut import = world.command("git");
    import
        .current_dir(&remote.dir)
        .args(["fast-import", "--quiet"]);
    let mut import = import.stdin(Stdio::piped()).spawn().unwrap();
    import
        .stdin
        .take()
        .unwrap()
        .write_all(script.as_bytes())
        .unwrap();
    assert!(import.wait().unwrap().success());
    let releases = releases(&clone);
    for round in ["first", "second"] {
        let started = Instant::now();
        let chains = wait(releases.fetch()).unwrap();
        let files = chains
            .iter()
            .flat_map(|chain| releases.files(chain.tip).unwrap());
        let size: usize = files
            .map(|file| releases.read(file.blob).unwrap().len())
            .sum();
        assert!(size > PRODUCTS * EACH * 2_000);
        println!("{round} fetch: {:?}", started.elapsed());
        assert!(round == "first" || started.elapsed() < Duration::from_secs(1));
    }
}
