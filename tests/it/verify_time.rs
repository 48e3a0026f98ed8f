//! Commands of `verify` that take their time.

use std::path::PathBuf;
use std::time::Duration;

use async_trait::async_trait;
use git_promote::engine::{self, Ports, Receipt, Request};
use git_promote::port::{Clock, NoObserver};
use git_promote::wiring::{self, NetworkOptions};

use crate::world::World;

/// A clock on which an hour passes when a file appears.
struct UntilFile(PathBuf);

#[async_trait]
impl Clock for UntilFile {
    fn elapsed(&self) -> Duration {
        Duration::from_secs(if self.0.exists() { 3_600 } else { 0 })
    }

    async fn pause(&self, _: Duration) {}
}

#[test]
fn the_time_of_the_commands_does_not_count_when_planning_again() {
    let world = World::new();
    let (remote, repo) = world.cloned(&[
        ("apps/api/staging/values.yaml", "image: {tag: 2.0.0}\n"),
        ("apps/api/production/values.yaml", "image: {tag: 1.0.0}\n"),
    ]);
    let other = world.clone_of(&remote, "other");
    let clock = UntilFile(world.path("late"));
    // The first run takes an hour, in which another commit is pushed.
    let script = format!(
        "test -e other && exit 0; touch {}; cd {} && touch other && git add other && \
         git commit -qm other && git push -q",
        clock.0.display(),
        other.dir.display()
    );
    let adapters = wiring::open(&repo.dir, &NetworkOptions::default()).unwrap();
    let ports = Ports {
        clock: &clock,
        ..adapters.ports(&NoObserver)
    };
    let mut request = Request::between("staging", "production");
    request.verify = vec![script];
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let receipt = runtime.block_on(async {
        let branch = engine::fetch(&ports, &request).await.unwrap();
        let prepared = engine::plan_on(&ports, &request, branch).unwrap();
        engine::apply(&ports, &request, prepared).await.unwrap()
    });
    assert!(matches!(receipt, Receipt::Committed { .. }), "{receipt:?}");
    assert_eq!(remote.show("main", "other"), "");
}
