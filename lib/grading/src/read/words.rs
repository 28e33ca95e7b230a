//! Numbers spelled out in English: `four`, `twenty-one`, `one hundred and five`.

/// The value of a spelled-out number below a million million, or none.
pub(crate) fn number(text: &str) -> Option<u64> {
    let lower = text.to_ascii_lowercase();
    let (mut total, mut current, mut any) = (0u64, 0u64, false);
    for word in lower
        .split([' ', '-', '\n'])
        .filter(|word| !word.is_empty())
    {
        if word == "and" && any {
            continue;
        }
        match unit(word)? {
            100 if any => current = current.max(1).checked_mul(100)?,
            scale @ (1_000 | 1_000_000 | 1_000_000_000 | 1_000_000_000_000) if any => {
                total = total.checked_add(current.max(1).checked_mul(scale)?)?;
                current = 0;
            }
            100 | 1_000 | 1_000_000 | 1_000_000_000 | 1_000_000_000_000 => return None,
            value
                if current % 100 == 0
                    || (value < 10 && current % 10 == 0 && current % 100 >= 20) =>
            {
                current += value
            }
            _ => return None,
        }
        any = true;
    }
    any.then_some(total + current)
}

/// The part that a word names behind a number: `thirds` is 3. Alone or behind "one" it is singular.
pub(crate) fn part(word: &str, singular: bool) -> Option<u64> {
    let lower = word.to_ascii_lowercase();
    match (lower.as_str(), singular) {
        ("half", true) | ("halves", _) => return Some(2),
        ("quarter", true) | ("quarters", _) => return Some(4),
        // A second is a unit of time.
        ("first" | "second" | "seconds", _) => return None,
        _ => {}
    }
    match lower.strip_suffix('s') {
        Some(plural) => ordinal(plural),
        None if singular => ordinal(&lower),
        None => None,
    }
    .filter(|part| *part > 2)
}

/// The number of `first`, `third`, `twentieth`.
pub(crate) fn ordinal(word: &str) -> Option<u64> {
    const IRREGULAR: [(&str, u64); 8] = [
        ("first", 1),
        ("second", 2),
        ("third", 3),
        ("fifth", 5),
        ("eighth", 8),
        ("ninth", 9),
        ("twelfth", 12),
        ("fourth", 4),
    ];
    let lower = word.to_ascii_lowercase();
    if let Some((_, value)) = IRREGULAR.iter().find(|(name, _)| *name == lower) {
        return Some(*value);
    }
    match lower.strip_suffix("ieth") {
        Some(tens) => unit(&format!("{tens}y")),
        None => unit(lower.strip_suffix("th")?),
    }
}

/// The power of ten of `hundred`, `thousand`, `million` and so on behind a number.
pub(crate) fn power_of_ten(word: &str) -> Option<usize> {
    const SCALES: [(&str, usize); 10] = [
        ("hundred", 2),
        ("hundreds", 2),
        ("thousand", 3),
        ("thousands", 3),
        ("million", 6),
        ("millions", 6),
        ("billion", 9),
        ("billions", 9),
        ("trillion", 12),
        ("trillions", 12),
    ];
    let is = |(name, _): &&(&str, usize)| name.eq_ignore_ascii_case(word);
    SCALES.iter().find(is).map(|(_, power)| *power)
}

/// How many `dozen` and its like are.
pub(crate) fn count(word: &str) -> Option<u64> {
    const COUNTS: [(&str, u64); 4] = [("dozen", 12), ("dozens", 12), ("gross", 144), ("score", 20)];
    let is = |(name, _): &&(&str, u64)| name.eq_ignore_ascii_case(word);
    COUNTS.iter().find(is).map(|(_, count)| *count)
}

fn unit(word: &str) -> Option<u64> {
    const SMALL: [&str; 20] = [
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
    ];
    const TENS: [&str; 8] = [
        "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
    ];
    if let Some(at) = SMALL.iter().position(|small| *small == word) {
        return Some(at as u64);
    }
    if let Some(at) = TENS.iter().position(|tens| *tens == word) {
        return Some(20 + 10 * at as u64);
    }
    Some(match word {
        "hundred" => 100,
        "thousand" => 1_000,
        "million" => 1_000_000,
        "billion" => 1_000_000_000,
        "trillion" => 1_000_000_000_000,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{number, ordinal, part};

    #[test]
    fn reads_numbers_and_refuses_the_rest() {
        assert_eq!(number("four"), Some(4));
        assert_eq!(number("Twenty-one"), Some(21));
        assert_eq!(number("one hundred and five"), Some(105));
        assert_eq!(number("two thousand twenty four"), Some(2024));
        for text in ["", "and", "five six", "hundred", "four apples"] {
            assert_eq!(number(text), None, "{text}");
        }
    }

    #[test]
    fn ordinals_and_parts() {
        assert_eq!(ordinal("third"), Some(3));
        assert_eq!(ordinal("Twentieth"), Some(20));
        assert_eq!(ordinal("hundredth"), Some(100));
        assert_eq!(part("halves", false), Some(2));
        assert_eq!(part("tenth", true), Some(10));
        for (word, singular) in [("tenth", false), ("seconds", true), ("apples", true)] {
            assert_eq!(part(word, singular), None, "{word}");
        }
    }
}
