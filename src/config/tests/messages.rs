use super::{faulty, refuse, settings};

#[test]
fn every_known_variable_can_be_used() {
    settings(
        "messages:\n  title: '{{ from }} {{ to }} {{ product }} {{ mode }} {{ source[:7] }} {{ target }} {{ promotion_id }}'\n\
         \x20 body: |\n    {% for app in applications %}\n    - {{ app.name }}: {{ app.version.before }} to {{ app.version.after }}\n    {% endfor %}\n    {{ applications | map(attribute='name') | join(', ') }} {{ range(3) | length }}\n",
    );
}

#[test]
fn a_message_that_does_not_compile_is_a_fault() {
    faulty(
        "messages: {title: '{{ to'}\n",
        &[
            "1:19 messages.title: not a template: syntax error, unexpected end of input, expected end of variable block",
        ],
    );
}

#[test]
fn an_unknown_variable_is_a_fault_with_the_nearest_known_one() {
    faulty(
        "messages:\n  body: '{{ app }} {{ frm }}'\n",
        &[
            "2:9 messages.body: unknown variable `app`, did you mean `applications`?",
            "2:9 messages.body: unknown variable `frm`, did you mean `from`?",
        ],
    );
}

#[test]
fn an_unknown_field_or_filter_is_a_fault() {
    for text in [
        "{{ applications[0].nme }}",
        "{% for a in applications %}{{ a.version.next }}{% endfor %}",
        "{{ to | shout }}",
        "{{ to.name }}",
    ] {
        let faults = refuse(&format!("messages:\n  title: '{text}'\n"));
        assert_eq!((faults[0].line, faults[0].column), (2, 10), "{text}");
        let start = "the template cannot be rendered: ";
        assert!(faults[0].message.starts_with(start), "{}", faults[0]);
    }
}

#[test]
fn a_message_that_would_run_for_ever_is_a_fault() {
    let text = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}";
    let faults = refuse(&format!("messages:\n  title: '{text}'\n"));
    assert!(faults[0].message.contains("fuel"), "{}", faults[0]);
}

#[test]
fn only_a_pull_request_knows_the_preview() {
    settings("messages:\n  pullRequest: {title: '{{ to }}', body: '{{ preview }}'}\n");
    faulty(
        "messages:\n  body: '{{ preview }}'\n",
        &["2:9 messages.body: unknown variable `preview`"],
    );
}
