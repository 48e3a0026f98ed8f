//! Figures for Prometheus.

use super::client::Server;
use super::{borrowed, cloned, promotion};
use crate::world::World;

#[test]
fn the_figures_show_what_the_server_does() {
    let world = World::new();
    let more = "gates: [{name: long, soak: 30m}]
policies: [{name: all, priority: 1, gates: {after: long}}]
";
    let (_remote, repo) = cloned(&world, more);
    let server = Server::start(&world, &repo, &[]);
    let fields = promotion(&server, &[]);
    let done = server.submit(&server.page("/promotions"), &[], &borrowed(&fields));
    assert_eq!(done.status, 200, "{done:?}");
    for path in ["/a", "/b/c", "/r/other", "/r/repo/releases/x"] {
        server.get(path, &[]);
    }
    let figures = |server: &Server| server.get("/metrics", &[]).body;
    server.until("suspended", |server| {
        figures(server)
            .contains("git_promote_open_releases{repository=\"repo\",state=\"suspended\"} 1")
    });
    let text = figures(&server);
    for line in [
        "git_promote_http_requests_total{method=\"GET\",route=\"other\",status=\"404\"} 2",
        "git_promote_http_requests_total{method=\"POST\",route=\"/r/{repository}/promotions\",status=\"200\"} 1",
        "git_promote_http_request_duration_seconds_bucket{le=\"+Inf\",method=\"POST\",route=\"/r/{repository}/promotions\"} 1",
        "git_promote_reading_failures_total{repository=\"repo\"} 0",
        "git_promote_event_streams 0",
        "git_promote_reading_age_seconds{repository=\"repo\"} ",
        "git_promote_release_transitions_total{repository=\"repo\"} ",
        "# EOF",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
    // No label has what somebody made up.
    assert!(!text.contains("/b/c") && !text.contains("loans"), "{text}");
}
