//! Several repositories in one process, as a server has them.

use std::sync::Arc;
use std::time::Duration;

use git_promote::engine::{self, EngineError, Prepared, Receipt, Request};
use git_promote::port::NoObserver;
use git_promote::wiring::{self, Adapters, NetworkOptions};

use crate::github::{Account, StandIn};
use crate::world::{Repo, World};

/// A clone of a repository on a stand-in that only accepts `token`.
fn clone_of<'w>(world: &'w World, github: &StandIn, name: &str, token: &str) -> Repo<'w> {
    github.state().accounts = vec![Account::of("robot", token)];
    let url = github.clone_url();
    let with_token = url.replace("://", &format!("://x-access-token:{token}@"));
    world.git(&["clone", "--quiet", &with_token, name]);
    let clone = world.at(world.path(name));
    clone.git(&["remote", "set-url", "origin", &url]);
    clone.git(&["config", "promote.githubApi", &github.api()]);
    clone.git(&["config", "credential.helper", ""]);
    clone
}

/// Opens a clone with an environment that holds nothing but its own token.
fn open(clone: &Repo<'_>, github: &StandIn, token: &str) -> Arc<Adapters> {
    let host = github.url().trim_start_matches("http://").to_owned();
    let token = token.to_owned();
    let reach = NetworkOptions {
        silence: Duration::from_secs(20),
        variables: Arc::new(move |name| match name {
            "GH_HOST" => Some(host.clone()),
            "GH_ENTERPRISE_TOKEN" => Some(token.clone()),
            _ => None,
        }),
        ..NetworkOptions::default()
    };
    Arc::new(wiring::open(&clone.dir, &reach).unwrap())
}

/// Fetches, and plans on a thread where blocking is allowed.
async fn plan(adapters: &Arc<Adapters>, request: &Request) -> Result<Prepared, EngineError> {
    let branch = engine::fetch(&adapters.ports(&NoObserver), request).await?;
    let (adapters, request) = (Arc::clone(adapters), request.clone());
    let planned = tokio::task::spawn_blocking(move || {
        let plan = engine::compute(&adapters.ports(&NoObserver), &request, &branch)?;
        Prepared::new(plan, &branch)
    });
    planned.await.unwrap()
}

/// Plans and applies; `meanwhile` runs between the two.
async fn promote(
    adapters: Arc<Adapters>,
    request: Request,
    meanwhile: impl FnOnce(),
) -> Result<Receipt, EngineError> {
    let prepared = plan(&adapters, &request).await?;
    meanwhile();
    let plan_again = || plan(&adapters, &request);
    engine::apply_with(&adapters.ports(&NoObserver), &request, prepared, plan_again).await
}

#[test]
fn two_repositories_with_their_own_settings_and_logins_are_promoted_side_by_side() {
    const SHOP: &str = "environments:\n- {name: staging, aliases: [stg]}\n- {name: production, aliases: [prd]}\n\
         policies:\n- {name: careful, action: pull-request}\n\
         messages: {pullRequest: {title: 'Shop to {{ to }}'}}\n";
    const BANK: &str = "environments: [{name: lab}, {name: live}]\n\
         policies:\n- {name: reviewed, action: pull-request, pullRequest: {labels: [bank]}}\n";
    let world = World::new();
    let shop = world.bare_at(
        "shop.git",
        &[
            ("promote.yaml", SHOP),
            ("envs/stg/web/values.yaml", "image: {tag: '2.0.0'}\n"),
            ("envs/prd/web/values.yaml", "image: {tag: '1.0.0'}\n"),
        ],
    );
    let bank = world.bare_at(
        "bank.git",
        &[
            ("promote.yaml", BANK),
            ("lab/ledger/values.yaml", "image: {tag: '9.1.0'}\n"),
            ("live/ledger/values.yaml", "image: {tag: '9.0.0'}\n"),
        ],
    );
    let (of_shop, of_bank) = (StandIn::of(&shop.dir), StandIn::of(&bank.dir));
    let shop = clone_of(&world, &of_shop, "shop", "token-of-the-shop");
    let bank = clone_of(&world, &of_bank, "bank", "token-of-the-bank");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let shop = open(&shop, &of_shop, "token-of-the-shop");
    let bank = open(&bank, &of_bank, "token-of-the-bank");
    let (first, second) = runtime.block_on(async {
        tokio::join!(
            promote(shop, Request::between("staging", "production"), || {}),
            promote(Arc::clone(&bank), Request::between("lab", "live"), || {}),
        )
    });
    for receipt in [first.unwrap(), second.unwrap()] {
        assert!(matches!(receipt, Receipt::Proposed { .. }), "{receipt:?}");
    }
    assert_eq!(of_shop.pull().title, "Shop to production");
    assert_eq!(
        of_bank.pull().title,
        "Promote ledger 9.1.0 from lab to live"
    );
    assert_eq!(of_shop.pull().labels.len(), 0);
    assert_eq!(of_bank.pull().labels, ["bank"]);
    // The other repository's environments are unknown.
    let unknown = runtime.block_on(promote(
        bank,
        Request::between("staging", "production"),
        || {},
    ));
    assert!(
        matches!(unknown, Err(EngineError::Inventory(_))),
        "{unknown:?}"
    );
}

#[test]
fn a_server_plans_again_on_its_own_threads_when_the_branch_has_moved() {
    let world = World::new();
    let (remote, clone) = world.cloned(&[
        ("envs/staging/web/values.yaml", "image: {tag: '2'}\n"),
        ("envs/production/web/values.yaml", "image: {tag: '1'}\n"),
    ]);
    let adapters = Arc::new(wiring::open(&clone.dir, &NetworkOptions::default()).unwrap());
    let other = world.clone_of(&remote, "other");
    let overtake = || {
        other.commit("faster", &[("README.md", "Hello.\n")]);
        other.git(&["push", "--quiet", "origin", "main"]);
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let request = Request::between("staging", "production");
    let receipt = runtime
        .block_on(promote(adapters, request, overtake))
        .unwrap();
    let Receipt::Committed { commit, .. } = receipt else {
        panic!("{receipt:?}")
    };
    assert_eq!(remote.tip("main"), commit.to_string());
    assert_eq!(remote.show("main", "README.md"), "Hello.\n");
    let promoted = remote.show("main", "envs/production/web/values.yaml");
    assert_eq!(promoted, "image: {tag: '2'}\n");
}
