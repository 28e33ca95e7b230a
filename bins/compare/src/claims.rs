//! What the comparison is about, in sentences: the gain from a second attempt, and the first attempt beside it. Knows
//! nothing about tables.

use measures::Estimate;

use crate::arms::Arms;
use crate::tables_text::points;

/// The arm that the others are compared with.
pub const SEVERAL: &str = "multi-attempt";
/// Not trained: compared with nobody.
pub const BASE: &str = "base";

/// One sentence an arm and statement, as a list in Markdown; nothing where the arm of several attempts is missing.
pub fn text(arms: &Arms) -> String {
    let mut text = String::new();
    for arm in arms.names() {
        let gain = points(arms.gain(arm, 1, 2, None));
        text += &format!("- A second attempt adds to `{arm}`: {gain} points.\n");
    }
    for other in arms.names().filter(|arm| ![BASE, SEVERAL].contains(arm)) {
        text += &beside(arms, other);
    }
    if arms.runs(SEVERAL).len() == 1 {
        text += "- With one seed the intervals speak of questions alone; another seed may turn a lead around.\n";
    }
    text
}

fn beside(arms: &Arms, other: &str) -> String {
    let Some(gain) = arms.lead_in_gain(SEVERAL, other, 1, 2) else {
        return String::new();
    };
    let first = arms.lead(SEVERAL, other, 1);
    let second = arms.lead(SEVERAL, other, 2);
    format!(
        "- `{SEVERAL}` gains {} points more by its second attempt than `{other}`. With one attempt it leads by {} points, with \
         two by {}.{}\n",
        points(Some(gain)),
        points(first),
        points(second),
        verdict(gain, first)
    )
}

/// Whether the intervals carry the claim.
fn verdict(gain: Estimate, first: Option<Estimate>) -> String {
    let gains = if gain.low > 0.0 {
        "The second attempt is worth more after training on several"
    } else {
        "Whether the second attempt is worth more after training on several is open"
    };
    let first = match first {
        Some(first) if first.low > 0.0 => "the first attempt is better",
        Some(first) if first.high < 0.0 => "the first attempt is worse",
        _ => "the first attempt is neither better nor worse beyond chance",
    };
    format!(" {gains}; {first}.")
}
