//! A model's own chat template: rendered as transformers renders it, extended turn by turn, refused where it rewrites.

#![allow(clippy::unwrap_used)] // a test fails by panicking

mod families;
mod fixtures;

use std::process::Command;

use families::{FAMILIES, Family, write, write_template};
use fixtures::{cases, fixtures, ids, shared};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokens::Tokenizer;
use transcript::{
    ChatOptions, ChatTemplate, Format, FormatArgs, FormatError, Message, Role, Thinking, Turn,
};

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, contents) in files {
        fs_err::write(folder.path().join(name), contents).unwrap();
    }
    folder
}

fn load(folder: &TempDir) -> Result<ChatTemplate, FormatError> {
    ChatTemplate::load(folder.path(), ChatOptions::default())
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(error) = next {
        text = format!("{text}: {error}");
        next = error.source();
    }
    text
}

#[test]
fn recorded_conversations_are_rendered() {
    let Some(cases) = cases("chat") else { return };
    let directory = fixtures().unwrap().join("tiny-qwen2");
    let template = ChatTemplate::load(&directory, ChatOptions::default()).unwrap();
    let tokenizer = Tokenizer::load(&directory).unwrap();
    for case in &cases {
        let messages: Vec<Message> = serde_json::from_value(case["messages"].clone()).unwrap();
        let prompt = case["add_generation_prompt"].as_bool().unwrap();
        let text = template.render(&messages, prompt).unwrap();
        assert_eq!(text, case["text"].as_str().unwrap(), "{}", case["id"]);
        let found = tokenizer.encode(&text).unwrap();
        assert_eq!(found, ids(case), "{}", case["id"]);
    }
}

#[test]
fn templates_may_lie_in_the_tokenizers_configuration() {
    let listed = r#"{"chat_template": [{"name": "tools", "template": "x"},
        {"name": "default", "template": "{% for m in messages %}\n{{ m['content'].strip() }};{% endfor %}{{ eos_token }}"}],
        "eos_token": "</s>"}"#;
    let folder = folder(&[("tokenizer_config.json", listed)]);
    let messages = [Message::new("user", " a "), Message::new("user", "b")];
    let text = load(&folder).unwrap().render(&messages, false).unwrap();
    assert_eq!(text, "a;b;</s>");
}

#[test]
fn a_template_that_refuses_or_is_broken_names_its_file() {
    let template = "{{ raise_exception('no system role') }}";
    let folder = folder(&[("chat_template.jinja", template)]);
    let system = [Message::new("system", "s")];
    let text = chain(&load(&folder).unwrap().render(&system, true).unwrap_err());
    for part in ["chat_template.jinja", "no system role", "--system-text ''"] {
        assert!(text.contains(part), "{text}");
    }
    let path = folder.path().join("chat_template.jinja");
    for (source, part) in [
        ("{% for %}", "the chat template cannot be used"),
        ("{{ strftime_now('%Q') }}", "no format of a date"),
        ("{{ messages | tojson(depth=1) }}", "depth"),
    ] {
        fs_err::write(&path, source).unwrap();
        let failed = load(&folder).and_then(|template| template.render(&[], true));
        let text = chain(&failed.unwrap_err());
        assert!(
            text.contains("chat_template.jinja") && text.contains(part),
            "{text}"
        );
    }
    fs_err::remove_file(&path).unwrap();
    let text = chain(&load(&folder).unwrap_err());
    assert!(text.contains("no chat template in"), "{text}");
}

#[test]
fn json_is_written_as_python_writes_it() {
    let template = "{{ messages | tojson }}\n{{ messages[0] | tojson(indent=2) }}";
    let folder = folder(&[("chat_template.jinja", template)]);
    let messages = [
        Message::new("user", "a <b> \u{e9}"),
        Message::new("user", "c"),
    ];
    assert_eq!(
        load(&folder).unwrap().render(&messages, false).unwrap(),
        "[{\"role\": \"user\", \"content\": \"a <b> \u{e9}\"}, {\"role\": \"user\", \"content\": \"c\"}]\n\
         {\n  \"role\": \"user\",\n  \"content\": \"a <b> \u{e9}\"\n}"
    );
}

fn open(folder: &TempDir, args: FormatArgs) -> Result<Format, FormatError> {
    let args = FormatArgs {
        template: "model".to_owned(),
        ..args
    };
    Format::open(&args, folder.path())
}

/// The prompt, and what follows a first and a second failed attempt.
fn played(folder: &TempDir, args: FormatArgs, closed: bool) -> [String; 3] {
    let format = open(folder, args).unwrap();
    let tokenizer = Tokenizer::load(folder.path()).unwrap();
    let text = |ids: Vec<i32>| tokenizer.decode(&ids, false).unwrap();
    let feedback = |answers: &[Option<&str>]| {
        let turn = Turn {
            question: "What is 6 * 7?",
            attempts_allowed: 3,
            attempts_left: 3 - answers.len() as u32,
            seed: 0,
            answers,
            closed,
        };
        text(format.feedback(&turn).unwrap())
    };
    [
        text(format.prompt("What is 6 * 7?", 3).unwrap()),
        feedback(&[Some("41")]),
        feedback(&[Some("41"), None]),
    ]
}

fn conversation(system: bool, attempts: &[&str], feedback: &[String]) -> Vec<Message> {
    let mut messages = Vec::new();
    if system {
        messages.push(Message::new("system", "Box it. 3 attempts."));
    }
    messages.push(Message::new("user", "What is 6 * 7?"));
    for (attempt, feedback) in attempts.iter().zip(feedback) {
        messages.push(Message::new("assistant", *attempt));
        messages.push(Message::new("user", feedback.as_str()));
    }
    messages
}

/// The dialogue in tokens is the longer conversation as the template renders it.
#[test]
fn further_turns_extend_the_rendering() {
    for family in &FAMILIES {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), family);
        let mine = folder.path().join("mine.txt");
        fs_err::write(&mine, "Not {previous_answer}. {attempts_left} left.").unwrap();
        let args = FormatArgs {
            feedback: vec![mine.to_str().unwrap().to_owned()],
            system_text: Some("Box it. {attempts_allowed} attempts.".to_owned()),
            ..FormatArgs::default()
        };
        let [prompt, first, second] = played(&folder, args, false);
        let said = ["Not 41. 2 left.".to_owned(), "Not none. 1 left.".to_owned()];
        let attempts = ["So \\boxed{41}.", "Hm."];
        let template = load(&folder).unwrap();
        for count in 0..=2 {
            let messages = conversation(true, &attempts[..count], &said[..count]);
            let expected = template.render(&messages, true).unwrap();
            let pieces = [&*prompt, attempts[0], &*first, attempts[1], &*second];
            let text = pieces[..1 + 2 * count].concat();
            assert_eq!(text, expected, "{} after {count} attempts", family.name);
        }
    }
}

#[test]
fn what_the_policy_closed_is_not_closed_again() {
    for family in &FAMILIES {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), family);
        let [_, open, _] = played(&folder, FormatArgs::default(), false);
        let [_, closed, _] = played(&folder, FormatArgs::default(), true);
        assert_eq!(open, format!("{}{closed}", family.eos), "{}", family.name);
        let format = self::open(&folder, FormatArgs::default()).unwrap();
        let eos = Tokenizer::load(folder.path())
            .unwrap()
            .id_of(family.eos)
            .unwrap();
        assert!(format.stops(eos) && !format.stops(65));
    }
}

#[test]
fn thinking_and_roles_are_options() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &FAMILIES[2]);
    let with = |thinking, feedback_role| FormatArgs {
        thinking,
        feedback_role,
        ..FormatArgs::default()
    };
    let [on, _, _] = played(&folder, with(Some(Thinking::On), None), true);
    assert!(on.ends_with("<|im_start|>assistant\n"), "{on}");
    // What opens an answer comes with every turn, though the template leaves it out of the history.
    for text in played(&folder, with(Some(Thinking::Off), None), true) {
        assert!(
            text.ends_with("assistant\n<think>\n\n</think>\n\n"),
            "{text}"
        );
    }
    let [_, first, _] = played(&folder, with(None, Some(Role::System)), true);
    assert!(
        first.starts_with("\n<|im_start|>system\nThis answer"),
        "{first}"
    );
}

#[test]
fn the_day_is_fixed_or_told() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &FAMILIES[3]);
    let [fixed, _, _] = played(&folder, FormatArgs::default(), true);
    assert!(fixed.contains("Day: 01 Jan 2025"), "{fixed}");
    let args = FormatArgs {
        template_date: "2026-11-09".parse().ok(),
        ..FormatArgs::default()
    };
    let [told, _, _] = played(&folder, args, true);
    assert!(told.contains("Day: 09 Nov 2026"), "{told}");
}

#[test]
fn a_template_that_rewrites_is_refused_with_the_place() {
    let refused = |template: &str| {
        let folder = tempfile::tempdir().unwrap();
        write_template(folder.path(), template, &["<|im_end|>"], "<|im_end|>");
        let error = open(&folder, FormatArgs::default())
            .map(|_| ())
            .unwrap_err();
        assert!(error.to_string().contains("chat_template.jinja"), "{error}");
        error.to_string()
    };
    // The number of messages stands in the second line.
    let counted = refused(
        "Chat\nof {{ messages | length }}\n{% for m in messages %}{{ m.content }}<|im_end|>{% endfor %}",
    );
    assert!(counted.contains("line 2, column 4"), "{counted}");
    assert!(
        counted.contains("\"2\\nWork") && counted.contains("\"4\\nWork"),
        "{counted}"
    );
    // Only the last message is shown.
    refused("{{ messages[-1].content }}<|im_end|>");
    // What the model said is changed, or is not there.
    let altered = refused("{% for m in messages %}{{ m.content | reverse }}<|im_end|>{% endfor %}");
    assert!(
        altered.contains("does not write what the assistant says"),
        "{altered}"
    );
}

#[test]
fn a_missing_mark_and_flags_without_effect_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let template = "{% for m in messages %}<|turn|>{{ m.content }}<|im_end|>{% endfor %}\
                    {% if add_generation_prompt %}<|turn|>{% endif %}";
    write_template(folder.path(), template, &["<|im_end|>"], "<|im_end|>");
    let error = chain(
        &open(&folder, FormatArgs::default())
            .map(|_| ())
            .unwrap_err(),
    );
    assert!(
        error.contains("\"<|turn|>\"") && error.contains("model"),
        "{error}"
    );
    let args = FormatArgs {
        thinking: Some(Thinking::Off),
        ..FormatArgs::default()
    };
    let error = Format::open(&args, folder.path()).map(|_| ()).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("--thinking is for --template model"),
        "{error}"
    );
}

#[test]
fn a_model_with_other_marks_is_used_as_it_is() {
    let source = shared("field/models/other_marks");
    if !source.is_dir() {
        eprintln!("skipped: {} is not there", source.display());
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for name in ["tokenizer.json", "tokenizer_config.json"] {
        fs_err::copy(source.join(name), folder.path().join(name)).unwrap();
    }
    fs_err::write(
        folder.path().join("config.json"),
        r#"{"eos_token_id": 509}"#,
    )
    .unwrap();
    let args = FormatArgs {
        system_text: Some(String::new()),
        ..FormatArgs::default()
    };
    let [prompt, first, _] = played(&folder, args, true);
    assert_eq!(prompt, "<|User|>What is 6 * 7?<|Assistant|>");
    assert!(
        first.starts_with("<|User|>This answer") && first.ends_with("<|Assistant|>"),
        "{first}"
    );
}

const SCRIPT: &str = r#"
import sys, json, datetime
from transformers import AutoTokenizer
print(json.dumps(datetime.date.today().isoformat()))
for line in sys.stdin:
    case = json.loads(line)
    tokenizer = AutoTokenizer.from_pretrained(case["directory"])
    print(json.dumps(tokenizer.apply_chat_template(case["messages"], tokenize=False,
        add_generation_prompt=case["prompt"], **case["more"])))
"#;

/// What transformers makes of the cases, and the day on which it did; or `None` with the reason printed.
fn transformers(cases: &[Value]) -> Option<(String, Vec<String>)> {
    let Ok(python) = std::env::var("REATTEMPT_TEST_PYTHON") else {
        eprintln!("skipped: REATTEMPT_TEST_PYTHON does not name a Python with transformers");
        return None;
    };
    let imports = Command::new(&python)
        .args(["-c", "import transformers"])
        .output();
    if !imports.is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: {python} cannot import transformers");
        return None;
    }
    let input = tempfile::NamedTempFile::new().unwrap();
    let lines: String = cases.iter().map(|case| format!("{case}\n")).collect();
    fs_err::write(input.path(), lines).unwrap();
    let output = Command::new(python)
        .args(["-c", SCRIPT])
        .env("HF_HUB_OFFLINE", "1")
        .env("TRANSFORMERS_VERBOSITY", "error")
        .stdin(fs_err::File::open(input.path()).unwrap().into_file())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).unwrap();
    let mut lines = text
        .lines()
        .map(|line| serde_json::from_str::<String>(line).unwrap());
    Some((lines.next().unwrap(), lines.collect()))
}

fn conversations() -> Vec<Vec<Message>> {
    let user = |text: &str| Message::new("user", text);
    let model = |text: &str| Message::new("assistant", text);
    let system = || Message::new("system", " Be brief. ");
    vec![
        vec![user("What is 2+3?")],
        vec![system(), user("What is 2+3?\n")],
        vec![
            system(),
            user("Hi"),
            model("<think>\nhm\n</think>\n\n6"),
            user("<tool>no</tool>"),
        ],
        vec![
            user("a"),
            model("\nb "),
            user("c"),
            model("<think>x</think>d"),
        ],
        vec![user("a"), model("b"), system(), user("\u{e9}\u{2603}")],
    ]
}

#[test]
fn renderings_are_those_of_transformers() {
    let folders: Vec<(&Family, TempDir)> = FAMILIES
        .iter()
        .map(|family| (family, tempfile::tempdir().unwrap()))
        .collect();
    let mut cases = Vec::new();
    for (family, folder) in &folders {
        write(folder.path(), family);
        for messages in conversations() {
            for (prompt, thinking) in [
                (true, None),
                (false, None),
                (true, Some(false)),
                (true, Some(true)),
            ] {
                let said: Vec<Value> = messages
                    .iter()
                    .map(|m| json!({"role": m.role, "content": m.content}))
                    .collect();
                let more = thinking.map_or(json!({}), |on: bool| json!({"enable_thinking": on}));
                cases.push(json!({"directory": folder.path(), "messages": said, "prompt": prompt, "more": more}));
            }
        }
    }
    let Some((day, texts)) = transformers(&cases) else {
        return;
    };
    assert_eq!(texts.len(), cases.len());
    for (case, text) in cases.iter().zip(&texts) {
        let options = ChatOptions {
            thinking: case["more"]["enable_thinking"].as_bool(),
            date: day.parse().unwrap(),
        };
        let directory = case["directory"].as_str().unwrap();
        let template = ChatTemplate::load(directory.as_ref(), options).unwrap();
        let messages: Vec<Message> = serde_json::from_value(case["messages"].clone()).unwrap();
        let prompt = case["prompt"].as_bool().unwrap();
        assert_eq!(&template.render(&messages, prompt).unwrap(), text, "{case}");
    }
}
