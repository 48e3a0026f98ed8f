use insta::assert_snapshot;

use super::{faults, settings, warnings};
use crate::domain::{Matter, Person, Right};

fn person(name: &str, email: Option<&str>, groups: &[&str]) -> Person {
    let groups = groups.iter().map(|group| (*group).to_owned()).collect();
    Person::new(name, email, groups).unwrap()
}

const RIGHTS: [Right; 5] = [
    Right::Promote,
    Right::Trigger,
    Right::Approve,
    Right::Retry,
    Right::Terminate,
];

const CONFIGURATION: &str = "
environments:
  - {name: staging, aliases: [stage]}
  - {name: production, aliases: [prod]}
products: [{name: loans}, {name: cards}]
permissions:
  - {who: 'group:release', may: [promote, approve]}
  - {who: [ada@example.com, bob], may: promote, products: loans, environments: [stage]}
";

#[test]
fn only_what_a_permission_allows_is_allowed() {
    let settings = settings(CONFIGURATION);
    let may = |person: &Person, right, product, environment| {
        let matter = Matter {
            product,
            environment,
        };
        settings.may(person, right, matter)
    };
    let lead = person("eve", None, &["staff", "release"]);
    assert!(may(&lead, Right::Promote, Some("cards"), Some("prod")));
    assert!(may(&lead, Right::Approve, None, None));
    assert!(!may(&lead, Right::Retry, Some("cards"), Some("prod")));
    let bob = person("bob", None, &[]);
    assert!(may(&bob, Right::Promote, Some("loans"), Some("staging")));
    assert!(may(&bob, Right::Promote, Some("loans"), Some("stage")));
    for (product, environment) in [
        (Some("loans"), Some("production")),
        (Some("cards"), Some("staging")),
        (None, Some("staging")),
        (Some("loans"), None),
        (Some("loans"), Some("elsewhere")),
    ] {
        assert!(!may(&bob, Right::Promote, product, environment));
    }
    assert!(!may(&bob, Right::Approve, Some("loans"), Some("staging")));
    let other = person("release", None, &["bob", "group:release"]);
    for right in RIGHTS {
        assert!(!may(&other, right, Some("loans"), Some("staging")));
    }
}

#[test]
fn an_address_is_not_compared_with_a_name_that_people_choose() {
    let settings = settings(CONFIGURATION);
    let matter = Matter {
        product: Some("loans"),
        environment: Some("staging"),
    };
    let may = |person: &Person| settings.may(person, Right::Promote, matter);
    assert!(may(&person("ada", Some("Ada@example.com"), &[])));
    assert!(may(&person("ada@example.com", None, &[])));
    let mallory = Some("mallory@example.com");
    assert!(!may(&person("ada@example.com", mallory, &[])));
}

#[test]
fn without_permissions_nobody_may_do_anything() {
    let settings = settings("environments: [{name: staging}]\n");
    let lead = person("eve", None, &["release"]);
    for right in RIGHTS {
        assert!(!settings.may(&lead, right, Matter::default()));
    }
}

#[test]
fn each_permission_knows_its_place() {
    let settings = settings(CONFIGURATION);
    let places = settings.permissions.iter().map(|p| p.place.to_string());
    let places: Vec<String> = places.collect();
    assert_eq!(places, ["promote.yaml:7", "promote.yaml:8"]);
}

#[test]
fn faulty_permissions_are_reported_with_their_places() {
    let text = "products: [{name: loans}]\npermissions:\n  \
         - {who: 'group:', may: promote, products: loan}\n  \
         - {who: ['*'], may: [promote, aprove]}\n  \
         - {who: [], may: promote}\n  - {who: ada}\n  - {who: '*', may: retry}\n  \
         - {who: ada, may: retry, environments: []}\n";
    assert_snapshot!(faults(text));
}

#[test]
fn what_never_applies_is_a_warning() {
    let text = "environments: [{name: production}]\n\
                permissions: [{who: ada, may: [promote, terminate], environments: [prodution]}]\n";
    assert_snapshot!(warnings(text));
}

#[test]
fn a_name_that_could_be_taken_for_something_else_is_no_person() {
    for name in [
        "",
        " ",
        "a\nPromotion-Id: x",
        "ada <eve@example.com>",
        "a\u{202e}b",
    ] {
        assert_eq!(Person::new(name, None, Vec::new()), None, "{name:?}");
    }
    let person = Person::new("ada", Some("ada@example.com"), Vec::new()).unwrap();
    assert_eq!(person.to_string(), "ada <ada@example.com>");
}
