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
            scale @ (1_000 | 1_000_000 | 1_000_000_000) if any => {
                total = total.checked_add(current.max(1).checked_mul(scale)?)?;
                current = 0;
            }
            100 | 1_000 | 1_000_000 | 1_000_000_000 => return None,
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
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::number;

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
}
