use insta::assert_snapshot;

use super::{faults, settings};

#[test]
fn every_known_variable_can_be_used() {
    settings(
        "messages:\n  title: '{{ from }} {{ to }} {{ product }} {{ mode }} {{ source[:7] }} {{ target }} {{ promotion_id }}'\n\
         \x20 body: |\n    {% for app in applications %}\n    - {{ app.name }}: {{ app.version.before }} to {{ app.version.after }}\n    {% endfor %}\n    {{ applications | map(attribute='name') | join(', ') }} {{ range(3) | length }}\n",
    );
}

#[test]
fn a_message_that_does_not_compile_is_a_fault() {
    assert_snapshot!(faults("messages: {title: '{{ to'}\n"), @"1:19 messages.title: not a valid template: syntax error, unexpected end of input, expected end of variable block");
}

#[test]
fn an_unknown_variable_is_a_fault_with_the_nearest_known_one() {
    assert_snapshot!(faults("messages:\n  body: '{{ app }} {{ frm }}'\n"), @"
    2:9 messages.body: unknown variable `app`, did you mean `applications`?
      hint: known variables: `from`, `to`, `applications`, `product`, `source`, `target`, `mode`, `promotion_id`
    2:9 messages.body: unknown variable `frm`, did you mean `from`?
      hint: known variables: `from`, `to`, `applications`, `product`, `source`, `target`, `mode`, `promotion_id`
    ");
}

#[test]
fn an_unknown_field_or_filter_is_a_fault() {
    let all = [
        "{{ applications[0].nme }}",
        "{% for a in applications %}{{ a.version.next }}{% endfor %}",
        "{{ to | shout }}",
        "{{ to.name }}",
    ]
    .map(|text| faults(&format!("messages:\n  title: '{text}'\n")));
    assert_snapshot!(all.concat(), @"
    2:10 messages.title: the template cannot be rendered: undefined value, `applications[0].nme` is undefined
    2:10 messages.title: the template cannot be rendered: undefined value, `a.version.next` is undefined
    2:10 messages.title: the template cannot be rendered: unknown filter, filter shout is unknown
    2:10 messages.title: the template cannot be rendered: undefined value, `to.name` is undefined
    ");
}

#[test]
fn a_message_that_would_run_for_ever_is_a_fault() {
    let text = "{% for a in range(999) %}{% for b in range(999) %}{% endfor %}{% endfor %}";
    assert_snapshot!(faults(&format!("messages:\n  title: '{text}'\n")), @"2:10 messages.title: the template cannot be rendered: engine ran out of fuel");
}

#[test]
fn only_a_pull_request_knows_the_preview() {
    settings("messages:\n  pullRequest: {title: '{{ to }}', body: '{{ preview }}'}\n");
    assert_snapshot!(faults("messages:\n  body: '{{ preview }}'\n"), @"
    2:9 messages.body: unknown variable `preview`
      hint: known variables: `from`, `to`, `applications`, `product`, `source`, `target`, `mode`, `promotion_id`
    ");
}
