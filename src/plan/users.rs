//! Whom the broker inside admits: a file of names and passwords, a line each.

use std::collections::BTreeSet;
use std::fmt;
use std::num::NonZeroU32;

use secrecy::SecretString;

/// Somebody the broker inside admits; `Debug` shows the name alone.
#[derive(Clone)]
pub struct User {
    /// As whom somebody signs in.
    pub name: String,
    /// With what.
    pub password: Password,
}

/// A password, or what can be compared with one.
#[derive(Clone)]
pub enum Password {
    /// The password itself.
    Plain(SecretString),
    /// An Argon2 hash in PHC form, as `mosquitto_passwd` writes it since Mosquitto 2.1.
    Argon2(SecretString),
    /// PBKDF2 with HMAC-SHA-512, as `mosquitto_passwd` writes it by default in 2.0:
    /// `$7$iterations$salt$hash`, the last two in base64.
    Pbkdf2 {
        /// How often it was hashed.
        iterations: NonZeroU32,
        /// What it was hashed with.
        salt: Vec<u8>,
        /// What came of it.
        hash: Vec<u8>,
    },
}

impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("User").field("name", &self.name).finish_non_exhaustive()
    }
}

/// Reads a file of users: `name:password` lines, plain or as `mosquitto_passwd` writes
/// them; empty lines and those that begin with `#` are left alone.
///
/// # Errors
///
/// Every line that cannot be read, counted from 1, and what is wrong with it, in words
/// that hold nothing of it.
pub(super) fn read(text: &str) -> Result<Vec<User>, Vec<(usize, &'static str)>> {
    let (mut users, mut wrong, mut names) = (Vec::new(), Vec::new(), BTreeSet::new());
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        match user(line) {
            Ok(user) if names.insert(user.name.clone()) => users.push(user),
            Ok(_) => wrong.push((number, "this user stands twice")),
            Err(what) => wrong.push((number, what)),
        }
    }
    if wrong.is_empty() { Ok(users) } else { Err(wrong) }
}

fn user(line: &str) -> Result<User, &'static str> {
    let (name, password) =
        line.split_once(':').ok_or("no `:` stands between a name and a password")?;
    if name.is_empty() {
        return Err("no name stands before the `:`");
    }
    if password.is_empty() {
        return Err("no password stands behind the `:`");
    }
    let password = if password.starts_with("$argon2") {
        if password.split('$').skip(1).filter(|part| !part.is_empty()).count() != 5 {
            return Err("the hash is not whole");
        }
        Password::Argon2(password.into())
    } else if let Some(hash) = password.strip_prefix("$7$") {
        pbkdf2(hash).ok_or("the hash is not whole")?
    } else if password.starts_with("$6$") {
        return Err("this is `mosquitto_passwd -H sha512`, which is no longer safe");
    } else {
        Password::Plain(password.into())
    };
    Ok(User { name: name.to_owned(), password })
}

fn pbkdf2(hash: &str) -> Option<Password> {
    let mut parts = hash.split('$');
    let iterations = parts.next()?.parse().ok()?;
    let (salt, hash) = (base64(parts.next()?)?, base64(parts.next()?)?);
    let whole = parts.next().is_none() && !salt.is_empty() && !hash.is_empty();
    whole.then_some(Password::Pbkdf2 { iterations, salt, hash })
}

/// Base64 with padding, RFC 4648 section 4.
fn base64(text: &str) -> Option<Vec<u8>> {
    let digits = text.trim_end_matches('=');
    if !text.len().is_multiple_of(4) || text.len() - digits.len() > 2 {
        return None;
    }
    let (mut bits, mut count) = (0_u32, 0);
    let mut bytes = Vec::new();
    for digit in digits.bytes() {
        let value = match digit {
            b'A'..=b'Z' => digit - b'A',
            b'a'..=b'z' => digit - b'a' + 26,
            b'0'..=b'9' => digit - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = (bits << 6) | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from((bits >> count) & 0xff).ok()?);
            bits &= (1 << count) - 1;
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_that_of_the_rfc() {
        for (text, bytes) in
            [("", ""), ("Zg==", "f"), ("Zm8=", "fo"), ("Zm9v", "foo"), ("Zm9vYmFy", "foobar")]
        {
            assert_eq!(base64(text).as_deref(), Some(bytes.as_bytes()), "{text}");
        }
        for text in ["Z", "Zg=", "Zm9", "Z===", "Zm9v!", "Zm 9"] {
            assert_eq!(base64(text), None, "{text}");
        }
    }

    #[test]
    fn every_form_is_read_and_none_is_shown() {
        let text = "# the house\nanna:hunter2\n\nbob:$7$101$c2FsdA==$aGFzaA==\r\n\
                    eve:$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNo\n";
        let users = read(text).expect("three users");
        assert!(matches!(users[0].password, Password::Plain(_)));
        assert!(matches!(users[1].password, Password::Pbkdf2 { .. }));
        assert!(matches!(users[2].password, Password::Argon2(_)));
        assert_eq!(format!("{:?}", users[0]), r#"User { name: "anna", .. }"#);
    }

    #[test]
    fn every_line_that_cannot_be_read_is_named() {
        let text = "hunter2\n:hunter2\nanna:\nbob:$7$0$c2FsdA==$aGFzaA==\ncarl:$6$c2FsdA==$aGFz\n\
                    dora:x\ndora:y\neve:$argon2id$v=19\n";
        let wrong = read(text).expect_err("none but one can be read");
        let lines: Vec<usize> = wrong.iter().map(|(line, _)| *line).collect();
        assert_eq!(lines, [1, 2, 3, 4, 5, 7, 8]);
    }
}
