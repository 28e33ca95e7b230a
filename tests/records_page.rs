//! `docs/records.md` shows the field table that the programs use. `UPDATE_DOCS=1` writes it anew.

use pipeline_tests::root;
use std::fmt::Write;

const BEGIN: &str = "<!-- fields: written by tests/records_page.rs -->\n";
const END: &str = "<!-- end of fields -->";

fn table() -> String {
    let mut text =
        String::from("\n| field | type | added by | meaning |\n| --- | --- | --- | --- |\n");
    for field in records::FIELDS {
        let (name, kind, stage, meaning) = (field.name, field.kind, field.stage, field.meaning);
        writeln!(text, "| `{name}` | {kind} | `{stage}` | {meaning} |")
            .expect("a string takes everything");
    }
    text.push('\n');
    text
}

#[test]
fn the_page_shows_the_field_table() {
    let path = root().join("docs/records.md");
    let page = std::fs::read_to_string(&path).expect("docs/records.md");
    let (head, rest) = page
        .split_once(BEGIN)
        .expect("the table's beginning is marked");
    let (shown, tail) = rest.split_once(END).expect("the table's end is marked");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, format!("{head}{BEGIN}{}{END}{tail}", table()))
            .expect("docs/records.md is writable");
        return;
    }
    assert_eq!(
        shown,
        table(),
        "run UPDATE_DOCS=1 cargo test -p pipeline-tests --test records_page"
    );
}
