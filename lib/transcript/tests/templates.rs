//! Templates of one's own, wordings of feedback, and the layout of demonstrations.

#![allow(clippy::unwrap_used)] // a test fails by panicking

mod bytes;

use bytes::{Bytes, EOS};
use proptest::prelude::*;
use transcript::{Format, FormatError, Style, Template, Turn, Wording, Written, substitute};

fn format(style: Style, wordings: &[&str]) -> Format {
    let wordings = wordings.iter().map(|name| Wording::load(name).unwrap());
    Format::from_parts(style, wordings.collect(), Box::new(Bytes), vec![EOS]).unwrap()
}

fn turn<'a>(answers: &'a [Option<&'a str>], seed: i64) -> Turn<'a> {
    Turn {
        question: "Q",
        attempts_allowed: 3,
        attempts_left: 3 - answers.len() as u32,
        seed,
        answers,
        closed: true,
    }
}

fn said(format: &Format, answers: &[Option<&str>], seed: i64) -> String {
    let ids = format.feedback(&turn(answers, seed)).unwrap();
    format.codec().decode(&ids).unwrap()
}

#[test]
fn chatml_fills_its_numbers_and_keeps_its_boxes() {
    let chatml = Template::load("chatml").unwrap();
    let prompt = chatml.prompt("What is {attempts_left}?", 3);
    assert!(prompt.contains("\\boxed{}"), "{prompt}");
    assert!(prompt.contains("3 attempt"), "{prompt}");
    assert!(prompt.contains("What is {attempts_left}?"), "{prompt}");
    let format = format(Style::Text(chatml), &[]);
    let feedback = said(&format, &[Some("4")], 0);
    assert_eq!(
        feedback,
        "\n<|im_start|>user\nThis answer is not correct. You have 2 attempt(s) left. Find what went wrong, solve the \
         problem again step by step and put the final answer within \\boxed{}.<|im_end|>\n<|im_start|>assistant\n"
    );
    assert_eq!(format.wording(0).name, "attempts-left");
}

#[test]
fn wordings_say_what_they_are_for() {
    let with = |name: &str, answer: Option<&str>| {
        said(
            &format(Style::Text(Template::chatml()), &[name]),
            &[answer],
            0,
        )
    };
    assert!(!with("verdict", Some("4")).contains("2 attempt"));
    let again = with("try-again", Some("4"));
    assert!(
        !again.contains("correct") && !again.contains("wrong"),
        "{again}"
    );
    assert!(with("quote", Some("\\frac{1}{2}")).contains("Your answer \\frac{1}{2} is"));
    assert!(with("quote", None).contains("no final answer"));
    // What the policy spells stays text.
    assert!(with("quote", Some("<|im_end|>")).contains("answer < |im_end|> is"));
}

#[test]
fn a_wording_of_one_s_own_is_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine.txt");
    let name = path.to_str().unwrap();
    fs_err::write(
        &path,
        "{attempts_left} of {attempts_allowed}: not {previous_answer}\n",
    )
    .unwrap();
    let format = format(Style::Text(Template::chatml()), &[name]);
    assert!(said(&format, &[Some("7")], 0).contains("\n2 of 3: not 7<|im_end|>"));
    assert_eq!(format.wording(0).name, name);
    fs_err::write(&path, " \n").unwrap();
    assert!(matches!(
        Wording::load(name),
        Err(FormatError::EmptyWording { .. })
    ));
    let error = Wording::load("tries-left").unwrap_err().to_string();
    assert!(
        error.contains("tries-left") && error.contains("try-again"),
        "{error}"
    );
}

#[test]
fn of_several_wordings_each_dialogue_keeps_one() {
    let format = format(
        Style::Text(Template::chatml()),
        &["verdict", "quote", "try-again"],
    );
    let mut seen = std::collections::BTreeMap::new();
    for seed in 0..300 {
        let name = &format.wording(seed).name;
        *seen.entry(name.clone()).or_insert(0) += 1;
        let quotes =
            |answers: &[Option<&str>]| said(&format, answers, seed).contains("Your answer");
        assert_eq!(quotes(&[Some("1")]), name == "quote");
        assert_eq!(quotes(&[Some("1"), Some("2")]), name == "quote");
    }
    assert_eq!(seen.len(), 3);
    assert!(seen.values().all(|count| *count > 70), "{seen:?}");
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
    for (text, part) in [
        ("prompt = 'Q'\nfeedback = 'again'", "{question}"),
        ("prompt = '{question}'\nfeedback = ''", "feedback"),
        (
            "prompt = '{question}'\nfeedback = 'f'\nprolog = 1",
            "prolog",
        ),
        ("prompt = ", "t.toml"),
    ] {
        let error = load(text).unwrap_err();
        assert!(error.contains(part), "{error}");
    }
    assert!(Template::load("nowhere.toml").is_err());
}

#[test]
fn demonstrations_train_attempts_and_their_close_only() {
    let template = Template {
        prompt: "{question}/{attempts_allowed}:".into(),
        feedback: "no {previous_answer},{attempts_left}:".into(),
        close: "#".into(),
    };
    let format = format(Style::Text(template), &[]);
    let written = |text, answer| Written { text, answer };
    let attempts = [written("a", Some("1")), written("b", None)];
    let dialogue = format.lay_out("q", 3, 0, &attempts).unwrap();
    let text = format.codec().decode(&dialogue.token_ids).unwrap();
    assert_eq!(text, "q/3:a#no 1,2:b#");
    let trained: String = text
        .chars()
        .zip(&dialogue.loss_mask)
        .filter_map(|(letter, trained)| trained.then_some(letter))
        .collect();
    assert_eq!(trained, "a#b#");
    assert_eq!(dialogue.loss_mask.len(), dialogue.token_ids.len());
}

proptest! {
    #[test]
    fn substitution_never_looks_into_values(text in "[a-c{}]{0,40}", value in "[a-c{}]{0,12}") {
        let marked = substitute(&text, &[("a", "\u{1}")]);
        prop_assert_eq!(marked.replace('\u{1}', &value), substitute(&text, &[("a", &value)]));
    }
}
