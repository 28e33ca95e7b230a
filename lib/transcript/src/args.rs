//! The flags that say how a dialogue is written down, the same in every stage that writes one.

use clap::{Args, ValueEnum};

// On each flag and not on the group: a heading of a group goes on for all flags after it.
const WORDS: &str = "Words of the dialogue";

/// How a dialogue is written down.
#[derive(Args, Clone, Debug)]
pub struct FormatArgs {
    /// chatml; model (the model's own chat template); or a TOML file with prompt, feedback and close
    #[arg(long, help_heading = WORDS, value_name = "NAME|FILE", default_value = "chatml")]
    pub template: String,

    /// What is said after a failed attempt: attempts-left, verdict, try-again (without a verdict), quote (of the previous
    /// answer), or a text file with {attempts_left}, {attempts_allowed}, {question}, {previous_answer}. Of a list, each
    /// dialogue draws one by its seed [default: attempts-left, or what the template file says]
    #[arg(long, help_heading = WORDS, value_name = "NAME|FILE,...", value_delimiter = ',')]
    pub feedback: Vec<String>,

    /// --template model: text of the system message; empty for none [default: how to answer, and how many attempts there
    /// are]
    #[arg(long, help_heading = WORDS, value_name = "TEXT")]
    pub system_text: Option<String>,

    /// --template model: whose message feedback is [default: user]
    #[arg(long, help_heading = WORDS, value_name = "ROLE")]
    pub feedback_role: Option<Role>,

    /// --template model: what the template is told as enable_thinking [default: nothing]
    #[arg(long, help_heading = WORDS, value_name = "ON|OFF")]
    pub thinking: Option<Thinking>,

    /// --template model: the day that a template asks for, YYYY-MM-DD; a fixed one by default, so that the same input
    /// gives the same prompts on any day
    #[arg(long, help_heading = WORDS, value_name = "DATE", value_parser = date)]
    pub template_date: Option<chrono::NaiveDate>,
}

/// Whose message feedback is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Role {
    User,
    System,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Thinking {
    On,
    Off,
}

impl Default for FormatArgs {
    fn default() -> Self {
        Self {
            template: "chatml".to_owned(),
            feedback: Vec::new(),
            system_text: None,
            feedback_role: None,
            thinking: None,
            template_date: None,
        }
    }
}

impl FormatArgs {
    /// The first flag given that only a model's own template uses.
    pub(crate) fn of_model(&self) -> Option<&'static str> {
        let given = [
            (self.system_text.is_some(), "system-text"),
            (self.feedback_role.is_some(), "feedback-role"),
            (self.thinking.is_some(), "thinking"),
            (self.template_date.is_some(), "template-date"),
        ];
        let mut given = given.into_iter();
        given.find_map(|(given, flag)| given.then_some(flag))
    }
}

fn date(text: &str) -> Result<chrono::NaiveDate, String> {
    text.parse()
        .map_err(|_| "expected a day as YYYY-MM-DD".to_owned())
}
