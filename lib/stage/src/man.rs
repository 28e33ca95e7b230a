//! A program's man page: what its help says, with the commands of a program that has some on the same page.
//!
//! Knows nothing about any one program.

use clap::Command;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, roman};

/// The page, as roff.
pub fn page(command: Command) -> String {
    let mut command = command.disable_help_subcommand(true);
    command.build();
    let after = command.get_after_long_help().or(command.get_after_help());
    let after = Sections::of(&after.map(ToString::to_string).unwrap_or_default());
    let commands = commands(&command);
    let mut page = title(&command);
    let man = Man::new(command);
    page += &written(|page| {
        man.render_name_section(page)?;
        man.render_synopsis_section(page)?;
        man.render_description_section(page)?;
        man.render_options_section(page)
    });
    page.push_str(&commands);
    page.push_str(&after.roff());
    page
}

/// Name, section, no date, source and manual. (`Man` leaves an empty date out, and all after it moves up.)
fn title(command: &Command) -> String {
    let (name, version) = (command.get_name(), command.get_version());
    let version = version.unwrap_or_default();
    format!(
        ".TH \"{}\" \"1\" \"\" \"{name} {version}\" \"reattempt\"\n",
        name.to_uppercase()
    )
}

/// Text that is written to memory, where nothing fails.
fn written(write: impl FnOnce(&mut Vec<u8>) -> std::io::Result<()>) -> String {
    let mut bytes = Vec::new();
    let _ = write(&mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Every command with its synopsis, description and options, under one heading.
fn commands(command: &Command) -> String {
    let shown = command.get_subcommands().filter(|sub| !sub.is_hide_set());
    let parts: String = shown.map(part).collect();
    if parts.is_empty() {
        return String::new();
    }
    format!(".SH COMMANDS\n{parts}")
}

fn part(command: &Command) -> String {
    let name = command.get_bin_name().unwrap_or(command.get_name());
    let man = Man::new(command.clone());
    let body = written(|part| {
        man.render_synopsis_section(part)?;
        man.render_description_section(part)?;
        man.render_options_section(part)
    });
    // Headings of a page of its own have no place inside one.
    let body = body.lines().map(|line| match line.strip_prefix(".SH ") {
        Some(_) => ".PP\n".to_owned(),
        None => format!("{line}\n"),
    });
    format!(".SS \"{name}\"\n{}", body.collect::<String>())
}

/// What stands after the options in a help text.
#[derive(Debug, Default, PartialEq)]
struct Sections {
    /// `Heading:` and indented lines.
    headed: Vec<(String, Vec<String>)>,
    /// Other paragraphs.
    notes: Vec<String>,
}

impl Sections {
    fn of(text: &str) -> Self {
        let mut sections = Self::default();
        for paragraph in text.split("\n\n").filter(|text| !text.trim().is_empty()) {
            match headed(paragraph) {
                Some(section) => sections.headed.push(section),
                None => sections.notes.push(paragraph.to_owned()),
            }
        }
        sections
    }

    /// Examples come last on a page.
    fn roff(&self) -> String {
        let mut roff = Roff::default();
        let (examples, others): (Vec<_>, Vec<_>) = self
            .headed
            .iter()
            .partition(|(heading, _)| heading == EXAMPLES);
        others
            .iter()
            .for_each(|section| verbatim(&mut roff, section));
        if !self.notes.is_empty() {
            roff.control("SH", ["NOTES"]);
            for (place, note) in self.notes.iter().enumerate() {
                if place > 0 {
                    roff.control("PP", []);
                }
                roff.text([roman(note)]);
            }
        }
        examples
            .iter()
            .for_each(|section| verbatim(&mut roff, section));
        written(|page| roff.to_writer(page))
    }
}

const EXAMPLES: &str = "EXAMPLES";

/// A paragraph of a heading with a colon and indented lines below.
fn headed(paragraph: &str) -> Option<(String, Vec<String>)> {
    let (first, rest) = paragraph.split_once('\n')?;
    let heading = first.strip_suffix(':')?.to_uppercase();
    let lines: Vec<&str> = rest.lines().collect();
    let indented: Option<Vec<&str>> = lines.iter().map(|line| line.strip_prefix("  ")).collect();
    let lines = indented?.into_iter().map(str::to_owned).collect();
    let heading = if heading == "EXAMPLE" {
        EXAMPLES.into()
    } else {
        heading
    };
    Some((heading, lines))
}

fn verbatim(roff: &mut Roff, (heading, lines): &(String, Vec<String>)) {
    roff.control("SH", [heading.as_str()]);
    roff.control("EX", []);
    for line in lines {
        roff.text([roman(line)]);
    }
    roff.control("EE", []);
}

#[cfg(test)]
mod tests {
    use super::*;

    const AFTER: &str = "\
Example:
  demo 'a\\b' |
    demo

Rows pass through
unchanged.

Environment:
  DEMO  where it is";

    fn demo() -> Command {
        let open = Command::new("open").about("Opens a run");
        let open = open.arg(clap::arg!(--settings <FILE> "What to read"));
        let hidden = Command::new("exec").hide(true);
        let demo = Command::new("demo")
            .version("0.1.0")
            .about("Shows")
            .after_help(AFTER);
        demo.subcommands([open, hidden])
    }

    #[test]
    fn a_page_has_its_sections_in_order() {
        let page = page(demo());
        let headings: Vec<&str> = page
            .lines()
            .filter_map(|line| line.strip_prefix(".SH "))
            .collect();
        let expected = [
            "NAME",
            "SYNOPSIS",
            "DESCRIPTION",
            "OPTIONS",
            "COMMANDS",
            "ENVIRONMENT",
            "NOTES",
            "EXAMPLES",
        ];
        assert_eq!(headings, expected, "{page}");
        assert!(
            page.starts_with(".TH \"DEMO\" \"1\" \"\" \"demo 0.1.0\" \"reattempt\"\n"),
            "{page}"
        );
        assert!(
            page.contains(".SS \"demo open\"\n") && page.contains("\\-\\-settings"),
            "{page}"
        );
        assert!(!page.contains("exec"), "{page}");
    }

    #[test]
    fn examples_keep_their_lines() {
        let page = page(demo());
        assert!(
            page.ends_with(".EX\ndemo \\*(Aqa\\\\b\\*(Aq |\n  demo\n.EE\n"),
            "{page}"
        );
    }
}
