//! Every call of the forge, failed in every way: it converges by itself, to one of each.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use git_promote::adapter::forge::github::GitHub;
use git_promote::adapter::forge::http::RetryPolicy;
use git_promote::port::{Forge, ForgeError, MergeMethod};

use crate::forge_github::{
    HEAD, RETRY, address, direct, display_chain, forge, proposal, proposed, robot, run, with_retry,
};
use crate::github::{Failing, How, Pull, Raw, StandIn, TOKEN};
use crate::world::World;

/// A deadline for what stalls; long enough for all else on a busy machine, or else tried again.
const SHORT: Duration = Duration::from_secs(1);

/// Each request that a whole promotion by pull request sends to GitHub.
const CALLS: [(&str, &str); 13] = [
    ("GET", "/pulls"),
    ("POST", "/pulls"),
    ("GET", "/pulls/*"),
    ("PATCH", "/pulls/*"),
    ("GET", "/labels/promotion"),
    ("POST", "/shop/labels"),
    ("POST", "/issues/*/labels"),
    ("GET", "/pulls/*/reviews"),
    ("POST", "/pulls/*/requested_reviewers"),
    ("POST", "/issues/*/assignees"),
    ("GET", "/issues/*/comments"),
    ("POST", "/issues/*/comments"),
    ("POST", "/graphql"),
];

/// All calls of the port, as one promotion would make them.
async fn everything(forge: &GitHub) -> Result<(), ForgeError> {
    let words = |words: &[&str]| {
        words
            .iter()
            .map(|&word| word.to_owned())
            .collect::<Vec<_>>()
    };
    forge.pull_requests(HEAD, "main").await?;
    let opened = forge.open(&proposal()).await?;
    let number = opened.number;
    forge.rewrite(number, "Promote api", "second").await?;
    forge.label(number, &words(&["promotion", "bug"])).await?;
    forge
        .request_reviews(number, &words(&["ada"]), &words(&["releases"]))
        .await?;
    forge.assign(number, &words(&["bob"])).await?;
    forge
        .comment(number, "<!-- mark -->", "text\n<!-- mark -->")
        .await?;
    forge.close(number).await?;
    forge.reopen(number).await?;
    forge.merge_when_ready(&opened, MergeMethod::Merge).await?;
    Ok(())
}

/// What is left, without what a run cannot decide.
fn state(github: &StandIn) -> (Vec<Pull>, Vec<String>) {
    let labels = github.state().labels.iter().cloned().collect();
    (github.pulls(), labels)
}

#[test]
fn every_call_failed_in_every_way_ends_as_if_nothing_had_failed() {
    let world = World::new();
    let bare = proposed(&world);
    let undisturbed = {
        let github = StandIn::of(&bare.dir);
        run(everything(&forge(&github, TOKEN))).unwrap();
        format!("{:?}", state(&github))
    };
    let before = Failing::before_its_effect as fn(Failing, How) -> Failing;
    let after = Failing::after_its_effect as fn(Failing, How) -> Failing;
    let faults = [
        ("500 before", before, How::Status(500)),
        ("500 after", after, How::Status(500)),
        ("502 before", before, How::Status(502)),
        ("502 after", after, How::Status(502)),
        ("cut before", before, How::Cut),
        ("cut after", after, How::Cut),
        ("stalled before", before, How::Stall),
        ("stalled after", after, How::Stall),
        ("403, limit used up", before, How::UsedUp),
        ("403, secondary limit", before, How::Secondary),
        ("429", before, How::TooMany(0)),
    ];
    let mut met = 0;
    // Side by side, as most of the time is spent waiting for stalled calls.
    std::thread::scope(|threads| {
        let runs: Vec<_> = (faults.iter())
            .map(|(name, moment, how)| {
                let (bare, undisturbed) = (&bare.dir, &undisturbed);
                threads.spawn(move || {
                    for (method, path) in CALLS {
                        let github = StandIn::of(bare);
                        github.fail(moment(Failing::on(method, path), *how));
                        let deadline = if *how == How::Stall {
                            SHORT
                        } else {
                            RETRY.deadline
                        };
                        let retry = RetryPolicy { deadline, ..RETRY };
                        let forge = with_retry(&github, robot(), retry);
                        let done = run(everything(&forge));
                        let what = format!("{name}: {method} {path}");
                        assert!(done.is_ok(), "{what}: {done:?}");
                        assert_eq!(format!("{:?}", state(&github)), *undisturbed, "{what}");
                        assert!(
                            github.state().failing[0].is_spent(),
                            "{what} was never asked"
                        );
                    }
                    CALLS.len()
                })
            })
            .collect();
        met = runs.into_iter().map(|run| run.join().unwrap()).sum();
    });
    assert_eq!(met, faults.len() * CALLS.len());
    println!("faults: {met} of {met} ended as one undisturbed run");
}

#[test]
fn what_fails_until_the_time_is_over_ends_right_on_the_next_run() {
    let world = World::new();
    let bare = proposed(&world);
    let undisturbed = {
        let github = StandIn::of(&bare.dir);
        run(everything(&forge(&github, TOKEN))).unwrap();
        format!("{:?}", state(&github))
    };
    let quick = RetryPolicy {
        budget: RETRY.first_delay * 8,
        ..RETRY
    };
    for (method, path) in CALLS {
        let github = StandIn::of(&bare.dir);
        let failing = Failing::on(method, path).times(1000);
        github.fail(failing.after_its_effect(How::Status(503)));
        let first = with_retry(&github, robot(), quick);
        // A write that had its effect is found by looking, and then nothing has failed.
        match run(everything(&first)) {
            Ok(()) => assert_ne!(method, "GET", "{path}"),
            Err(error) => assert!(matches!(error, ForgeError::Unreachable { .. }), "{error:?}"),
        }
        github.state().failing.clear();
        run(everything(&forge(&github, TOKEN))).unwrap();
        assert_eq!(
            format!("{:?}", state(&github)),
            undisturbed,
            "{method} {path}"
        );
    }
}

#[test]
fn a_request_that_may_have_had_its_effect_is_never_repeated_without_looking() {
    let world = World::new();
    let bare = proposed(&world);
    for how in [How::Cut, How::Stall, How::Status(500)] {
        let github = StandIn::of(&bare.dir);
        github.fail(Failing::on("POST", "/pulls").after_its_effect(how));
        let deadline = SHORT;
        let retry = RetryPolicy { deadline, ..RETRY };
        run(with_retry(&github, robot(), retry).open(&proposal())).unwrap();
        let lines: Vec<String> = github.requests().iter().map(|r| r.method.clone()).collect();
        assert_eq!(lines, ["GET", "POST", "GET"], "{how:?}");
        github.pull();
    }
}

#[test]
fn a_pull_request_that_another_run_opened_meanwhile_is_taken() {
    let world = World::new();
    let github = StandIn::of(&proposed(&world).dir);
    let forge = forge(&github, TOKEN);
    run(forge.open(&proposal())).unwrap();
    // The first look does not see it yet, and GitHub refuses the second one.
    github.state().hidden_lists = 1;
    github.forget();
    let found = run(forge.open(&proposal())).unwrap();
    assert_eq!(found.number, 1);
    let methods: Vec<String> = github.requests().iter().map(|r| r.method.clone()).collect();
    assert_eq!(methods, ["GET", "POST", "GET"]);
    // The same where the list lags behind for longer.
    github.state().hidden_lists = 3;
    assert_eq!(run(forge.open(&proposal())).unwrap().number, 1);
    github.pull();
}

#[test]
fn a_limit_that_lasts_longer_than_the_budget_is_reported_at_once() {
    let world = World::new();
    let github = StandIn::of(&proposed(&world).dir);
    let failing = Failing::on("GET", "/pulls").times(1000);
    github.fail(failing.before_its_effect(How::TooMany(3600)));
    let error = run(forge(&github, TOKEN).open(&proposal())).unwrap_err();
    assert!(matches!(error, ForgeError::Unreachable { .. }), "{error:?}");
    assert_eq!(github.requests().len(), 1);
}

#[test]
fn what_is_final_is_asked_once() {
    for status in [401, 403, 404, 410, 422] {
        let world = World::new();
        let github = StandIn::of(&proposed(&world).dir);
        let failing = Failing::on("GET", "/pulls").times(1000);
        github.fail(failing.before_its_effect(How::Status(status)));
        let error = run(forge(&github, TOKEN).open(&proposal())).unwrap_err();
        let is_right = match status {
            401 => matches!(error, ForgeError::Credentials { .. }),
            403 | 404 => matches!(error, ForgeError::Forbidden { .. }),
            _ => matches!(error, ForgeError::Refused { .. }),
        };
        assert!(is_right, "{status}: {error:?}");
        assert_eq!(github.requests().len(), 1, "{status}");
    }
}

/// One try at a server that is no stand-in.
fn tried_once(server: &Raw, deadline: Duration, budget: Duration) -> ForgeError {
    let url = format!("http://{}/acme/shop", server.address);
    let retry = RetryPolicy {
        budget,
        first_delay: RETRY.first_delay,
        deadline,
    };
    let address = address(&url);
    let forge = GitHub::new(address, robot(), retry, direct());
    run(forge.pull_requests(HEAD, "main")).unwrap_err()
}

#[test]
fn an_answer_without_an_end_is_read_up_to_a_bound() {
    for (status, what) in [
        ("200 OK", "an answer of more than 16 MiB"),
        ("404 Not Found", "HTTP 404"),
    ] {
        for kind in ["Transfer-Encoding: chunked", "Content-Length: 99999999999"] {
            let sent = Arc::new(AtomicUsize::new(0));
            let counter = Arc::clone(&sent);
            let server = Raw::answering(move |_, stream| {
                write!(stream, "HTTP/1.1 {status}\r\n{kind}\r\n\r\n")?;
                let text = vec![b' '; 0x10000];
                loop {
                    if kind.contains("chunked") {
                        stream.write_all(b"10000\r\n")?;
                    }
                    stream.write_all(&text)?;
                    if kind.contains("chunked") {
                        stream.write_all(b"\r\n")?;
                    }
                    counter.fetch_add(text.len(), Ordering::SeqCst);
                }
            });
            let error = tried_once(&server, RETRY.deadline, RETRY.budget);
            let text = display_chain(&error);
            assert!(text.ends_with(what), "{text}");
            assert_eq!(server.received().len(), 1, "{text}");
            // The system's own buffers hold a few more.
            let sent = sent.load(Ordering::SeqCst) / (1024 * 1024);
            assert!((16..48).contains(&sent), "{status} {kind}: {sent} MiB");
        }
    }
}

#[test]
fn an_answer_that_trickles_ends_with_the_deadline() {
    for start in [
        "HTTP/1.1 200 OK\r\nX: ",
        "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n",
    ] {
        let server = Raw::answering(move |_, stream| {
            stream.write_all(start.as_bytes())?;
            loop {
                stream.write_all(b" ")?;
                std::thread::sleep(Duration::from_millis(5));
            }
        });
        let started = Instant::now();
        let error = tried_once(&server, SHORT, Duration::ZERO);
        assert!(matches!(error, ForgeError::Unreachable { .. }), "{error:?}");
        assert!(
            display_chain(&error).ends_with("no answer in time"),
            "{}",
            display_chain(&error)
        );
        assert!(started.elapsed() >= SHORT, "{start}");
        assert!(started.elapsed() < SHORT * 10, "{start}");
    }
}

#[test]
fn a_list_without_an_end_ends_with_the_time() {
    let server = Raw::answering(|_, stream| {
        std::thread::sleep(Duration::from_millis(50));
        write!(stream, "HTTP/1.1 200 OK\r\nConnection: close\r\n")?;
        write!(stream, "Link: </more>; rel=\"next\"\r\n")?;
        write!(stream, "Content-Length: 2\r\n\r\n[]")
    });
    let error = tried_once(&server, Duration::from_secs(1), SHORT);
    let text = display_chain(&error);
    assert!(text.ends_with("no end of a list in time"), "{text}");
    assert!(server.received().len() > 1);
}
