//! Figures about the server, for Prometheus.
//!
//! # Why
//!
//! What happens is counted when it happens. What is known anyway, such as the states of releases, is looked up
//! when somebody asks. No label has a value that strangers choose, so nobody can make the answer grow.

use std::sync::Arc;
use std::time::Duration;

use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use super::served::Served;

type Labels<const COUNT: usize> = [(&'static str, String); COUNT];

/// The upper bounds of durations that are counted together, in seconds.
const BOUNDS: [f64; 11] = [
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0,
];

/// What is counted when it happens.
pub(super) struct Metrics {
    requests: Family<Labels<3>, Counter>,
    durations: Family<Labels<2>, Histogram, fn() -> Histogram>,
    readings: Family<Labels<1>, Counter>,
    failures: Family<Labels<1>, Counter>,
    transitions: Family<Labels<1>, Counter>,
}

impl Default for Metrics {
    fn default() -> Self {
        Self {
            requests: Family::default(),
            durations: Family::new_with_constructor(|| Histogram::new(BOUNDS)),
            readings: Family::default(),
            failures: Family::default(),
            transitions: Family::default(),
        }
    }
}

impl Metrics {
    /// A request was answered; `route` is the pattern of its path.
    pub fn answered(&self, method: &str, route: &str, status: u16, duration: Duration) {
        let method = ("method", method.to_owned());
        let route = ("route", route.to_owned());
        let labels = [
            method.clone(),
            route.clone(),
            ("status", status.to_string()),
        ];
        self.requests.get_or_create(&labels).inc();
        let durations = self.durations.get_or_create(&[method, route]);
        durations.observe(duration.as_secs_f64());
    }

    /// A repository was read, or not.
    pub fn read(&self, repository: &str, is_read: bool) {
        let labels = of_repository(repository);
        self.readings.get_or_create(&labels).inc();
        let failures = self.failures.get_or_create(&labels);
        failures.inc_by(u64::from(!is_read));
    }

    /// Transitions of releases were recorded.
    pub fn moved(&self, repository: &str, transitions: usize) {
        let transitions = u64::try_from(transitions).unwrap_or(u64::MAX);
        let counter = self.transitions.get_or_create(&of_repository(repository));
        counter.inc_by(transitions);
    }
}

fn of_repository(name: &str) -> Labels<1> {
    [("repository", name.to_owned())]
}

/// All figures, in the text format of `OpenMetrics`.
pub(super) fn text(
    metrics: &Metrics,
    repositories: &[Arc<Served>],
    open_streams: usize,
    now: i64,
) -> Result<String, std::fmt::Error> {
    let Metrics {
        requests,
        durations,
        readings,
        failures,
        transitions,
    } = metrics;
    let mut registry = Registry::with_prefix("git_promote");
    registry.register(
        "http_requests",
        "Requests that were answered",
        requests.clone(),
    );
    let help = "How long it took to answer requests, until their bodies begin";
    registry.register("http_request_duration_seconds", help, durations.clone());
    registry.register(
        "readings",
        "How often repositories were read",
        readings.clone(),
    );
    let help = "How often reading a repository failed";
    registry.register("reading_failures", help, failures.clone());
    let help = "Transitions of releases that this server recorded";
    registry.register("release_transitions", help, transitions.clone());
    let streams = Gauge::<i64>::default();
    streams.set(i64::try_from(open_streams).unwrap_or(i64::MAX));
    registry.register("event_streams", "Open streams of events", streams);
    let ages = Family::<Labels<1>, Gauge>::default();
    let releases = Family::<Labels<2>, Gauge>::default();
    for served in repositories {
        let view = served.view();
        if let Some(read) = view.read {
            ages.get_or_create(&of_repository(&served.name))
                .set(now - read);
        }
        let state = view.state.iter();
        let open = state.flat_map(|state| state.releases());
        for release in open.filter(|release| !release.state.is_end()) {
            let [repository] = of_repository(&served.name);
            let labels = [repository, ("state", release.state.name().to_owned())];
            releases.get_or_create(&labels).inc();
        }
    }
    let help = "Time since a repository was last read without a failure";
    registry.register("reading_age_seconds", help, ages);
    registry.register("open_releases", "Releases that have not ended", releases);
    let mut text = String::new();
    encode(&mut text, &registry)?;
    Ok(text)
}
