use crate::domain::{
    Action, ApplicationName, ApplicationTemplates, Environment, EnvironmentKind, Policy,
    PolicyMatch, Product, Settings, Template,
};

fn template(name: &str) -> Template {
    Template {
        name: name.to_owned(),
        version: None,
        rules: Vec::new(),
    }
}

fn product(name: &str, applications: &[&str], template: Option<&str>) -> Product {
    Product {
        name: name.to_owned(),
        applications: applications.iter().map(ToString::to_string).collect(),
        template: template.map(ToOwned::to_owned),
        ..Product::default()
    }
}

fn policy(name: &str, priority: i64, matches: PolicyMatch, action: Option<Action>) -> Policy {
    Policy {
        name: name.to_owned(),
        priority,
        matches,
        action,
        ..Policy::default()
    }
}

fn production() -> Environment {
    Environment {
        kind: Some(EnvironmentKind::Production),
        aliases: vec!["prod".to_owned()],
        ..Environment::named("production")
    }
}

/// The action and the policy's name for a promotion.
fn decided(
    policies: Vec<Policy>,
    target: &Environment,
    products: &[&str],
) -> Option<(Action, String)> {
    let settings = Settings {
        policies,
        ..Settings::default()
    };
    let (action, policy) = settings.action_for(target, products)?;
    Some((action, policy.name.clone()))
}

fn of_kind(kind: EnvironmentKind) -> PolicyMatch {
    PolicyMatch {
        kinds: vec![kind],
        ..PolicyMatch::default()
    }
}

fn of_product(name: &str) -> PolicyMatch {
    PolicyMatch {
        products: vec![name.to_owned()],
        ..PolicyMatch::default()
    }
}

#[test]
fn an_environment_has_its_name_and_aliases() {
    let settings = Settings {
        environments: vec![Environment::named("dev"), production()],
        ..Settings::default()
    };
    for word in ["production", "prod"] {
        assert_eq!(settings.environment(word).unwrap().name, "production");
    }
    assert!(settings.environment("Prod").is_none());
}

#[test]
fn a_template_comes_from_the_applications_product() {
    let settings = Settings {
        products: vec![
            product("loans", &["api"], Some("careful")),
            product("cards", &["api", "shop/web"], Some("quick")),
            product("plain", &["db"], None),
        ],
        templates: vec![template("default"), template("careful"), template("quick")],
        ..Settings::default()
    };
    let name = |application: &str, products: &[&str]| {
        let products: Vec<String> = products.iter().map(ToString::to_string).collect();
        let templates = ApplicationTemplates::new(&settings, &products);
        let template = templates.of(&ApplicationName(application.to_owned()));
        template.unwrap().name.clone()
    };
    assert_eq!(name("api", &[]), "careful");
    assert_eq!(name("team/api", &[]), "careful");
    assert_eq!(name("api", &["cards"]), "quick");
    assert_eq!(name("shop/web", &["loans"]), "quick");
    assert_eq!(name("db", &[]), "default");
    assert_eq!(name("elsewhere", &["loans"]), "default");
}

#[test]
fn without_a_default_template_there_may_be_none() {
    let settings = Settings::default();
    let templates = ApplicationTemplates::new(&settings, &[]);
    assert!(templates.of(&ApplicationName("api".to_owned())).is_none());
}

#[test]
fn the_time_to_find_templates_does_not_grow_with_the_products() {
    /// A walk through all products for each application would take minutes.
    const MANY: usize = 30_000;
    let settings = Settings {
        products: (0..MANY)
            .map(|i| product(&format!("p{i}"), &[&format!("a{i}")], Some("quick")))
            .collect(),
        templates: vec![template("quick")],
        ..Settings::default()
    };
    let start = std::time::Instant::now();
    let templates = ApplicationTemplates::new(&settings, &[]);
    for i in 0..MANY {
        let application = ApplicationName(format!("team/a{i}"));
        assert!(templates.of(&application).is_some());
    }
    assert!(start.elapsed().as_secs() < 10);
}

#[test]
fn the_lowest_priority_that_sets_something_decides() {
    let all = PolicyMatch::default;
    let policies = vec![
        policy("silent", 1, all(), None),
        policy("weak", 9, all(), Some(Action::Commit)),
        policy("strong", 2, all(), Some(Action::PullRequest)),
    ];
    let found = decided(policies, &production(), &[]);
    assert_eq!(found, Some((Action::PullRequest, "strong".to_owned())));
}

#[test]
fn a_policy_only_applies_to_what_it_matches() {
    let kinds = of_kind(EnvironmentKind::Production);
    let policies = vec![policy("p", 1, kinds, Some(Action::PullRequest))];
    assert!(decided(policies.clone(), &production(), &[]).is_some());
    assert!(decided(policies, &Environment::named("dev"), &[]).is_none());

    let environments = PolicyMatch {
        environments: vec!["prod".to_owned()],
        ..PolicyMatch::default()
    };
    let policies = vec![policy("p", 1, environments, Some(Action::None))];
    assert!(decided(policies, &production(), &[]).is_some());

    let policies = vec![policy("p", 1, of_product("loans"), Some(Action::None))];
    assert!(decided(policies.clone(), &production(), &["cards", "loans"]).is_some());
    assert!(decided(policies, &production(), &["cards"]).is_none());
}

#[test]
fn each_list_of_a_match_must_match() {
    let both = PolicyMatch {
        kinds: vec![EnvironmentKind::Production],
        ..of_product("loans")
    };
    let policies = vec![policy("p", 1, both, Some(Action::None))];
    assert!(decided(policies.clone(), &production(), &[]).is_none());
    assert!(decided(policies, &production(), &["loans"]).is_some());
}

#[test]
fn the_more_cautious_policy_of_two_products_wins() {
    let policies = vec![
        policy("quick", 1, of_product("a"), Some(Action::Commit)),
        policy("careful", 1, of_product("b"), Some(Action::PullRequest)),
    ];
    let found = decided(policies, &production(), &["a", "b"]);
    assert_eq!(found, Some((Action::PullRequest, "careful".to_owned())));
}
