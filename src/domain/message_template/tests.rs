//! What message templates may do, and what would grow without a limit.

use minijinja::{Value, context};

use super::render;

fn values() -> Value {
    let app = |name: &str| context! { name => name, version => context! { after => "1.2" } };
    context! {
        from => "staging",
        to => "production",
        preview => "x".repeat(60_000),
        applications => vec![app("api"), app("web")],
    }
}

#[test]
fn what_messages_need_can_be_written() {
    for (template, expected) in [
        ("{{ from }} to {{ to | upper }}", "staging to PRODUCTION"),
        (
            "{{ applications | map(attribute='name') | join(', ') }}",
            "api, web",
        ),
        (
            "{% for a in applications %}{{ a.name ~ ' ' ~ a.version.after }};{% endfor %}",
            "api 1.2;web 1.2;",
        ),
        (
            "{% for a in applications %}{% set t = a.name ~ '@' ~ a.version.after %}{{ t }} {% endfor %}",
            "api@1.2 web@1.2 ",
        ),
        (
            "{% set ns = namespace(n=0) %}{% for a in applications %}{% set ns.n = ns.n + 1 %}{% endfor %}{{ ns.n }}",
            "2",
        ),
        ("{{ [from, to] | join(' -> ') }}", "staging -> production"),
        ("{{ 'a\nb' | indent(2) }}", "a\n  b"),
        (
            "{{ from | replace('stag', 'Stag') | default('x') }}",
            "Staging",
        ),
        ("{{ applications | length if applications else 0 }}", "2"),
        (
            "{{ applications | selectattr('name', 'equalto', 'web') | first | attr('name') }}",
            "web",
        ),
        (
            "{{ source | default('none') }}{{ '<a>' | e }}",
            "none&lt;a&gt;",
        ),
        (
            "{% if 'api' in from or from == 'staging' %}yes{% endif %}",
            "yes",
        ),
        (
            "{% for i in range(3) %}{{ loop.index }}{% if not loop.last %},{% endif %}{% endfor %}",
            "1,2,3",
        ),
        (
            "{{ applications | tojson }}{{ 'it\\'s \"x\"' | tojson }}",
            r#"[{"name": "api", "version": {"after": "1.2"}}, {"name": "web", "version": {"after": "1.2"}}]"it\u0027s \"x\"""#,
        ),
    ] {
        assert_eq!(render(template, values()).unwrap(), expected, "{template}");
    }
}

#[test]
fn what_grows_is_refused() {
    let doubled = "{% set x = x ~ x %}".repeat(40);
    let listed = "{% set x = [x, x] %}".repeat(60);
    let nested = format!(
        "{}{}",
        "{% for x in [x ~ x] %}".repeat(40),
        "{% endfor %}".repeat(40)
    );
    let output = "{{ preview }}".repeat(20);
    let strings = format!("{{{{ from {} }}}}", "| list | string".repeat(20));
    let escaped = format!(
        "{{{{ {}'\"'{} }}}}",
        "[".repeat(50),
        "] | string".repeat(50)
    );
    for template in [
        "{% set ns = namespace(x='aaaaaaaa') %}{% for i in range(40) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}{{ ns.x }}",
        "{% set ns = namespace(x='aaaaaaaa') %}{% for i in range(40) %}{% set ns.x = ns.x + ns.x %}{% endfor %}{{ ns.x }}",
        "{% set ns = namespace(x='a') %}{% for i in range(40) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x }}",
        "{% set ns = namespace(x='a') %}{% for i in range(40) %}{% set ns.x = ns.x | replace('a', 'aaaaaaaaaa') %}{% endfor %}{{ ns.x }}",
        "{% set ns = namespace(x='a') %}{% for i in range(40) %}{% set ns.x = '%s%s' | format(ns.x, ns.x) %}{% endfor %}{{ ns.x }}",
        "{% set ns = namespace(x='a') %}{% for i in range(40) %}{% set ns.x = dict(a=ns.x, b=ns.x) %}{% endfor %}{{ ns.x }}",
        &format!("{{% set x = 'aaaaaaaa' %}}{doubled}{{{{ x }}}}"),
        &format!("{{% set x = 'aaaaaaaa' %}}{listed}{{{{ x | length }}}}{{{{ x == x }}}}"),
        &format!("{{% set x = 'a' %}}{nested}"),
        &format!("{output}{{{{ preview }}}}{{{{ preview | upper }}}}"),
        &strings,
        &escaped,
        "{{ 'a' | indent(3000000000) }}",
        "{{ 'a' | indent(width=3000000000) }}",
        "{{ '%3000000000s' | format('a') }}",
        "{{ 'a' | center(3000000000) }}",
        "{{ 'a' * 3000000000 }}",
        "{{ ['x'] * 3000000000 }}",
        "{{ 9 ** 9 ** 9 }}",
        "{{ range(1000000000) | length }}",
        "{% for a in range(1000000000) %}{% endfor %}",
        "{% for a in range(999) %}{% for b in range(999) %}{% endfor %}{% endfor %}",
        "{{ preview | join(preview) }}",
        "{{ preview | list | length }}",
        "{{ preview | replace('x', preview) }}",
        "{{ preview | replace('', preview) }}",
        "{% for i in range(999) %}{{ preview | upper | length }}{% endfor %}",
        "{% macro f(x) %}{{ f(x ~ x) }}{% endmacro %}{{ f('a') }}",
        "{% set x %}{{ from }}{% endset %}",
        "{% filter upper %}a{% endfilter %}",
        "{% with x = from ~ from %}{{ x }}{% endwith %}",
        "{% include 'x' %}",
        "{% for a in applications recursive %}{{ loop(applications) }}{% endfor %}",
        &"a".repeat(20_000),
    ] {
        let shown: String = template.chars().take(100).collect();
        assert!(render(template, values()).is_err(), "{shown}");
    }
}
