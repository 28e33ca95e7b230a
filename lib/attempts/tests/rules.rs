//! Rules that the recorded dialogues do not reach: end-of-sequence attempts, templates, demonstrations.

#![allow(clippy::unwrap_used)] // a test fails by panicking

use attempts::{
    AttemptEnd, Chunk, Dialogue, Ending, Finish, Next, Reading, Ruling, Template, layout,
    substitute,
};
use proptest::prelude::*;

fn chunk(text: &str, finish: Finish) -> Chunk<'_> {
    Chunk {
        text,
        finish,
        tokens: 1,
    }
}

#[test]
fn an_end_of_sequence_attempt_ignores_boxes_until_it_ends() {
    let mut dialogue = Dialogue::new(AttemptEnd::Eos, 2);
    assert_eq!(
        dialogue.read(chunk("\\boxed{1}", Finish::Open)),
        Reading::Settled(Next::GoOn)
    );
    assert_eq!(
        dialogue.read(chunk(" or \\boxed{2}", Finish::Stop)),
        Reading::Grade
    );
    assert_eq!(dialogue.attempt(), "\\boxed{1} or \\boxed{2}");
    assert_eq!(
        dialogue.ruled(Ruling::Wrong),
        Next::Feedback { attempts_left: 1 }
    );
    assert_eq!(dialogue.attempt(), "");
    assert_eq!(
        dialogue.read(chunk("\\boxed{3}", Finish::Stop)),
        Reading::Grade
    );
    assert_eq!(dialogue.ruled(Ruling::Right), Next::End(Ending::Correct));
    assert!(dialogue.outcome().solved);
}

#[test]
fn an_attempt_without_an_answer_uses_itself_up() {
    let mut dialogue = Dialogue::new(AttemptEnd::Eos, 2);
    assert_eq!(
        dialogue.read(chunk("no idea", Finish::Stop)),
        Reading::Grade
    );
    assert_eq!(
        dialogue.ruled(Ruling::NoAnswer),
        Next::Feedback { attempts_left: 1 }
    );
    assert!(!dialogue.outcome().answered);
}

#[test]
fn an_unreadable_reference_ends_the_dialogue() {
    let mut dialogue = Dialogue::new(AttemptEnd::Boxed, 5);
    assert_eq!(
        dialogue.read(chunk("\\boxed{3}", Finish::Open)),
        Reading::Grade
    );
    assert_eq!(
        dialogue.ruled(Ruling::BadReference),
        Next::End(Ending::BadReference)
    );
}

#[test]
fn chatml_fills_its_numbers_and_keeps_its_boxes() {
    let template = Template::load("chatml").unwrap();
    let prompt = template.prompt("What is {attempts_left}?", 3);
    assert!(prompt.contains("\\boxed{}"), "{prompt}");
    assert!(prompt.contains("3 attempt"), "{prompt}");
    assert!(prompt.contains("What is {attempts_left}?"), "{prompt}");
    assert!(template.feedback("Q", 3, 2).contains("2 attempt"));
}

#[test]
fn template_files_are_checked() {
    let folder = tempfile::tempdir().unwrap();
    let load = |text: &str| {
        let path = folder.path().join("t.toml");
        fs_err::write(&path, text).unwrap();
        Template::load(path.to_str().unwrap()).map_err(|error| error.to_string())
    };
    let good = load("prompt = 'Q: {question}'\nfeedback = 'again'\nclose = '!'").unwrap();
    assert_eq!(good.prompt("x", 1), "Q: x");
    assert!(
        load("prompt = 'Q'\nfeedback = 'again'")
            .unwrap_err()
            .contains("{question}")
    );
    assert!(
        load("prompt = '{question}'\nfeedback = ''")
            .unwrap_err()
            .contains("feedback")
    );
    assert!(
        load("prompt = '{question}'\nfeedback = 'f'\nprolog = 1")
            .unwrap_err()
            .contains("prolog")
    );
    assert!(load("prompt = ").unwrap_err().contains("t.toml"));
    assert!(Template::load("nowhere.toml").is_err());
}

#[test]
fn demonstrations_train_attempts_and_their_close_only() {
    let template = Template {
        prompt: "{question}/{attempts_allowed}:".into(),
        feedback: "no,{attempts_left}:".into(),
        close: "#".into(),
    };
    let segments = layout(&template, "q", 3, &["a".to_owned(), "b".to_owned()]);
    let plain: Vec<_> = segments
        .iter()
        .map(|s| (s.text.as_str(), s.trained))
        .collect();
    assert_eq!(
        plain,
        [
            ("q/3:", false),
            ("a#", true),
            ("no,2:", false),
            ("b#", true)
        ]
    );
}

proptest! {
    #[test]
    fn substitution_never_looks_into_values(text in "[a-c{}]{0,40}", value in "[a-c{}]{0,12}") {
        let marked = substitute(&text, &[("a", "\u{1}")]);
        prop_assert_eq!(marked.replace('\u{1}', &value), substitute(&text, &[("a", &value)]));
    }

    #[test]
    fn a_dialogue_never_uses_more_attempts_than_allowed(allowed in 1u32..6, moves in prop::collection::vec(0u8..4, 0..40)) {
        let mut dialogue = Dialogue::new(AttemptEnd::Boxed, allowed);
        for kind in moves {
            let (text, finish) = match kind {
                0 => ("word ", Finish::Open),
                1 => ("", Finish::Stop),
                _ => ("\\boxed{x}", Finish::Open),
            };
            if dialogue.read(chunk(text, finish)) == Reading::Grade {
                dialogue.ruled(if kind == 2 { Ruling::Wrong } else { Ruling::Right });
            }
            prop_assert_eq!(dialogue.attempts_left() + dialogue.attempts_used(), allowed + 1);
            if dialogue.ending().is_some() { break; }
        }
    }
}
