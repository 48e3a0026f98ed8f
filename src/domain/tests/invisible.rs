use icu_properties::CodePointSetData;
use icu_properties::props::{BidiControl, DefaultIgnorableCodePoint, WhiteSpace};

use crate::domain::is_invisible;

#[test]
fn every_ignorable_direction_and_space_character_of_unicode_is_invisible() {
    let ignorable = CodePointSetData::new::<DefaultIgnorableCodePoint>();
    let direction = CodePointSetData::new::<BidiControl>();
    let space = CodePointSetData::new::<WhiteSpace>();
    for c in '\0'..=char::MAX {
        let expected = c != ' '
            && (ignorable.contains(c) || direction.contains(c) || space.contains(c))
            || c.is_control()
            || matches!(c, '\u{2800}' | '\u{fff9}'..='\u{fffb}');
        assert_eq!(is_invisible(c), expected, "U+{:04X}", u32::from(c));
    }
}

#[test]
fn letters_digits_and_signs_of_every_script_are_visible() {
    for c in "az AZ 09 ~!@#$%^&*()-_=+[]{}|\\;:'\",.<>/? äß é 好 のカ 한 ع ש ไ 😀 → … · ⏎ \u{301}"
        .chars()
    {
        assert!(!is_invisible(c), "{c:?}");
    }
}
