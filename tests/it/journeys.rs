//! The journeys of people who promote, in the order of a day.

use crate::console::{project, repository_of, run_with};
use crate::github::{StandIn, TOKEN};
use crate::world::World;

#[test]
fn a_day_with_releases_goes_as_its_transcript_shows() {
    let world = World::new();
    let seed = repository_of(&world, &project("examples/releases"));
    let seed = seed.dir.display().to_string();
    world.git(&["clone", "--quiet", "--bare", &seed, "remote.git"]);
    let remote = world.at(world.path("remote.git"));
    let github = StandIn::of(&remote.dir);
    let clone = world.clone_of(&remote, "clone");
    let login = format!("!echo username=robot; echo password={TOKEN}; :");
    clone.git(&["config", "credential.helper", &login]);
    clone.git(&["remote", "set-url", "origin", &github.clone_url()]);
    let pulls = format!("{}/repos/acme/shop/pulls", github.api());
    world.script(
        "gh",
        &format!(
            "exec curl --silent --output /dev/null --request PATCH --data '{{\"state\": \"closed\"}}' \\\n  \
             --header 'Authorization: Bearer {TOKEN}' {pulls}/$3"
        ),
    );
    let url = github.url();
    let variables = [("GITHUB_SERVER_URL", url.as_str()), ("GH_TOKEN", TOKEN)];
    let transcript = project("examples/releases/README.md");
    run_with(&world, &clone, &transcript, &variables);
}
