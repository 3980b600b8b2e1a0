//! The form of a backup: a plain tar (POSIX ustar), which any system can unpack.

use std::io::{self, Read, Write};

/// Files and their ends are padded to this.
const BLOCK: usize = 512;

/// Eleven octal digits.
const MOST_BYTES: u64 = (1 << 33) - 1;

/// What stands in a header, by the place of its first byte.
const MODE: usize = 100;
const SIZE: usize = 124;
const TIME: usize = 136;
const SUM: usize = 148;
const KIND: usize = 156;
const MAGIC: usize = 257;

const USTAR: &[u8] = b"ustar\x0000";

/// Writes a tar.
pub(super) struct Writer<W> {
    to: W,
    /// In Unix seconds.
    time: u64,
}

impl<W: Write> Writer<W> {
    pub(super) fn new(to: W, time: u64) -> Self {
        Self { to, time }
    }

    /// Adds a file; returns the check sum of what is in it.
    pub(super) fn add(
        &mut self,
        name: &str,
        mode: u32,
        size: u64,
        content: impl Read,
    ) -> io::Result<u32> {
        if name.len() >= MODE || size > MOST_BYTES {
            return Err(io::Error::other(format!("{name} is too large for a backup")));
        }
        self.to.write_all(&header(name, mode, size, self.time))?;
        let (copied, sum) = copy(content.take(size), &mut self.to)?;
        if copied != size {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.to.write_all(&vec![0; padding(size)])?;
        Ok(sum)
    }

    /// Ends it.
    pub(super) fn end(mut self) -> io::Result<W> {
        self.to.write_all(&[0; 2 * BLOCK])?;
        Ok(self.to)
    }
}

/// A file in a tar.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Member {
    pub(super) name: String,
    pub(super) mode: u32,
    pub(super) size: u64,
}

/// Reads a tar as [`Writer`] writes it.
pub(super) struct Reader<R>(pub(super) R);

impl<R: Read> Reader<R> {
    /// The next file, none at the end; what is in it must be taken before the next one.
    ///
    /// # Errors
    /// `InvalidData` or `UnexpectedEof` if it is no such tar, or not a whole one.
    pub(super) fn next(&mut self) -> io::Result<Option<Member>> {
        let mut block = [0; BLOCK];
        self.0.read_exact(&mut block)?;
        if block == [0; BLOCK] {
            return Ok(None);
        }
        let said = number(&block[SUM..SUM + 8]);
        let is_file = block[KIND] == b'0' && block[MAGIC..].starts_with(USTAR);
        if !is_file || said != Some(u64::from(sum(&block))) {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let name = block[..MODE].split(|byte| *byte == 0).next().unwrap_or_default();
        let parts = (number(&block[MODE..MODE + 8]), number(&block[SIZE..SIZE + 12]));
        let (Some(mode), Some(size)) = parts else {
            return Err(io::ErrorKind::InvalidData.into());
        };
        let mode = u32::try_from(mode).map_err(|_| io::ErrorKind::InvalidData)?;
        Ok(Some(Member { name: String::from_utf8_lossy(name).into_owned(), mode, size }))
    }

    /// Takes out what is in a file; returns its check sum.
    ///
    /// # Errors
    /// `UnexpectedEof` if the tar ends before it; else what kept it from being written.
    pub(super) fn take(&mut self, member: &Member, to: impl Write) -> io::Result<u32> {
        let (copied, sum) = copy((&mut self.0).take(member.size), to)?;
        if copied != member.size {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.0.read_exact(&mut vec![0; padding(member.size)])?;
        Ok(sum)
    }
}

fn header(name: &str, mode: u32, size: u64, time: u64) -> [u8; BLOCK] {
    let mut block = [0; BLOCK];
    let mut put =
        |at: usize, text: &str| block[at..at + text.len()].copy_from_slice(text.as_bytes());
    put(0, name);
    put(MODE, &format!("{mode:07o}"));
    // Whoever unpacks it owns it.
    put(MODE + 8, &format!("{:07o}\0{:07o}", 0, 0));
    put(SIZE, &format!("{size:011o}"));
    put(TIME, &format!("{time:011o}"));
    put(KIND, "0");
    block[MAGIC..MAGIC + USTAR.len()].copy_from_slice(USTAR);
    let sum = format!("{:06o}\0 ", sum(&block));
    block[SUM..SUM + 8].copy_from_slice(sum.as_bytes());
    block
}

/// The sum of a header's bytes, as if its own place were blank.
fn sum(block: &[u8; BLOCK]) -> u32 {
    let blank = |(at, byte): (usize, &u8)| {
        u32::from(if (SUM..SUM + 8).contains(&at) { b' ' } else { *byte })
    };
    block.iter().enumerate().map(blank).sum()
}

fn number(octal: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(octal).ok()?.trim_matches(['\0', ' ']);
    u64::from_str_radix(text, 8).ok()
}

fn padding(size: u64) -> usize {
    let over = usize::try_from(size % BLOCK as u64).unwrap_or_default();
    (BLOCK - over) % BLOCK
}

/// Copies, and counts and sums what was copied.
fn copy(mut from: impl Read, mut to: impl Write) -> io::Result<(u64, u32)> {
    let (mut copied, mut crc) = (0, !0);
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match from.read(&mut buffer) {
            Ok(0) => return Ok((copied, !crc)),
            Ok(many) => {
                to.write_all(&buffer[..many])?;
                copied += many as u64;
                crc = buffer[..many].iter().fold(crc, |crc, byte| {
                    (crc >> 8) ^ CRC_32[((crc ^ u32::from(*byte)) & 0xff) as usize]
                });
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// CRC-32 as in gzip (ISO 3309), a byte at a time.
const CRC_32: [u32; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        #[expect(clippy::cast_possible_truncation, reason = "a byte")]
        let mut crc = byte as u32;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
            bit += 1;
        }
        table[byte] = crc;
        byte += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    fn written() -> Vec<u8> {
        let mut tar = Writer::new(Vec::new(), 1_795_384_800);
        let sums = [("one", "123456789"), ("empty", ""), ("two", &"x".repeat(BLOCK))]
            .map(|(name, text)| tar.add(name, 0o600, text.len() as u64, text.as_bytes()));
        let [one, empty, _] = sums.map(|sum| sum.expect("written"));
        // The sum that every CRC-32 is tried with.
        assert_eq!((one, empty), (0xcbf4_3926, 0));
        tar.end().expect("written")
    }

    #[test]
    fn what_was_written_is_read_and_any_tar_reads_it() {
        let bytes = written();
        let mut tar = Reader(bytes.as_slice());
        for (name, size) in [("one", 9), ("empty", 0), ("two", 512)] {
            let member = tar.next().expect("whole").expect("there");
            assert_eq!((member.name.as_str(), member.mode, member.size), (name, 0o600, size));
            tar.take(&member, io::sink()).expect("whole");
        }
        assert_eq!(tar.next().expect("whole"), None);
        let folder = tempfile::tempdir().expect("a directory");
        std::fs::write(folder.path().join("tar"), bytes).expect("written");
        let unpacked = std::process::Command::new("tar")
            .args(["xf", "tar"])
            .current_dir(folder.path())
            .output()
            .expect("tar is installed");
        let said = String::from_utf8_lossy(&unpacked.stderr);
        assert!(unpacked.status.success() && said.is_empty(), "{said}");
        let one = std::fs::read_to_string(folder.path().join("one"));
        assert_eq!(one.expect("there"), "123456789");
    }

    #[test]
    fn one_that_ends_early_or_is_no_tar_is_told_apart_from_a_whole_one() {
        let bytes = written();
        for end in 0..bytes.len() - BLOCK {
            let mut tar = Reader(&bytes[..end]);
            let whole = loop {
                match tar.next() {
                    Ok(Some(member)) if tar.take(&member, io::sink()).is_ok() => {}
                    Ok(Some(_)) | Err(_) => break false,
                    Ok(None) => break true,
                }
            };
            assert!(!whole, "cut at {end}");
        }
        let kind = |bytes: &[u8]| Reader(bytes).next().map_err(|error| error.kind());
        assert_eq!(kind(&[b'x'; BLOCK]), Err(io::ErrorKind::InvalidData));
        let mut other = written();
        other[MODE] ^= 1;
        assert_eq!(kind(&other), Err(io::ErrorKind::InvalidData));
    }
}
