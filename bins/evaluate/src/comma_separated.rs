//! The evaluation as comma-separated values (RFC 4180), one line per number and kind.

use crate::at_attempt::AtAttempt;
use crate::shares::ShareResult;
use crate::summary::{CellResult, MeanResult, PassAtK, Summary};

const HEADER: &str = "kind,model,source,attempts,questions,dialogues,correct,value,low,high,\
attempts_used,response_tokens,truncated\n";

/// `kind` is `accuracy`, `mean` (over sources), both also with `_without` (excluded questions), `pass_at_k` (`attempts` is k), `within_k` or the name of a share; what a
/// kind does not have is empty.
pub fn text(summary: &Summary) -> String {
    let results = summary.results.iter().map(|row| result("accuracy", row));
    let means = summary.means.iter().map(|row| mean("mean", row));
    let without = summary.without.iter().flat_map(|without| {
        let results = without.results.iter();
        let means = without.means.iter();
        let results = results.map(|row| result("accuracy_without", row));
        results.chain(means.map(|row| mean("mean_without", row)))
    });
    let passes = summary.pass_at_k.iter().map(pass);
    let within = summary.at_attempt.iter().map(within);
    let shares = summary.shares.iter().map(share);
    let lines = results
        .chain(means)
        .chain(without)
        .chain(passes)
        .chain(within)
        .chain(shares);
    let lines: String = lines.collect();
    HEADER.to_owned() + &lines
}

fn result(kind: &str, row: &CellResult) -> String {
    format!(
        "{kind},{},{},{},{},{},{},{},{},{},{},{},{}\n",
        quoted(&row.model),
        quoted(&row.source),
        row.attempts_allowed,
        row.questions,
        row.dialogues,
        row.correct,
        row.accuracy,
        row.low,
        row.high,
        row.attempts_used,
        row.response_tokens,
        row.truncated
    )
}

fn mean(kind: &str, row: &MeanResult) -> String {
    format!(
        "{kind},{},,{},,,,{},{},{},{},{},{}\n",
        quoted(&row.model),
        row.attempts_allowed,
        row.accuracy,
        row.low,
        row.high,
        row.attempts_used,
        row.response_tokens,
        row.truncated
    )
}

fn pass(row: &PassAtK) -> String {
    format!(
        "pass_at_k,{},{},{},{},,,{},{},{},,,\n",
        quoted(&row.model),
        row.source.as_deref().map(quoted).unwrap_or_default(),
        row.k,
        row.questions,
        row.estimate,
        row.low,
        row.high
    )
}

/// `attempts` is `k/n`: solved within k of the n attempts allowed.
fn within(row: &AtAttempt) -> String {
    format!(
        "within_k,{},{},{}/{},,{},{},{},{},{},,,\n",
        quoted(&row.model),
        row.source.as_deref().map(quoted).unwrap_or_default(),
        row.k,
        row.attempts_allowed,
        row.dialogues,
        row.correct,
        row.accuracy,
        row.low,
        row.high
    )
}

/// Of `dialogues` attempts or answers, `correct` are what the kind says.
fn share(row: &ShareResult) -> String {
    format!(
        "{},{},{},{},,{},{},{},{},{},,,\n",
        row.name,
        quoted(&row.model),
        row.source.as_deref().map(quoted).unwrap_or_default(),
        row.attempts_allowed,
        row.of,
        row.count,
        row.share,
        row.low,
        row.high
    )
}

fn quoted(field: &str) -> String {
    if !field.contains([',', '"', '\n', '\r']) {
        return field.to_owned();
    }
    format!("\"{}\"", field.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn fields_with_commas_and_quotes_are_quoted() {
        assert_eq!(quoted("plain"), "plain");
        assert_eq!(quoted("a,\"b\""), "\"a,\"\"b\"\"\"");
    }
}
